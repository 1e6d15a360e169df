"""What figures share: how a number is printed, its scale, its range, and whether it stands before a noun."""

import re
from dataclasses import dataclass

from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.tables import alternatives, column, rows
from vivavoce.script.normalise import Scene

VULGAR = {
    "½": ("one", "half"), "¼": ("one", "quarter"), "¾": ("three", "quarters"), "⅓": ("one", "third"),
    "⅔": ("two", "thirds"), "⅕": ("one", "fifth"), "⅖": ("two", "fifths"), "⅗": ("three", "fifths"),
    "⅘": ("four", "fifths"), "⅙": ("one", "sixth"), "⅚": ("five", "sixths"), "⅛": ("one", "eighth"),
    "⅜": ("three", "eighths"), "⅝": ("five", "eighths"), "⅞": ("seven", "eighths"), "⅒": ("one", "tenth"),
}  # fmt: skip
_VULGAR = "[" + "".join(VULGAR) + "]"
INTEGER = (
    r"(?:\d{1,3}(?: \d{3}){0,3} 000(?!\d)|\d{1,2}(?:,\d\d){1,4},\d{3}(?![\d,])|\d{1,3}(?:,\d{3})+(?!\d)"
    r"|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)"
)
PLAIN = rf"(?:{INTEGER}(?:\.\d+)?|\.\d+)"
NUMBER = rf"(?:{PLAIN}(?:[ -]?{_VULGAR}|[ -]\d/\d{{1,2}}(?![\d/]))?|{_VULGAR})"
"""A figure: 1,500 · 2,36,533 (as India groups) · 3.5 · .5 · 2½ · 2 1/2 · ½."""
SIGN = r"[-−–+±]?"
JOIN = r"(?:\s?[-–—‑−]\s?|\s(?:to|and)\s)"
SHORT_JOIN = r"\s?[-–—‑−]\s?"
_WORDS = {row[0]: row[1] for row in rows("scales") if row[2] == "any"}
_SIGNS = {row[0]: row[1] for row in rows("scales") if row[2] == "money"}
SCALES = _WORDS | _SIGNS


def _scale(refused: str) -> str:
    """Write the pattern of a scale; a sign such as "m" holds only where none of `refused` follows."""
    return rf"(?:[ \u00a0-]?(?:{alternatives(_WORDS)})(?![\w])|(?:{alternatives(_SIGNS)})(?![{refused}]))"


SCALE = _scale(r"\w²³/")
MONEY_SCALE = _scale(r"\w²³")
"""The same after a currency: "$5m/year" is no speed."""
LONG_SCALE = rf"(?:[ \u00a0-]?(?:{alternatives(_WORDS)})(?![\w]))"
_MIXED = re.compile(rf"({PLAIN})?[ -]?(?:({_VULGAR})|(\d)/(\d{{1,2}}))?$")
_ALONE = column("after_amount")
_HYPHENATED_ALONE = frozenset({"and", "to", "or"})
_RATE = re.compile(r"[ \u00a0](?:p\.?a\.?(?![\w])|(?:year|quarter|month|week|day)-(?:on|over|to|by)-)")
"""What follows an amount and qualifies it, not the other way round: "£25bn p.a.", "up 3 points year-on-year"."""
_AFTER = re.compile(r"(-?)[ \u00a0]?([^\W\d_]+)?")
_SIGNS_SAID = {"-": "minus ", "−": "minus ", "–": "minus ", "+": "plus ", "±": "plus or minus ", "": ""}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as printed, with its scale."""

    number: str
    scale: str = ""

    @property
    def is_one(self) -> bool:
        """Whether the noun after it is singular."""
        return self.number == "1" and not self.scale

    def said(self, *, british: bool = False) -> str:
        """Say it: ("1.5", "bn") → "one point five billion"."""
        return f"{say_number(self.number, british=british)} {scale_word(self.scale)}".strip()


def scale_word(printed: str) -> str:
    """Say a scale: "bn" → "billion", "" → ""."""
    return SCALES.get(printed.strip(" \u00a0-"), "")


def say_sign(printed: str) -> str:
    """Say a sign before a figure, with the blank after it: "-" → "minus "."""
    return _SIGNS_SAID.get(printed, "")


def say_number(printed: str, *, british: bool = False) -> str:
    """Say a figure as printed: "2½" → "two and a half", "1,500.5" → "one thousand five hundred point five"."""
    plain = re.sub(r"(?<=\d)[ \u00a0\u2009\u202f](?=\d{3})", "", printed)
    found = _MIXED.match(plain)
    if not found or not (found[2] or found[3]):
        return numerals.decimal(plain, british=british)
    part = say_fraction(found[3], found[4]) if found[3] else " ".join(VULGAR[found[2]])
    if not found[1]:
        return part
    part = re.sub(r"^one (?=(eigh|eleven)?)", lambda one: "an " if one[1] else "a ", part)
    return f"{numerals.decimal(found[1], british=british)} and {part}"


def say_fraction(above: str, below: str) -> str:
    """Say a fraction: ("3", "4") → "three quarters"."""
    one = int(above) == 1
    head = numerals.cardinal(above)
    if int(below) == 2:
        return f"{head} {'half' if one else 'halves'}"
    if int(below) == 4:
        return f"{head} {'quarter' if one else 'quarters'}"
    if int(below) in {0, 1} or int(below) > 100:
        return f"{head} over {numerals.cardinal(below)}"
    name = numerals.ordinal(below)
    return f"{head} {name if one else numerals.plural(name)}"


def stands_before_noun(scene: Scene, end: int) -> bool:
    """Tell whether an amount that ends here qualifies the noun after it: "a $5 note", not "$5 in cash"."""
    found = _AFTER.match(scene.text, end)
    word = found[2] if found else None
    if not found or not word:
        return False
    if found[1] and word == "plus":  # "$3 billion-plus", "a $3 billion-plus deal"
        return stands_before_noun(scene, found.end())
    if found[1]:
        return word.lower() not in _HYPHENATED_ALONE
    if scene.text[end : end + 1] not in {" ", "\u00a0"}:
        return False
    lower = word.lower()
    if _RATE.match(scene.text, end):
        return False
    if lower in _ALONE or lower.endswith(("ly", "ed")) or (lower.endswith("ing") and lower not in _ING_NOUNS):
        return False
    if lower in column("verbs_after_amount"):
        return _after_article(scene)
    return word.islower() or scene.shouts(end) or _after_article(scene)


_ING_NOUNS = frozenset({"building", "funding", "housing", "spending", "training", "shipping", "mooring", "hearing",
                        "ceiling", "painting", "ring", "wing", "savings", "offering", "filing", "listing", "opening",
                        "crossing", "landing", "refinancing", "settling", "string", "king"})  # fmt: skip
_ARTICLES = frozenset({"a", "an", "the", "this", "that", "its", "his", "her", "their", "our", "another", "each", "any"})


def _after_article(scene: Scene) -> bool:
    return any(token.text.lower() in _ARTICLES or token.text.endswith(("'s", "’s")) for token in scene.tokens[-2:])


def stands_in_label(scene: Scene) -> bool:
    """Tell whether a figure and its letter are a label, after the noun before them: "row 14C", "seat 22K"."""
    before = scene.previous()
    return before is not None and before.text.lower() in _LABELLED


_LABELLED = frozenset({"apartment", "block", "building", "bus", "class", "door", "exhibit", "flat", "form",
                       "gate", "grade", "group", "level", "platform", "room", "row", "seat", "section",
                       "suite", "unit"})  # fmt: skip
