"""Percentages, percentage points and basis points."""

import re

from vivavoce.script.languages.en.amounts import NUMBER, say_number, say_sign
from vivavoce.script.normalise import Reading, Scene, say

_PERCENT = re.compile(
    rf"(?P<sign>[-−–+±~<>]?)(?P<number>{NUMBER})(?:\s?%?\s?[-–—‑]\s?(?P<number2>{NUMBER}))?"
    r"(?P<unit>\s?-?%(?:[ -](?:age )?points?\b)?|[ -]?(?:per cent|percent|pct\.?|pc|ppts?|pps?|bps?|p\.p\.|‰)(?![\w]))"
    r"(?P<plus>\+?)"
)
_UNITS = {"%": "percent", "per cent": "percent", "percent": "percent", "pct": "percent", "pct.": "percent",
          "pc": "percent", "pp": "percentage points", "pps": "percentage points", "ppt": "percentage points",
          "ppts": "percentage points", "p.p.": "percentage points", "bp": "basis points", "bps": "basis points",
          "‰": "per mille"}  # fmt: skip
_SIGNS = {"~": "about ", "<": "less than ", ">": "more than "}


def read_percent(scene: Scene, at: int) -> Reading | None:
    """Read a percentage: "50.01%" → "fifty point zero one percent"."""
    if not scene.at_word_start(at):
        return None
    found = _PERCENT.match(scene.text, at)
    if not found:
        return None
    british = scene.style.british
    said = say_number(found["number"], british=british)
    if found["number2"]:
        said += " to " + say_number(found["number2"], british=british)
    unit = found["unit"].strip().lstrip("-")
    noun = "percentage points" if unit.startswith("%") and len(unit) > 1 else _UNITS[unit]
    if found["number"] == "1" and not found["number2"]:
        noun = noun.removesuffix("s")
    if unit.startswith("%") and unit.endswith("point"):
        noun = noun.removesuffix("s")
    plus = " plus" if found["plus"] else ""
    sign = _SIGNS.get(found["sign"]) or say_sign(found["sign"])
    return Reading(found.end(), say(f"{sign}{said} {noun}{plus}"), "percent")
