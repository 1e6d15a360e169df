"""Money: signs and codes before or after the figure, ranges, cents, scales, and amounts before a noun."""

import re
from dataclasses import dataclass

from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.amounts import (
    JOIN,
    MONEY_SCALE,
    NUMBER,
    SHORT_JOIN,
    Figure,
    say_number,
    say_sign,
    scale_word,
    stands_before_noun,
    stands_in_label,
)
from vivavoce.script.languages.en.tables import alternatives, column, rows
from vivavoce.script.normalise import Reading, Scene, say


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency's names."""

    one: str
    many: str
    part: str
    parts: str


_CURRENCIES = {row[0]: Currency(*row[1:5]) for row in rows("currencies")}
_CODES = alternatives(frozenset(_CURRENCIES))
_CODES_AFTER = alternatives(
    frozenset(code for code in _CURRENCIES if code.isalpha() and code not in {"R", "Sh", "Fr"})
    | {"€", "₴", "₽", "zł", "£", "$", "₸", "₾", "₺"}
)
_PREFIXED = re.compile(
    rf"(?P<sign>[-−–+~]?)(?P<code>{_CODES})\s?(?P<number>{NUMBER})(?P<scale>{MONEY_SCALE})?"
    rf"(?:(?P<join>{JOIN})(?P<again>{_CODES})?(?P<number2>{NUMBER})(?P<scale2>{MONEY_SCALE})?)?"
    rf"(?:\s?/\s?(?P<per>[a-z]+))?"
)
_SUFFIXED = re.compile(
    rf"(?P<sign>[-−–+]?)(?P<number>{NUMBER})(?P<scale>{MONEY_SCALE})?"
    rf"(?:(?P<join>{SHORT_JOIN})(?P<number2>{NUMBER})(?P<scale2>{MONEY_SCALE})?)?"
    rf"[ \u00a0-]?(?P<code>{_CODES_AFTER})(?![\w])"
)
_SCALED_BEFORE_WORD = re.compile(
    rf"(?P<number>{NUMBER})(?:(?P<join>{SHORT_JOIN})(?P<number2>{NUMBER}))?(?P<scale>[kKmMbBtT])(?P<plus>\+?)"
    r"(?=\s(?:(?P<oil>b/d|bpd|boe/d)(?!\w)|(?P<noun>[a-z]{3,30})(?![\w’'])))"
)
_THOUSANDS = re.compile(
    rf"(?P<number>\d{{2,3}}|\d\.\d)(?:[kK]?{SHORT_JOIN}(?P<number2>\d{{2,3}}|\d\.\d))?[kK](?![\w/]|-\d)"
)
_SHORT_RACE = 20
"""Below it a figure with a "k" is as well a distance or a screen: "a 10k", "4K"."""
_COUNTED = frozenset([
    "euro", "euros", "dollar", "dollars", "pounds", "hryvnia", "hryvnias", "rubles", "roubles", "rupees", "yuan",
    "yen", "zloty", "zlotys", "francs", "people", "children", "troops", "users", "followers", "subscribers",
    "viewers", "views", "barrels", "tonnes", "tons", "homes", "households", "workers", "jobs", "votes", "voters",
    "customers", "residents", "soldiers", "members", "copies", "doses", "units", "vehicles", "cars", "accounts",
    "downloads", "visitors", "refugees", "shares"
])  # fmt: skip
_PARTS = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s?(?P<sign>¢|p)(?![\w])")
_CENTS = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+|)\.(\d\d)$")
_PER = {
    "bbl": "barrel", "hr": "hour", "h": "hour", "d": "day", "wk": "week", "mo": "month", "yr": "year", "kg": "kilogram",
    "lb": "pound", "t": "ton", "gal": "gallon", "oz": "ounce", "km": "kilometer", "sq": "square", "ha": "hectare",
    "mwh": "megawatt hour",
}  # fmt: skip


def read_money(scene: Scene, at: int) -> Reading | None:
    """Read an amount of money: "$61 billion" → "sixty one billion dollars"."""
    if not scene.at_word_start(at):
        return None
    found = _PREFIXED.match(scene.text, at)
    if found:
        return _read_prefixed(scene, found)
    found = _SUFFIXED.match(scene.text, at)
    if found:
        return _read_suffixed(scene, found)
    if stands_in_label(scene):
        return _read_parts(scene, at)
    return _read_scaled(scene, at) or _read_thousands(scene, at) or _read_parts(scene, at)


def _read_prefixed(scene: Scene, found: re.Match[str]) -> Reading:
    british = scene.style.british
    currency = _CURRENCIES[found["code"]]
    end, second = _second(scene, found)
    first = Figure(found["number"], found["scale"] or "")
    attributive = stands_before_noun(scene, end) and not found["per"]
    if second is None:
        said = _say_amount(first, currency, attributive=attributive, british=british)
    elif found["join"].strip() in {"to", "and"} and (first.scale or not second.scale):
        amounts = [
            _say_amount(figure, currency, attributive=attributive, british=british) for figure in (first, second)
        ]
        said = f" {found['join'].strip()} ".join(amounts)
    else:
        join = found["join"].strip() if found["join"].strip() in {"to", "and"} else "to"
        said = _say_span(first, second, join, currency, attributive=attributive, british=british)
    sign = "about " if found["sign"] == "~" else say_sign(found["sign"])
    per = ""
    if found["per"] and end == found.end():
        per = " per " + _PER.get(found["per"].lower(), found["per"])
    return Reading(end, say(sign + said + per), "money")


