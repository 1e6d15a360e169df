"""edition.epub: EPUB 3.3 with media overlays, so that reading programs light up each sentence as it is said."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vivavoce.encode.chapters import chapters_of
from vivavoce.encode.passages import group_placements
from vivavoce.errors import UsageError
from vivavoce.linked_data import MEDIA_TYPES, name_source_type
from vivavoce.page import name_edition, render_text
from vivavoce.types import AudioFile, BlockKind, EditionRecord, Placement

_SOUND = ("mp3", "m4a", "opus")
_OPUS_TYPE = "audio/ogg; codecs=opus"
_SAME_DAY = (1980, 1, 1, 0, 0, 0)
_ELEMENTS = {BlockKind.HEADING: "h2", "headline": "h1", BlockKind.QUOTE: "blockquote"}


@dataclass(frozen=True, slots=True)
class _Sentence:
    id: str
    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class _Passage:
    kind: str
    element: str
    sentences: tuple[_Sentence, ...]


def write_book(record: EditionRecord, folder: Path, *, now: datetime) -> Path:
    """Write edition.epub from an edition's text and the recording and cover that lie in its folder.

    Args:
        record: The edition.
        folder: Where recording and cover lie, and the book goes.
        now: When this version is made; aware.

    Raises:
        UsageError: The edition has no recording that EPUB readers must be able to play.

    Source:
        W3C EPUB 3.3, 3.2 (core media types), 5 (package document), 9 (media overlays).
    """
    audio = _pick_sound(record)
    book = folder / "edition.epub"
    values = _values(record, audio, now)
    with zipfile.ZipFile(book, "w") as archive:
        _add(archive, "mimetype", b"application/epub+zip", zipfile.ZIP_STORED)
        for name, template in _TEXTS.items():
            _add(archive, name, render_text(template, **values).encode())
        _add(archive, "EPUB/cover.jpg", (folder / "cover.jpg").read_bytes(), zipfile.ZIP_STORED)
        with (folder / audio.file).open("rb") as sound, archive.open(_entry(f"EPUB/{audio.file}"), "w") as target:
            while piece := sound.read(1 << 20):
                target.write(piece)
    return book


_TEXTS = {
    "META-INF/container.xml": "book/container.xml",
    "EPUB/package.opf": "book/package.xml",
    "EPUB/nav.xhtml": "book/nav.xhtml",
    "EPUB/article.xhtml": "book/article.xhtml",
    "EPUB/overlay.smil": "book/overlay.xml",
    "EPUB/style.css": "book/style.css",
}


def _pick_sound(record: EditionRecord) -> AudioFile:
    found = {audio.format: audio for audio in record.audio}
    name = next((name for name in _SOUND if name in found), None)
    if name is None:
        raise UsageError(f"an EPUB carries a recording that every reader plays; add one of {', '.join(_SOUND)}")
    return found[name]


def _values(record: EditionRecord, audio: AudioFile, now: datetime) -> dict[str, object]:
    article = record.article
    passages = list(_passages(record))
    starts = {round(p.sentences[0].start_s * 1000): p.sentences[0].id for p in passages}
    return {
        "id": record.guid or f"urn:vivavoce:{record.id}",
        "version": record.id,
        "name": name_edition(article),
        "titled": bool(article.title) and any(passage.element == "h1" for passage in passages),
        "language": record.script.language,
        "byline": article.byline,
        "publisher": article.publisher,
        "published": article.published,
        "source": article.url,
        "modified": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "disclosure": record.disclosure.visible,
        "source_type": name_source_type(record.disclosure.digital_source_type),
        "voice": record.voice.name,
        "audio": audio.file,
        "audio_type": _OPUS_TYPE if audio.format == "opus" else MEDIA_TYPES[audio.format],
        "duration": f"{audio.duration_s:.3f}s",
        "passages": passages,
        "chapters": [
            (chapter.title, starts.get(chapter.start_ms, passages[0].sentences[0].id))
            for chapter in chapters_of(record)
        ],
        "first": passages[0].sentences[0].id,
    }


def _passages(record: EditionRecord) -> Iterator[_Passage]:
    for kind, placements in group_placements(record):
        sentences = tuple(_sentence(placement, record.sample_rate_hz) for placement in placements)
        yield _Passage(kind, _ELEMENTS.get(kind, "p"), sentences)


def _sentence(placement: Placement, rate: int) -> _Sentence:
    text = placement.utterance.display or placement.utterance.spoken
    start_s, end_s = placement.start_samples / rate, placement.end_samples / rate
    return _Sentence(placement.utterance.id, text, round(start_s, 3), round(end_s, 3))


def _add(archive: zipfile.ZipFile, name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> None:
    archive.writestr(_entry(name), content, compress_type=method)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _SAME_DAY)
    entry.external_attr = 0o644 << 16
    return entry
