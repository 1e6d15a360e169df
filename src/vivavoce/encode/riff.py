"""Tags of a WAV file: the fields that every program shows, and a whole ID3 tag for those that read more.

Source: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", LIST INFO; the "id3 " chunk as
ffmpeg, foobar2000 and Mp3tag read it.
"""

from pathlib import Path

from vivavoce.encode.id3 import write_id3
from vivavoce.encode.tags import Tags

_HEAD = 8


def tag_wav(file: Path, tags: Tags) -> None:
    """Add the tags after the sound, and count them in the file's head."""
    fields = {
        b"INAM": tags.title,
        b"IART": tags.artist,
        b"IPRD": tags.album,
        b"ICRD": tags.recorded.isoformat() if tags.recorded else None,
        b"ICMT": tags.comment,
    }
    info = b"INFO" + b"".join(_chunk(name, value.encode() + b"\0") for name, value in fields.items() if value)
    with file.open("r+b") as sound:
        end = sound.seek(0, 2)
        sound.write(b"\0" * (end % 2) + _chunk(b"LIST", info) + _chunk(b"id3 ", write_id3(tags)))
        length = sound.tell() - _HEAD
        sound.seek(4)
        sound.write(length.to_bytes(4, "little"))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
