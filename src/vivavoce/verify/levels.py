"""Levels from one utterance to the next, and the silence between them: what no single take can show."""

from collections.abc import Iterator, Sequence

import numpy as np

from vivavoce.audio import Samples

JUMP_DB = 6.0
"""A listener reaches for the volume at about this; mastered takes of one voice differ by less than 2 dB."""
PAUSE_DB = -38.0
"""The loudest 10 ms of a pause, against the speech around it. Coding and a watermark stay under -50 dB."""

_FRAME_S = 0.01
_GATE_DB = -25.0
_NEIGHBOURS = 4
_TINY = 1e-12


def measure_speech_db(samples: Samples, *, sample_rate_hz: int) -> float:
    """Measure the mean level of the frames that hold speech, in dBFS; of silence, -120."""
    power = _measure_power(samples, sample_rate_hz)
    loud = power[power >= power.max(initial=0.0) * 10 ** (_GATE_DB / 10)]
    return 10 * float(np.log10(np.mean(loud) + _TINY)) if len(loud) else -120.0


def find_jumps(levels_db: Sequence[float]) -> Iterator[tuple[int, float]]:
    """Find the utterances that are louder or softer than those around them, with the difference in dB."""
    for at, level in enumerate(levels_db):
        around = [*levels_db[max(0, at - _NEIGHBOURS) : at], *levels_db[at + 1 : at + 1 + _NEIGHBOURS]]
        if around and abs(level - float(np.median(around))) > JUMP_DB:
            yield at, level - float(np.median(around))


def find_sound(pause: Samples, *, sample_rate_hz: int, speech_db: float) -> tuple[float, float] | None:
    """Find where a pause isn't silent: its loudest 10 ms, as [start, end) in seconds; None where it is."""
    power = _measure_power(pause, sample_rate_hz)
    if not len(power) or 10 * np.log10(power.max() + _TINY) <= speech_db + PAUSE_DB:
        return None
    at = int(power.argmax())
    return at * _FRAME_S, (at + 1) * _FRAME_S


def _measure_power(samples: Samples, rate_hz: int) -> np.ndarray:
    hop = int(rate_hz * _FRAME_S)
    frames = samples[: len(samples) // hop * hop].reshape(-1, hop)
    return np.asarray(np.mean(np.square(frames, dtype=np.float64), axis=1))
