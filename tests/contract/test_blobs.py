"""What every blob store must do."""

import os
import uuid
from pathlib import Path

import pytest

from vivavoce.errors import MachineError, UsageError
from vivavoce.storage.blobs import Blobs

MISSING = "0" * 64


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    address = str(tmp_path / "blobs") if request.param == "folder" else f"memory://{uuid.uuid4().hex}"
    return Blobs(address, cache=tmp_path / "cache")


def test_a_blob_comes_back_whole(blobs: Blobs, tmp_path: Path) -> None:
    source = tmp_path / "audio.mp3"
    source.write_bytes(b"\x00\xff" * 100_000)
    digest = blobs.keep_file(source)
    assert blobs.keep_file(source) == digest
    assert blobs.fetch(digest).read_bytes() == source.read_bytes()
    assert blobs.read(blobs.keep_bytes(b"")) == b""
    assert blobs.is_whole(digest)
    assert blobs.has(digest)


def test_a_missing_blob_is_a_look_up_error(blobs: Blobs) -> None:
    with pytest.raises(LookupError):
        blobs.fetch(MISSING)
    assert not blobs.has(MISSING)
    assert not blobs.is_whole(MISSING)
    blobs.remove(MISSING)


def test_the_sweep_takes_what_nobody_wants_and_leaves_what_is_new(blobs: Blobs) -> None:
    wanted, orphan = blobs.keep_bytes(b"wanted"), blobs.keep_bytes(b"orphan")
    assert blobs.sweep({wanted}) == 0, "too new to be an orphan"
    assert blobs.sweep({wanted}, age_s=0) == 1
    assert blobs.has(wanted)
    assert not blobs.has(orphan)


def test_what_is_at_hand_of_a_store_elsewhere_has_a_limit(tmp_path: Path) -> None:
    blobs = Blobs(f"memory://{uuid.uuid4().hex}", cache=tmp_path / "cache")
    digests = [blobs.keep_bytes(bytes([letter]) * 1_000) for letter in b"abc"]
    for age, digest in enumerate(digests):
        os.utime(blobs.fetch(digest), (1_000 + age, 1_000))
    blobs.trim_cache(2_000)
    assert [file.name for file in sorted((tmp_path / "cache").iterdir())] == sorted(digests[1:])
    assert blobs.read(digests[0]) == b"a" * 1_000


def test_damage_is_noticed(tmp_path: Path) -> None:
    remote = f"memory://{uuid.uuid4().hex}"
    blobs = Blobs(remote, cache=tmp_path / "cache")
    digest = blobs.keep_bytes(b"audio")
    blobs._files.pipe_file(blobs._path(digest), b"other")
    assert not blobs.is_whole(digest)
    with pytest.raises(MachineError, match="damaged"):
        blobs.fetch(digest)


@pytest.mark.parametrize("address", ["nonsense://bucket", "s4://bucket"])
def test_an_unknown_kind_of_store_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="driver"):
        Blobs(address, cache=tmp_path)


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(MachineError, match="taken"):
        Blobs(str(tmp_path / "taken"), cache=tmp_path).keep_bytes(b"x")
