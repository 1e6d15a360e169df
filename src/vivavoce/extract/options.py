"""What a house may want otherwise when an article is read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtractOptions:
    """Choices that change which words of a source belong to its article."""

    parse_deadline_s: float = 20.0
    """Wall-clock limit of the child process that takes a page apart."""
    parse_memory_bytes: int = 280_000_000
    """How much memory that child may write to."""
