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
UNIT_SIGNS = alternatives(frozenset(_ROWS))
"""A pattern of all signs of units."""
_POWER = r"(?:sq\.?|square|cu\.?|cubic)"
_SCALED = r"(?:km|mi|kg|kWh|MWh|GWh|TEU|bpd|b/d|bbl|boe|ha|tonnes|tons|miles|acres|hectares)"
"""Units that come in thousands and millions: "6.1m km"."""
_JOIN = r"(?:\s?[-–—‑]\s?|\s(?:to)\s)"
_SHORT_SCALE = rf"(?:[kmMbB]|bn|tn)(?=[ \u00a0](?:{_POWER}[ ]|{_SCALED}(?!\w)))"
_MEASURE = re.compile(
    rf"(?P<sign>[-−–+±~<>]?)(?P<number>{NUMBER})(?P<scale>{LONG_SCALE}|{_SHORT_SCALE})?"
    rf"(?:°?(?P<join>{_JOIN}|\s?(?P<by>[x×])\s?)(?P<number2>{NUMBER}))?"
    rf"(?P<gap>[ \u00a0]|-)?(?:(?P<power>{_POWER})[ -])?(?P<unit>{UNIT_SIGNS})(?P<exponent>[²³]|[23](?!\d|[.,]\d))?"
    rf"(?:\s?/\s?(?:(?P<perpower>{_POWER})\s)?(?P<per>{UNIT_SIGNS}|sec|day|week|month|year|person)(?P<perexponent>[²³23])?)?"
    r"(?![\w²³])"
)
_FEET_INCHES = re.compile(
    r"(?P<feet>\d{1,2})(?:\s?(?:ft\.?|foot|feet)\s?|['’′]\s?)(?P<inches>\d{1,2}(?:\.\d)?½?)"
    r"(?:\s?(?:in\.?(?![\w])|inches|inch)|[\"”″]|''|(?![\w%.,'’]))"
)
_GAS = re.compile(
    rf"(?:(?P<number>{NUMBER})(?P<scale>{LONG_SCALE})?(?:{_JOIN}(?P<number2>{NUMBER}))?[ \u00a0-]?)?"
    r"(?P<mass>(?:[kMG]?t|[kMm]?g)[ \u00a0]?)?(?P<gas>CO[2₂]|CH[4₄]|N[2₂]O|SO[2₂]|C(?<=tC))"
    r"(?P<equivalent>[ -]?eq(?:uiv)?\.?|e)?(?:\s?/\s?(?P<per>[A-Za-z]{1,10}))?(?![\w₀-₉²³])"
)
_GASES = {"CO": "C O two", "CH": "C H four", "N": "N two O", "SO": "S O two", "C": "carbon"}
_PREFIXES = {"k": "kilo", "M": "mega", "G": "giga", "m": "milli", "": ""}
_HEIGHT = re.compile(r"(?P<feet>[4-7])[-‑](?P<inches>1[01]|\d)(?P<half>[ -]?½| 1/2)?(?![\w/–‑-]|[.,:]\d)")
_IS_SO_TALL = re.compile(
    r"(?:^|\s)(?:(?:he|she|i|who|you|they)'(?:s|m|re)|(?:he|she|i|who) (?:is|was|am)|stands|standing|stood|listed at|"
    r"measures|generously)$"
)
_ARTICLE = re.compile(r"(?:^|\s)(?:an?|the|his|their|its|another|that|this)$")
_SO_HEAVY = re.compile(r",? (?:and )?\d{3}(?:-pounds?|[ -]?lbs?\.?| pounds?)(?!\w)")
_PLAYS = re.compile(
    r" (?!(?:wins?|loss|victory|lead|over|with|record|by|for|from|defeat|draw|rout|decision|vote|ruling|to|on|in|at) )"
    r"(?:[\w-]{2,20} )?(?:(?:point|power|small|shooting|combo) )?(?:guard|forward|center|centre|swingman|"
    r"quarterback|linebacker|lineman|cornerback|receiver|tight end|right-hander|left-hander|righty|lefty|"
    r"pitcher|catcher|outfielder|infielder|shortstop|winger|defenseman|goalie|goaltender|midfielder|defender|striker|"
    r"freshman|sophomore|rookie|setter|hitter|blocker)(?![\w-])"
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


def name_unit(sign: str, *, british: bool) -> str | None:
    """Name one of a unit: "kWh" → "kilowatt hour"; None for what is no sign of one."""
    return _PER_WORDS.get(sign) or (_unit(sign, british=british).one if sign in _ROWS else None)


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
    name = name_unit(per, british=british) or per
    if name == "second" and found["perexponent"]:
        return f" per second {'squared' if found['perexponent'] in '²2' else 'cubed'}"
    return f" per {_power(found['perpower'], found['perexponent'])} {name}"


def read_gas(scene: Scene, at: int) -> Reading | None:
    """Read weights of gases: "12 MtCO2e" → "twelve megatons of C O two equivalent", "95 gCO2/km", "CO2e"."""
    found = _GAS.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    if not (found["mass"] or found["equivalent"] or (found["number"] and found["scale"])):
        return None  # "CO2" alone has a reading of its own
    british = scene.style.british
    head = "" if not found["number"] else _say_amount_of_gas(found, british=british)
    mass = _name_mass(found["mass"].strip(), british=british) if found["mass"] else ""
    equivalent = " equivalent" if found["equivalent"] else ""
    per = f" per {name_unit(found['per'], british=british) or found['per']}" if found["per"] else ""
    gas = _GASES[found["gas"].rstrip("2₂4₄").partition("2")[0].partition("₂")[0]]
    one = found["number"] == "1" and not found["scale"] and not found["number2"]
    weighed = f"{mass if one else mass + 's'} of {gas}" if mass else gas
    return Reading(found.end(), say(f"{head} {weighed}{equivalent}{per}"), "measure")


def _say_amount_of_gas(found: re.Match[str], *, british: bool) -> str:
    ends = [say_number(end, british=british) for end in (found["number"], found["number2"]) if end]
    return f"{' to '.join(ends)} {scale_word(found['scale'] or '')}"


def _name_mass(sign: str, *, british: bool) -> str:
    unit = {"t": "tonne" if british else "ton", "g": "gram"}[sign[-1]]
    return _PREFIXES[sign[:-1]] + unit


def read_height(scene: Scene, at: int) -> Reading | None:
    """Read how tall somebody is: "He's 6-4" → "six four", "the 5-11 guard"; "won 5-4" and "was 5-4" are scores."""
    found = _HEIGHT.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    before = " ".join(token.text.lower().replace("’", "'") for token in scene.tokens[-2:])
    heavy = _SO_HEAVY.match(scene.text, found.end())
    plays = _ARTICLE.search(before) and _PLAYS.match(scene.text, found.end())
    if not (_IS_SO_TALL.search(before) or heavy or plays):
        return None
    inches = say_number(found["inches"]) if found["inches"] != "0" else "foot"
    half = " and a half" if found["half"] else ""
    return Reading(found.end(), say(f"{say_number(found['feet'])} {inches}{half}"), "measure")


def _read_feet_inches(scene: Scene, at: int) -> Reading | None:
    found = _FEET_INCHES.match(scene.text, at)
    if not found or float(found["inches"].rstrip("½") or 0) >= 12:
        return None
    feet = "foot" if found["feet"] == "1" else "feet"
    inches = "inch" if found["inches"] == "1" else "inches"
    said = f"{say_number(found['feet'])} {feet} {say_number(found['inches'])} {inches}"
    return Reading(found.end(), say(said), "measure")
