"""Arithmetic on samples: resample, fade, level, loudness. Mono float32, shape (n,), unless said otherwise."""

import math
from collections.abc import Iterable

import numpy as np
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_BLOCK_S = 0.4
_STEP_S = 0.1
_OVERSAMPLING = 4


def freeze(samples: NDArray[np.floating]) -> Samples:
    """Give the samples as a read-only float32 array."""
    frozen = np.ascontiguousarray(samples, dtype=np.float32)
    frozen.flags.writeable = False
    return frozen


def resample(samples: Samples, *, from_hz: int, to_hz: int) -> Samples:
    """Change the sample rate, with soxr's highest quality."""
    return samples if from_hz == to_hz else soxr.resample(samples, from_hz, to_hz, quality="VHQ").astype(np.float32)


def fade_edges(samples: Samples, *, fade_samples: int) -> Samples:
    """Ramp both ends with a raised cosine, so that a cut makes no click."""
    n = min(fade_samples, len(samples) // 2)
    if n == 0:
        return samples
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(n) + 0.5) / n)).astype(np.float32)
    faded = samples.copy()
    faded[:n] *= ramp
    faded[-n:] *= ramp[::-1]
    return faded


def to_dbfs(amplitude: float) -> float:
    """Give an amplitude as dB relative to full scale; -inf for silence."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


class LoudnessMeter:
    """Integrated, gated loudness of audio that arrives in pieces of any length; memory is 8 bytes per 0.1 s.

    Source:
        ITU-R BS.1770-4: K-weighting (pyloudnorm's coefficients), 0.4 s blocks every 0.1 s, two-stage gating.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        """Start measuring mono audio of the given rate."""
        from pyloudnorm import Meter  # it and SciPy's filters take a second to load: only where sound is measured

        stages = Meter(sample_rate_hz)._filters.values()  # noqa: SLF001  # the library offers the coefficients no other way
        self._filters = [(stage.b, stage.a, np.zeros(2)) for stage in stages]
        self._step = round(_STEP_S * sample_rate_hz)
        self._rest = np.zeros(0)
        self._step_energies: list[float] = []

    def add(self, samples: Samples) -> None:
        """Take the next samples."""
        from scipy.signal import lfilter

        weighted = samples.astype(np.float64)
        for index, (b, a, state) in enumerate(self._filters):
            weighted, state = lfilter(b, a, weighted, zi=state)  # noqa: PLW2901  # the filter's state goes on
            self._filters[index] = (b, a, state)
        weighted = np.concatenate([self._rest, weighted])
        whole = len(weighted) // self._step * self._step
        steps = weighted[:whole].reshape(-1, self._step)
        self._step_energies.extend(np.mean(steps**2, axis=1).tolist())
        self._rest = weighted[whole:]

    def loudness_lufs(self) -> float:
        """Give the integrated loudness of all samples so far; -inf where every block is under the absolute gate."""
        per_block = round(_BLOCK_S / _STEP_S)
        energies = np.array(self._step_energies)
        if len(energies) < per_block:
            return -math.inf
        blocks = np.convolve(energies, np.full(per_block, 1 / per_block), mode="valid")
        loud = blocks[_to_lufs(blocks) > _ABSOLUTE_GATE_LUFS]
        if not len(loud):
            return -math.inf
        gate = float(_to_lufs(np.mean(loud))) + _RELATIVE_GATE_LU
        return float(_to_lufs(np.mean(loud[_to_lufs(loud) > gate])))


def _to_lufs(energy: NDArray[np.float64] | np.floating) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(-0.691 + 10 * np.log10(energy))


def measure_true_peak(pieces: Iterable[Samples], *, sample_rate_hz: int) -> float:
    """Measure the true peak of audio that arrives in pieces.

    Returns:
        dBTP; -inf for silence.

    Source:
        ITU-R BS.1770-4, annex 2: the largest absolute value after four times oversampling.
    """
    stream = soxr.ResampleStream(sample_rate_hz, sample_rate_hz * _OVERSAMPLING, 1, dtype="float32", quality="HQ")
    peak = 0.0
    for piece in pieces:
        peak = max(peak, _peak(stream.resample_chunk(np.ascontiguousarray(piece, np.float32))))
    return to_dbfs(max(peak, _peak(stream.resample_chunk(np.zeros(0, np.float32), last=True))))


def _peak(samples: Samples) -> float:
    return float(np.max(np.abs(samples), initial=0.0))
