"""A small ID3v2.4 writer: the frames that a podcast listener's player shows.

Source: id3.org, "ID3 tag version 2.4.0 - Main Structure" and "- Native Frames"; ID3v2 Chapter Frame Addendum.
"""

from collections.abc import Sequence

from vivavoce.encode.tags import Chapter, Tags

_UTF8 = b"\x03"
_NO_OFFSET = b"\xff\xff\xff\xff"
_FRONT_COVER = b"\x03"
_TOP_AND_ORDERED = b"\x03"
_MOST_ENTRIES = 255
"""A table of contents counts its entries in one byte; chapters beyond it are in the file, but not in the table."""


def write_id3(tags: Tags) -> bytes:
    """Write a tag to stand at the very start of an MP3 file, or in a chunk of a WAV file."""
    frames = [
        _text("TIT2", tags.title),
        _text("TPE1", tags.artist),
        _text("TALB", tags.album),
        _text("TDRC", tags.recorded.isoformat() if tags.recorded else None),
        _text("TLAN", tags.language),
        _frame("WOAF", tags.source_url.encode("latin-1", "replace")) if tags.source_url else b"",
        _frame("COMM", _UTF8 + tags.language.encode("ascii") + b"\0" + tags.comment.encode()),
        *(_frame("TXXX", _UTF8 + name.encode() + b"\0" + value.encode()) for name, value in tags.notes),
        _contents(len(tags.chapters)) if tags.chapters else b"",
        *(_chapter(number, chapter) for number, chapter in enumerate(tags.chapters)),
        _frame("APIC", _UTF8 + b"image/jpeg\0" + _FRONT_COVER + b"\0" + tags.cover) if tags.cover else b"",
    ]
    return _wrap(frames)


def _contents(chapters: int) -> bytes:
    names = [_name(number) for number in range(min(chapters, _MOST_ENTRIES))]
    return _frame("CTOC", b"toc\0" + _TOP_AND_ORDERED + bytes([len(names)]) + b"".join(names))


def _chapter(number: int, chapter: Chapter) -> bytes:
    times = chapter.start_ms.to_bytes(4, "big") + chapter.end_ms.to_bytes(4, "big")
    return _frame("CHAP", _name(number) + times + _NO_OFFSET * 2 + _text("TIT2", chapter.title))


def _name(number: int) -> bytes:
    return f"ch{number}".encode("ascii") + b"\0"


def _text(identifier: str, value: str | None) -> bytes:
    return _frame(identifier, _UTF8 + value.encode()) if value else b""


def _frame(identifier: str, body: bytes) -> bytes:
    return identifier.encode("ascii") + _syncsafe(len(body)) + b"\0\0" + body


def _wrap(frames: Sequence[bytes]) -> bytes:
    body = b"".join(frames)
    return b"ID3\x04\x00\x00" + _syncsafe(len(body)) + body


def _syncsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))
