import os
from pathlib import Path

import pytest

from vivavoce.errors import InputError
from vivavoce.ingest import FetchLimits, fetch_capture


def test_a_file_is_received_as_it_is(tmp_path: Path) -> None:
    story = tmp_path / "story.html"
    story.write_bytes(b"\xff\0x")
    capture = fetch_capture(str(story), url="https://paper.example/x")
    assert capture.body == b"\xff\0x"
    assert capture.media_type == "text/html"
    assert capture.url == "https://paper.example/x"
    assert capture.fetched_at is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing.txt", "no such file"),
        (".", "a folder"),
        ("pipe", "neither a file"),
        ("a\0b", "no such file"),
        ("x" * 3000, "can't be read"),
    ],
)
def test_what_is_no_file_is_refused(tmp_path: Path, name: str, why: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=why) as caught:
        fetch_capture(f"{tmp_path}/{name}")
    assert "\n" not in str(caught.value)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_bytes(b"x" * 101)
    with pytest.raises(InputError, match="larger than 100 bytes"):
        fetch_capture(str(story), limits=FetchLimits(body_bytes=100))
