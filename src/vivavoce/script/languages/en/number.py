"""Plain figures: ordinals, fractions, ranges and scores, years that stand alone, cardinals and decimals."""

import re

from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.amounts import (
    LONG_SCALE,
    NUMBER,
    say_fraction,
    say_number,
    say_sign,
    scale_word,
)
from vivavoce.script.languages.en.tables import column
from vivavoce.script.normalise import Reading, Scene, inflect, say

_ORDINAL = re.compile(
    r"(\d{1,3}(?:,\d{3})+|\d{1,9})(?:(?<!11)(?<=1)st|(?<!12)(?<=2)nd|(?<!13)(?<=3)rd|(?:(?<=[04-9])|(?<=1[123]))th)(s?)(?!\w)",
    re.IGNORECASE,
)
_ORDINAL_RANGE = re.compile(r"(\d{1,4})(?:st|nd|rd|th)?\s?[-–]\s?(\d{1,4})(?:st|nd|rd|th)(?![\w])")
_FRACTION = re.compile(r"(\d{1,4})/(\d{1,4})(?:ths?|rds?|nds?|sts?)?(?![\w/.])(?!,\d)")
_PER_MANY = re.compile(r"(\d{1,5}(?:\.\d+)?)/(100|1,?000|10,?000|100,?000|1m|1 ?million)(?![\w/]|[.,]\d)")
_ODDS_AFTER = frozenset({"ante-post", "chance", "chances", "fav", "favorite", "favourite", "joint-favourite",
                         "longshot", "odds", "outsider", "outsiders", "shot", "shots"})  # fmt: skip
_ODDS_BEFORE = frozenset({"odds", "priced", "backed", "sp"})
_AVERAGE = re.compile(r"\.(\d{3})(?![\d%]|\.\d)")
_BATS = frozenset({"bat", "bats", "batted", "batting", "hit", "hits", "hitting", "slash", "slashing", "slugged",
                   "slugging"})  # fmt: skip
_SERIES = re.compile(r"\d{1,4}(?:[-–‑]\d{1,4}){2,7}(?![\w])(?![-–‑]\d)")
_RANGE = re.compile(
    rf"(?P<sign>[-−]?)(?P<number>{NUMBER})(?P<scale>{LONG_SCALE})?\s?[-–—‑]\s?(?P<number2>{NUMBER})"
    rf"(?P<scale2>{LONG_SCALE})?(?![\w/])"
)
_DOCKET = re.compile(r"(\d{2})[-–‑](\d{1,6})(?![\w])")
_RATIO = re.compile(r"(\d{1,3}):(\d{1,3})(?![\w:])")
_NUMBER = re.compile(rf"(?P<sign>[-−–+±~<>≈≤≥]?)(?P<number>{NUMBER})(?P<scale>{LONG_SCALE})?(?P<plus>\+?)(?![\w])")
_VERSION = re.compile(r"\d{1,6}(?:\.\d{1,6}){2,6}(?![\w])")
_TIMES = re.compile(r"(\d{1,5}(?:\.\d+)?)[x×](?![\w])")
_DIMENSIONS = re.compile(r"(\d{1,6}(?:\.\d+)?)\s?[x×]\s?(\d{1,6}(?:\.\d+)?)(?:\s?[x×]\s?(\d{1,6}(?:\.\d+)?))?(?![\w])")
_PLURAL = re.compile(r"(\d{1,4})['’]?s(?![\w])")
_DIALLED = re.compile(r"(?:911|999|112|101|111|988|211|311|411|511|611|711|811|000|1922)(?![\w.,]\w|\w)")
_SHORT_CODE = re.compile(r"\d{3} \d{3}(?![\w.,]\w|\w| \d)|[2-9]\d{4,5}(?![\w.,]\w|\w| \d)")
_DIALS = frozenset({"dial", "dialed", "dialled", "dialing", "dialling", "text", "texting", "call", "calling"})
"""What must stand before other short numbers, which may be counts elsewhere: "call 116 123", "text 741741"."""
_ANY_DIGITS = re.compile(r"\d{1,12}")
_STREET = re.compile(
    r"\s(?:[NSEW]{1,2}\.?\s)?(?:[A-Z0-9][\w'’]{0,20}\s){1,3}(?:St|Ave|Blvd|Rd|Dr|Ln|Ct|Pl|Hwy|Expy|Pkwy|Street|Avenue|Road|"
    r"Boulevard|Drive|Lane|Court|Way|Highway|Expressway|Parkway|Square|Place|Terrace)(?![\w-])"
)
_LONGEST = 45
_LEADING_ZERO = re.compile(r"0\d+(?:\.\d+)?")
_SURE_YEAR = 1100
"""A bare figure below this is a year only after a word that says so."""
_CALLS = frozenset({"call", "calls", "called", "calling", "dial", "dialed", "dialled", "dialing", "dialling", "phone",
                    "phoned", "rang", "ring", "text", "texted", "caller", "callers", "dispatcher", "dispatchers",
                    "operator", "operators", "emergency", "line", "hotline", "lifeline", "system", "service",
                    "recording", "recordings", "responders", "center", "centre"})  # fmt: skip
