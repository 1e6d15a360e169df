"""What normalising hands to pronouncing: the article's tokens with their places and the words to say for each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word to be said, in the case that a dictionary or a tagger would want to see."""

    text: str
    """Letters, apostrophes and inner hyphens only: "Kyiv", "sixty", "U"."""
    letter: bool = False
    """True where `text` is one letter, perhaps with "'s", to be said by its name."""


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the article's text and what is said for it: "$61 billion" is one token of three words."""

    text: str
    """As printed, without the punctuation around it."""
    start: int
    """Offset of `text` in the article's text."""
    end: int
    words: tuple[SpokenWord, ...]
    """Empty exactly where `omitted` is set."""
    rule: str
    """The rule that fired: "plain", "money", "date", "initialism", "roman", …"""
    mark: str = ""
    """Phrasing right after it, in the voice's punctuation: "", ",", ".", "?", "—", …"""
    omitted: str | None = None
    """Reason for which nothing is said: "acronym-gloss", "unpronounceable", …"""
