"""What a house may want otherwise when an article is read."""

from dataclasses import dataclass
from enum import StrEnum


class Tables(StrEnum):
    """What becomes of tables."""

    ANNOUNCE = "announce"
    """The table stays in the article's text; the script says that one is left out there."""
    READ = "read"
    """Row by row, as items of a list."""
    OMIT = "omit"
    """Left out without a word, and listed."""


@dataclass(frozen=True, slots=True)
class ExtractOptions:
    """Choices that change which words of a source belong to its article."""

    blocks: tuple[str, ...] = ()
    """Blocks to keep or drop, in order: "1-4", "7", "-2" (not the second), "-quote" (no quotes), "heading"."""
    tables: Tables = Tables.ANNOUNCE
    footnotes: bool = False
    """Whether footnotes are read, after the text."""
    addresses: bool = True
    """Whether web addresses in the text stay; else each is omitted, and listed."""
    parse_deadline_s: float = 20.0
    """Processor time that the child process may take which takes a source apart."""
    parse_memory_bytes: int = 280_000_000
    """How much memory that child may write to."""
