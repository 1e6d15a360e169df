"""What an edition's folder holds beside the recording: cover, captions, pages, book, manifest; and what tags say."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from vivavoce.encode.audio import BOOK, FORMATS
from vivavoce.encode.book import write_book
from vivavoce.encode.captions import write_captions, write_subrip
from vivavoce.encode.chapters import chapters_of, write_chapters
from vivavoce.encode.cover import CoverStyle, draw_cover, pack_cover, shrink_cover
from vivavoce.encode.guided import write_guided_navigation
from vivavoce.encode.manifest import write_manifest
from vivavoce.encode.peaks import Peaks
from vivavoce.encode.player import write_player
from vivavoce.encode.proof_sheet import write_proof_json, write_proof_sheet
from vivavoce.encode.tags import Chapter, Tags
from vivavoce.encode.transcript import write_transcript
from vivavoce.page import name_edition
from vivavoce.types import Article, Disclosure, EditionRecord

MANIFEST = "edition.json"
COVER = "cover.jpg"
CHAPTERS = "chapters.json"
EPUB = "edition.epub"
SIGNATURE = "audio.c2pa"
"""Beside audio whose format has no room for a signature inside."""
_FILES = {
    MANIFEST,
    COVER,
    CHAPTERS,
    EPUB,
    SIGNATURE,
    "captions.srt",
    "captions.vtt",
    "guided-navigation.json",
    "player.html",
    "proof.html",
    "proof.json",
    "transcript.html",
}


def make_tags(
    article: Article, disclosure: Disclosure, *, chapters: tuple[Chapter, ...] = (), cover: bytes | None = None
) -> Tags:
    """Say in a file's tags what it is, whose it is, and that a machine speaks."""
    return Tags(
        title=name_edition(article),
        artist=f"{article.publisher or ', '.join(article.byline) or 'vivavoce'} (AI voice)",
        album=article.publisher,
        recorded=article.published,
        language="eng",
        source_url=article.url,
        comment=disclosure.visible,
        notes=(("AI disclosure", disclosure.visible), ("DigitalSourceType", disclosure.digital_source_type)),
        chapters=chapters,
        cover=cover,
    )


def write_cover(article: Article, style: CoverStyle, folder: Path) -> bytes:
    """Write cover.jpg, and give the same cover small enough for tags.

    Raises:
        InputError: The house's picture can't be read.
    """
    image = draw_cover(name_edition(article), article.publisher, style)
    (folder / COVER).write_bytes(pack_cover(image))
    return shrink_cover(image)


def write_companions(
    record: EditionRecord, folder: Path, *, peaks: Peaks, formats: Sequence[str], now: datetime
) -> None:
    """Write everything that is made from the record; the manifest comes last.

    Args:
        record: The edition.
        folder: Where its recording and cover lie already.
        peaks: Of the recording.
        formats: As asked for; an EPUB is written where it is among them.
        now: When this version is made; aware.
    """
    pages = {
        "captions.vtt": write_captions(record),
        "captions.srt": write_subrip(record),
        "guided-navigation.json": write_guided_navigation(record),
        "transcript.html": write_transcript(record),
        "player.html": write_player(record),
        "proof.html": write_proof_sheet(record, peaks=peaks),
        "proof.json": write_proof_json(record),
    }
    if chapters_of(record):
        pages[CHAPTERS] = write_chapters(record)
    for name, text in pages.items():
        (folder / name).write_text(text, "utf-8")
    if BOOK in formats:
        write_book(record, folder, now=now)
    (folder / MANIFEST).write_text(write_manifest(record), "utf-8")


def is_edition_file(name: str) -> bool:
    """Tell whether a file in an edition's folder is one that we write there."""
    return name in _FILES or name in {f"audio{audio_format.suffix}" for audio_format in FORMATS.values()}
