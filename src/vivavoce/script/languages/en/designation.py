"""Names made of letters and figures: weapons, aircraft, vehicles, roads, flights, viruses, standards."""

import re

from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.amounts import LONG_SCALE
from vivavoce.script.languages.en.initialism import acronyms, read_capitals
from vivavoce.script.languages.en.tables import mapping
from vivavoce.script.languages.en.words import is_word
from vivavoce.script.normalise import Reading, Scene, inflect, say, spell
from vivavoce.script.tokens import SpokenWord

_LETTERS_FIRST = re.compile(
    r"(?P<prefix>[A-Z][A-Za-z]{0,8}(?:/[A-Z]{1,4}){0,2})(?P<joint>[-‑–. ]?)"
    r"(?P<body>\d{1,6}(?:(?:[A-Z]{1,4}|[a-fm])\d{0,4}){0,3}(?:\.\d{1,3}){0,3})"
    r"(?P<tail>(?:[-‑/](?:\d{1,4}[A-Z]{0,3}|[A-Z]{1,4}\d{0,3})){0,3})(?P<ending>[’']?s|[’'])?(?![^\W_])"
)
_DIGITS_FIRST = re.compile(
    r"(?P<body>\d{1,5}[A-Za-z]{1,4}(?:\d{1,5}[A-Za-z]{0,3}){0,3})(?P<tail>(?:[-‑]\d{1,4}[A-Z]{0,2}){0,2})(?P<ending>[’']s)?(?![^\W_])"
)
_DIGITS_DASH = re.compile(r"(?P<digits>\d{1,4})[-‑](?P<letters>[A-Z]{1,4})(?P<more>\d{0,4})(?![^\W_])")
_PIECE = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|[./-]")
_WORD_NUMBER = re.compile(
    r"(?P<word>[A-Za-z]{3,})[-‑](?P<digits>\d{1,4})(?P<suffix>[A-Z]{0,2})(?P<ending>[’']?s)?(?![\w.,]\d|\w)(?![-–/]\d)"
)
_AIRLINER = re.compile(r"(?P<family>7[0-8]7)-(?P<kind>\d{1,3})(?P<range>[A-Z]{0,3})(?![\w-])")
_QUANTITY = re.compile(rf"\d+(?:st|nd|rd|th|s|{LONG_SCALE})")
_ISOTOPES = frozenset({"uranium", "plutonium", "iodine", "caesium", "cesium", "strontium", "cobalt", "carbon",
                       "polonium", "americium", "thorium", "radium", "technetium", "lutetium", "actinium"})  # fmt: skip


def read_designation(scene: Scene, at: int) -> Reading | None:
    """Read a designation: "KC-135" → K C "one thirty five", "T-72s" → T "seventy twos", "M1A2" → M one A two."""
    if not scene.at_word_start(at):
        return None
    found = _WORD_NUMBER.match(scene.text, at)
    if found and not found["word"].isupper() and _is_plain_word(found["word"]):
        return _read_word_number(found)
    found = _LETTERS_FIRST.match(scene.text, at)
    if found and _is_designation(found):
        words = (*_say_prefix(found["prefix"]), *_say_body(found["body"]), *_say_body(found["tail"]))
        return _finish(found, words)
    found = _DIGITS_DASH.match(scene.text, at)
    if found:
        words = (*say(numerals.clipped(found["digits"])), *_say_letters(found["letters"]), *_say_body(found["more"]))
        return Reading(found.end(), words, "designation")
    found = _DIGITS_FIRST.match(scene.text, at)
    if found and not _QUANTITY.fullmatch(found["body"]):
        return _finish(found, (*_say_body(found["body"]), *_say_body(found["tail"])))
    return None


def read_airliner(scene: Scene, at: int) -> Reading | None:
    """Read an airliner's type: "737-800" → "seven thirty seven eight hundred"."""
    found = _AIRLINER.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    words = (*say(numerals.clipped(found["family"])), *say(numerals.clipped(found["kind"])), *spell(found["range"]))
    return Reading(found.end(), words, "designation")


def _is_plain_word(word: str) -> bool:
    return len(word) > 3 or word.lower() in {"top", "big", "mid", "pre"} or (is_word(word) and word[0].islower())


def _read_word_number(found: re.Match[str]) -> Reading:
    """Read a word with its number: "Shahed-136", "uranium-235", "under-21s", "COVID-19"."""
    digits = found["digits"]
    named = found["word"][0].isupper() or found["word"].lower() in _ISOTOPES
    is_year = len(digits) == 4 and digits[:2] in {"17", "18", "19", "20"}
    number = numerals.clipped(digits) if named or is_year else numerals.cardinal(digits)
    if found["ending"] == "s":
        number = numerals.plural(number)
    words = (*_say_mixed_word(found["word"]), *say(number), *spell(found["suffix"]))
    return Reading(found.end(), inflect(words, "'s") if found["ending"] in {"'s", "’s"} else words, "designation")


def _say_mixed_word(word: str) -> tuple[SpokenWord, ...]:
    return (SpokenWord(word),)


def _is_designation(found: re.Match[str]) -> bool:
    """Letters and figures belong together by a hyphen or by touching; a blank joins only listed prefixes."""
    prefix, joint = found["prefix"], found["joint"]
    if joint == " ":
        return prefix in mapping("designators") and mapping("designators")[prefix] == "spaced"
    if joint == ".":
        return len(prefix) == 1 and "." in found["body"]
    return True


def _finish(found: re.Match[str], words: tuple[SpokenWord, ...]) -> Reading:
    ending = (found["ending"] or "").replace("’", "'")
    if ending == "s" and words:
        last = words[-1]
        plural = SpokenWord(last.text + "'s", last.letter) if last.letter else SpokenWord(numerals.plural(last.text))
        words = (*words[:-1], plural)
    elif ending == "'s":
        words = inflect(words, "'s")
    return Reading(found.end(), words, "designation")


def _say_prefix(prefix: str) -> tuple[SpokenWord, ...]:
    said: tuple[SpokenWord, ...] = ()
    for part in prefix.split("/"):
        listed = mapping("designators").get(part)
        if listed and listed not in {"letters", "spaced"}:
            said += say(listed)
        else:
            said += _say_letters(part)
    return said


def _say_letters(part: str) -> tuple[SpokenWord, ...]:
    if part in acronyms() or (part.isupper() and len(part) > 3):
        return read_capitals(part) or ()
    if part.isupper() or len(part) <= 2 or not re.search(r"[aeiouy]", part.lower()):
        return spell(part)
    return (SpokenWord(part),)


def _say_body(body: str) -> tuple[SpokenWord, ...]:
    said: tuple[SpokenWord, ...] = ()
    for found in _PIECE.finditer(body):
        piece = found[0]
        if piece[0].isdecimal():
            said += say(numerals.decimal(piece) if "." in piece else numerals.clipped(piece))
        elif piece == ".":
            said += say("point")
        elif piece.isalpha():
            said += (
                _say_letters(piece)
                if len(piece) < 4 and not (len(piece) > 2 and is_word(piece))
                else (SpokenWord(piece),)
            )
    return said
