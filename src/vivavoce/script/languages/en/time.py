"""Times of day with halves and zones, spans of them, and lengths of time with colons."""

import re

from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.tables import alternatives, mapping
from vivavoce.script.normalise import Reading, Scene, say

_ZONES = mapping("zones")
_HALF = r"(?P<half{0}>[ap]\.\s?m\.|[ap]\.?m(?!\w)\.?|[AP]\.\s?M\.|[AP]M(?!\w)\.?)"
_CLOCK = r"(?P<hour{0}>2[0-4]|[01]?\d)[:.](?P<minute{0}>[0-5]\d)(?![\d%])"
_ZONE = rf"(?:\s?\(?(?P<zone>{alternatives(_ZONES)})(?!\w)\)?)"
_DASH = r"\s?(?:[-–—‑]|to)\s?"
_HOUR = r"(?P<hour{0}>1[0-2]|0?[1-9])"
_WITH_HALF = re.compile(
    rf"(?:(?:{_CLOCK.format('1')}|{_HOUR.format('2')})(?:\s?{_HALF.format('1')})?{_DASH})?"
    rf"(?:{_CLOCK.format('3')}|{_HOUR.format('4')})\s?{_HALF.format('3')}{_ZONE}?"
)
_CLOCKS = re.compile(
    rf"(?P<hour1>2[0-4]|[01]?\d)(?P<sign>[:.])(?P<minute1>[0-5]\d)(?P<second>:[0-5]\d(?:\.\d+)?)?(?![\d:%]|\.\d)"
    rf"(?:{_DASH}(?P<hour2>2[0-4]|[01]?\d)(?P=sign)(?P<minute2>[0-5]\d)(?![\d:%]))?"
    rf"(?P<hours>\s?(?:hrs|hours|h)(?!\w))?{_ZONE}?"
)
_MILITARY = re.compile(rf"(?P<hour>2[0-4]|[01]\d)(?P<minute>[0-5]\d)\s?(?:(?P<hours>hours|hrs|h)(?!\w)|{_ZONE})")
_LENGTH = re.compile(r"(?P<hours>\d{1,3}):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)(?P<part>\.\d{1,3})?(?![\d:])")
_SPLIT = re.compile(r"(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)\.(?P<part>\d{1,3})(?![\d:])")
_HOURS_MINUTES = re.compile(
    r"(?P<hours>\d{1,3})\s?(?:h|hrs?)\s?(?P<minutes>[0-5]?\d)\s?(?:m|mins?)(?:\s?(?P<seconds>[0-5]?\d)\s?(?:s|secs?))?(?!\w)"
)
_HOURS_ONLY = re.compile(r"(?P<hours>\d{1,2})h(?P<minutes>[0-5]\d)(?!\w)")
"""A length such as "3h25"."""
_OFFSET = re.compile(r"(?P<zone>UTC|GMT)\s?(?P<sign>[+\-−–])\s?(?P<hours>\d{1,2})(?::(?P<minutes>\d\d))?(?![\w])")


def read_time(scene: Scene, at: int) -> Reading | None:
    """Read a time of day: "5:30 p.m. EST" → "five thirty p m E S T"."""
    if not scene.at_word_start(at):
        return None
    found = _WITH_HALF.match(scene.text, at)
    if found:
        return Reading(found.end(), say(_say_with_half(found)), "time")
    found = _LENGTH.match(scene.text, at) or _SPLIT.match(scene.text, at)
    if found:
        return Reading(found.end(), say(_say_length(found)), "duration")
    found = _HOURS_MINUTES.match(scene.text, at)
    if found:
        parts = ((found["hours"], "hour"), (found["minutes"], "minute"), (found["seconds"], "second"))
        return Reading(found.end(), say(" ".join(_count(part, unit) for part, unit in parts if part)), "duration")
    found = _HOURS_ONLY.match(scene.text, at)
    if found:
        said = f"{_count(found['hours'], 'hour')} {_count(found['minutes'], 'minute')}"
        return Reading(found.end(), say(said), "duration")
    found = _MILITARY.match(scene.text, at)
    if found:
        return Reading(found.end(), say(_say_military(found)), "time")
    found = _CLOCKS.match(scene.text, at)
    if found and _is_clock(scene, found):
        return Reading(_clock_end(found), say(_say_clocks(scene, found)), "time")
    return None


def _count(number: str, unit: str) -> str:
    return f"{numerals.cardinal(number)} {unit if int(number) == 1 else unit + 's'}"


