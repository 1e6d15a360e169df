"""What leaves, measured and read again: levels in every format, chapters in every place, certificates on the site."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import mutagen
import pytest
from cryptography import x509

from published_values import BASE_URL, Published
from vivavoce.encode.audio import FORMATS, measure_file
from vivavoce.provenance.inspect import SignedBy, Trust, inspect_file


@pytest.mark.parametrize("name", FORMATS)
def test_each_delivered_file_is_as_loud_as_it_should_be_and_as_the_manifest_says(
    published: Published, name: str
) -> None:
    (stated,) = (audio for audio in published.record.audio if audio.format == name)
    measured = measure_file(published.site / "winter" / f"audio.{name}", format_name=name)
    assert replace(measured, signature=stated.signature) == stated
    assert (stated.signature is not None) == (name == "opus")
    assert measured.loudness_lufs == pytest.approx(-19.0, abs=0.5)
    assert measured.true_peak_dbtp <= -1.0


def test_chapters_are_the_same_in_every_place(published: Published) -> None:
    stated = json.loads((published.edition / "chapters.json").read_text("utf-8"))["chapters"]
    wanted = [(pytest.approx(chapter["startTime"], abs=0.01), chapter["title"]) for chapter in stated]
    assert len(wanted) == 3
    for name in ("mp3", "wav"):
        tags: Any = mutagen.File(published.edition / f"audio.{name}").tags
        told = [(chapter.start_time / 1000, chapter.sub_frames["TIT2"].text[0]) for chapter in tags.getall("CHAP")]
        assert told == wanted
    mp4: Any = mutagen.File(published.edition / "audio.m4a")
    assert [(chapter.start, chapter.title) for chapter in mp4.chapters] == wanted
    for name in ("flac", "opus"):
        comments: Any = mutagen.File(published.edition / f"audio.{name}").tags
        assert [comments[f"CHAPTER00{number}NAME"][0] for number in (1, 2, 3)] == [title for _, title in wanted]


@pytest.mark.parametrize("name", FORMATS)
def test_the_certificates_on_the_site_are_all_that_a_stranger_needs(published: Published, name: str) -> None:
    roots = tuple(x509.load_pem_x509_certificates((published.site / "newsroom-root.pem").read_bytes()))
    found = inspect_file(published.site / "winter" / f"audio.{name}", trust=Trust((), roots, ()))
    assert (found.good, found.signed_by, found.edition) == (True, SignedBy.LISTED, published.record.id)
    assert set(found.disclosed) == {"signature", "tags", "spoken, as the signature says"}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [("http://localhost:8000", "localhost"), (f"{BASE_URL}/winter", "winter"), ("audio.example.org", "https://")],
)
def test_a_feed_that_listeners_could_not_reach_is_refused(
    published: Published, tmp_path: Path, wrong: str, reason: str
) -> None:
    done: subprocess.CompletedProcess[str] = published.run(
        "feed", published.edition.parent, "--base-url", wrong, "-o", tmp_path / "feed.xml"
    )
    assert (done.returncode, reason in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "feed.xml").exists()
