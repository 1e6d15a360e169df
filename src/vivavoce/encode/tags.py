"""What an audio file says of itself, whatever its format: title, maker, disclosure, chapters, cover."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Chapter:
    """A stretch of a recording that has a name: [start, end) in whole milliseconds from its start."""

    title: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Tags:
    """What an audio file says of itself."""

    title: str
    artist: str
    album: str | None
    recorded: date | None
    language: str
    """ISO 639-2, three letters."""
    source_url: str | None
    comment: str
    """The disclosure, as players show it."""
    notes: tuple[tuple[str, str], ...] = ()
    """(description, value) of further text, for machines."""
    chapters: tuple[Chapter, ...] = ()
    cover: bytes | None = None
    """A small JPEG."""
