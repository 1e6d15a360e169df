"""Signs between words: ampersand, plus, slash, at, section, arithmetic, powers of ten, chemical formulas."""

import re

from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.initialism import read_capitals
from vivavoce.script.languages.en.tables import alternatives, mapping, rows
from vivavoce.script.normalise import Reading, Scene, inflect, say, spell
from vivavoce.script.tokens import SpokenWord

_FIXED = mapping("fixed")
_FIXED_FIRST = re.compile(rf"(?:{alternatives(_FIXED)})(?P<ending>[’']s)?(?![^\W_])(?!/\w|[.,]\d)")
_AMPERSAND = re.compile(r"\s?&(?:amp;)?\s?")
_INITIALS_AND = re.compile(r"(?P<first>[A-Z]{1,3})&(?P<second>[A-Z]{1,3})(?P<ending>[’']?s)?(?![^\W_])")
_POWER = re.compile(
    r"(?P<number>\d{1,9}(?:\.\d{1,9})?)?(?:\s?[×x·]\s?)?10(?:\^(?P<up>[-−–]?\d{1,3})|(?P<sup>[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))(?!\w)"
)
_EXPONENT = re.compile(r"(?P<number>\d(?:\.\d{1,9})?)[eE](?P<up>[+-]?\d{1,3})(?!\w)")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_ELEMENTS = frozenset(
    [
        "H",
        "He",
        "Li",
        "Be",
        "B",
        "C",
        "N",
        "O",
        "F",
        "Ne",
        "Na",
        "Mg",
        "Al",
        "Si",
        "P",
        "S",
        "Cl",
        "Ar",
        "K",
        "Ca",
        "Sc",
        "Ti",
        "V",
        "Cr",
        "Mn",
        "Fe",
        "Co",
        "Ni",
        "Cu",
        "Zn",
        "Ga",
        "Ge",
        "As",
        "Se",
        "Br",
        "Kr",
        "Rb",
        "Sr",
        "Y",
        "Zr",
        "Nb",
        "Mo",
        "Tc",
        "Ru",
        "Rh",
        "Pd",
        "Ag",
        "Cd",
        "In",
        "Sn",
        "Sb",
        "Te",
        "I",
        "Xe",
        "Cs",
        "Ba",
        "W",
        "Re",
        "Os",
        "Ir",
        "Pt",
        "Au",
        "Hg",
        "Tl",
        "Pb",
        "Bi",
        "Po",
        "At",
        "Rn",
        "Fr",
        "Ra",
        "Ac",
        "Th",
        "Pa",
        "U",
        "Pu",
        "Am",
    ]
)
_FORMULA = re.compile(r"(?:[A-Z][a-z]?[2-9₀-₉]{0,3}){2,6}(?![^\W_])")
_ATOM = re.compile(r"([A-Z][a-z]?)([0-9₀-₉]*)")
_EQUATION = re.compile(r"(?P<left>[A-Za-z])\s?=\s?(?P<right>[A-Za-z]{1,3})(?P<power>[²³])?(?![^\W_])")
_SIGNS = {row[0]: row[1] for row in rows("signs")}
_ROW = re.compile(r"([=<>&@#%$€£°])\1+|([+×÷§])\2{2,}")
_ARROW = re.compile(r"[-=–—]{1,3}>|<[-=–—]{1,3}")
_RAISED = re.compile(r"\^(?P<power>\d{1,3})(?!\w)")
_ABOUT = re.compile(r"(?<![^\s(\[“\"])~(?:[ \u00a0]?(?=\.?\d|[A-Z]{0,3}[$€£¥₹])|(?=[a-z][\w-]{0,40}(?![\w~-])))")
_SHARP = re.compile(r"(?:(?<=^[A-G])|(?<=[^\w][A-G]))#(?!\w)")
_PRODUCT = re.compile(r"(?:(?<=\d)|(?<=\d ))\* ?(?=\d)")
_STAR = re.compile(
    r"\*[ -](?:accommodation|general|hotels?|luxury|properties|property|rated|ratings?|resorts?|restaurants?|reviews?|"
    r"service|spas?|villas?)(?!\w)"
)
_RATED = re.compile(r"(?<![\d.,])[1-7]$")
_TOP_GRADE = re.compile(r"A\*(?:(?P<many>[’']?s)|[-–](?P<last>[A-G]))?(?![\w*])")


