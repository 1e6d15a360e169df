"""Edition folders that appear whole or not at all.

An edition is written into a folder beside its place. A new one is renamed into place; one that replaces another is
exchanged with it in a single step (Linux `renameat2`, macOS `renamex_np`), and the old one is removed after. A kill at
any instant leaves the old edition or the new one, and at worst a staging folder that the next run sweeps away.
"""

import ctypes
import errno
import fcntl
import glob
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from vivavoce.errors import MachineError

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_RENAME_SWAP = 2
_LOCK = ".lock"


@contextmanager
def stage_edition(target: Path) -> Iterator[Path]:
    """Give a folder to write an edition into; when the block ends well it takes the place of `target`.

    Raises:
        MachineError: The folder's parent can't be written, or its file system can't exchange two folders.
    """
    parent = target.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(target)
        handle, name = mkstemp(prefix=_staging_prefix(target), suffix=_LOCK, dir=parent)
    except OSError as error:
        raise MachineError(
            f"the folder {parent} can't be written ({error.strerror}); choose another with -o"
        ) from error
    lock, staging = Path(name), Path(name.removesuffix(_LOCK))
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        staging.mkdir()
        yield staging
        _sync(staging)
        _put_in_place(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        lock.unlink(missing_ok=True)
        os.close(handle)


def _put_in_place(staging: Path, target: Path) -> None:
    try:
        staging.rename(target)
    except OSError as error:
        if error.errno not in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise
        _exchange(staging, target)  # what was there now lies under the staging name


def _exchange(one: Path, other: Path) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = library.renamex_np(first, second, _RENAME_SWAP)
    else:
        failed = library.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _RENAME_EXCHANGE)
    if failed:
        reason = os.strerror(ctypes.get_errno())
        raise MachineError(
            f"the file system of {other.parent} can't exchange two folders in one step ({reason}), so {other.name} "
            "was left as it is; write to a new folder with -o"
        )


def _sync(folder: Path) -> None:
    """Bring every file to the disk before the folder gets its name."""
    for path in [*folder.iterdir(), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sweep(target: Path) -> None:
    """Remove what killed runs left behind; a run that is at work holds its lock."""
    for lock in target.parent.glob(f"{glob.escape(_staging_prefix(target))}*{_LOCK}"):
        with suppress(OSError):
            handle = os.open(lock, os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(str(lock).removesuffix(_LOCK), ignore_errors=True)
                lock.unlink()
            finally:
                os.close(handle)


def _staging_prefix(target: Path) -> str:
    return f".{target.name}.vivavoce-"
