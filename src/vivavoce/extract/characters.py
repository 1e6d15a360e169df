"""Characters that a reader sees, and no others: NFC, one kind of space, nothing hidden."""

import re
import unicodedata
from collections import Counter

_KEPT_CONTROLS = frozenset("\n\t\r\u0085\u2028\u2029\x0b\x0c")
"""Control and format characters that are white space, and become it."""
_JOINERS = frozenset("\u200c\u200d")
_JOINING_SCRIPT = re.compile(r"[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc]")
_EMOJI_PART = re.compile(r"[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
_PRESENTATION = re.compile(
    "[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdfb\ufe70-\ufefc\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2126\u212a\u212b\U0001d400-\U0001d7ff]+"
)
"""Letters in the shape of typesetting: ligatures, Arabic forms, full-width and mathematical letters.

Full-width marks are the punctuation of Chinese and Japanese, and stay."""
_TAGS = ("Cc", "Cf", "Co", "Cn", "Cs")


def clean_line(text: str) -> str:
    r"""Clean a stretch of text and put it on one line.

    "\u200bfi\ufb01\u00a0x \n y" → "fifi x y"
    """
    return " ".join(_drop_hidden(text).split())


def clean_text(text: str) -> str:
    """Clean a stretch of text whose line breaks mean something."""
    return "\n".join(line for line in map(clean_line, text.splitlines()) if line)


def name_dropped(text: str) -> tuple[str, ...]:
    r"""Name the characters that cleaning drops: "a\u200bb\u200b" → ("U+200B ZERO WIDTH SPACE (2 times)",)."""
    if text.isascii() and text.isprintable():
        return ()
    counts = Counter(text[at] for at in _find_hidden(text))
    return tuple(_name_character(character, count) for character, count in sorted(counts.items()))


def _name_character(character: str, count: int) -> str:
    name = unicodedata.name(character, "a control or unassigned character")
    return f"U+{ord(character):04X} {name}" + (f" ({count} times)" if count > 1 else "")


def _drop_hidden(text: str) -> str:
    hidden = _find_hidden(text)
    if hidden:
        drop = set(hidden)
        text = "".join(character for at, character in enumerate(text) if at not in drop)
    text = _PRESENTATION.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return unicodedata.normalize("NFC", text)


def _find_hidden(text: str) -> list[int]:
    if text.isascii() and text.isprintable():
        return []
    return [at for at, character in enumerate(text) if _is_hidden(character) and not _joins(text, at)]


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in _TAGS and character not in _KEPT_CONTROLS


def _joins(text: str, at: int) -> bool:
    """Whether a (non-)joiner stands where its script or an emoji needs it."""
    if text[at] not in _JOINERS or at == 0:
        return False
    before, after = text[at - 1], text[at + 1 : at + 2]
    return bool(_JOINING_SCRIPT.match(before) or (_EMOJI_PART.match(before) and _EMOJI_PART.match(after)))
