"""What is published: a channel, and its editions as they lie in their folders."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from vivavoce.page import name_edition
from vivavoce.types import AudioFile, BlockKind, EditionRecord

_ENCLOSED = ("mp3", "m4a")
"""What every podcast program plays, the best first."""
_EXCERPT_LETTERS = 280


@dataclass(frozen=True, slots=True)
class Channel:
    """Who publishes, and how directories list it."""

    title: str
    language: str
    description: str
    author: str
    base_url: str = ""
    """Where the editions' folders are published, without a slash at its end; empty for a site without an address."""
    link: str = ""
    """The newspaper's own site."""
    email: str = ""
    category: str = "News"
    subcategory: str = ""
    explicit: bool = False
    image: str = ""
    """Address of a square picture, 1400 to 3000 pixels; empty: the site's cover, or the newest edition's."""
    guid: str = ""
    """UUID that names the podcast wherever it moves; empty: made from the feed's address."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One edition with its place in what is published."""

    record: EditionRecord
    folder: Path
    slug: str
    """Its folder's path below the channel's address."""
    dated: datetime
    """When it was published: the article's day, else when its folder was written. Aware."""

    @property
    def name(self) -> str:
        """The headline, or the article's first words."""
        return name_edition(self.record.article)

    @property
    def enclosed(self) -> AudioFile:
        """The recording that podcast programs get."""
        audio = {audio.format: audio for audio in self.record.audio}
        return next((audio[name] for name in _ENCLOSED if name in audio), self.record.audio[0])

    @property
    def excerpt(self) -> str:
        """The article's first words, headings aside, cut at a word."""
        spoken = [block.text for block in self.record.article.blocks if block.kind is not BlockKind.HEADING]
        text = " ".join(" ".join(spoken).split())
        if len(text) <= _EXCERPT_LETTERS:
            return text
        return text[:_EXCERPT_LETTERS].rsplit(" ", 1)[0] + "…"

    def has(self, name: str) -> bool:
        """Tell whether the folder holds a file."""
        return (self.folder / name).is_file()

    def length_bytes(self, name: str) -> int:
        """Give the length of one of the folder's files."""
        return (self.folder / name).stat().st_size


def date_edition(record: EditionRecord, manifest: Path) -> datetime:
    """Give the moment that feeds and sites sort an edition by."""
    day: date | None = record.article.published
    if day:
        return datetime.combine(day, time(), UTC)
    return datetime.fromtimestamp(int(manifest.stat().st_mtime), UTC)
