"""Abbreviations: titles before names, states after places, months, units of an army, and party tags."""

import re

from vivavoce.script.languages.en.tables import alternatives, mapping, rows
from vivavoce.script.normalise import Reading, Scene, inflect, say

_ENTRIES: dict[str, dict[str, str]] = {}
for _written, _spoken, _when in (row[:3] for row in rows("abbreviations")):
    _ENTRIES.setdefault(_written, {})[_when] = _spoken
_TITLES_BARE = frozenset(
    [
        "Mr",
        "Mrs",
        "Ms",
        "Mx",
        "Dr",
        "Prof",
        "St",
        "Lt",
        "Col",
        "Sgt",
        "Capt",
        "Maj",
        "Cpl",
        "Cmdr",
        "Rev",
        "Gen",
        "Sen",
        "Brig",
        "Supt",
        "Insp",
        "Messrs",
        "Mme",
        "Mt",
        "Ft",
        "Cllr",
        "Pvt",
    ]
)
_ROMAN_NEXT = re.compile(r"[ \u00a0][IVXL]{1,6}(?![^\W_])")
_FOUNDED = re.compile(r"[ \u00a0](?:in )?1[5-9]\d\d(?![\d,.]\d|\d)|[ \u00a0](?:in )?20[0-4]\d(?![\d,.]\d|\d)")
"""A year right after "est.", which then is "established"."""
_SHORT = 3
"""Up to so many characters an abbreviation may end a sentence that an "I" follows."""
_WORD = re.compile(r"[^\W\d_]{1,24}(?:[’'.-][^\W\d_]{1,24}){0,5}(?:\s(?:al|Va)\.)?[./]?")

_NOT_A_STREET = frozenset(
    ["the", "in", "on", "at", "and", "from", "to", "of", "but", "when", "as", "if", "with", "by", "for"]
)
_SIDES = {"N": "North", "S": "South", "E": "East", "W": "West", "NE": "Northeast", "NW": "Northwest",
          "SE": "Southeast", "SW": "Southwest"}  # fmt: skip
_LAW_WORDS = frozenset({"Admin.", "Bus.", "Civ.", "Code", "Const.", "Crim.", "Educ.", "Fam.", "Gov.", "Health", "Penal",
                        "Prob.", "Rev.", "Stat.", "Stats.", "Veh."})  # fmt: skip
"""What follows a state's abbreviation where a law of it is cited: "Tex. Penal Code"."""
_SIDE = re.compile(r"(?P<side>[NS][EW]?|[EW])\.?(?![\w.])")
_BEARINGS = {short: full.lower() for short, full in _SIDES.items()} | {
    f"{first}{second}": f"{_SIDES[first].lower()} {_SIDES[second].lower()}"
    for first, second in (
        ("N", "NE"),
        ("N", "NW"),
        ("S", "SE"),
        ("S", "SW"),
        ("E", "NE"),
        ("E", "SE"),
        ("W", "NW"),
        ("W", "SW"),
    )
}
_BEARING = re.compile(rf"(?P<side>{alternatives(_BEARINGS)})\.?(?=\sof\s(?:the\s)?[A-Z])")
_AWAY = frozenset({"miles", "mile", "kilometers", "kilometres", "kilometer", "kilometre", "just", "due", "far", "area"})
_POSTAL = mapping("postal_codes")
_MONTHS = frozenset(short for short, full in mapping("months").items() if short != full)
_PLACES = alternatives((*(written for written, entry in _ENTRIES.items() if "place" in entry), *_POSTAL))
_PARTY = re.compile(
    rf"(?P<party>DFL|Dem|Rep|Ind|Con|Lab|LD|SNP|D|R|I)\.?[-–‑](?P<place>{_PLACES})"
    r"(?P<district>-\d{1,2})?(?![\w])"
)
_PARTY_LISTED = re.compile(r"(?P<party>Con|Lab|Lib Dem|Ind)(?=,\s[A-Z])")
_PARTY_FULL = re.compile(r"(?P<party>D|R|I|DFL)[-–‑](?=[A-Z][a-z]{3,})")
_PARTY_ALONE = re.compile(r"\((?P<party>D|R|I|DFL|Con|Lab|Lib Dem|Dem|Rep|Ind)\)")
_PARTIES = {"D": "Democrat", "R": "Republican", "I": "independent", "DFL": "D F L", "Con": "Conservative",
            "Lab": "Labour", "Lib Dem": "Liberal Democrat", "Dem": "Democrat", "Rep": "Republican",
            "Ind": "independent", "LD": "Liberal Democrat", "SNP": "S N P"}  # fmt: skip