def read_fixed(scene: Scene, at: int) -> Reading | None:
    """Read a form that has a reading of its own: "24/7" → "twenty four seven"."""
    if not scene.at_word_start(at) or scene.text[max(0, at - 1) : at] == "/":
        return None
    found = _FIXED_FIRST.match(scene.text, at)
    if not found:
        return None
    ending = found["ending"] or ""
    written = found[0].removesuffix(ending) if ending else found[0]
    return Reading(found.end(), inflect(say(_FIXED[written]), ending.replace("’", "'")), "fixed")


def read_ampersand_initials(scene: Scene, at: int) -> Reading | None:
    """Read letters joined by an ampersand: "B&O" → B and O."""
    found = _INITIALS_AND.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    words = (*_letters(found["first"]), *say("and"), *_letters(found["second"]))
    return Reading(found.end(), inflect(words, "'s") if found["ending"] else words, "ampersand")


def _letters(written: str) -> tuple[SpokenWord, ...]:
    return read_capitals(written) or spell(written)


def read_scientific(scene: Scene, at: int) -> Reading | None:
    """Read powers of ten and formulas: "1.5×10^6" → "one point five times ten to the sixth", "SO2" → S O two."""
    if not scene.at_word_start(at):
        return None
    found = _POWER.match(scene.text, at) or _EXPONENT.match(scene.text, at)
    if found:
        return Reading(found.end(), say(_say_power(found)), "scientific")
    return _read_formula(scene, at)


def _say_power(found: re.Match[str]) -> str:
    groups = found.groupdict()
    power = (groups["up"] or groups.get("sup") or "").translate(_SUPERSCRIPTS).replace("−", "-").replace("–", "-")
    head = f"{numerals.decimal(groups['number'])} times " if groups["number"] else ""
    if power.startswith("-"):
        return f"{head}ten to the minus {numerals.cardinal(power[1:])}"
    return f"{head}ten to the {numerals.ordinal(power.lstrip('+'))}"


def _read_formula(scene: Scene, at: int) -> Reading | None:
    found = _FORMULA.match(scene.text, at)
    if not found or not any(char.isdecimal() or char in "₀₁₂₃₄₅₆₇₈₉" for char in found[0]):
        return _read_equation(scene, at)
    atoms = _ATOM.findall(found[0])
    if not all(atom in _ELEMENTS for atom, _ in atoms):
        return None
    words: tuple[SpokenWord, ...] = ()
    for atom, count in atoms:
        words += spell(atom)
        if count:
            words += say(numerals.cardinal(count.translate(_SUBSCRIPTS)))
    return Reading(found.end(), words, "formula")


def _read_equation(scene: Scene, at: int) -> Reading | None:
    found = _EQUATION.match(scene.text, at)
    if not found:
        return None
    power = {"²": " squared", "³": " cubed", None: ""}[found["power"]]
    words = (*spell(found["left"]), *say("equals"), *spell(found["right"]), *say(power))
    return Reading(found.end(), words, "equation")


def read_sign(scene: Scene, at: int) -> Reading | None:
    """Read a sign that stands for a word: "&" → "and", "~ 5" → "about five"; a row or an arrow is left out."""
    if scene.text.startswith("&amp;", at):
        return Reading(at + 5, say("and"), "symbol")
    drawn = _ROW.match(scene.text, at) or _ARROW.match(scene.text, at)
    if drawn:
        return Reading(drawn.end(), (), "sign", "sign")
    raised = _RAISED.match(scene.text, at)
    if raised and scene.text[at - 1 : at].isalnum():
        return Reading(raised.end(), say(_say_raised(raised["power"])), "symbol")
    if _SHARP.match(scene.text, at):
        return Reading(at + 1, say("sharp"), "symbol")
    said = "about" if _ABOUT.match(scene.text, at) else _SIGNS.get(scene.text[at])
    return Reading(at + 1, say(said), "symbol") if said else None


def _say_raised(power: str) -> str:
    return {"2": "squared", "3": "cubed"}.get(power) or f"to the {numerals.ordinal(power)}"


def read_star(scene: Scene, at: int) -> Reading | None:
    """Read a star that is said: "a 5* hotel" → "five star", "5 * 3" → "times"."""
    if _PRODUCT.match(scene.text, at):
        return Reading(at + 1, say("times"), "symbol")
    rated = _STAR.match(scene.text, at) and _RATED.search(scene.text, max(0, at - 2), at)
    return Reading(at + 1, say("star"), "symbol") if rated else None


def read_top_grade(scene: Scene, at: int) -> Reading | None:
    """Read a British school's best mark: "two A*s" → "two A stars"."""
    found = _TOP_GRADE.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    said = "A stars" if found["many"] else f"A star to {found['last']}" if found["last"] else "A star"
    return Reading(found.end(), say(said), "grade")
