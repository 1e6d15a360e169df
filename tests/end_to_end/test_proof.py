"""Faults planted in a finished edition: `proof` finds each in the delivered file, names it, and writes it down."""

import json
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import soundfile as sf

from end_to_end.conftest import Run, call

STORY = """title: Bridge reopens

The bridge will not close again. Repairs cost a lot. Drivers had waited since winter for this day.

One of them told reporters that he was glad. Nobody was hurt.
"""
Samples = np.ndarray
Spoil = Callable[[Samples, dict[str, Any]], Samples]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proof")
    (folder / "story.txt").write_text(STORY)
    done = call(
        "narrate", folder / "story.txt", "-o", folder / "edition", "--voice", "tones", "--format", "wav",
        cache=folder / "cache",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "edition"


def spoilt(finished: Path, tmp_path: Path, spoil: Spoil) -> Path:
    shutil.copytree(finished, tmp_path / "edition")
    manifest = json.loads((finished / "edition.json").read_text("utf-8"))
    samples, rate = sf.read(finished / "audio.wav", dtype="float32")
    sf.write(tmp_path / "edition/audio.wav", spoil(samples, manifest), rate, subtype="FLOAT")
    return tmp_path / "edition"


def find_word(manifest: dict[str, Any], text: str) -> tuple[int, int]:
    words = (word for utterance in manifest["script"]["utterances"] for word in utterance["words"])
    return next((word["start_samples"], word["end_samples"]) for word in words if word["text"] == text)


def find_utterance(manifest: dict[str, Any], start: str) -> dict[str, Any]:
    return next(entry for entry in manifest["script"]["utterances"] if entry["display"].startswith(start))


def silence_a_word(samples: Samples, manifest: dict[str, Any]) -> Samples:
    start, end = find_word(manifest, "not")
    samples[start:end] = 0
    return samples


def sound_in_a_pause(samples: Samples, manifest: dict[str, Any]) -> Samples:
    end = find_utterance(manifest, "Repairs")["end_samples"]
    samples[end + 4000 : end + 5000] += 0.05 * np.sin(np.arange(1000) / 5).astype(np.float32)
    return samples


def make_one_louder(samples: Samples, manifest: dict[str, Any]) -> Samples:
    found = find_utterance(manifest, "Repairs")
    samples[found["start_samples"] : found["end_samples"]] *= 2.5
    return samples


def insert_silence(samples: Samples, manifest: dict[str, Any]) -> Samples:
    at = find_utterance(manifest, "Drivers")["start_samples"] - 2000
    return np.concatenate([samples[:at], np.zeros(36_000, np.float32), samples[at:]])


def cut_off_the_end(samples: Samples, manifest: dict[str, Any]) -> Samples:
    return samples[: find_utterance(manifest, "Nobody")["start_samples"] - 1000]


FAULTS = {
    "word_not_heard": (silence_a_word, "The bridge"),
    "sound_in_pause": (sound_in_a_pause, "Repairs"),
    "level": (make_one_louder, "Repairs"),
    "timing": (insert_silence, "Drivers"),
    "words_not_heard": (cut_off_the_end, "Nobody"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_planted_in_the_delivered_file_is_found(kind: str, finished: Path, tmp_path: Path, run: Run) -> None:
    spoil, sentence = FAULTS[kind]
    edition = spoilt(finished, tmp_path, spoil)
    done = run("proof", edition)
    assert done.returncode == 6, done.stderr
    assert kind.replace("_", " ") in done.stdout
    proof = json.loads((edition / "proof.json").read_text("utf-8"))
    jsonschema.validate(proof, json.loads((files("vivavoce") / "schemas/proof-1.json").read_text()))
    assert (proof["clean"], proof["listened_to"]) == (False, "delivered file")
    assert proof["files"][0]["changed"]
    found = [entry for entry in proof["findings"] if entry["kind"] == kind]
    assert found, proof["findings"]
    marked = found[0]["sentence"]
    assert (marked["before"] + marked["marked"] + marked["after"]).startswith(sentence)
    page = (edition / "proof.html").read_text("utf-8")
    assert kind.replace("_", " ").capitalize() in page
    assert "This edition may go out" not in page


def test_an_untouched_edition_is_clean(finished: Path, tmp_path: Path, run: Run) -> None:
    shutil.copytree(finished, tmp_path / "edition")
    done = run("proof", tmp_path / "edition", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == {
        "id": json.loads((finished / "edition.json").read_text())["id"],
        "clean": True,
        "words": json.loads(done.stdout)["words"],
        "words_not_heard": 0,
        "findings": [],
        "changed_files": [],
    }
    assert "This edition may go out" in (tmp_path / "edition/proof.html").read_text("utf-8")


def test_an_edition_without_its_audio_is_refused(finished: Path, tmp_path: Path, run: Run) -> None:
    shutil.copytree(finished, tmp_path / "edition")
    (tmp_path / "edition/audio.wav").unlink()
    done = run("proof", tmp_path / "edition")
    assert done.returncode == 3
    assert "lacks audio.wav" in done.stderr


def test_a_folder_that_is_no_edition_is_refused(tmp_path: Path, run: Run) -> None:
    assert run("proof", tmp_path).returncode == 3
