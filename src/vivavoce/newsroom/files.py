"""Files that were made for a version, kept as blobs."""

from collections.abc import Iterator
from pathlib import Path

from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.records import VersionFile

_MEDIA_TYPES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".opus": "audio/ogg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".vtt": "text/vtt",
    ".html": "text/html",
    ".json": "application/json",
    ".xml": "application/xml",
    ".epub": "application/epub+zip",
}


def keep_files(room: Newsroom, edition_id: str, folder: Path, *, number: int) -> Iterator[VersionFile]:
    """Keep every file of a folder, as files of this version.

    Raises:
        MachineError: The store can't be written.
    """
    for file in sorted(folder.iterdir()):
        yield VersionFile(
            edition_id=edition_id,
            number=number,
            name=file.name,
            blob=room.blobs.keep_file(file),
            bytes=file.stat().st_size,
            media_type=_MEDIA_TYPES.get(file.suffix, "application/octet-stream"),
        )