def read_zone_offset(scene: Scene, at: int) -> Reading | None:
    """Read an offset from world time: "GMT+3" → "G M T plus three"."""
    found = _OFFSET.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    sign = "plus" if found["sign"] == "+" else "minus"
    minutes = " " + numerals.cardinal(found["minutes"]) if found["minutes"] and found["minutes"] != "00" else ""
    return Reading(
        found.end(), say(f"{_ZONES[found['zone']]} {sign} {numerals.cardinal(found['hours'])}{minutes}"), "time"
    )


def _say_with_half(found: re.Match[str]) -> str:
    said = _clock(found["hour3"] or found["hour4"], found["minute3"] or "00", sharp="")
    said += f" {_half(found['half3'])}{_zone(found)}"
    first = found["hour1"] or found["hour2"]
    if not first:
        return said
    half = f" {_half(found['half1'])}" if found["half1"] else ""
    return f"{_clock(first, found['minute1'] or '00', sharp='')}{half} to {said}"


def _half(written: str) -> str:
    return f"{written[0].upper()} M"


def _zone(found: re.Match[str]) -> str:
    return f" {_ZONES[found['zone']]}" if found["zone"] else ""


def _clock(hour: str, minute: str, *, sharp: str = "o clock") -> str:
    hours = int(hour)
    if minute == "00":
        if hours > 12:
            return "midnight" if hours == 24 else f"{numerals.cardinal(hours)} hundred"
        return f"{numerals.cardinal(hours)} {sharp}".strip() if hours else "midnight"
    rest = f"o {numerals.cardinal(minute)}" if minute[0] == "0" else numerals.cardinal(minute)
    return f"{numerals.cardinal(hours)} {rest}"


def _is_clock(scene: Scene, found: re.Match[str]) -> bool:
    """With a colon it is a time unless a vote or ratio stands there; with a point only where words say so."""
    if found["sign"] == ":":
        before = scene.previous()
        return before is None or before.text.lower() not in {"ratio", "scored", "psalm", "john", "luke", "matthew"}
    before = scene.previous()
    cue = before is not None and before.text.lower() in {"at", "by", "until", "from", "before", "after", "around"}
    after = scene.next_word(found.end()).strip(".,;:").lower()
    return bool(found["zone"] or found["hours"]) or (
        cue and scene.style.british and after in {"on", "today", "local", ""}
    )


def _clock_end(found: re.Match[str]) -> int:
    return found.end()


def _say_clocks(scene: Scene, found: re.Match[str]) -> str:
    after = scene.next_word(found.end()).strip(".,;:").lower()
    plain = after in {"noon", "midnight", "local"} or found["zone"] or found["minute2"] or found["hours"]
    sharp = "" if plain else "o clock"
    said = _clock(found["hour1"], found["minute1"], sharp=sharp)
    if after in {"noon", "midnight"}:
        said = numerals.cardinal(int(found["hour1"]) % 12 or 12)
    if found["second"]:
        said += " and " + numerals.decimal(found["second"][1:].lstrip("0") or "0") + " seconds"
    if found["minute2"]:
        said += " to " + _clock(found["hour2"], found["minute2"], sharp="")
    hours = " hours" if found["hours"] else ""
    return said + hours + _zone(found)


def _say_military(found: re.Match[str]) -> str:
    hour, minute = found["hour"], found["minute"]
    head = "zero " + numerals.cardinal(hour) if hour[0] == "0" and hour != "00" else numerals.cardinal(hour)
    if minute == "00":
        said = f"{head} hundred"
    else:
        said = f"{head} " + (f"o {numerals.cardinal(minute)}" if minute[0] == "0" else numerals.cardinal(minute))
    return said + (" hours" if found["hours"] else "") + _zone(found)


def _say_length(found: re.Match[str]) -> str:
    pieces = []
    groups = found.groupdict()
    for name, one in (("hours", "hour"), ("minutes", "minute"), ("seconds", "second")):
        value = groups.get(name)
        if value is None or (not int(value) and not (name == "seconds" and groups["part"])):
            continue
        number = numerals.cardinal(value)
        if name == "seconds" and groups["part"]:
            number += " point " + numerals.spell_digits(groups["part"].lstrip("."))
        pieces.append(
            f"{number} {one if int(value) == 1 and not (name == 'seconds' and groups['part']) else one + 's'}"
        )
    return " ".join(pieces) or "zero seconds"
