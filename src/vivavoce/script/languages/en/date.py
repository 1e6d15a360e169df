"""Dates in every order, spans of dates, years with eras, decades."""

import re
from collections.abc import Callable

from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.tables import alternatives, mapping
from vivavoce.script.normalise import Reading, Scene, say

_MONTHS = mapping("months")
_FULL = tuple(dict.fromkeys(_MONTHS.values()))
_LOWER = tuple(month.lower() for month in _FULL if month not in {"May", "March"})
_MONTH = rf"(?:{alternatives((*_MONTHS, *(month.upper() for month in _MONTHS), *_LOWER))})(?!\w)\.?"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_ORD = r"(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d{3}|20\d{2})"
_DASH = r"\s?[-–—‑]\s?"
_WEEKDAYS = mapping("weekdays")
_MONTH_DAY = re.compile(
    rf"(?P<month>{_MONTH})[\s-]?(?P<day>{_DAY}){_ORD}"
    rf"(?:{_DASH}(?:(?P<month2>{_MONTH})\s)?(?P<day2>{_DAY}){_ORD})?(?![\w%]|:\d|,\d{{3}}|\.\d|[-/]\d)"
    rf"(?:(?:,?\s|-|,)(?P<year>{_YEAR}|[’']\d\d)(?![\w%]|,\d{{3}}|\.\d|[-–]\d{{4}}))?"
)
_DAY_MONTH = re.compile(
    rf"(?P<day>{_DAY}){_ORD}(?:(?:{_DASH}|/)(?P<day2>{_DAY}){_ORD})?[\s-](?:of\s)?(?P<month>{_MONTH})"
    rf"(?:(?:,?\s|-|,)(?P<year>{_YEAR}|[’']\d\d)(?![\w%]|,\d{{3}}|\.\d))?(?!\w)"
)
_DAY_MONTH_SPAN = re.compile(
    rf"(?P<day>{_DAY}){_ORD}\s(?P<month>{_MONTH}){_DASH}(?P<day2>{_DAY}){_ORD}\s(?P<month2>{_MONTH})"
    rf"(?:,?\s(?P<year>{_YEAR})(?![\w%]|,\d{{3}}|\.\d))?(?!\w)"
)
_MONTH_YEAR = re.compile(
    rf"(?P<month>{_MONTH})(?:{_DASH}(?P<month2>{_MONTH}))?,?(?:\s|-)(?P<year>{_YEAR}|[’']\d\d)(?![\w%]|,\d{{3}}|\.\d|[-–]\d)"
)
_MONTH_SPAN = re.compile(rf"(?P<month>{_MONTH}){_DASH}(?P<month2>{_MONTH})(?![\w-])")
_ISO = re.compile(rf"(?P<year>{_YEAR})([-/.])(?P<month>0?[1-9]|1[0-2])\2(?P<day>{_DAY})(?![\w])(?:T(?=\d))?")
_NUMERIC = re.compile(r"(?P<first>\d{1,2})([/.-])(?P<second>\d{1,2})\2(?P<year>\d{4}|\d{2})(?![\w/]|[.-]\d)")
_YEARS = re.compile(
    rf"(?P<first>{_YEAR})(?P<join>\s?[-–—‑/]\s?)(?P<second>{_YEAR}|\d\d)(?![\w%]|,\d{{3}}|\.\d|[-–/]\d)"
)
_ERA = re.compile(
    r"(?P<year>\d{1,3}(?:,\d{3})+|\d{1,6})(?P<decade>s)?(?:\s?[-–]\s?(?P<year2>\d{1,6}))?\s?"
    r"(?P<era>B\.C\.E\.|BCE|B\.C\.|BC|C\.E\.|CE|A\.D\.|AD)(?!\w)"
)
_ERA_FIRST = re.compile(r"(?P<era>A\.D\.|AD)\s?(?P<year>\d{1,4})(?:\s?[-–]\s?(?P<year2>\d{1,4}))?(?![\w,]\d|\w)")
_DECADE = re.compile(
    r"(?P<century>1\d|20)(?P<tens>\d)0['’]?s(?:\s?[-–]\s?(?P<century2>1\d|20)?(?P<tens2>\d)0['’]?s)?(?!\w)"
)
_SHORT_DECADE = re.compile(r"[’'‘]?(?P<tens>[1-9])0['’]?s(?:\s?[-–]\s?[’'‘]?(?P<tens2>[1-9])0['’]?s)?(?!\w)")
_CLASS_YEAR = re.compile(r"[’'‘](?P<year>\d\d)(?![\w])")
_WEEKDAY = re.compile(
    rf"(?P<day>{alternatives(_WEEKDAYS)})\.?(?:{_DASH}(?P<day2>{alternatives(_WEEKDAYS)})\.?)?(?![\w])"
)
_MONTH_CUES = frozenset(
    [
        "in",
        "last",
        "since",
        "by",
        "until",
        "next",
        "early",
        "late",
        "mid",
        "of",
        "this",
        "from",
        "to",
        "through",
        "before",
        "after",
        "and",
        "between",
        "for",
        "or",
        "around",
        "during",
        "is",
        "was",
    ]
)
_BARE_MONTH = re.compile(rf"(?P<month>{alternatives(tuple(k for k in _MONTHS if k not in _FULL))})(?P<stop>\.?)(?!\w)")
_QUARTER = re.compile(
    r"(?P<half>[QH])(?P<number>[1-4])(?:\s?[-–]\s?[QH](?P<number2>[1-4]))?(?:[\s-](?:of\s)?(?P<year>20\d\d))?(?!\w)"
)
_FISCAL = re.compile(r"FY\s?[’']?(?P<year>20\d\d|\d\d)(?:[-/–](?P<year2>\d\d))?(?!\w)")


