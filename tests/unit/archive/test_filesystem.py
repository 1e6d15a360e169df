"""Stores elsewhere have errors of their own kinds; ours is one."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from vivavoce.archive.filesystem import explain_faults, open_filesystem
from vivavoce.errors import MachineError, UsageError


class NoCredentialsError(Exception):
    """As botocore's: no `OSError`."""


def fail(files: Any, fault: Exception) -> None:
    with explain_faults("s3://back/archive", files):
        raise fault


def test_credentials_that_are_missing_are_asked_for() -> None:
    fault = NoCredentialsError("Unable to locate credentials")
    with pytest.raises(MachineError, match=r"s3://back/archive can't be used: Unable to locate.*AWS_ACCESS_KEY_ID"):
        fail(Mock(protocol=("s3", "s3a")), fault)


def test_a_full_disk_is_said_in_the_systems_words() -> None:
    with pytest.raises(MachineError, match=r"No space left on device; mend that and run the same command again"):
        fail(Mock(protocol=("file", "local")), OSError(28, "No space left on device"))


def test_a_fault_of_ours_stays_one_and_what_was_explained_is_not_explained_again() -> None:
    with pytest.raises(KeyError):
        fail(Mock(protocol="file"), KeyError("name"))
    with pytest.raises(UsageError, match=r"^once$"):
        fail(Mock(protocol="s3"), UsageError("once"))


def test_a_store_of_no_kind(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'nosuch://x'.*vivavoce\[s3\]"):
        open_filesystem("nosuch://x")
    files, path = open_filesystem(str(tmp_path))
    assert files.isdir(path)
