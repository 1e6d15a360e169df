"""Which language a text is written in, from the text itself."""

import re

_SAMPLE_CHARACTERS = 6_000
_WORD = re.compile(r"[^\W\d_]+")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA_SHARE = 0.1
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts that put no space between words."""
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
    sample = _sample_middle(" ".join(filter(_is_word, text.split())))
    words = _WORD.findall(sample)
    if not words:
        return "und"
    letters = sum(map(len, words))
    if len(_HANGUL.findall(sample)) > letters / 2:
        return "ko"
    kana = len(_KANA.findall(sample))
    if kana + len(_HAN.findall(sample)) > letters / 2:
        return "ja" if kana > _KANA_SHARE * letters else "zh"
    if _is_plainly_english(words):
        return "en"
    import py3langid

    tag, _ = py3langid.classify(sample)
    return _SAME_TO_A_READER.get(str(tag), str(tag))


def _is_word(token: str) -> bool:
    return len(token) <= _LONGEST_WORD or bool(_UNSPACED.search(token))


def _is_plainly_english(words: list[str]) -> bool:
    """In English prose these words, which other languages lack, are a fifth to a third of all."""
    known = sum(word.lower() in _ENGLISH for word in words)
    return len(words) >= _ENGLISH_WORDS and known >= _ENGLISH_SHARE * len(words)


def _sample_middle(text: str) -> str:
    """The middle of a long text: its first lines are the likeliest to be foreign labels."""
    start = max(0, (len(text) - _SAMPLE_CHARACTERS) // 2)
    return text[start : start + _SAMPLE_CHARACTERS]
