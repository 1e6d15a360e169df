"""Which language a text is written in, from the text itself."""

_SAMPLE_CHARACTERS = 6_000
_LONGEST_WORD = 30
"""Longer tokens are addresses, keys or junk, in no language."""
_SAME_TO_A_READER = {"pcm": "en"}
"""Nigerian Pidgin as the detector sees it is nearly always terse English."""


def detect_language(text: str) -> str:
    """Give the BCP 47 primary tag of a text; "und" where there are no letters to judge by."""
    sample = _sample_middle(" ".join(word for word in text.split() if len(word) <= _LONGEST_WORD))
    if not any(map(str.isalpha, sample)):
        return "und"
    import py3langid

    tag, _ = py3langid.classify(sample)
    return _SAME_TO_A_READER.get(str(tag), str(tag))


def _sample_middle(text: str) -> str:
    """The middle of a long text: its first lines are the likeliest to be foreign labels."""
    start = max(0, (len(text) - _SAMPLE_CHARACTERS) // 2)
    return text[start : start + _SAMPLE_CHARACTERS]