def read_street_side(scene: Scene, at: int) -> Reading | None:
    """Read the side of a town in an address: "1211 E. Arques Ave." → "East", "K Street NW" → "Northwest"."""
    found = _SIDE.match(scene.text, at)
    before = scene.previous()
    if not found or before is None or not scene.adjoins(at):
        return None
    numbered = before.rule in {"numbered", "cardinal", "year"} and re.match(
        r"\s[A-Z0-9]", scene.text[found.end() :][:2]
    )
    ended = len(found["side"]) == 2 and before.words and before.words[-1].text in {"Street", "Avenue", "Road", "Drive"}
    return Reading(found.end(), say(_SIDES[found["side"]]), "address") if numbered or ended else None


def read_bearing(scene: Scene, at: int) -> Reading | None:
    """Read the side of a place: "12 km SW of Kathmandu" → "southwest of", "S. of the Litani" → "south of"."""
    found = _BEARING.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    before = scene.previous()
    away = before is not None and (before.rule == "measure" or before.text.lower() in _AWAY)
    if not away and len(found["side"]) == 1 and "." not in found[0]:
        return None
    return Reading(found.end(), say(_BEARINGS[found["side"]]), "bearing")


def read_party(scene: Scene, at: int) -> Reading | None:
    """Read a party tag: "D-Pa." → "Democrat of Pennsylvania", "(R)" → "Republican"."""
    if not scene.at_word_start(at):
        return None
    found = _PARTY.match(scene.text, at)
    if found and (scene.text[at - 1 : at] == "(" or (scene.previous() is not None)):
        place = found["place"]
        state = _ENTRIES[place]["place"] if place in _ENTRIES else _POSTAL[place]
        return Reading(found.end(), say(f"{_PARTIES[found['party']]} of {state}"), "party")
    listed = _PARTY_LISTED.match(scene.text, at)
    if listed and scene.text[at - 1 : at] == "(":
        return Reading(listed.end(), say(_PARTIES[listed["party"]]), "party")
    found = _PARTY_FULL.match(scene.text, at)
    if found and scene.text[max(0, at - 2) : at].strip() in {"(", ","}:
        return Reading(found.end(), say(f"{_PARTIES[found['party']]} of"), "party")
    return None


def read_party_alone(scene: Scene, at: int) -> Reading | None:
    """Read a bare party tag in brackets: "(D)" → "Democrat"."""
    found = _PARTY_ALONE.match(scene.text, at)
    before = scene.previous()
    if not found or before is None or not before.text[:1].isupper():
        return None
    return Reading(found.end(), say(_PARTIES[found["party"]]), "party")


def read_abbreviation(scene: Scene, at: int) -> Reading | None:
    """Read an abbreviation where its surroundings allow it: "Dr. King lives on King Dr."."""
    if not scene.at_word_start(at):
        return None
    found = _WORD.match(scene.text, at)
    if not found:
        return None
    written = found[0]
    for form in _forms(written):
        entry = _ENTRIES.get(form)
        if entry is None and scene.shouts(at):
            entry = _ENTRIES.get(form.capitalize())
        if entry is None:
            continue
        said = _choose(scene, at, at + len(form), entry, form)
        if said:
            return _with_possessive(scene, at + len(form), said, form)
    return _read_bare_title(scene, at, written) or _read_postal(scene, at, written)


def is_abbreviated(word: str) -> bool:
    """Tell whether a capitalised word before a full stop is a title or a month cut short: "Sen", "Feb"."""
    return word[:1].isupper() and ("name" in _ENTRIES.get(word + ".", {}) or word in _MONTHS)


def _forms(written: str) -> list[str]:
    """The forms to look up, longest first: "W. Va.", "a.k.a.", "Lt.", and "vs" of "vs."."""
    forms = [written]
    if written.endswith((".", "/")):
        forms.append(written[:-1])
    head = written.split(".", 1)[0]
    if head != written and head + "." != written:
        forms.append(head + ".")
    return forms


def _with_possessive(scene: Scene, end: int, said: str, form: str) -> Reading:
    if form.endswith(".") and scene.text[end : end + 2] in {"'s", "’s"}:
        return Reading(end + 2, inflect(say(said), "'s"), "abbreviation")
    rule = "title" if form.rstrip(".") in _TITLES_BARE else "abbreviation"
    return Reading(end, say(said), rule)