_REACHED = frozenset(
    {
        (verb, noun)
        for verb in ("is", "was", "remains")
        for noun in ("number", "line", "hotline", "lifeline", "helpline")
    }
    | {("at", word) for word in ("reached", "reach", "available", "contacted", "police", "helpline", "hotline")}
    | {("to", word) for word in ("reported", "report", "call", "calls", "calling", "text", "texted")}
    | {("on", word) for word in ("police", "contacted", "reached", "available", "firefighters", "services")}
)
"""The word before a number that is called, and the one before that."""
_SIGNS = {"~": "about ", "<": "less than ", ">": "more than ", "≈": "about ", "≤": "at most ", "≥": "at least "}
_YEAR_CUES = column("year_cues")
_NUMBERED = column("numbered")
_SPORT = frozenset({"win", "won", "beat", "beats", "lost", "lose", "draw", "drew", "drawn", "defeat", "defeated",
                    "victory", "lead", "led", "leads", "score", "scored", "thrashed", "edged", "match", "game",
                    "goal", "home", "down", "up", "final", "loss", "rout", "aggregate", "leading", "trailing",
                    "half-time", "halftime"})  # fmt: skip


def read_dialled(scene: Scene, at: int) -> Reading | None:
    """Read an emergency number digit by digit where people call it: "dialed 911"."""
    found = _DIALLED.match(scene.text, at)
    before = scene.previous()
    texted = len(scene.tokens) > 2 and before is not None and before.text == "to" and scene.tokens[-2].text.isupper()
    texted = texted and scene.tokens[-3].text.lower() in _DIALS  # "text HOME to 741741"
    if not found and before is not None and (before.text.lower() in _DIALS or texted):
        found = _SHORT_CODE.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    after = scene.next_word(found.end()).lower().strip(".,;:!?\"”’'")
    again = (
        len(scene.tokens) > 1
        and before is not None
        and before.text in {"or", "and"}
        and scene.tokens[-2].rule == "phone"
    )
    called = texted or after in _CALLS or (before is not None and before.text.lower() in _CALLS)
    if not (again or called or _is_reached(scene)):
        return None
    return Reading(found.end(), say(numerals.spell_digits(found[0].replace(" ", ""))), "phone")


def _is_reached(scene: Scene) -> bool:
    """Tell whether a number is named as one to call: "the number is 112", "be reached at 988", "reported to 311"."""
    last, earlier = ((token.text.lower() if token else "") for token in (scene.previous(), scene.previous(2)))
    return (last, earlier) in _REACHED


def read_ordinal(scene: Scene, at: int) -> Reading | None:
    """Read an ordinal: "101st" → "one hundred first"."""
    if not scene.at_word_start(at):
        return None
    found = _ORDINAL_RANGE.match(scene.text, at)
    if found:
        said = f"{numerals.ordinal(found[1])} to {numerals.ordinal(found[2])}"
        return Reading(found.end(), say(said), "ordinal")
    found = _ORDINAL.match(scene.text, at)
    if not found:
        return None
    said = numerals.ordinal(found[1], british=scene.style.british)
    return Reading(found.end(), say(numerals.plural(said) if found[2] else said), "ordinal")


