"""What a house may want otherwise when an article is read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtractOptions:
    """Choices that change which words of a source belong to its article."""

    blocks: tuple[str, ...] = ()
    """Blocks to keep or drop, in order: "1-4", "7", "-2" (not the second), "-quote" (no quotes), "heading"."""
    tables: bool = True
    """Whether tables stay as blocks, for the script to say or to announce; else they are omitted."""
    footnotes: bool = False
    """Whether footnotes are read, after the text."""
    addresses: bool = True
    """Whether web addresses in the text stay; else each is omitted, and listed."""
    parse_deadline_s: float = 20.0
    """Wall-clock limit of the child process that takes a source apart."""
    parse_memory_bytes: int = 280_000_000
    """How much memory that child may write to."""
