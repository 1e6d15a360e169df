"""English, American and British: its semiotic classes, best first."""

from collections.abc import Sequence
from functools import lru_cache

from vivavoce.script.languages.en import (
    abbreviation,
    caps,
    contact,
    date,
    designation,
    gloss,
    initialism,
    measure,
    money,
    number,
    percent,
    plain,
    roman,
    symbols,
    time,
)
from vivavoce.script.normalise import Language, SemioticClass

_BRACKETS: tuple[SemioticClass, ...] = (
    abbreviation.read_party_alone,
    gloss.read_bracketed_ellipsis,
    gloss.read_gloss,
    gloss.read_edited_word,
    contact.read_phone,
)
_FIGURES: tuple[SemioticClass, ...] = (
    plain.read_endless,
    initialism.read_ticker,
    symbols.read_fixed,
    contact.read_web,
    contact.read_coordinates,
    number.read_dialled,
    measure.read_height,
    designation.read_airliner,
    date.read_date,
    contact.read_phone,
    number.read_ordinal,
    time.read_time,
    measure.read_gas,
    money.read_money,
    percent.read_percent,
    symbols.read_scientific,
    measure.read_measure,
    number.read_fraction,
    number.read_dimensions,
    number.read_range,
    number.read_ratio,
    number.read_plural,
    designation.read_designation,
    number.read_number,
    number.read_leftover_digits,
)
_LETTERS: tuple[SemioticClass, ...] = (
    plain.read_endless,
    initialism.read_ticker,
    gloss.read_edited_word,
    measure.read_gas,
    symbols.read_fixed,
    contact.read_web,
    caps.read_shouted,
    abbreviation.read_party,
    abbreviation.read_street_side,
    abbreviation.read_bearing,
    date.read_date,
    time.read_zone_offset,
    money.read_money,
    roman.read_roman,
    initialism.read_listed,
    abbreviation.read_abbreviation,
    designation.read_designation,
    symbols.read_scientific,
    symbols.read_ampersand_initials,
    symbols.read_top_grade,
    initialism.read_dotted,
    initialism.read_capitals_run,
    plain.read_word,
)
_SIGNS: tuple[SemioticClass, ...] = (
    initialism.read_ticker,
    contact.read_domain,
    contact.read_handle,
    contact.read_hashtag,
    contact.read_phone,
    date.read_date,
    money.read_money,
    percent.read_percent,
    measure.read_measure,
    number.read_average,
    number.read_range,
    number.read_number,
    plain.read_emoji,
    symbols.read_sign,
)


@lru_cache(maxsize=4096)
def _classes(char: str) -> Sequence[SemioticClass]:
    if char in "([":
        return _BRACKETS
    if char.isdecimal() or char in "½¼¾⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅒":
        return _FIGURES
    if char.isalpha():
        return _LETTERS
    if char == "*":
        return (symbols.read_star,)
    if char.isspace() or char in '"“”„:;!?)]{}|_…':
        return ()
    return _SIGNS


ENGLISH = Language(classes=_classes, find_shouting=caps.find_shouting, settle=plain.settle_word)
