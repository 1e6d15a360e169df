"""Finished editions by id on any fsspec store, each whole or not there: its manifest is written last."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from vivavoce.archive.filesystem import explain_faults, is_local, open_filesystem
from vivavoce.encode.edition import MANIFEST
from vivavoce.encode.manifest import read_manifest
from vivavoce.types import EditionRecord

EDITIONS = "editions"


class Shelf:
    """Where an archive's editions stand."""

    def __init__(self, address: str) -> None:
        """Open a place.

        Args:
            address: A folder, or an fsspec address such as "s3://bucket/archive".

        Raises:
            UsageError: There is no such kind of store, or its driver is not installed.
        """
        self._files, self._root = open_filesystem(address)
        self._address = address

    def find(self, identity: str) -> EditionRecord | None:
        """Give a whole edition's record, or None.

        Raises:
            MachineError: The store can't be read.
        """
        with explain_faults(self._address, self._files):
            try:
                return read_manifest(self._files.cat_file(self._path(identity, MANIFEST)).decode())
            except FileNotFoundError:
                return None

    def keep(self, folder: Path, identity: str) -> int:
        """Put an edition's files on the shelf, the manifest last; gives their size in bytes.

        Raises:
            MachineError: The store can't be written.
        """
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        with explain_faults(self._address, self._files):
            for path in sorted(files, key=lambda path: path.name == MANIFEST):
                target = self._path(identity, path.relative_to(folder).as_posix())
                self._files.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
                part = f"{target}.part" if self.is_local else target
                self._files.put_file(str(path), part)
                if self.is_local:  # a store of objects shows none before it is whole; a file system does
                    Path(part).replace(target)
        return sum(path.stat().st_size for path in files)

    def measure(self, identity: str) -> tuple[int, datetime]:
        """Give the size of an edition's files in bytes, and when it stood whole.

        Raises:
            MachineError: The store can't be read.
        """
        with explain_faults(self._address, self._files):
            size = self._files.du(self._path(identity, ""))
            return int(size), self._files.modified(self._path(identity, MANIFEST))

    def list(self) -> Iterator[str]:
        """List the ids of whole editions.

        Raises:
            MachineError: The store can't be read.
        """
        with explain_faults(self._address, self._files):
            try:
                paths = self._files.ls(f"{self._root}/{EDITIONS}", detail=False)
            except FileNotFoundError:
                return
            for path in paths:
                name = PurePosixPath(path).name
                if self._files.exists(self._path(name, MANIFEST)):
                    yield name

    def write(self, name: str, body: bytes) -> None:
        """Write a file beside the editions, whole or not at all.

        Raises:
            MachineError: The store can't be written.
        """
        target = f"{self._root}/{name}"
        with explain_faults(self._address, self._files):
            self._files.makedirs(self._root, exist_ok=True)
            part = f"{target}.part" if self.is_local else target
            self._files.pipe_file(part, body)
            if self.is_local:
                Path(part).replace(target)

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return is_local(self._files)

    @property
    def root(self) -> str:
        """The place, in the store's own words."""
        return self._root

    def _path(self, identity: str, name: str) -> str:
        return f"{self._root}/{EDITIONS}/{identity}/{name}"
