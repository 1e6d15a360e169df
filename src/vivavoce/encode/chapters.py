"""Chapters from an article's headings, and chapters.json for podcast players."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from vivavoce.encode.json_text import Json, format_json
from vivavoce.encode.tags import Chapter
from vivavoce.page import name_edition
from vivavoce.types import Article, BlockKind, EditionRecord, Placement, Role

CHAPTERS_TYPE = "application/json+chapters"


def list_chapters(
    article: Article, placements: Sequence[Placement], *, sample_rate_hz: int, length_samples: int
) -> tuple[Chapter, ...]:
    """Give a chapter for each heading that is said, and one before the first of them, named as the edition is.

    Returns:
        Chapters that follow each other without a gap to the end of the recording; none where no heading is said.
    """
    headings = list(_headings(article, placements))
    if not headings:
        return ()
    starts = [(0, name_edition(article)), *headings]
    bounds_ms = [start * 1000 // sample_rate_hz for start, _ in starts] + [length_samples * 1000 // sample_rate_hz]
    return tuple(
        Chapter(title, start_ms, end_ms)
        for (_, title), (start_ms, end_ms) in zip(starts, pairwise(bounds_ms), strict=True)
    )


def chapters_of(record: EditionRecord) -> tuple[Chapter, ...]:
    """Give the chapters of a finished edition."""
    return list_chapters(
        record.article,
        record.placements,
        sample_rate_hz=record.sample_rate_hz,
        length_samples=record.length_samples,
    )


def write_chapters(record: EditionRecord) -> str:
    """Write chapters.json.

    Source:
        Podcast namespace, "JSON Chapters Format", version 1.2.0.
    """
    chapters: list[Json] = [
        {"startTime": chapter.start_ms / 1000, "endTime": chapter.end_ms / 1000, "title": chapter.title}
        for chapter in chapters_of(record)
    ]
    return format_json({"version": "1.2.0", "title": name_edition(record.article), "chapters": chapters})


def _headings(article: Article, placements: Sequence[Placement]) -> Iterator[tuple[int, str]]:
    """Yield (first sample, text) of each heading, in the order of speaking."""
    seen: set[int] = set()
    for placement in placements:
        block = placement.utterance.block
        if placement.utterance.role is not Role.BODY or block is None or block in seen:
            continue
        seen.add(block)
        if article.blocks[block].kind is BlockKind.HEADING:
            yield placement.start_samples, " ".join(article.blocks[block].text.split())
