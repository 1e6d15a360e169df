"""The house lexicon: how this newsroom says a word, as values. Looking words up in text is the script's business."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision of the house."""

    written: str
    """One word or several, as printed."""
    phonemes: str = ""
    """The voice's symbols, a space between words; empty where `alias` says it in letters."""
    alias: str = ""
    """Words to be said instead; empty where `phonemes` is given. Exactly one of the two is."""
    case_sensitive: bool = True
    whole_words: bool = True
    """False lets it match a part of a word."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Entries in the order in which they are tried; a later one for the same form wins."""

    entries: tuple[Entry, ...] = ()
