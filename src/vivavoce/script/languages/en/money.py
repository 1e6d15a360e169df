"""Money: signs and codes before or after the figure, ranges, cents, scales, and amounts before a noun."""

import re
from collections.abc import Sequence
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
from vivavoce.script.languages.en.measure import UNIT_SIGNS, name_unit
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
_MILLIONS = re.compile(rf"(?P<number>{NUMBER})(?:m?{SHORT_JOIN}(?P<number2>{NUMBER}))?m(?![\w²³/])")
_BACK = 12
_COUNTS = _COUNTED | frozenset([
    "adults", "audience", "audiences", "births", "circulation", "citizens", "civilians", "consumers", "deaths",
    "electorate", "employees", "families", "fans", "immigrants", "inhabitants", "listeners", "membership", "migrants",
    "passengers", "patients", "pensioners", "population", "populations", "pupils", "readers", "readership", "ridership",
    "sales", "streams", "students", "tourists", "travellers", "travelers", "turnout", "viewership", "visits",
    "workforce", "women", "men", "unemployment", "jobless", "headcount", "claimants", "number", "numbers", "tally",
    "list", "lists", "backlog", "caseload", "claims", "attendance", "attendances", "enrolment", "enrollment",
    "signatures"
])  # fmt: skip
"""Of what stands before a bare "25.3m" so many are millions, not metres."""
_PEOPLE_ACT = re.compile(
    r",?\s(?:pax|attended|claim|claimed|depend|died|earn|face|fled|go|have|lack|live|lived|lost|need|now|own|perished|rely|"
    r"remain|returned|signed|speak|starve|suffer|tuned|voted|vote|watched|went|work|worked|emigrated)(?!\w)"
)
_MEASURED = re.compile(
    r"[ -](?:above|across|apart|away|backstroke|below|breaststroke|butterfly|closer|deep|freestyle|further|"
    r"high|higher|hurdles|long|longer|lower|medley|off|sprint|tall|taller|wide|wider)(?!\w)"
)
_TURNS = frozenset({"although", "but", "though", "whereas", "while"})
_OF_LENGTH = frozenset({"within", "beyond", "every"})
_LENGTHS = frozenset({"deep", "depth", "distance", "freestyle", "height", "high", "hurdles", "jump", "jumped", "length",
                      "long", "metres", "meters", "race", "sprint", "tall", "throw", "threw", "tide", "vault", "waves",
                      "wide", "width"})  # fmt: skip
_PARTS = re.compile(
    rf"(?P<number>{NUMBER})(?:[¢pc]?{SHORT_JOIN}(?P<number2>{NUMBER}))?(?:\s?(?P<sign>[¢p])|(?P<cents>c))(?![\w])"
)
_PER_TAIL = re.compile(
    rf"\s?/\s?(?:(?P<power>sq|cu)\.?\s)?(?P<per>{UNIT_SIGNS}|d|[a-z]{{2,20}})(?P<exponent>[²³]|[23](?!\w))?(?![\w²³])"
)
_RATE_TAIL = re.compile(rf"/(?P<code>{_CODES})(?![\w])(?!\s?\d)")
_PAIR = re.compile(r"(?P<base>[A-Z]{3})/(?P<quoted>[A-Z]{3})(?![^\W_])")
"""A pair of currencies that are traded for each other: "EUR/USD" → "euro dollar"."""
_NAMES = frozenset(
    name.rsplit(" ", 1)[-1] for currency in _CURRENCIES.values() for name in (currency.one, currency.many)
)
_CENTS = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+|)\.(\d\d)$")
_PER = {"kwh": "kilowatt hour", "mo": "month", "mwh": "megawatt hour", "pp": "person", "wk": "week"}
"""What stands for a word after a slash and is no sign of a unit."""


def read_money(scene: Scene, at: int) -> Reading | None:
    """Read an amount of money: "$61 billion" → "sixty one billion dollars"."""
    if scene.text[at] == "/":
        return _read_rate(scene, at)
    if not scene.at_word_start(at):
        return None
    found = _PREFIXED.match(scene.text, at)
    if found:
        return _read_prefixed(scene, found)
    found = _SUFFIXED.match(scene.text, at)
    if found:
        return _read_suffixed(scene, found)
    found = _PAIR.match(scene.text, at)
    if found and {found["base"], found["quoted"]} <= _CURRENCIES.keys():
        names = f"{_CURRENCIES[found['base']].one} {_CURRENCIES[found['quoted']].one}"
        return Reading(found.end(), say(names), "money")
    if stands_in_label(scene):
        return _read_parts(scene, at)
    for read in (_read_scaled, _read_millions, _read_thousands, _read_parts):
        reading = read(scene, at)
        if reading is not None:
            return reading
    return None