def _second(scene: Scene, found: re.Match[str]) -> tuple[int, Figure | None]:
    """Decide whether what follows is the other end of a range, and where the amount ends."""
    first_end = found.end("scale") if found["scale"] else found.end("number")
    if not found["join"]:
        return found.end(), None
    if found["again"] and _CURRENCIES[found["again"]] != _CURRENCIES[found["code"]]:
        return first_end, None  # "€5m and $6m" are two amounts
    wordy = found["join"].strip() in {"to", "and"}
    if wordy and not found["again"]:
        return first_end, None
    if not found["again"] and scene.text[found.end() : found.end() + 1] == "-":
        return first_end, None  # "$5-10-year notes" is no range of dollars
    return found.end(), Figure(found["number2"], found["scale2"] or "")


def _say_amount(figure: Figure, currency: Currency, *, attributive: bool, british: bool) -> str:
    cents = _CENTS.match(figure.number)
    if cents and not figure.scale:
        return _say_with_parts(cents[1], cents[2], currency, attributive=attributive, british=british)
    noun = currency.one if attributive or figure.is_one else currency.many
    return f"{figure.said(british=british)} {noun}"


def _say_with_parts(whole: str, parts: str, currency: Currency, *, attributive: bool, british: bool) -> str:
    units = int(whole.replace(",", "") or 0)
    hundredths = int(parts)
    head = f"{numerals.cardinal(whole, british=british)} {currency.one if units == 1 or attributive else currency.many}"
    if not hundredths:
        return head
    tail = f"{numerals.cardinal(hundredths)} {currency.part if hundredths == 1 or attributive else currency.parts}"
    if not units:
        return tail
    return f"{head} {tail.rsplit(' ', 1)[0]}" if attributive else f"{head} and {tail}"


def _say_span(first: Figure, second: Figure, join: str, currency: Currency, *, attributive: bool, british: bool) -> str:
    """Say a range: the currency once, unless there are cents."""
    if _CENTS.match(first.number) or _CENTS.match(second.number):
        ends = [_say_amount(figure, currency, attributive=False, british=british) for figure in (first, second)]
        return f" {join} ".join(ends)
    noun = currency.one if attributive else currency.many
    return f"{first.said(british=british)} {join} {second.said(british=british)} {noun}"


def _read_suffixed(scene: Scene, found: re.Match[str]) -> Reading | None:
    british = scene.style.british
    code = found["code"]
    if code in {"$", "£"} and scene.text[found.end() : found.end() + 1].isdecimal():
        return None
    currency = _CURRENCIES[code]
    first = Figure(found["number"], found["scale"] or "")
    attributive = stands_before_noun(scene, found.end())
    if not found["join"]:
        said = _say_amount(first, currency, attributive=attributive, british=british)
    else:
        second = Figure(found["number2"], found["scale2"] or "")
        noun = currency.one if attributive else currency.many
        said = f"{first.said(british=british)} to {second.said(british=british)} {noun}"
    return Reading(found.end(), say(say_sign(found["sign"]) + said), "money")


def _read_scaled(scene: Scene, at: int) -> Reading | None:
    """Read a short scale before a currency's name or a thing that is counted: "5m people"."""
    found = _SCALED_BEFORE_WORD.match(scene.text, at)
    if not found or not (found["oil"] or _is_counted(found["noun"], found["scale"])):
        return None
    said = say_number(found["number"], british=scene.style.british)
    if found["number2"]:
        said += " to " + say_number(found["number2"], british=scene.style.british)
    plus = " plus" if found["plus"] else ""
    return Reading(found.end(), say(f"{said} {scale_word(found['scale'])}{plus}"), "cardinal")


def _read_thousands(scene: Scene, at: int) -> Reading | None:
    """Read thousands of what stands elsewhere: "some 600-800k" → "six hundred to eight hundred thousand"."""
    found = _THOUSANDS.match(scene.text, at)
    if not found or ("." not in found["number"] and int(found["number"]) < _SHORT_RACE):
        return None
    ends = [say_number(end, british=scene.style.british) for end in (found["number"], found["number2"]) if end]
    return Reading(found.end(), say(" to ".join(ends) + " thousand"), "cardinal")


def _is_counted(noun: str, scale: str) -> bool:
    """Tell what comes by the million from what is so many metres long: "2m passengers", but "2m waves"."""
    if noun in _COUNTED:
        return True
    plural = noun in column("counted") or (noun.endswith("s") and not noun.endswith(("ss", "us", "is")))
    return plural and scale in "kKmM" and noun not in column("lengthy")


def _read_parts(scene: Scene, at: int) -> Reading | None:
    found = _PARTS.match(scene.text, at)
    if not found:
        return None
    one, many = ("cent", "cents") if found["sign"] == "¢" else ("penny", "pence")
    noun = one if found["number"] == "1" else many
    said = say_number(found["number"], british=scene.style.british)
    return Reading(found.end(), say(f"{said} {noun}"), "money")
