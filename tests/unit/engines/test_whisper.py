from pathlib import Path

import numpy as np
import pytest

from vivavoce.engines.whisper import WhisperRecogniser, cut_loop, log_mel
from vivavoce.errors import MachineError


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match=r"config\.json is missing"):
        WhisperRecogniser(tmp_path)


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


def test_a_sentence_said_over_again_is_cut_and_others_are_not() -> None:
    assert cut_loop("Rain fell on Kyiv today. rain fell on, fell on Kyiv.") == "Rain fell on Kyiv today."
    for text in ("It was, it was said, not so.", "Yes.", "", "on and on and on and on"):
        assert cut_loop(text) == text
