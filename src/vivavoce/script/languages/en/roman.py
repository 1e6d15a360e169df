"""Roman numerals, where context shows them to be such: rulers, popes, wars, chapters, corps."""

import re

from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.tables import column
from vivavoce.script.normalise import Reading, Scene, inflect, say

_ROMAN = re.compile(
    r"(?P<numeral>M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?P<ending>[’']s)?(?![^\W_]|[.]\w|-\w)"
)
_RANGE = re.compile(r"\s?[-–]\s?(?P<numeral>(?:X{0,3})(?:IX|IV|V?I{0,3}))(?![^\W_])")
_INITIALS = re.compile(r"(?:[A-Z]\.\s?){1,3}")
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_ORDINAL_AFTER = frozenset({"Corps", "Army", "Fleet", "Brigade", "Airborne", "Century", "century", "Congress",
                            "Armored", "Armoured", "Legion", "Olympiad", "Summit", "Division"})  # fmt: skip


def read_roman(scene: Scene, at: int) -> Reading | None:
    """Read a Roman numeral: "John Paul II" → "the second", "Title IX" → "nine", "XVIII Corps" → "eighteenth"."""
    if not scene.at_word_start(at):
        return None
    found = _ROMAN.match(scene.text, at)
    if not found or not found["numeral"]:
        return None
    numeral = found["numeral"]
    said = _say_in_context(scene, at, found)
    if not said:
        return None
    words = say(said)
    ending = "'s" if found["ending"] else ""
    end = found.end()
    span = _RANGE.match(scene.text, end)
    if span and span["numeral"] and len(numeral) < 6:
        words = (*words, *say("to " + numerals.cardinal(_value(span["numeral"]))))
        end = span.end()
    return Reading(end, inflect(words, ending), "roman")


def _value(numeral: str) -> int:
    total = 0
    for char, following in zip(numeral, numeral[1:] + " ", strict=True):
        value = _VALUES[char]
        total += -value if value < _VALUES.get(following, 0) else value
    return total


def _say_in_context(scene: Scene, at: int, found: re.Match[str]) -> str:
    numeral = found["numeral"]
    before = scene.previous()
    name = before.text if before is not None and scene.adjoins(at) else ""
    if before is not None and before.mark:
        name = ""
    value = _value(numeral)
    parts = column("numbered_parts")
    lower = name.lower()
    if (name[:1].isupper() and (lower in parts or lower.removesuffix("s") in parts)) or lower in {
        "phase",
        "stage",
        "type",
        "chapter",
        "part",
        "class",
        "level",
        "tier",
    }:
        return numerals.cardinal(value)
    if not found["ending"] and scene.next_word(found.end()).strip(".,;") in _ORDINAL_AFTER and _is_clear(numeral):
        return numerals.ordinal(value)
    if not name[:1].isupper():
        return numerals.cardinal(value) if numeral in {"II", "III", "VII", "VIII", "XII", "XIII", "XIV", "XVI"} else ""
    if _is_ruler(scene, name):
        return "the " + numerals.ordinal(value) if _is_clear(numeral) or numeral in {"I", "V", "X"} else ""
    if not _is_clear(numeral) or (numeral == "IV" and name.isupper()):
        return ""
    if _is_person(scene, name):
        return "the " + numerals.ordinal(value)
    return numerals.cardinal(value)


def _is_clear(numeral: str) -> bool:
    """Tell numerals from words in capitals: II, IX and XVI are clear; I, V, C, MC, DC and CD are not."""
    return (
        len(numeral) > 1 and not set(numeral) - set("IVXL") and numeral not in {"LI", "XL", "LX", "XI"}
    ) or numeral in {"XI", "LIX"}


def _is_ruler(scene: Scene, name: str) -> bool:
    if name in column("rulers"):
        return True
    for back in (2, 3):
        token = scene.previous(back)
        if token is not None and token.text in column("ruling_titles"):
            return True
    return False


def _is_person(scene: Scene, name: str) -> bool:
    """A given name one or two words before makes it a person: "John Smith III"."""
    given = column("given_names")
    initials = scene.previous(2)
    if initials is not None and _INITIALS.fullmatch(initials.text) and name[1:].islower():
        return True
    earlier = [token.text.rstrip(".") for token in scene.tokens[-4:-1]]
    return any(word in given for word in earlier[-2:]) or name == "Jr." or (name in given and not earlier)
