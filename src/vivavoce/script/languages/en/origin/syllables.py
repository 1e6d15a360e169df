"""Chinese and Japanese names are strings of few known syllables: finding them reads pinyin, and is a cue of origin."""

import re
from functools import cache
from typing import Final

from vivavoce.script.languages.en.origin.rules import read_table

_ROMAJI: Final = re.compile(
    "(?:(?:[kgsztdnhbpmrj]|sh|ch|ts|f|y|w|[kgnhbpmr]y|kk|ss|tt|tch|pp|ssh)?(?:[aiueoāīūēō]|ou|oo)|n(?![aiueoy]))+"
)


def split_pinyin(word: str) -> tuple[str, ...]:
    """Split a lower-case word into syllables of pinyin; empty where it isn't pinyin.

    "guangzhou" → ("guang", "zhou"), "xi'an" → ("xi", "an"), "smith" → ().
    """
    parts = [part for part in word.split("'") if part]
    if len(parts) > 1:
        split = [split_pinyin(part) for part in parts]
        return tuple(syllable for syllables in split for syllable in syllables) if all(split) else ()
    for later_vowels in (False, True):
        found = _split(word, may_open_with_vowel=True, later_vowels=later_vowels)
        if found:
            return found
    return ()


def say_pinyin(syllables: tuple[str, ...]) -> str:
    """Give the sounds of syllables that `split_pinyin` found."""
    return "".join(_pinyin()[syllable] for syllable in syllables)


def is_romaji(word: str) -> bool:
    """Tell whether a lower-case word is Japanese in form: "fukushima", but "kramatorsk" isn't."""
    return bool(_ROMAJI.fullmatch(word))


def _split(rest: str, *, may_open_with_vowel: bool, later_vowels: bool) -> tuple[str, ...] | None:
    if not rest:
        return ()
    if rest[0] in "aeo" and not (may_open_with_vowel and len(rest) > 1):
        return None
    for length in range(min(6, len(rest)), 0, -1):
        if rest[:length] in _pinyin():
            tail = _split(rest[length:], may_open_with_vowel=later_vowels, later_vowels=later_vowels)
            if tail is not None:
                return (rest[:length], *tail)
    return None


@cache
def _pinyin() -> dict[str, str]:
    return {row[0]: row[1] for row in read_table("pinyin")}
