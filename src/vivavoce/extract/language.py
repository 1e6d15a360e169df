"""Which language a text is written in, from the text itself."""

import re

_SAMPLE_CHARACTERS = 6_000
_WORD = re.compile(r"[^\W\d_]+")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_COMMON = "the of and to that with from by his her which were have this are not they who has their"
_ENGLISH = frozenset(_COMMON.split())
_ENGLISH_SHARE = 0.15
_ENGLISH_WORDS = 60
_LONGEST_WORD = 30
"""Longer tokens are addresses, keys or junk, in no language."""
_SAME_TO_A_READER = {"pcm": "en"}
"""Nigerian Pidgin as the detector sees it is nearly always terse English."""


def detect_language(text: str) -> str:
    """Give the BCP 47 primary tag of a text; "und" where there are no letters to judge by.

    Plain cases are seen at a glance; loading the detector costs more than reading a page does.
    """
    sample = _sample_middle(" ".join(word for word in text.split() if len(word) <= _LONGEST_WORD))
    words = _WORD.findall(sample)
    if not words:
        return "und"
    if len(_HANGUL.findall(sample)) > sum(map(len, words)) / 2:
        return "ko"
    if _is_plainly_english(words):
        return "en"
    import py3langid

    tag, _ = py3langid.classify(sample)
    return _SAME_TO_A_READER.get(str(tag), str(tag))


def _is_plainly_english(words: list[str]) -> bool:
    """In English prose these words, which other languages lack, are a fifth to a third of all."""
    known = sum(word.lower() in _ENGLISH for word in words)
    return len(words) >= _ENGLISH_WORDS and known >= _ENGLISH_SHARE * len(words)


def _sample_middle(text: str) -> str:
    """The middle of a long text: its first lines are the likeliest to be foreign labels."""
    start = max(0, (len(text) - _SAMPLE_CHARACTERS) // 2)
    return text[start : start + _SAMPLE_CHARACTERS]