def read_fraction(scene: Scene, at: int) -> Reading | None:
    """Read a fraction with a slash: "3/4" → "three quarters"; "a 90/10 split" and "the 16/17 season" are none."""
    many = _PER_MANY.match(scene.text, at)
    if many and scene.at_word_start(at) and not _is_split(many[1], many[2]):
        below = many[2].replace("1m", "1000000").replace("1 million", "1000000").replace("1million", "1000000")
        said = f"{numerals.decimal(many[1])} per {numerals.cardinal(below).replace('one million', 'million')}"
        return Reading(many.end(), say(said), "rate")
    found = _FRACTION.match(scene.text, at)
    if not found or not scene.at_word_start(at) or not int(found[2]):
        return None
    above, below = found[1], found[2]
    if _gives_odds(scene, found.end()):
        return Reading(found.end(), say(f"{numerals.cardinal(above)} to {numerals.cardinal(below)}"), "odds")
    if len(above) > 1 and (int(above) > int(below) or int(above) + 1 == int(below)):
        return Reading(found.end(), say(f"{numerals.cardinal(above)} {numerals.cardinal(below)}"), "split")
    return Reading(found.end(), say(say_fraction(above, below)), "fraction")


def _is_split(above: str, below: str) -> bool:
    """Tell "100/100" and "88/100", a mark or a share, from so many per thousand."""
    return below == "100" and above.isdecimal()


def _gives_odds(scene: Scene, end: int) -> bool:
    """Tell a bookmaker's odds: "a 33/1 outsider", "the 4/6 favourite", "odds of 5/2"."""
    words = [token.text.lower() for token in scene.tokens[-2:]]
    after = scene.next_word(end).lower().strip(".,;:!?")
    return after in _ODDS_AFTER or not _ODDS_BEFORE.isdisjoint(words)


def read_average(scene: Scene, at: int) -> Reading | None:
    """Read what somebody bats: "hit .300" → "three hundred", "a .310 average" → "three ten"."""
    found = _AVERAGE.match(scene.text, at)
    if not found or (at and not scene.text[at - 1].isspace()):
        return None
    before = scene.previous()
    after = scene.next_word(found.end()).lower().strip(".,;:")
    if not ((before is not None and before.text.lower() in _BATS) or after in {"avg", "average", "hitter", "batter"}):
        return None
    digits = found[1]
    said = numerals.clipped(digits) if digits[0] != "0" else numerals.spell_digits(digits)
    return Reading(found.end(), say(said), "average")


def read_range(scene: Scene, at: int) -> Reading | None:
    """Read a range, a score or a vote: "311-112" → "three hundred eleven to one hundred twelve"."""
    if not scene.at_word_start(at):
        return None
    found = _SERIES.match(scene.text, at)
    if found:
        parts = re.split(r"[-–‑]", found[0])
        return Reading(found.end(), say(" ".join(_say_part(part) for part in parts)), "series")
    docket = _DOCKET.match(scene.text, at)
    before = scene.previous()
    if docket and before is not None and before.text in {"No.", "Nos."}:
        said = f"{numerals.cardinal(docket[1])} dash {numerals.spell_digits(docket[2])}"
        return Reading(docket.end(), say(said), "docket")
    found = _RANGE.match(scene.text, at)
    if not found or (
        scene.text[found.end() : found.end() + 1] == "-" and scene.text[found.end() + 1 :][:1].isdecimal()
    ):
        return None
    british = scene.style.british
    first = say_number(found["number"], british=british)
    second = say_number(found["number2"], british=british)
    if found["number2"] == "0" and british and not found["scale"]:
        return Reading(found.end(), say(f"{'nil' if found['number'] == '0' else first} nil"), "score")
    said = f"{first} {scale_word(found['scale'] or '')} to {second} {scale_word(found['scale2'] or '')}"
    return Reading(found.end(), say(say_sign(found["sign"]) + said), "range")


def _say_part(part: str) -> str:
    return numerals.spell_digits(part) if part.startswith("0") and len(part) > 1 else numerals.cardinal(part)


def read_ratio(scene: Scene, at: int) -> Reading | None:
    """Read figures with a colon that are no time: "3:1" → "three to one"."""
    found = _RATIO.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    before = scene.previous()
    joint = " " if before is not None and before.text in column("scripture") else " to "
    return Reading(found.end(), say(numerals.cardinal(found[1]) + joint + numerals.cardinal(found[2])), "ratio")


