"""Words as they stand, and what no other class could read, said in a safe way and on record as such."""

import re
import unicodedata
from functools import lru_cache

from vivavoce.script.fold import fold_to_ascii, is_latin
from vivavoce.script.languages.en.abbreviation import is_abbreviated
from vivavoce.script.languages.en.initialism import acronyms
from vivavoce.script.languages.en.words import can_be_said, is_word
from vivavoce.script.normalise import Reading, Scene, spell
from vivavoce.script.tokens import SpokenWord

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f]){0,60}(?:[’'ʼ‘`´][^\W\d_]{1,60}){0,4}[’']?")
_COMPOUND = re.compile(
    r"(?:[-‑‐][^\W\d_](?:[^\W\d_]|[\u0300-\u036f]){1,40}(?:[’'][^\W\d_]{1,40}){0,2}(?![\w])){1,8}(?!-\w)"
)
_PART_LIKES = re.compile(r"[^\W\d_]?[^\W\d_A-ZÀ-ÖØ-Þ]+(?:[’'][^\W\d_]+)*")
_LONGEST_WORD = 45
_ENDLESS = re.compile(r"[^\W_]{301}[^\W_]*|[!-~]{1000}[!-~]*")
"""More letters and figures in one piece than any name, number or line of a script without blanks has; coded data."""
_SPELLED = 3
"""Up to this many letters without a vowel are spelled out, where no lexicon knows them; longer ones may be names."""
_NO_VOWEL = re.compile(r"[^aeiouy]+")
_SAYABLE = frozenset(
    {"hmm", "shh", "psst", "mm", "pfft", "brr", "nth", "tsk", "ms", "mx", "ng", "krk", "hm", "mmm", "sh"}
)
_WRITTEN_ONLY = frozenset({"vs"})
"""Listed, but no one says it so; where it stands for "versus", the abbreviations have read it."""


def read_endless(scene: Scene, at: int) -> Reading | None:
    """Leave out what no one could listen to: coded data, a key held down. It is listed as omitted."""
    found = _ENDLESS.match(scene.text, at) if scene.at_word_start(at) else None
    return Reading(found.end(), (), "unpronounceable", "unpronounceable") if found else None


def read_word(scene: Scene, at: int) -> Reading | None:
    """Read a word: "Erdoğan", "don't", "off-limit". What can't be said as a word is spelled out."""
    found = _WORD.match(scene.text, at)
    if not found:
        return None
    end = min(_end_of(scene, found), at + _LONGEST_WORD)
    word = scene.text[at:end]
    if not fold_to_ascii(word):
        return Reading(end, (), "unpronounceable", "unpronounceable")
    if end - at == _LONGEST_WORD:
        return Reading(end, _chunks(fold_to_ascii(word)), "chunk")
    tail = not scene.at_word_start(at) and len(word) <= _SPELLED and word.isascii()
    if tail and _NO_VOWEL.fullmatch(fold_to_ascii(word).lower()):
        return Reading(end, spell(word), "plain")  # what is left of "0vs" is no versus
    compound = _COMPOUND.match(scene.text, end) if scene.at_word_start(at) else None
    if compound and _all_plain(word + compound[0]) and not _ends_short(scene, compound):
        return Reading(compound.end(), (SpokenWord(_clean(word + compound[0])),), "plain")
    return Reading(end, _say(word), "plain")


def _end_of(scene: Scene, found: re.Match[str]) -> int:
    """Keep an apostrophe at the end only where it is a plural's possessive and no closing quote."""
    word = found[0]
    if word[-1] in "’'":
        opened = scene.text.rfind("‘", max(0, found.start() - 200), found.start()) >= 0 or (
            word[-1] == "'"
            and re.search(r"(?:^|[\s(\[“\"])'\S", scene.text[max(0, found.start() - 200) : found.start() + 1])
        )
        if opened or word[-2].lower() != "s":
            return found.end() - 1
    return found.end()


def _all_plain(compound: str) -> bool:
    return all(
        _PART_LIKES.fullmatch(part)
        and is_latin(part)
        and len(part) < _LONGEST_WORD
        and (is_word(part) or not _NO_VOWEL.fullmatch(part.lower()))
        for part in re.split(r"[-‑‐]", compound)
    )


def _ends_short(scene: Scene, compound: re.Match[str]) -> bool:
    """Tell whether the last part is an abbreviation with its full stop: "ex-Sen.", "mid-Feb."."""
    return scene.text.startswith(".", compound.end()) and is_abbreviated(re.split(r"[-‑‐]", compound[0])[-1])


def _clean(word: str) -> str:
    return re.sub(r"[’ʼ‘`´]", "'", word).replace("‑", "-").replace("‐", "-").rstrip("'")


def _say(word: str) -> tuple[SpokenWord, ...]:
    cleaned = _clean(word)
    sayable = cleaned if is_latin(cleaned.replace("'", "")) else _transliterate(cleaned)
    letters = fold_to_ascii(sayable)
    if len(letters) == 1:
        return (SpokenWord(sayable, letter=letters not in "aIA" or sayable not in {"a", "A", "I"}),)
    return (SpokenWord(sayable),)


def _transliterate(word: str) -> str:
    if len(word) == 1 and unicodedata.name(word, "").startswith("GREEK"):
        return unicodedata.name(word).rsplit(" ", 1)[-1].lower().replace("lamda", "lambda")
    parts = [fold_to_ascii(part) for part in word.split("'")]
    joined = "'".join(part for part in parts if part)
    return joined.capitalize() if word[:1].isupper() else joined.lower()


@lru_cache(maxsize=16384)
def settle_word(word: SpokenWord) -> tuple[SpokenWord, ...]:
    """Spell out what no one can say as a word: "xyz" → X, Y, Z; every other word stays as it is."""
    head, _, ending = word.text.partition("'")
    bare = fold_to_ascii(head).lower()
    short = 1 < len(bare) <= _SPELLED and _NO_VOWEL.fullmatch(bare)
    listed = bare in _SAYABLE or (is_word(bare) and bare not in _WRITTEN_ONLY) or bare.upper() in acronyms()
    if word.letter or not short or "-" in head or listed:
        return (word,)
    letters = spell(head)
    return (*letters[:-1], SpokenWord(f"{letters[-1].text}'{ending}", letter=ending == "s")) if ending else letters


def _chunks(letters: str) -> tuple[SpokenWord, ...]:
    """Say a piece of an endless word bit by bit: sayable ones as they are, others letter by letter."""
    said: list[SpokenWord] = []
    for begin in range(0, len(letters), 8):
        piece = letters[begin : begin + 8]
        said += [SpokenWord(piece.lower())] if can_be_said(piece) else list(spell(piece))
    return tuple(said)


def read_emoji(scene: Scene, at: int) -> Reading | None:
    """Say an emoji by its Unicode name, where the house wants that."""
    char = scene.text[at]
    if not scene.style.say_emoji or char < "\u2190" or not unicodedata.category(char).startswith("S"):
        return None
    name = unicodedata.name(char, "").lower()
    words = tuple(SpokenWord(word) for word in re.findall(r"[a-z]+", name))
    return Reading(at + 1, words, "emoji") if words else None
