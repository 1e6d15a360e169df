"""Vorbis comments, the tags of FLAC and Opus files, put where each format keeps them.

Source: Xiph.org, "Ogg Vorbis I format specification: comment field and header specification", "Chapter Extension";
RFC 9639 (FLAC) 8.6 and 8.8; RFC 7845 (Ogg Opus) 5.2; RFC 3533 (Ogg) 6.
"""

import base64
import io
import shutil
from pathlib import Path

from PIL import Image

from vivavoce.encode.tags import Tags

_VENDOR = b"vivavoce"
_LAST_BLOCK = 0x80
_COMMENT_BLOCK, _PICTURE_BLOCK = 4, 6
_FRONT_COVER = 3
_SEGMENT = 255
_MOST_IN_PAGE = _SEGMENT * _SEGMENT - 1
"""A packet of this length at most ends within one page of Ogg."""
_POLYNOMIAL = 0x04C11DB7


def write_comments(tags: Tags) -> list[str]:
    """Give the comments, "NAME=value" each."""
    fields = [
        ("TITLE", tags.title),
        ("ARTIST", tags.artist),
        ("ALBUM", tags.album),
        ("DATE", tags.recorded.isoformat() if tags.recorded else None),
        ("LANGUAGE", tags.language),
        ("CONTACT", tags.source_url),
        ("COMMENT", tags.comment),
        ("DESCRIPTION", tags.comment),
        *((name.upper().replace(" ", "_"), value) for name, value in tags.notes),
    ]
    for number, chapter in enumerate(tags.chapters, start=1):
        fields += [(f"CHAPTER{number:03}", _clock(chapter.start_ms)), (f"CHAPTER{number:03}NAME", chapter.title)]
    return [f"{name}={value}" for name, value in fields if value]


def tag_flac(file: Path, tags: Tags) -> None:
    """Put comments and cover in the place of a FLAC file's own comments."""
    with file.open("rb") as source, file.with_name(file.name + "~").open("wb") as target:
        target.write(source.read(4))
        blocks = [block for block in _read_blocks(source) if block[0] != _COMMENT_BLOCK]
        blocks.append((_COMMENT_BLOCK, _pack_comments(write_comments(tags))))
        if tags.cover:
            blocks.append((_PICTURE_BLOCK, _pack_picture(tags.cover)))
        for place, (kind, body) in enumerate(blocks, start=1):
            flag = _LAST_BLOCK if place == len(blocks) else 0
            target.write(bytes([flag | kind]) + len(body).to_bytes(3, "big") + body)
        shutil.copyfileobj(source, target)
    Path(target.name).replace(file)


def tag_opus(file: Path, tags: Tags) -> None:
    """Put comments and cover in the place of an Ogg Opus file's own comments, which fill its second page.

    The page stays one page, so that no other has to be numbered anew: a cover that does not fit is left out, and of
    chapters those that fit are kept (chapters.json has them all).
    """
    comments = write_comments(tags)
    picture = [f"METADATA_BLOCK_PICTURE={base64.b64encode(_pack_picture(tags.cover)).decode()}"] if tags.cover else []
    body = b"OpusTags" + _pack_comments(comments + picture)
    while len(body) > _MOST_IN_PAGE and comments:
        comments = comments if picture else comments[:-2]
        picture = []
        body = b"OpusTags" + _pack_comments(comments)
    with file.open("rb") as source, file.with_name(file.name + "~").open("wb") as target:
        target.write(_read_page(source))
        old = _read_page(source)
        lacing = bytes([_SEGMENT] * (len(body) // _SEGMENT) + [len(body) % _SEGMENT])
        head = old[:22] + bytes(4) + bytes([len(lacing)]) + lacing
        target.write(_with_checksum(head + body))
        shutil.copyfileobj(source, target)
    Path(target.name).replace(file)


def _clock(at_ms: int) -> str:
    minutes, ms = divmod(at_ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{ms // 1000:02}.{ms % 1000:03}"


def _pack_comments(comments: list[str]) -> bytes:
    fields = [_with_length(comment.encode()) for comment in comments]
    return _with_length(_VENDOR) + len(comments).to_bytes(4, "little") + b"".join(fields)


def _with_length(field: bytes) -> bytes:
    return len(field).to_bytes(4, "little") + field


def _pack_picture(jpeg: bytes) -> bytes:
    width, height = Image.open(io.BytesIO(jpeg)).size
    kind, depth, colours = _FRONT_COVER, 24, 0
    media_type = b"image/jpeg"
    numbers = [width, height, depth, colours, len(jpeg)]
    return (
        kind.to_bytes(4, "big")
        + len(media_type).to_bytes(4, "big")
        + media_type
        + bytes(4)
        + b"".join(number.to_bytes(4, "big") for number in numbers)
        + jpeg
    )


def _read_blocks(source: io.BufferedReader) -> list[tuple[int, bytes]]:
    """Read a FLAC file's metadata, up to the first frame."""
    blocks = []
    last = False
    while not last:
        head = source.read(4)
        last = bool(head[0] & _LAST_BLOCK)
        blocks.append((head[0] & ~_LAST_BLOCK, source.read(int.from_bytes(head[1:], "big"))))
    return blocks


def _read_page(source: io.BufferedReader) -> bytes:
    head = source.read(27)
    lacing = source.read(head[26])
    return head + lacing + source.read(sum(lacing))


def _with_checksum(page: bytes) -> bytes:
    register = 0
    for byte in page:
        register ^= byte << 24
        for _ in range(8):
            register = (register << 1) ^ (_POLYNOMIAL if register & 0x80000000 else 0)
        register &= 0xFFFFFFFF
    return page[:22] + register.to_bytes(4, "little") + page[26:]
