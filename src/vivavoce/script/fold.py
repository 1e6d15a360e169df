"""Letters of any script as letters that the voice's language can say."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_LATIN_BASES = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "Ae",
                "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D"}  # fmt: skip
_NOT_A_LETTER = re.compile(r"[^A-Za-z]+")


@lru_cache(maxsize=8192)
def fold_to_ascii(word: str) -> str:
    """Fold a word to plain letters: "Škoda" → "Skoda", "Київ" → "Kiiv"; "" where nothing can be said."""
    if word.isascii():
        return _NOT_A_LETTER.sub("", word)
    based = "".join(_LATIN_BASES.get(char, char) for char in unicodedata.normalize("NFKC", word))
    bare = "".join(char for char in unicodedata.normalize("NFD", based) if not unicodedata.combining(char))
    return _NOT_A_LETTER.sub("", bare if bare.isascii() else anyascii(bare))


@lru_cache(maxsize=8192)
def is_latin(word: str) -> bool:
    """Tell whether every letter, accents aside, is a Latin one that folds without transliteration."""
    based = "".join(_LATIN_BASES.get(char, char) for char in word)
    return all(char.isascii() or unicodedata.combining(char) for char in unicodedata.normalize("NFD", based))