def read_date(scene: Scene, at: int) -> Reading | None:
    """Read a date: "Feb. 24, 2022" → "February twenty fourth twenty twenty two"."""
    if not scene.at_word_start(at):
        return None
    for pattern, render in _FORMS:
        found = pattern.match(scene.text, at)
        if found:
            said = render(scene, found)
            if said:
                return Reading(found.end(), say(said), "date")
    return None


def _month(written: str) -> str:
    return _MONTHS[written.rstrip(".").capitalize()]


def _year(written: str | None, *, british: bool = False) -> str:
    if not written:
        return ""
    if len(written) == 4:
        return " " + numerals.year(int(written), british=british)
    return " " + _two_digit_year(written[-2:])


def _two_digit_year(digits: str) -> str:
    return f"o {numerals.cardinal(digits)}" if digits[0] == "0" else numerals.cardinal(digits)


def _say_day(month: str, day: str, year: str | None, *, british: bool) -> str:
    if british:
        return f"the {numerals.ordinal(day)} of {month}{_year(year, british=True)}"
    return f"{month} {numerals.ordinal(day)}{_year(year)}"


def _say_month_day(scene: Scene, found: re.Match[str]) -> str:
    month = _month(found["month"])
    if not found["day2"]:
        return _say_day(month, found["day"], found["year"], british=scene.style.british)
    second = f"{_month(found['month2'])} " if found["month2"] else ""
    return (
        f"{month} {numerals.ordinal(found['day'])} to {second}{numerals.ordinal(found['day2'])}{_year(found['year'])}"
    )


def _say_day_month(scene: Scene, found: re.Match[str]) -> str:
    if found["month"] in {"Mar", "Sun", "Sat"}:
        return ""
    month = _month(found["month"])
    if found["day2"]:
        days = f"{numerals.ordinal(found['day'])} to {numerals.ordinal(found['day2'])}"
        return f"{_the(scene, found)}{days} of {month}{_year(found['year'])}"
    return f"{_the(scene, found)}{numerals.ordinal(found['day'])} of {month}{_year(found['year'])}"


def _the(scene: Scene, found: re.Match[str]) -> str:
    before = scene.previous()
    return "" if before is not None and before.text.lower() == "the" and scene.adjoins(found.start()) else "the "


def _say_day_month_span(_: Scene, found: re.Match[str]) -> str:
    first = f"{_month(found['month'])} {numerals.ordinal(found['day'])}"
    return f"{first} to {_month(found['month2'])} {numerals.ordinal(found['day2'])}{_year(found['year'])}"


def _say_month_year(_: Scene, found: re.Match[str]) -> str:
    second = f" to {_month(found['month2'])}" if found["month2"] else ""
    return f"{_month(found['month'])}{second}{_year(found['year'])}"


def _say_month_span(_: Scene, found: re.Match[str]) -> str:
    return f"{_month(found['month'])} to {_month(found['month2'])}"


def _say_iso(scene: Scene, found: re.Match[str]) -> str:
    month = _FULL[int(found["month"]) - 1]
    return _say_day(month, str(int(found["day"])), found["year"], british=scene.style.british)


def _say_numeric(scene: Scene, found: re.Match[str]) -> str:
    first, second = int(found["first"]), int(found["second"])
    day_first = scene.style.british or found[2] == "." or first > 12
    day, month = (first, second) if day_first else (second, first)
    if month > 12 and day <= 12:
        day, month = month, day
    if not (1 <= month <= 12 and 1 <= day <= 31) or (len(found["year"]) == 2 and found[2] != "/"):
        return ""
    year = found["year"] if len(found["year"]) == 4 else ("20" if int(found["year"]) < 50 else "19") + found["year"]
    return _say_day(_FULL[month - 1], str(day), year, british=scene.style.british)


def _say_years(scene: Scene, found: re.Match[str]) -> str:
    first, second = found["first"], found["second"]
    if len(second) == 4 and int(second) <= int(first):
        return ""
    if (
        len(second) == 2
        and (int(second) <= int(first[2:]) or int(first) < 1500)
        and not (first[2:] == "99" and second == "00")
    ):
        return ""
    slash = "/" in found["join"]
    if slash and not (len(second) == 2 and int(second) == int(first[2:]) + 1) and len(second) != 4:
        return ""
    after = scene.next_word(found.end()).strip(".,;:")
    before = scene.previous()
    if after.islower() and after.endswith("s") and len(after) > 4 and int(first) % 100 == 0 and len(second) == 4:
        cue = before is not None and before.text.lower() in {"in", "the", "between", "from", "of"}
        if not cue:
            return ""
    joint = " " if slash else " to "
    tail = _year(second).strip() if len(second) == 4 else _two_digit_year(second)
    return numerals.year(int(first)) + joint + tail


