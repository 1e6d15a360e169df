"""Files of editions and bodies of submissions, each under its SHA-256, in a folder or in any fsspec store.

A blob appears whole or not at all and never changes, so writing one twice does no harm and a kill leaves at worst one
that nobody refers to; `sweep` removes those.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import fsspec
from fsspec.implementations.local import LocalFileSystem

from vivavoce.errors import MachineError, UsageError

_PART = ".part"
_PIECE_BYTES = 1 << 20
ORPHAN_AGE_S = 24 * 3600
"""How old a blob without a reference must be before it is removed: a worker may be about to refer to it."""


class Blobs:
    """Blobs by SHA-256."""

    def __init__(self, address: str, *, cache: Path) -> None:
        """Open a store.

        Args:
            address: A folder, or an fsspec address such as "s3://bucket/vivavoce".
            cache: Where blobs of a store elsewhere are kept at hand.

        Raises:
            UsageError: There is no such kind of store, or its driver is not installed.
        """
        try:
            self._files, self._root = fsspec.core.url_to_fs(address)
        except (ValueError, ImportError) as error:
            raise UsageError(
                f"{address!r}: {error}; give a folder, or install its driver (for S3: pip install 'vivavoce[s3]')"
            ) from error
        self._is_local = isinstance(self._files, LocalFileSystem)
        self._cache = cache

    def keep_bytes(self, data: bytes) -> str:
        """Keep bytes; gives their digest."""
        with NamedTemporaryFile(prefix="vivavoce-blob-") as file:
            file.write(data)
            file.flush()
            return self.keep_file(Path(file.name))

    def keep_file(self, file: Path) -> str:
        """Keep a copy of a file; gives its digest.

        Raises:
            MachineError: The store can't be written.
        """
        with file.open("rb") as body:
            digest = hashlib.file_digest(body, "sha256").hexdigest()
        try:
            self._put(file, self._path(digest))
        except OSError as error:
            raise MachineError(f"the blob store {self._root} can't be written: {error.strerror or error}") from error
        return digest

    def fetch(self, digest: str) -> Path:
        """Give a file that holds a blob; it must not be changed.

        Raises:
            LookupError: There is no such blob.
            MachineError: It is damaged, or its store can't be reached.
        """
        if self._is_local:
            path = Path(self._path(digest))
            if not path.is_file():
                raise LookupError(f"no blob {digest}")
            return path
        return self._fetch_remote(digest)

    def read(self, digest: str) -> bytes:
        """Give a small blob's bytes.

        Raises:
            LookupError: There is no such blob.
        """
        return self.fetch(digest).read_bytes()

    def has(self, digest: str) -> bool:
        """Tell whether a blob is there."""
        return bool(self._files.exists(self._path(digest)))

    def is_whole(self, digest: str) -> bool:
        """Tell whether a blob is there and is what its name says."""
        try:
            with self.fetch(digest).open("rb") as body:
                return hashlib.file_digest(body, "sha256").hexdigest() == digest
        except (LookupError, MachineError, OSError):
            return False

    def remove(self, digest: str) -> None:
        """Remove a blob, wherever it is kept."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(digest))
        (self._cache / digest).unlink(missing_ok=True)

    def sweep(self, wanted: Collection[str], *, age_s: float = ORPHAN_AGE_S) -> int:
        """Remove what nobody refers to and is not brand-new; gives how many blobs went."""
        removed = 0
        for name, modified_s in self._list():
            if name not in wanted and time.time() - modified_s >= age_s:
                self.remove(name)
                removed += 1
        return removed

    def trim_cache(self, limit_bytes: int) -> None:
        """Keep no more than this at hand of a store elsewhere; what was used longest ago goes first."""
        held = sorted((file.stat().st_atime, file.stat().st_size, file) for file in self._cache.glob("*"))
        surplus = sum(size for _, size, _ in held) - limit_bytes
        for _, size, file in held:
            if surplus <= 0:
                break
            file.unlink(missing_ok=True)
            surplus -= size

    def _put(self, file: Path, target: str) -> None:
        if self._files.exists(target):
            return
        if not self._is_local:
            self._files.put_file(str(file), target)
            return
        final = Path(target)
        final.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=final.parent, suffix=_PART, delete=False) as draft, file.open("rb") as body:
            shutil.copyfileobj(body, draft, _PIECE_BYTES)
            draft.flush()
            os.fsync(draft.fileno())
        Path(draft.name).replace(final)
        _sync_folder(final.parent)

    def _fetch_remote(self, digest: str) -> Path:
        held = self._cache / digest
        if held.is_file():
            os.utime(held)
            return held
        self._cache.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._cache, suffix=_PART, delete=False) as draft:
            pass
        try:
            self._files.get_file(self._path(digest), draft.name)
            with Path(draft.name).open("rb") as body:
                if hashlib.file_digest(body, "sha256").hexdigest() != digest:
                    raise MachineError(f"the blob {digest} came damaged from {self._root}; restore it from a backup")
            Path(draft.name).replace(held)
        except FileNotFoundError as error:
            raise LookupError(f"no blob {digest}") from error
        except OSError as error:
            raise MachineError(f"the blob store {self._root} can't be read: {error}") from error
        finally:
            Path(draft.name).unlink(missing_ok=True)
        return held

    def _list(self) -> Iterator[tuple[str, float]]:
        for path, info in self._files.find(self._root, detail=True).items():
            yield Path(path).name, _modified_s(info)

    def _path(self, digest: str) -> str:
        return f"{self._root.rstrip('/')}/{digest[:2]}/{digest}"


def _modified_s(info: dict[str, Any]) -> float:
    when = info.get("mtime") or info.get("LastModified") or info.get("created") or 0.0
    return when.timestamp() if hasattr(when, "timestamp") else float(when)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
