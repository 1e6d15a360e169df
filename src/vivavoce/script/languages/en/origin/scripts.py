"""Other scripts to the Latin letters that the English-language press would write."""

import re
import unicodedata
from typing import Final

from vivavoce.script.languages.en.origin.rules import load_rules

_SCRIPTS: Final = (
    ("script_uk", "uk", re.compile("[іїєґІЇЄҐ]")),
    ("script_sr", "sh", re.compile("[јљњђћџѓќѕЈЉЊЂЋЏЃЌЅ]")),
    ("script_ru", "be", re.compile("[ўЎ]")),
    ("script_ru", "ru", re.compile("[ыэёъЫЭЁЪ]")),
    ("script_ru", None, re.compile("[а-яА-Я]")),
    ("script_el", "el", re.compile("[α-ωΑ-Ωάέήίόύώ]")),
    ("script_ka", "ka", re.compile("[ა-ჰ]")),
    ("script_hy", "hy", re.compile("[ա-ֆԱ-Ֆ]")),
    ("script_ko", "ko", re.compile("[가-힣ᄀ-ᇿ]")),
)


def romanise(word: str) -> tuple[str, str | None]:
    """Write a lower-case word in Latin letters, and name its language where the letters alone tell it.

    "запоріжжя" → ("zaporizhzhia", "uk"); "prigozhin" → ("prigozhin", None).
    """
    for table, language, letters in _SCRIPTS:
        if letters.search(word):
            apart = unicodedata.normalize("NFD", word) if language == "ko" else word
            return load_rules(table).sound(apart), language
    return word, None
