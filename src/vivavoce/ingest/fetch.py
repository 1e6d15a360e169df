"""One door for every source: a path, "-" for standard input, or an address on the web."""

import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from vivavoce.errors import InputError, MachineError
from vivavoce.ingest.limits import FetchLimits, Known
from vivavoce.types import Capture

SOUND_BYTES = 500_000_000
"""Ten hours of MP3."""
SOUND_S = 300.0
PICTURE_BYTES = 30_000_000
_MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eml": "message/rfc822",
    ".json": "application/json",
    ".xml": "application/xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
}


def fetch_capture(source: str, *, limits: FetchLimits | None = None, url: str | None = None) -> Capture:
    """Receive a source.

    Args:
        source: A path, "-" for standard input, or an http(s) address.
        limits: What it may cost.
        url: Where the article of a local source lives on the web.

    Raises:
        InputError: There is nothing to read at the path, or the address may not be asked.
        RemoteError: The network or a server said no, or broke a limit.
    """
    limits = limits or FetchLimits()
    if source == "-":
        return Capture(body=_read_capped(sys.stdin.buffer, limits, "standard input"), address="standard input", url=url)
    if "://" in source:
        from vivavoce.ingest.web import fetch_page

        return fetch_page(source, limits=limits)
    return _read_file(source, limits=limits, url=url)


def fetch_newer(source: str, *, limits: FetchLimits, url: str | None, known: Known) -> Capture | None:
    """Receive a source unless its server says that it is as we know it; local sources are always received.

    Raises:
        InputError: As `fetch_capture`.
        RemoteError: As `fetch_capture`.
    """
    if "://" not in source:
        return fetch_capture(source, limits=limits, url=url)
    from vivavoce.ingest.web import fetch_changed

    return fetch_changed(source, limits=limits, known=known)


def fetch_sound(url: str, *, limits: FetchLimits) -> bytes:
    """Receive a sound file from the web, of whatever type its server says it is.

    Raises:
        InputError: The address may not be asked.
        RemoteError: The network or a server said no, or broke a limit.
    """
    from vivavoce.ingest.web import fetch_bytes

    deadline_s = max(limits.deadline_s, SOUND_S)
    return fetch_bytes(
        url, limits=replace(limits, wire_bytes=SOUND_BYTES, body_bytes=SOUND_BYTES, deadline_s=deadline_s)
    )


def fetch_picture(url: str, folder: Path, *, limits: FetchLimits) -> Path:
    """Receive an article's picture into a folder, under the digest of its content.

    Raises:
        InputError: The address may not be asked.
        RemoteError: The network or a server said no, or broke a limit.
        MachineError: The folder can't be written.
    """
    from vivavoce.ingest.web import fetch_bytes

    content = fetch_bytes(url, limits=replace(limits, wire_bytes=PICTURE_BYTES, body_bytes=PICTURE_BYTES))
    file = folder / hashlib.sha256(content).hexdigest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f".{file.name}-{uuid4().hex}"
        try:
            part.write_bytes(content)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise MachineError(f"{folder} can't be written ({error.strerror}); make it writable") from error
    return file


def _read_file(source: str, *, limits: FetchLimits, url: str | None) -> Capture:
    path = Path(source)
    with _open_file(path) as file:
        body = _read_capped(file, limits, str(path))
    return Capture(body=body, address=source, media_type=_MEDIA_TYPES.get(path.suffix.lower()), url=url)


def _open_file(path: Path) -> BinaryIO:
    try:
        if not path.exists():
            raise InputError(f"{str(path)!r}: there is no such file; check the path")
        if path.is_dir():
            raise InputError(f"{path}: this is a folder; name one article in it")
        if not path.is_file():
            raise InputError(f"{path}: this is neither a file nor an address; save the article to a file")
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror}); check the path and its rights") from error


def _read_capped(file: BinaryIO, limits: FetchLimits, name: str) -> bytes:
    body = file.read(limits.body_bytes + 1)
    if len(body) > limits.body_bytes:
        raise InputError(f"{name}: larger than {limits.body_bytes:,} bytes; give the article alone")
    return body
