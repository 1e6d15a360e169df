"""A small ID3v2.4 writer: the frames that a podcast listener's player shows.

Source: id3.org, "ID3 tag version 2.4.0 - Main Structure" and "- Native Frames"; ID3v2 Chapter Frame Addendum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_UTF8 = b"\x03"


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


def write_id3(tags: Tags) -> bytes:
    """Write a tag to stand at the very start of an MP3 file."""
    frames = [
        _text("TIT2", tags.title),
        _text("TPE1", tags.artist),
        _text("TALB", tags.album),
        _text("TDRC", tags.recorded.isoformat() if tags.recorded else None),
        _text("TLAN", tags.language),
        _frame("WOAF", tags.source_url.encode("latin-1", "replace")) if tags.source_url else b"",
        _frame("COMM", _UTF8 + tags.language.encode("ascii") + b"\0" + tags.comment.encode()),
        *(_frame("TXXX", _UTF8 + name.encode() + b"\0" + value.encode()) for name, value in tags.notes),
    ]
    return _wrap(frames)


def _text(identifier: str, value: str | None) -> bytes:
    return _frame(identifier, _UTF8 + value.encode()) if value else b""


def _frame(identifier: str, body: bytes) -> bytes:
    return identifier.encode("ascii") + _syncsafe(len(body)) + b"\0\0" + body


def _wrap(frames: Sequence[bytes]) -> bytes:
    body = b"".join(frames)
    return b"ID3\x04\x00\x00" + _syncsafe(len(body)) + body


def _syncsafe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))
