import math

import numpy as np
import pyloudnorm
import pytest

from vivavoce.audio import LoudnessMeter, fade_edges, freeze, measure_true_peak, resample


def noise(seconds: float, rate: int = 24000, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(int(seconds * rate)) * 0.1).astype(np.float32)


@pytest.mark.parametrize("piece", [1000, 24000, 777])
def test_loudness_in_pieces_is_the_library_s_loudness_of_the_whole(piece: int) -> None:
    samples = np.concatenate([noise(3), np.zeros(48000, np.float32), noise(2) * 0.3])
    meter = LoudnessMeter(24000)
    for start in range(0, len(samples), piece):
        meter.add(samples[start : start + piece])
    assert meter.loudness_lufs() == pytest.approx(pyloudnorm.Meter(24000).integrated_loudness(samples), abs=0.02)


def test_silence_has_no_loudness() -> None:
    meter = LoudnessMeter(24000)
    meter.add(np.zeros(24000, np.float32))
    assert meter.loudness_lufs() == -math.inf


def test_true_peak_sees_what_lies_between_the_samples() -> None:
    rate = 48000
    wave = np.sin(2 * np.pi * rate / 4 * np.arange(rate) / rate + np.pi / 4).astype(np.float32)
    assert np.abs(wave).max() == pytest.approx(0.7071, abs=1e-3)
    assert measure_true_peak([wave[:1000], wave[1000:]], sample_rate_hz=rate) == pytest.approx(0.0, abs=0.2)


def test_fading_leaves_the_middle_and_silences_the_edges() -> None:
    faded = fade_edges(np.ones(1000, np.float32), fade_samples=100)
    assert faded[0] < 0.001
    assert faded[-1] < 0.001
    assert (faded[100:-100] == 1).all()


def test_resampling_keeps_the_duration() -> None:
    assert len(resample(noise(1), from_hz=24000, to_hz=16000)) == 16000


def test_frozen_samples_cannot_change() -> None:
    with pytest.raises(ValueError, match="read-only"):
        freeze(np.zeros(4))[0] = 1