_ERAS = {"BC": "B C", "BCE": "B C E", "CE": "C E", "AD": "A D"}


def _era_year(written: str) -> str:
    plain = written.replace(",", "")
    return numerals.year(int(plain)) if len(plain) == 4 and plain[1:] != "000" else numerals.cardinal(plain)


def _say_era(_: Scene, found: re.Match[str]) -> str:
    era = found["era"].replace(".", "")
    if era == "AD" and found["era"] == "AD" and int(found["year"].replace(",", "")) > 2100:
        return ""
    year = _era_year(found["year"])
    if found["decade"]:
        year = numerals.plural(year)
    second = " to " + _era_year(found["year2"]) if found["year2"] else ""
    return f"{year}{second} {_ERAS[era]}"


def _say_era_first(_: Scene, found: re.Match[str]) -> str:
    second = " to " + _era_year(found["year2"]) if found["year2"] else ""
    return f"A D {_era_year(found['year'])}{second}"


def _decade(century: str, tens: str) -> str:
    if tens == "0":
        return "two thousands" if century == "20" else f"{numerals.cardinal(century)} hundreds"
    return f"{numerals.cardinal(century)} {numerals.plural(numerals.cardinal(tens + '0'))}"


def _say_decade(_: Scene, found: re.Match[str]) -> str:
    second = ""
    if found["tens2"]:
        second = (
            " to " + _decade(found["century2"], found["tens2"]) if found["century2"] else " to " + _tens(found["tens2"])
        )
    return _decade(found["century"], found["tens"]) + second


def _tens(tens: str) -> str:
    return numerals.plural(numerals.cardinal(tens + "0"))


def _say_short_decade(_: Scene, found: re.Match[str]) -> str:
    return _tens(found["tens"]) + (" to " + _tens(found["tens2"]) if found["tens2"] else "")


def _say_class_year(_: Scene, found: re.Match[str]) -> str:
    return _two_digit_year(found["year"])


def _say_weekday(scene: Scene, found: re.Match[str]) -> str:
    """Read a short weekday before a date, a comma and figure, or another weekday: "Wed., May 22", "Mon-Fri"."""
    first = _WEEKDAYS[found["day"]]
    if found["day2"]:
        return f"{first} to {_WEEKDAYS[found['day2']]}"
    rest = scene.text[found.end() : found.end() + 16].lstrip(" ,")
    after = rest.split(" ", 1)[0]
    if rest[:1].isdecimal() or (after.rstrip(".") in _MONTHS and found["day"] != "Sun"):
        return first
    return first if found[0].endswith(".") and after and not after[0].isupper() else ""


def _say_bare_month(scene: Scene, found: re.Match[str]) -> str:
    """Read a short month that has no day: "in Dec."; "Mar" and "Jan" alone are names."""
    before = scene.previous()
    goes_on = scene.text[found.end() : found.end() + 2].lstrip()[:1].islower()  # no sentence ends here
    cued = goes_on or (before is not None and before.text.lower() in _MONTH_CUES)
    return (
        _MONTHS[found["month"]]
        if found["stop"] and (cued or found["month"] in {"Sept", "Nov", "Dec", "Feb", "Aug", "Oct"})
        else ""
    )


def _say_quarter(_: Scene, found: re.Match[str]) -> str:
    second = f" to {found['half']} {numerals.cardinal(found['number2'])}" if found["number2"] else ""
    return f"{found['half']} {numerals.cardinal(found['number'])}{second}{_year(found['year'])}"


def _say_fiscal(_: Scene, found: re.Match[str]) -> str:
    second = " " + _two_digit_year(found["year2"]) if found["year2"] else ""
    return f"fiscal year{_year(found['year'])}{second}"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[Scene, re.Match[str]], str]], ...] = (
    (_ISO, _say_iso),
    (_NUMERIC, _say_numeric),
    (_DAY_MONTH_SPAN, _say_day_month_span),
    (_DAY_MONTH, _say_day_month),
    (_ERA, _say_era),
    (_YEARS, _say_years),
    (_DECADE, _say_decade),
    (_SHORT_DECADE, _say_short_decade),
    (_CLASS_YEAR, _say_class_year),
    (_MONTH_DAY, _say_month_day),
    (_MONTH_YEAR, _say_month_year),
    (_MONTH_SPAN, _say_month_span),
    (_ERA_FIRST, _say_era_first),
    (_WEEKDAY, _say_weekday),
    (_BARE_MONTH, _say_bare_month),
    (_QUARTER, _say_quarter),
    (_FISCAL, _say_fiscal),
)
