"""What any part of the pronouncer answers with: phonemes, where they come from, and how sure that is."""

from dataclasses import dataclass, replace

HIGH, GOOD, FAIR, LOW, GUESS = 0.95, 0.85, 0.75, 0.55, 0.4
"""Confidence in a checked entry, a single source, a rule on checked parts, a doubtful entry, a guess."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to say one word."""

    phonemes: str
    source: str
    """"house", "news", "general", "heteronym", "letters", "parts", "origin:uk", "rules", …"""
    confidence: float
    is_name: bool = False

    def said_as(self, phonemes: str) -> "Reading":
        """Keep source and confidence, with other phonemes: an inflected form of the same word."""
        return replace(self, phonemes=phonemes)