def read_dimensions(scene: Scene, at: int) -> Reading | None:
    """Read "4x4" → "four by four" and "10x" → "ten times"."""
    if not scene.at_word_start(at):
        return None
    found = _DIMENSIONS.match(scene.text, at)
    if found:
        said = " by ".join(numerals.decimal(part) for part in found.groups() if part)
        return Reading(found.end(), say(said), "dimensions")
    found = _TIMES.match(scene.text, at)
    return Reading(found.end(), say(numerals.decimal(found[1]) + " times"), "times") if found else None


def read_plural(scene: Scene, at: int) -> Reading | None:
    """Read a figure in the plural: "over-65s" → "over sixty fives"."""
    found = _PLURAL.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    if re.fullmatch(r"200\d['’]s", found[0]):  # "the lowest since 2001's"
        return Reading(
            found.end(), inflect(say(numerals.year(int(found[1]), british=scene.style.british)), "'s"), "year"
        )
    return Reading(found.end(), say(numerals.plural(numerals.clipped(found[1]))), "plural")


def read_number(scene: Scene, at: int) -> Reading | None:
    """Read a figure that no other class wants: a year, a room or flight, a quantity."""
    if not scene.at_word_start(at):
        return None
    found = _VERSION.match(scene.text, at)
    if found and re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", found[0]):
        return Reading(found.end(), say(" dot ".join(map(numerals.spell_digits, found[0].split(".")))), "address")
    if found:
        parts = [numerals.cardinal(part) for part in found[0].split(".")]
        return Reading(found.end(), say(" point ".join(parts)), "version")
    found = _NUMBER.match(scene.text, at)
    if not found or len(found["number"]) > _LONGEST:
        return None
    number = found["number"]
    sign = _SIGNS.get(found["sign"]) or say_sign(found["sign"])
    if number.isdecimal() and not found["scale"] and not sign:
        named = _say_named(scene, found)
        if named:
            return Reading(found.end("number"), say(named[0]), named[1])
    if _LEADING_ZERO.fullmatch(number):
        said = " point ".join(numerals.spell_digits(part) for part in number.split("."))
    else:
        said = say_number(number, british=scene.style.british)
    plus = " plus" if found["plus"] else ""
    kind = "decimal" if "." in number else "cardinal"
    return Reading(found.end(), say(f"{sign}{said} {scale_word(found['scale'] or '')}{plus}"), kind)


def _say_named(scene: Scene, found: re.Match[str]) -> tuple[str, str] | None:
    number = found["number"]
    before = scene.previous()
    if before is not None and before.rule == "abbreviation" and len(number) == 5:
        return numerals.spell_digits(number), "zip"
    if _STREET.match(scene.text, found.end()):
        return numerals.clipped(number), "numbered"
    if before is not None and before.text.lower().rstrip("s.") in _NUMBERED and scene.adjoins(found.start()):
        return numerals.clipped(number), "numbered"
    if len(number) == 4 and 1000 <= int(number) <= 2099 and _is_year(scene, found.end("number"), number):
        return numerals.year(int(number), british=scene.style.british), "year"
    return None


def _is_year(scene: Scene, end: int, number: str) -> bool:
    """Tell a year from a count: "in 1500 ships sailed", but "some 1500 people"."""
    before = scene.previous()
    cues = {before.text.lower(), *(word.text.lower() for word in before.words)} if before is not None else set()
    cue = before is not None and (not cues.isdisjoint(_YEAR_CUES) or before.rule in {"date", "month"})
    after = scene.next_word(end).strip(".,;:!?\"”’'")
    counted = (
        scene.text[end : end + 1] == " "
        and after.islower()
        and (after in column("counted") or (after.endswith("s") and len(after) > 3 and not after.endswith("ss")))
    )
    return cue or (not counted and int(number) >= _SURE_YEAR)


def read_leftover_digits(scene: Scene, at: int) -> Reading | None:
    """Read digits that no class could place, one group after the other: safe, and on record as such."""
    found = _ANY_DIGITS.match(scene.text, at)
    if not found:
        return None
    digits = "".join(str(int(digit)) for digit in found[0])
    said = numerals.cardinal(digits) if len(digits) < 4 and digits[0] != "0" else numerals.spell_digits(digits)
    return Reading(found.end(), say(said), "digits")
