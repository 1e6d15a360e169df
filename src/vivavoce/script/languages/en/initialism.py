"""Capitals: letters by their names, acronyms as words, dotted initials, with their plurals and possessives."""

import re
from functools import cache
from importlib.resources import files

from vivavoce.script.fold import fold_to_ascii
from vivavoce.script.languages.en.numerals import spell_digits
from vivavoce.script.languages.en.tables import mapping
from vivavoce.script.languages.en.words import can_be_said, is_known
from vivavoce.script.normalise import Reading, Scene, inflect, say, spell
from vivavoce.script.tokens import SpokenWord

_DOTTED = re.compile(
    r"(?P<letters>[^\W\d_](?:\.[ \u00a0]?(?![ \u00a0])[^\W\d_](?![^\W\d_])){1,12})"
    r"(?P<stop>\.?)(?P<ending>[’']s|s[’']?|[’'])?(?![^\W_])"
)
_CAPITALS = re.compile(r"(?P<core>[A-ZÀ-ÖØ-Þ]{2,24})(?P<ending>[’']?s|[’'](?!\w))?(?![^\W_])")
_LISTED = re.compile(r"[A-Za-z][A-Za-z.&+-]{0,24}[A-Za-z+.]")
_ENDING = re.compile(r"[’']s?(?![^\W_])|s[’']?(?![^\W_])")
_INITIAL = re.compile(r"(?P<letter>[A-ZÀ-ÖØ-Þ])\.(?![^\W\d_]\.)")
_CAMEL = re.compile(r"(?P<head>[A-Z]?[a-z]{2,})(?P<tail>[A-Z]{1,5})(?P<ending>[’']s|s)?(?![^\W_])")
_TICKER = re.compile(r"(?:[A-Z]{1,6}|\d{3,6})(?:[.-][A-Z]{1,3})?(?![^\W_])")
_CASHTAG = re.compile(r"\$(?P<ticker>[A-Z]{1,5})(?![\w$])")
_DOLLARS = frozenset(
    {"A", "AU", "AUD", "C", "CA", "CAD", "HK", "HKD", "M", "B", "K", "NZ", "NZD", "S", "SGD", "US", "USD"}
)
_EXCHANGES = frozenset({"AIM", "AMEX", "ASX", "BATS", "BIT", "BME", "BSE", "BVMF", "CBOE", "CPH", "CSE", "EPA", "ETR",
                        "Euronext", "FRA", "HEL", "HKEX", "HKG", "HKSE", "JSE", "KRX", "LON", "LSE", "NASDAQ", "NSE",
                        "NYSE", "Nasdaq", "OSE", "OTC", "OTCMKTS", "OTCQB", "OTCQX", "SEHK", "SGX", "SHA", "SHE", "SIX",
                        "SSE", "STO", "SZSE", "TASE", "TPE", "TSE", "TSX", "TSXV", "TWSE", "TYO", "VIE", "WSE",
                        "XETRA", "American", "Arca"})  # fmt: skip
"""As they stand before a ticker; the last two end "NYSE American" and "NYSE Arca"."""
_LETTERS_ONLY = 3


@cache
def acronyms() -> frozenset[str]:
    """Return the acronyms that are said as words."""
    text = (files("vivavoce.script.languages.en") / "names" / "acronyms.tsv").read_text(encoding="utf-8")
    return frozenset(line.split("\t", 1)[0] for line in text.splitlines()[1:])


def read_listed(scene: Scene, at: int) -> Reading | None:
    """Read a form that the table of initialisms lists in this very case: "PhD", "USAID", "OpenAI"."""
    if not scene.at_word_start(at):
        return None
    found = _LISTED.match(scene.text, at)
    while found:
        end = found.end()
        said = mapping("initialisms").get(found[0])
        if said and not (end < len(scene.text) and scene.text[end].isalnum() and not _ENDING.match(scene.text, end)):
            return _with_ending(scene, end, _say_listed(found[0], said))
        end -= 1
        if end - at < 2:
            return None
        found = _LISTED.match(scene.text, at, end)
    return None


def _say_listed(written: str, said: str) -> tuple[SpokenWord, ...]:
    if said != "letters":
        return say(said)
    return inflect(spell(written[:-1]), "'s") if written.endswith("s") and written[:-1].isupper() else spell(written)


def _with_ending(scene: Scene, end: int, words: tuple[SpokenWord, ...]) -> Reading:
    found = _ENDING.match(scene.text, end)
    ending = found[0].replace("’", "'") if found else ""
    if ending.startswith("s") and words and words[-1].letter:
        ending = "'s"
    return Reading(found.end() if found else end, inflect(words, "" if ending == "'" else ending), "initialism")


