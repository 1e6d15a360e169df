"""A folder of takes and of what was heard in them, each under the digest of all that it depends on.

A file appears whole or not at all. The folder has a size limit: what was used longest ago goes first.
"""

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import numpy as np

from vivavoce.audio import freeze
from vivavoce.types import Finding, Hearing, Take

DEFAULT_LIMIT_BYTES = 4 << 30


class TakeFolder:
    """Takes and hearings in one folder; meets `pipeline.TakeStore`."""

    def __init__(self, root: Path) -> None:
        """Open the store; the folder is made when something is first kept."""
        self._root = root

    def find_take(self, digest: str) -> Path | None:
        """Give the file of a kept take, marked as used now; None where it isn't kept or can't be read."""
        path = self._path(digest, ".npz")
        if self.load_take(path) is None:
            return None
        with suppress(OSError):
            os.utime(path)
        return path

    def load_take(self, path: Path) -> Take | None:
        """Read a kept take; None where the file is gone or damaged, which only means that it is rendered again."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                return Take(
                    freeze(stored["samples"]),
                    stored["symbol_spans"],
                    int(stored["sample_rate_hz"]),
                    str(stored["recipe"]),
                )
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError):
            return None

    def keep_take(self, digest: str, take: Take) -> Path:
        """Keep a take and give its file."""
        path = self._path(digest, ".npz")
        with _staged(path) as file:
            np.savez(
                file,
                samples=take.samples,
                symbol_spans=take.symbol_spans,
                sample_rate_hz=take.sample_rate_hz,
                recipe=take.recipe,
            )
        return path

    def find_hearing(self, digest: str) -> Hearing | None:
        """Give what was heard in a take; None where nobody has listened."""
        try:
            stored = json.loads(self._path(digest, ".json").read_text("utf-8"))
            findings = tuple(Finding(**finding) for finding in stored.pop("findings"))
            return Hearing(findings=findings, **stored)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def keep_hearing(self, digest: str, hearing: Hearing) -> None:
        """Keep what was heard."""
        with _staged(self._path(digest, ".json")) as file:
            file.write(json.dumps(asdict(hearing), ensure_ascii=False).encode())

    def size_bytes(self) -> int:
        """Give the size of all kept files."""
        return sum(size for _, size, _ in self._files())

    def prune(self, limit_bytes: int) -> tuple[int, int]:
        """Remove what was used longest ago until the limit holds.

        Returns:
            Number of files removed, and their size in bytes.
        """
        files = sorted(self._files())
        surplus = sum(size for _, size, _ in files) - limit_bytes
        removed = freed = 0
        for _, size, path in files:
            if freed >= surplus:
                break
            path.unlink(missing_ok=True)
            removed, freed = removed + 1, freed + size
        return removed, freed

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._root.glob("*/*"):
            with suppress(FileNotFoundError):
                stat = path.stat()
                yield stat.st_mtime, stat.st_size, path

    def _path(self, digest: str, suffix: str) -> Path:
        return self._root / digest[:2] / f"{digest}{suffix}"


@contextmanager
def _staged(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that appears under its name when the block ends well, and not at all otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        staged = Path(file.name)
        try:
            yield file
        except BaseException:
            staged.unlink(missing_ok=True)
            raise
    staged.replace(path)