def _choose(scene: Scene, at: int, end: int, entry: dict[str, str], form: str) -> str:
    after = scene.text[end : end + 2].lstrip(" \u00a0")
    before = scene.previous()
    if after[:1] == "-" and form.endswith("."):  # "Rep.-elect"
        after = after[1:]
    capital_next = bool(after) and (after[0].isupper() or after[0] in "“\"'‘")
    figure_next = bool(after) and (after[0].isdecimal() or after[0] in "#$")
    figure_next = figure_next or (len(form) > _SHORT and bool(_ROMAN_NEXT.match(scene.text, end)))
    if form == "est." and figure_next and not _FOUNDED.match(scene.text, end):
        return "estimated"
    if "number" in entry and figure_next:
        return entry["number"]
    if (
        "street" in entry
        and _after_street(scene, at)
        and not ("name" in entry and capital_next and not _ends_address(scene, form))
    ):
        return entry["street"]
    if "place" in entry and _after_place(scene, at, form):
        return entry["place"]
    if "suffix" in entry and before is not None and before.text[:1].isupper() and _near(scene, at):
        return entry["suffix"]
    if "counted" in entry and before is not None and before.rule in {"cardinal", "decimal", "range", "ordinal"}:
        return entry["counted"]
    if "name" in entry and (capital_next or figure_next) and not scene.shouts(at):
        return entry["name"]
    if "name" in entry and form.endswith(".") and scene.shouts(at) and capital_next:
        return entry["name"]
    if "place" in entry and form.endswith(".") and scene.next_word(end) in _LAW_WORDS:
        return entry["place"]
    if set(entry) == {"place"} and form.endswith(".") and after[:1].islower() and _after_determiner(scene):
        return entry["place"]
    if "name" in entry and form.endswith(".") and (after[:1].islower() or after[:1] in {"&", "/"}):
        return entry["name"]  # a full stop before a small letter ends no sentence, nor does one before "& Mrs."
    return entry.get("any", "")


def _after_determiner(scene: Scene) -> bool:
    before = scene.previous()
    return before is None or before.text.lower() in {"the", "a", "an", "this", "former", "ex"}


def _near(scene: Scene, at: int) -> bool:
    last = scene.previous()
    return last is not None and scene.text[last.end : at] in {" ", ", ", "\u00a0", "-"}


def _after_street(scene: Scene, at: int) -> bool:
    before = scene.previous()
    if before is None or not scene.adjoins(at) or before.omitted:
        return False
    if before.rule == "ordinal":
        return True
    named = before.rule in {"plain", "initialism", "roman"} and before.text[:1].isupper()
    return named and before.text.lower() not in _NOT_A_STREET


def _ends_address(scene: Scene, form: str) -> bool:
    """A house number two or three words before makes it a street: "1428 Elm St. It was"."""
    earlier = [token for token in scene.tokens[-4:-1] if token.text[:1].isdecimal()]
    return bool(earlier) and form.startswith(("St", "Dr", "Ave"))


def _after_place(scene: Scene, at: int, form: str) -> bool:
    before = scene.previous()
    if before is None or not before.text[:1].isupper():
        return False
    gap = scene.text[before.end : at]
    if gap in {", ", ",\u00a0", " (", "("}:
        return True
    return gap == " " and "." in form and form in {"N.Y.", "D.C.", "N.J.", "N.C.", "S.C.", "Calif.", "Fla.", "Pa."}


def _read_bare_title(scene: Scene, at: int, written: str) -> Reading | None:
    """Read a British title without its full stop: "Dr Smith"."""
    if written not in _TITLES_BARE or scene.shouts(at):
        return None
    end = at + len(written)
    after = scene.text[end : end + 2]
    if len(after) < 2 or after[0] not in " \u00a0" or not after[1].isupper():
        return None
    entry = _ENTRIES[written + "."]
    if "street" in entry and _after_street(scene, at) and written in {"St", "Dr"}:
        return Reading(end, say(entry["street"]), "abbreviation")
    return Reading(end, say(entry["name"]), "title")


def _read_postal(scene: Scene, at: int, written: str) -> Reading | None:
    """Read a state's postal abbreviation after a place and a comma: "Springfield, IL"."""
    code = written.rstrip(".")
    if code not in _POSTAL or scene.shouts(at):
        return None
    before = scene.previous()
    if before is None or not before.text[:1].isupper() or before.text.isupper() or scene.text[before.end : at] != ", ":
        return None
    after = scene.text[at + len(code) : at + len(code) + 2]
    if after[:1] not in {"", ",", ".", ";", ")", " ", "?"}:
        return None
    return Reading(at + len(code), say(_POSTAL[code]), "abbreviation")