def read_ticker(scene: Scene, at: int) -> Reading | None:
    """Read what a share is called at an exchange, sign by sign: "NASDAQ: META" → M E T A, "$TSLA", "HKEX: 0700"."""
    if not scene.at_word_start(at):
        return None
    tagged = _CASHTAG.match(scene.text, at)
    if tagged and tagged["ticker"] not in _DOLLARS:
        return Reading(tagged.end(), spell(tagged["ticker"]), "ticker")
    found = _TICKER.match(scene.text, at)
    before = scene.previous()
    if not found or before is None or not _names_ticker(before.text, scene.text[before.end : at]):
        return None
    signs = re.findall(r"[A-Z]|\d", found[0])
    words = tuple(word for sign in signs for word in (say(spell_digits(sign)) if sign.isdecimal() else spell(sign)))
    return Reading(found.end(), words, "ticker")


def _names_ticker(before: str, gap: str) -> bool:
    if before.lower() in {"ticker", "symbol"}:
        return gap in {" ", ": ", " “", ' "'}
    return before in _EXCHANGES and gap in {":", ": ", ":\u00a0"}


def read_dotted(scene: Scene, at: int) -> Reading | None:
    """Read letters with full stops: "U.S." → U S, "J.D." → J D, "N.A.T.O." → Nato."""
    if not scene.at_word_start(at):
        return None
    found = _DOTTED.match(scene.text, at)
    if not found:
        return _read_initial(scene, at)
    letters = re.sub(r"[. \u00a0]", "", found["letters"])
    if letters.islower() and len(letters) > 3:
        return None
    end = found.end()
    words = say(letters) if letters in acronyms() and len(letters) > _LETTERS_ONLY else spell(letters)
    if not words:
        return None
    ending = (found["ending"] or "").replace("’", "'")
    if ending in {"s", "s'"}:
        ending = "'s"
    return Reading(end, inflect(words, "" if ending == "'" else ending), "initialism")


def _read_initial(scene: Scene, at: int) -> Reading | None:
    """Read one initial of a name: the "W." of "George W. Bush"."""
    found = _INITIAL.match(scene.text, at)
    if not found:
        return None
    after = scene.text[found.end() : found.end() + 2].lstrip(" \u00a0")
    if not after or not after[0].isupper():
        return None
    before = scene.previous()
    if found["letter"] == "I" and (before is None or not before.text[:1].isupper()):
        return None
    return Reading(found.end(), spell(found["letter"]), "initial")


def read_capitals_run(scene: Scene, at: int) -> Reading | None:
    """Read a word in capitals: "IAEA" → I A E A, "UNICEF" → unicef, "CIA's" → C I A's."""
    if not scene.at_word_start(at):
        return None
    found = _CAPITALS.match(scene.text, at)
    if not found:
        return _read_camel(scene, at)
    words = read_capitals(found["core"])
    if words is None:
        return None
    ending = (found["ending"] or "").replace("’", "'")
    if words[-1].letter and ending == "s":
        ending = "'s"
    rule = "initialism" if words[-1].letter else "acronym"
    return Reading(found.end(), inflect(words, "" if ending == "'" else ending), rule)


def _read_camel(scene: Scene, at: int) -> Reading | None:
    """Read a name that ends in capitals: "TikTok" is one word, but "OpenAI" is open, A, I."""
    found = _CAMEL.match(scene.text, at)
    if not found or len(found["tail"]) < 2:
        return None
    tail = read_capitals(found["tail"])
    if tail is None:
        return None
    ending = (found["ending"] or "").replace("’", "'")
    if ending == "s":
        ending = "'s"
    return Reading(found.end(), inflect((SpokenWord(found["head"]), *tail), ending), "initialism")


def read_capitals(core: str, *, in_table_only: bool = False) -> tuple[SpokenWord, ...] | None:
    """Say capitals by letters or as a word. None where only the table is asked and does not know them."""
    said = mapping("initialisms").get(core)
    if said:
        return _say_listed(core, said)
    if core in acronyms():
        return say_word(core)
    if in_table_only:
        return None
    if not fold_to_ascii(core):
        return None
    if len(core) <= _LETTERS_ONLY or not _reads_as_word(core):
        return spell(core)
    return say_word(core)


def say_word(core: str) -> tuple[SpokenWord, ...]:
    """Say capitals as one word, in the case they have."""
    return (SpokenWord(core),)


def _reads_as_word(core: str) -> bool:
    """Guess whether unlisted capitals are said as a word: known words of five letters, else long sayable ones."""
    lower = fold_to_ascii(core).lower()
    if is_known(lower):
        return True
    return len(lower) > 5 and can_be_said(lower)
