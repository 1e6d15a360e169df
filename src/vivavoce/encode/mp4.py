"""M4A files by a child process: see aac.py for what runs in it, and why it runs apart."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from vivavoce.encode.tags import Tags
from vivavoce.errors import MachineError


def check_m4a() -> None:
    """Check that M4A can be written on this machine.

    Raises:
        MachineError: The optional library is missing.
    """
    if find_spec("av") is None:
        raise MachineError("M4A needs PyAV, which is not installed: pip install 'vivavoce[m4a]'")


def encode_m4a(source: Path, target: Path, tags: Tags) -> None:
    """Encode a mono recording, at its own rate, with tags, chapters and cover.

    Raises:
        MachineError: PyAV is missing or fails, or the file can't be written.
    """
    chapters = [(chapter.title, chapter.start_ms, chapter.end_ms) for chapter in tags.chapters]
    request = json.dumps({"metadata": _metadata(tags), "chapters": chapters})
    _run("encode", source, target, given=request.encode() + b"\n" + (tags.cover or b""))


def decode_m4a(source: Path, target: Path) -> None:
    """Decode a file to a mono 32-bit WAV.

    Raises:
        MachineError: As `encode_m4a`.
    """
    _run("decode", source, target)


def _metadata(tags: Tags) -> dict[str, str]:
    """Name the tags as ffmpeg does; what MP4 has no field for stands in the long description."""
    fields = {
        "title": tags.title,
        "artist": tags.artist,
        "album": tags.album,
        "date": tags.recorded.isoformat() if tags.recorded else None,
        "genre": "Speech",
        "comment": tags.comment,
        "description": tags.comment,
        "synopsis": "\n".join([*(f"{name}: {value}" for name, value in tags.notes), tags.source_url or ""]).strip(),
    }
    return {name: value for name, value in fields.items() if value}


def _run(task: str, source: Path, target: Path, *, given: bytes = b"") -> None:
    check_m4a()
    command = [sys.executable, "-m", "vivavoce.encode.aac", task, str(source), str(target)]
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    if done.returncode:
        reason = (done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"])[-1]
        raise MachineError(f"PyAV could not {task} {target.name} ({reason}); see that the disk has room and try again")
