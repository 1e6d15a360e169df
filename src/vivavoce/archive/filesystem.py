"""A folder or a store elsewhere, by its fsspec address; what goes wrong there is said in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fsspec

from vivavoce.errors import MachineError, UsageError, VivavoceError


def open_filesystem(address: str) -> tuple[Any, str]:
    """Give the file system of an address and the path in it.

    Args:
        address: A path, or an fsspec address such as "s3://bucket/archive".

    Raises:
        UsageError: There is no such kind of store, or its driver is not installed.
    """
    try:
        files, path = fsspec.core.url_to_fs(address)
    except (ValueError, ImportError) as error:
        raise UsageError(
            f"{address!r}: {error}; give a path, or install its driver (for S3: pip install 'vivavoce[s3]')"
        ) from error
    return files, str(path)


@contextmanager
def explain_faults(address: str, files: Any) -> Iterator[None]:
    """Say what failed at a place.

    Raises:
        MachineError: It can't be used: no leave, no room, no credentials, nobody answers.
    """
    try:
        yield
    except VivavoceError:
        raise
    except Exception as error:
        if not isinstance(error, OSError) and is_local(files):
            raise
        reason = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
        hint = "; give its credentials, AWS_ACCESS_KEY_ID for instance," if "redential" in reason else "; mend that"
        raise MachineError(f"{address} can't be used: {reason}{hint} and run the same command again") from error


def is_local(files: Any) -> bool:
    """Tell whether it is this machine's file system. Drivers of others have errors of many kinds."""
    protocols = (files.protocol,) if isinstance(files.protocol, str) else files.protocol
    return "file" in protocols