def _read_prefixed(scene: Scene, found: re.Match[str]) -> Reading:
    british = scene.style.british
    currency = _CURRENCIES[found["code"]]
    end, second = _second(scene, found)
    first = Figure(found["number"], found["scale"] or "")
    whole_end, per = _read_per(scene, end)
    attributive = stands_before_noun(scene, end) and not per
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
    return Reading(whole_end, say(sign + said + per), "money")


def _read_per(scene: Scene, end: int) -> tuple[int, str]:
    """Read what an amount is paid for, and where that ends: "/kWh" → " per kilowatt hour"."""
    found = _PER_TAIL.match(scene.text, end)
    if not found:
        return end, ""
    printed = found["per"]
    name = name_unit(printed, british=scene.style.british) or _PER.get(printed.lower(), printed)
    power = {"sq": "square ", "²": "square ", "2": "square ", None: ""}.get(
        found["power"] or found["exponent"], "cubic "
    )
    return found.end(), f" per {power}{name}"


def _read_rate(scene: Scene, at: int) -> Reading | None:
    """Read what a rate of exchange is for: the end of "155.32/$" → "to the dollar"."""
    found = _RATE_TAIL.match(scene.text, at)
    before = scene.previous()
    if not found or before is None or before.end != at:
        return None
    if not (any(map(str.isdecimal, before.text)) or before.text.lower() in _NAMES):
        return None
    return Reading(found.end(), say(f"to the {_CURRENCIES[found['code']].one}"), "money")


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
    end, per = _read_per(scene, found.end())
    attributive = stands_before_noun(scene, found.end()) and not per
    if not found["join"]:
        said = _say_amount(first, currency, attributive=attributive, british=british)
    else:
        second = Figure(found["number2"], found["scale2"] or "")
        noun = currency.one if attributive else currency.many
        said = f"{first.said(british=british)} to {second.said(british=british)} {noun}"
    return Reading(end, say(say_sign(found["sign"]) + said + per), "money")


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


def _read_millions(scene: Scene, at: int) -> Reading | None:
    """Read millions of what is named before, or of people that act: "of the population, 25.3m, need aid"."""
    found = _MILLIONS.match(scene.text, at)
    if not found or _MEASURED.match(scene.text, found.end()):
        return None
    words = _list_clause(scene)
    if not (_LENGTHS | column("lengthy")).isdisjoint(words) or _is_distance(scene, found.end(), words):
        return None
    if not _PEOPLE_ACT.match(scene.text, found.end()) and _COUNTS.isdisjoint(words):
        return None
    ends = [say_number(end, british=scene.style.british) for end in (found["number"], found["number2"]) if end]
    return Reading(found.end(), say(" to ".join(ends) + " million"), "cardinal")


def _list_clause(scene: Scene) -> list[str]:
    """List the words before, in lower case, back to one that begins another thought."""
    words: list[str] = []
    for token in reversed(scene.tokens[-_BACK:]):
        word = token.text.lower()
        if word in _TURNS:
            break
        words.append(word)
    return words[::-1]


def _is_distance(scene: Scene, end: int, words: Sequence[str]) -> bool:
    """Tell "within 25m" and "stood 25m from the stage" from "rose to 25m from 20m"."""
    before = words[-1] if words else ""
    return before in _OF_LENGTH or (scene.text.startswith(" from ", end) and before not in {"to", "by", "at", "of"})


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
    """Read hundredths: "5p" → "five pence", "6c/kWh" → "six cents per kilowatt hour"."""
    found = _PARTS.match(scene.text, at)
    if not found or (found["cents"] and _stands_in_name(scene)):
        return None
    one, many = ("penny", "pence") if found["sign"] == "p" else ("cent", "cents")
    end, per = _read_per(scene, found.end())
    attributive = stands_before_noun(scene, end) and not per
    said = say_number(found["number"], british=scene.style.british)
    if found["number2"]:
        said += " to " + say_number(found["number2"], british=scene.style.british)
    single = found["number"] == "1" and not found["number2"]
    noun = one if single or (attributive and many == "cents") else many
    return Reading(end, say(f"{said} {noun}{per}"), "money")


def _stands_in_name(scene: Scene) -> bool:
    """Tell whether a figure and its letter belong to what stands before them: "iPhone 5c", "Annex 4c", "type 2c"."""
    before = scene.previous()
    if before is None:
        return False
    word = before.text
    first = len(scene.tokens) == 1
    return word.lower() in _LETTERED or (any(map(str.isupper, word)) and not first and not word.endswith((".", ",")))


_LETTERED = frozenset({"annex", "appendix", "article", "category", "chapter", "clause", "figure", "item", "level",
                       "no", "option", "page", "paragraph", "part", "phase", "rule", "schedule", "stage", "step",
                       "table", "type", "year"})  # fmt: skip
"""What figures with a letter stand after and that is no price: with those of labels."""
