"""Words set in capitals for effect: headlines and shouts are recased, so that only real initialisms stay letters."""

import re
from collections.abc import Sequence

from vivavoce.script.languages.en.initialism import acronyms, read_capitals
from vivavoce.script.languages.en.tables import column, mapping
from vivavoce.script.languages.en.words import is_common, is_known
from vivavoce.script.normalise import Reading, Scene, spell
from vivavoce.script.style import ScriptStyle
from vivavoce.script.tokens import SpokenWord

_WORD = re.compile(r"[^\W\d_]{1,60}(?:[’'][^\W\d_]{1,60}){0,4}")
_RUN = 3
_SHOUTED = re.compile(r"[A-ZÀ-ÖØ-Þ]{2,}(?:[’'][A-ZÀ-ÖØ-Þ]+)?(?![^\W_])")
_NUMBERED = re.compile(r"\.\s?\d")
_DOTTED = re.compile(r"[A-Z]\.[A-Z]\.")
_SPECIAL = frozenset({"WHO", "IT", "US", "AM"})


def find_shouting(text: str, _: ScriptStyle) -> Sequence[tuple[int, int]]:
    """Find stretches of three or more words in capitals of which most are ordinary words."""
    spans: list[tuple[int, int]] = []
    run: list[re.Match[str]] = []
    if text.upper() != text and not re.search(r"[A-ZÀ-ÖØ-Þ]{3}", text):
        return spans
    for found in _WORD.finditer(text):
        word = found[0]
        if word.upper() == word and word.lower() != word and not (len(word) > 1 and word.endswith(("’s", "'s"))):
            run.append(found)
            continue
        _keep(run, spans)
        run = []
    _keep(run, spans)
    return spans


def _keep(run: list[re.Match[str]], spans: list[tuple[int, int]]) -> None:
    words = [found[0] for found in run if len(found[0]) > 1 or found[0] in {"A", "I"}]
    ordinary = [word for word in words if _is_ordinary(word)]
    if len(words) >= _RUN and len(ordinary) * 2 >= len(words) and any(len(word) > 2 for word in ordinary):
        spans.append((run[0].start(), run[-1].end()))


def _is_ordinary(word: str) -> bool:
    if word in acronyms() and word not in {"CARE", "AIM", "ACT", "DREAM"}:
        return False
    if word in mapping("initialisms") and word not in _SPECIAL:
        return False
    return is_common(word) or is_known(word) or len(word) > 6


def read_shouted(scene: Scene, at: int) -> Reading | None:
    """Read a word of a headline in capitals: "WILL" → "will", "U.S." stays letters."""
    if not scene.at_word_start(at):
        return None
    found = _WORD.match(scene.text, at)
    if not found:
        return None
    if not scene.shouts(at):
        return _read_emphasised(scene, at)
    word = found[0]
    if _DOTTED.match(scene.text, at) or (word == "NO" and _NUMBERED.match(scene.text, found.end())):
        return None
    if word.upper() != word or scene.text[found.end() : found.end() + 1].isdecimal():
        return None
    bare, _, ending = word.replace("’", "'").partition("'")
    if _stays(scene, bare, found.end()):
        words = read_capitals(bare)
        if words and ending:
            words = (*words[:-1], SpokenWord(words[-1].text + "'" + ending.lower(), words[-1].letter))
        return Reading(found.end(), words, "initialism") if words else None
    if bare == "I" or (not bare.isascii() and len(bare) == 1):
        return None
    return Reading(found.end(), (SpokenWord(_recase(word)),), "recased")


def _stays(scene: Scene, word: str, end: int) -> bool:
    """Tell whether capitals inside a headline are capitals anyway."""
    if word in _SPECIAL:
        return _special_stays(scene, word, end)
    if len(word) == 1:
        return word not in {"A", "I"}
    listed = word in mapping("initialisms") or word in acronyms()
    if listed:
        return word not in column("headline_words")
    return not is_known(word) and len(word) < 5 and not is_known(word.rstrip("S"))


def _special_stays(scene: Scene, word: str, end: int) -> bool:
    before = scene.previous()
    earlier = before.text.lower() if before is not None else ""
    after = scene.next_word(end).lower().strip(".,;:?!")
    if word == "WHO":
        return earlier == "the" or (before is None and after in column("reporting_verbs"))
    if word == "US":
        return earlier not in {
            "to",
            "for",
            "with",
            "let",
            "tell",
            "give",
            "of",
            "help",
            "all",
            "between",
            "about",
        } or after in {"troops", "aid", "forces", "arms"}
    if word == "IT":
        return after in {
            "firm",
            "firms",
            "giant",
            "sector",
            "workers",
            "systems",
            "services",
            "outage",
            "chief",
            "department",
            "company",
            "failure",
            "staff",
            "glitch",
            "meltdown",
            "specialist",
            "support",
            "contractor",
            "contractors",
            "industry",
        }
    return False


def _recase(word: str) -> str:
    lower = word.lower().replace("’", "'")
    return lower if is_common(lower.partition("'")[0]) else lower.capitalize()


def _read_emphasised(scene: Scene, at: int) -> Reading | None:
    """Read one word in capitals: an ordinary word shouted ("NOT guilty"), or a dateline ("KYIV, Ukraine")."""
    found = _SHOUTED.match(scene.text, at)
    if not found:
        return None
    word = found[0]
    bare = word.replace("’", "'").partition("'")[0]
    if bare in acronyms() or bare in mapping("initialisms"):
        return None
    if bare == "IS" and _is_the_group(scene, found.end()):
        return Reading(found.end(), spell(bare), "initialism")
    if bare in column("shouted") or (len(bare) > 4 and is_known(bare)) or _is_dateline(scene, at, found.end(), bare):
        return Reading(found.end(), (SpokenWord(_recase(word)),), "recased")
    return None


def _is_the_group(scene: Scene, end: int) -> bool:
    """Tell Islamic State from an "is" that is shouted: by what it does, or by what is its."""
    after = scene.next_word(end).lower().strip(".,;:?!")
    before = scene.previous()
    acts = before is None and (after in column("reporting_verbs") or after in {"said", "says"} or after.endswith("ed"))
    return acts or after in _OF_THE_GROUP


_OF_THE_GROUP = frozenset({"affiliate", "affiliates", "attack", "attacks", "bride", "brides", "cell",
                           "cells", "claimed", "commander", "fighter", "fighters", "flag", "group",
                           "leader", "leaders", "militant", "militants", "prisoners", "propaganda",
                           "recruits", "suspects", "terrorists"})  # fmt: skip


def _is_dateline(scene: Scene, at: int, end: int, word: str) -> bool:
    if len(word) < 4 or any(token.text.upper() != token.text for token in scene.tokens) or len(scene.tokens) > 3:
        return False
    rest = scene.text[end : end + 40]
    return bool(re.match(r"(?:\s[A-Z]{3,}){0,2}(?:,\s[A-Z]|\s\(|\s[-–—]\s)", rest)) and not scene.text[
        :at
    ].rstrip().endswith(".")
