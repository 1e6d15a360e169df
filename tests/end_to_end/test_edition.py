"""What a finished edition promises, on the example with the test voice."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import soundfile as sf
import webvtt

from vivavoce.encode.audio import measure_file

FILES = {
    "audio.mp3",
    "captions.srt",
    "captions.vtt",
    "cover.jpg",
    "edition.json",
    "guided-navigation.json",
    "player.html",
    "proof.html",
    "proof.json",
    "transcript.html",
}
SENTENCE = "This audio is created with AI assistance."


def test_the_folder_holds_the_edition_and_nothing_else(example_edition: Path) -> None:
    assert {path.name for path in example_edition.iterdir()} == FILES


def test_every_character_is_spoken_or_omitted_with_a_reason(example_manifest: dict[str, Any]) -> None:
    text, spans = example_manifest["article"]["text"], example_manifest["script"]["spans"]
    assert "".join(text[span["start"] : span["end"]] for span in spans) == text
    assert [span["start"] for span in spans[1:]] == [span["end"] for span in spans[:-1]]
    assert all((span["utterance"] is None) != (span["omitted"] is None) for span in spans)


def test_words_lie_where_they_are_printed_and_in_order(example_manifest: dict[str, Any]) -> None:
    text, length = example_manifest["article"]["text"], example_manifest["audio"][0]["duration_s"]
    at = 0
    for utterance in example_manifest["script"]["utterances"]:
        for word in utterance["words"]:
            assert at <= word["start_samples"] < word["end_samples"] <= length * example_manifest["sample_rate_hz"]
            at = word["end_samples"]
            if word["start"] is not None:
                assert text[word["start"] : word["end"]] == word["text"]


def test_the_disclosure_is_first_and_last(example_manifest: dict[str, Any]) -> None:
    utterances = example_manifest["script"]["utterances"]
    assert utterances[0]["display"].startswith(SENTENCE)
    assert utterances[-1]["display"] == SENTENCE
    assert example_manifest["disclosure"]["visible"].startswith(SENTENCE)
    assert example_manifest["disclosure"]["digital_source_type"].endswith("trainedAlgorithmicMedia")


def test_the_disclosure_is_shown_and_tagged(example_edition: Path) -> None:
    for name in ("player.html", "transcript.html", "captions.vtt"):
        assert SENTENCE in (example_edition / name).read_text("utf-8"), name
    head = (example_edition / "audio.mp3").read_bytes()[:2000]
    assert head.startswith(b"ID3\x04")
    assert SENTENCE.encode() in head


def test_the_delivered_file_has_the_figures_it_states(example_edition: Path, example_manifest: dict[str, Any]) -> None:
    (stated,) = example_manifest["audio"]
    measured = measure_file(example_edition / "audio.mp3", format_name="mp3")
    assert measured.loudness_lufs == pytest.approx(-19.0, abs=0.5)
    assert measured.true_peak_dbtp <= -1.0
    assert stated["sha256"] == hashlib.sha256((example_edition / "audio.mp3").read_bytes()).hexdigest()
    info = sf.info(example_edition / "audio.mp3")
    assert (info.samplerate, info.channels) == (44100, 1)
    assert stated["duration_s"] == pytest.approx(info.duration, abs=0.01)


def test_there_is_a_cue_for_every_utterance_and_none_after_the_end(
    example_edition: Path, example_manifest: dict[str, Any]
) -> None:
    cues = webvtt.read(str(example_edition / "captions.vtt")).captions
    assert len(cues) == len(example_manifest["script"]["utterances"])
    assert cues[-1].end_in_seconds <= example_manifest["audio"][0]["duration_s"]


def test_what_is_said_is_words_only(example_manifest: dict[str, Any]) -> None:
    for utterance in example_manifest["script"]["utterances"]:
        assert all(mark.islower() or mark in "' " for mark in utterance["spoken"]), utterance["spoken"]


def test_the_run_is_accounted_for(example_manifest: dict[str, Any]) -> None:
    made = example_manifest["made"]
    assert made["rendered_utterances"] > 10
    assert {"extract", "script", "synthesise", "listen", "master", "encode"} <= set(made["stage_cpu_s"])
