from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from vivavoce.engines.whisper import FILES, WhisperClip, WhisperRecogniser, cut_loop, log_mel
from vivavoce.errors import MachineError


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"config\.json is missing"):
        WhisperRecogniser(tmp_path)


def test_a_damaged_model_is_named_when_it_is_first_used(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_text("{}")
    recogniser = WhisperRecogniser(tmp_path)
    with pytest.raises(MachineError, match=r"can't be loaded .* name under \[proof\]"):
        recogniser.encode(np.zeros(16_000, np.float32))


def test_the_spectrogram_has_100_frames_a_second_and_shows_a_tone_in_its_band() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000).astype(np.float32)
    mel = log_mel(tone)
    assert mel.shape == (80, 100)
    assert mel.dtype == np.float32
    # 1 kHz is mel 15 on Slaney's scale, of 45.25 at 8 kHz: a third of the 81 steps between the bands.
    assert set(mel.argmax(axis=0)[2:-2]) <= {25, 26}
    assert mel.max() - mel.min() == pytest.approx(2.0)


def test_silence_is_flat() -> None:
    assert np.ptp(log_mel(np.zeros(16_000, np.float32))) == 0


@pytest.mark.parametrize(
    ("kept", "loop"),
    [
        ("Rain fell on Kyiv today.", "rain fell on, fell on Kyiv."),
        ("It may not act without the consent of both houses.", "Without the consent of both houses, without the"),
        ("The comet passes the sun every seventy-six years. It", "passes the sun every seven-six years. It is the sun"),
        ("Nobody waited.", "Nobody waited, nobody"),
        ("A bakery closed its doors for the last time.", "Closed its doors for the last"),
    ],
)
def test_what_is_said_over_again_is_cut(kept: str, loop: str) -> None:
    assert cut_loop(f"{kept} {loop}") == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes.",
        "It was, it was said, not so.",
        "The United States and the allies of the United States agreed on the terms of a plan.",
        "He had had enough of it, and she had had enough of him and of the rest of them.",
    ],
)
def test_a_phrase_that_only_comes_twice_is_kept(text: str) -> None:
    assert cut_loop(text) == text


class LoopingRuntime:
    """Weights that go round when they follow one sentence at a time, and don't when they follow several."""

    def __init__(self, *, stubborn: bool) -> None:
        self.stubborn = stubborn
        self.tails_samples: list[int] = []

    def encode(self, samples: np.ndarray, *, tail_samples: int) -> np.ndarray:
        self.tails_samples.append(tail_samples)
        return samples

    def decode(self, encoded: np.ndarray, *, beams: int, most_tokens: int) -> str:
        assert len(encoded) == 16_000
        assert most_tokens > 16
        return "Nobody was hurt." + (" Nobody was hurt. Nobody was" if beams == 1 or self.stubborn else " Nobody.")


@pytest.mark.parametrize(("stubborn", "heard"), [(False, "Nobody was hurt. Nobody."), (True, "Nobody was hurt.")])
def test_a_loop_is_decoded_again_and_cut_only_if_it_stays(stubborn: bool, heard: str) -> None:
    runtime = LoopingRuntime(stubborn=stubborn)
    clip = WhisperClip(cast("Any", runtime), np.zeros(16_000, np.float32))
    assert clip.transcribe() == heard
    assert runtime.tails_samples[1] > runtime.tails_samples[0]
