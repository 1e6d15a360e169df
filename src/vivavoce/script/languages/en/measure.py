"""Measures: units after figures, ranges, squares and cubes, rates, dimensions, feet and inches, temperatures."""

import re
from dataclasses import dataclass

from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.amounts import (
    LONG_SCALE,
    NUMBER,
    say_number,
    say_sign,
    scale_word,
    stands_before_noun,
    stands_in_label,
)
from vivavoce.script.languages.en.tables import alternatives, rows
from vivavoce.script.normalise import Reading, Scene, say


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's names, in the variety that is spoken."""

    one: str
    many: str


_ROWS = {row[0]: row for row in rows("units") if row[5] != "never"}
_JOINED = frozenset(sign for sign, row in _ROWS.items() if row[5] == "joined")
_UNIT = alternatives(frozenset(_ROWS))
_POWER = r"(?:sq\.?|square|cu\.?|cubic)"
_JOIN = r"(?:\s?[-–—‑]\s?|\s(?:to)\s)"
_MEASURE = re.compile(
    rf"(?P<sign>[-−–+±~<>]?)(?P<number>{NUMBER})(?P<scale>{LONG_SCALE}|(?:[kmMbB]|bn|tn)(?=[ \u00a0]{_POWER}[ ]))?"
    rf"(?:°?(?P<join>{_JOIN}|\s?(?P<by>[x×])\s?)(?P<number2>{NUMBER}))?"
    rf"(?P<gap>[ \u00a0]|-)?(?:(?P<power>{_POWER})[ -])?(?P<unit>{_UNIT})(?P<exponent>[²³]|[23](?![\d.,]))?"
    rf"(?:\s?/\s?(?:(?P<perpower>{_POWER})\s)?(?P<per>{_UNIT}|sec|day|week|month|year|person)(?P<perexponent>[²³23])?)?"
    r"(?![\w²³])"
)
_FEET_INCHES = re.compile(
    r"(?P<feet>\d{1,2})(?:\s?(?:ft\.?|foot|feet)\s?|['’′]\s?)(?P<inches>\d{1,2}(?:\.\d)?½?)"
    r"(?:\s?(?:in\.?(?![\w])|inches|inch)|[\"”″]|''|(?![\w%.,'’]))"
)
_CURRENT_CARRIERS = frozenset({"fuse", "fuses", "plug", "plugs", "socket", "sockets", "circuit", "circuits", "charger",
                               "current", "supply", "breaker"})  # fmt: skip
_EXPONENTS = {"²": "square", "³": "cubic", "2": "square", "3": "cubic", "": ""}
_SIGNS = {"~": "about ", "<": "less than ", ">": "more than "}
_PER_WORDS = {"s": "second", "sec": "second", "h": "hour", "hr": "hour", "d": "day"}


def read_measure(scene: Scene, at: int) -> Reading | None:
    """Read a figure with its unit: "155mm" → "one fifty five millimeter", "5-10 km" → "five to ten kilometers"."""
    if not scene.at_word_start(at):
        return None
    return _read_feet_inches(scene, at) or _read_figure(scene, at)


def _read_figure(scene: Scene, at: int) -> Reading | None:
    found = _MEASURE.match(scene.text, at)
    if not found or not _is_unit_here(scene, found):
        return None
    end = found.end()
    british = scene.style.british
    unit = _unit(found["unit"], british=british)
    attributive = found["gap"] == "-" or stands_before_noun(scene, end)
    single = found["number"] == "1" and not found["number2"] and not found["scale"]
    noun = unit.one if attributive or single else unit.many
    head = _say_figure(found, british=british, caliber=found["unit"] == "mm" and attributive)
    power = _power(found["power"], found["exponent"])
    per = _say_per(found, british=british)
    sign = _SIGNS.get(found["sign"]) or say_sign(found["sign"])
    return Reading(end, say(" ".join(f"{sign}{head} {power} {noun}{per}".split())), "measure")


def _is_unit_here(scene: Scene, found: re.Match[str]) -> bool:
    """Refuse a unit's sign that is something else here: "5 in the morning", "2 A", "T 4 m"."""
    unit = found["unit"]
    if len(unit) == 1 and not found["gap"] and stands_in_label(scene):
        return False
    if unit in _JOINED and found["gap"]:
        return False
    if unit == "K":  # "300 K" is a temperature, "300K" and "300 K people" are thousands
        return found["gap"] == " " and not stands_before_noun(scene, found.end())
    if unit == "B" and not found["gap"]:  # "apartment 4B", "221B Baker Street"
        return len(found["number"]) > 2 and not scene.next_word(found.end())[:1].isupper()
    if unit == "A" and scene.next_word(found.end()).lower().strip(".,;:") not in _CURRENT_CARRIERS:  # "seat 12A"
        return False
    if unit == "s" and (found["gap"] or re.fullmatch(r"\d*0|\d{2,}", found["number"])):  # "1990s", "747s"
        return bool(found["gap"] == " " and "." in found["number"])
    if unit in {"C", "F"}:
        return bool(re.fullmatch(r"\d{1,4}(?:\.\d)?", found["number"]))
    if unit in {"W", "N", "A", "V", "J"} and "°" in found[0]:
        return False
    return not (unit == "°" and re.match(r"\s?[NSEW\d]", scene.text[found.end() : found.end() + 2]))


def _unit(sign: str, *, british: bool) -> Unit:
    row = _ROWS[sign]
    return Unit(row[3] or row[1], row[4] or row[2]) if british else Unit(row[1], row[2])


def _say_figure(found: re.Match[str], *, british: bool, caliber: bool) -> str:
    number = found["number"]
    said = numerals.clipped(number) if caliber and number.isdecimal() and len(number) == 3 else None
    said = said or say_number(number, british=british)
    if found["number2"]:
        joint = "by" if found["by"] else "to"
        return f"{said} {joint} {say_number(found['number2'], british=british)}"
    return f"{said} {scale_word(found['scale'] or '')}"


def _power(written: str | None, exponent: str | None) -> str:
    if written:
        return "square" if written.startswith("sq") else "cubic"
    return _EXPONENTS[exponent or ""]


def _say_per(found: re.Match[str], *, british: bool) -> str:
    per = found["per"]
    if not per:
        return ""
    name = _PER_WORDS.get(per) or (_unit(per, british=british).one if per in _ROWS else per)
    if name == "second" and found["perexponent"]:
        return f" per second {'squared' if found['perexponent'] in '²2' else 'cubed'}"
    return f" per {_power(found['perpower'], found['perexponent'])} {name}"


def _read_feet_inches(scene: Scene, at: int) -> Reading | None:
    found = _FEET_INCHES.match(scene.text, at)
    if not found or float(found["inches"].rstrip("½") or 0) >= 12:
        return None
    feet = "foot" if found["feet"] == "1" else "feet"
    inches = "inch" if found["inches"] == "1" else "inches"
    said = f"{say_number(found['feet'])} {feet} {say_number(found['inches'])} {inches}"
    return Reading(found.end(), say(said), "measure")
