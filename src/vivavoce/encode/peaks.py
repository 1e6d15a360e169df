"""How loud a recording is from moment to moment: what a waveform is drawn from."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

_PER_SECOND = 100
_BLOCK_S = 60


@dataclass(frozen=True, eq=False)
class Peaks:
    """The greatest level of each hundredth of a second."""

    values: NDArray[np.float32]
    """Shape (n,), 0 to 1, read-only."""
    per_second: int = _PER_SECOND

    def between(self, start_s: float, end_s: float) -> NDArray[np.float32]:
        """Give the values of a stretch; empty where it lies outside the recording."""
        return self.values[max(0, int(start_s * self.per_second)) : max(0, int(end_s * self.per_second) + 1)]


def measure_peaks(file: Path) -> Peaks:
    """Measure a recording's peaks, reading a minute at a time.

    Args:
        file: Audio in any format that libsndfile decodes; channels are taken together.
    """
    with sf.SoundFile(file) as sound:
        per_value = sound.samplerate / _PER_SECOND
        blocks = sound.blocks(blocksize=sound.samplerate * _BLOCK_S, dtype="float32", always_2d=True)
        values = np.concatenate([_reduce(np.abs(block).max(axis=1), per_value) for block in blocks])
    values.setflags(write=False)
    return Peaks(values)


def _reduce(levels: NDArray[np.float32], per_value: float) -> NDArray[np.float32]:
    starts = np.arange(0, len(levels), per_value).astype(np.int64)
    reduced: NDArray[np.float32] = np.maximum.reduceat(levels, starts).clip(0, 1)
    return reduced
