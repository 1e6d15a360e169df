"""Reading the watermark back from any recording, or a piece of one, without the original.

The mark is far below the speech: by how much a tile is louder than its neighbours in time and frequency is mostly
the speech's doing. Only the sum over thousands of tiles, each with the sign that the key gives it, shows the mark.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from vivavoce.audio import Samples
from vivavoce.provenance.mark_code import BANDS, PAYLOAD_BYTES, PERIOD_TILES, Code, make_code, read_payload
from vivavoce.provenance.watermark import (
    BINS_PER_BAND,
    HOP_SAMPLES,
    HOPS_PER_TILE,
    LOWEST_BIN,
    REFERENCE_HZ,
    make_window,
)

WINDOW_S = 40
"""Sound that is looked at together; the first piece that can be read settles it."""
SHORTEST_S = 4
MAX_WINDOWS = 60
"""Of longer recordings, as many pieces are looked at, evenly spread."""
MIN_SYNC_Z = 3.5
MIN_Z = 9.5
"""Standard deviations that the sum over all tiles must lie above that of unmarked sound. The best of 256 sequences for
each symbol already gives about 8; the checksum, which chance passes once in 65,536 times, does the rest."""
_STEP_SAMPLES = 128
_CANDIDATES = 4
_RANKS = 3
_TRIES = 64
"""Of the symbols' best, second and third guesses, so many together are held against the checksum."""
_CHOICES = np.array(list(itertools.product(range(_RANKS), repeat=PAYLOAD_BYTES)))
_CLIP = 2.5
_FLOOR_QUANTILE = 0.25


@dataclass(frozen=True, slots=True)
class MarkReading:
    """A watermark that was read."""

    edition: str
    """The first eight hexadecimal digits of the edition's id."""
    z: float
    """How far above chance, in standard deviations."""
    at_s: float
    """Where in the recording the piece begins that it was read from."""


def read_mark(pieces: Iterable[Samples], *, sample_rate_hz: int, key: str, length_samples: int) -> MarkReading | None:
    """Look for a mark in a mono recording that comes in pieces.

    Returns:
        What was read from the first piece that could be read; None where none could.
    """
    code = make_code(key)
    total = max(1, round(length_samples / sample_rate_hz / WINDOW_S))
    every = max(1, -(-total // MAX_WINDOWS))
    for number, window in enumerate(_windows(pieces, sample_rate_hz)):
        if number % every == 0:
            found = read_window(window, code)
            if found:
                edition, z = found
                return MarkReading(edition, round(z, 1), number * WINDOW_S)
    return None


def read_window(samples: Samples, code: Code) -> tuple[str, float] | None:
    """Look for a mark in a stretch of sound at `REFERENCE_HZ`; gives the id's digits and how far above chance."""
    if len(samples) < SHORTEST_S * REFERENCE_HZ:
        return None
    levels = _measure_levels(samples)
    per_tile = HOP_SAMPLES * HOPS_PER_TILE // _STEP_SAMPLES
    folds = [_fold(levels, offset) for offset in range(per_tile)]
    scores = np.stack([_find_sync(fold, norm, code) for fold, norm in folds])
    for candidate in np.argsort(scores, axis=None)[::-1][:_CANDIDATES]:
        offset, shift = np.unravel_index(candidate, scores.shape)
        if scores[offset, shift] < MIN_SYNC_Z:
            return None
        fold, norm = folds[offset]
        found = _decode(np.roll(fold, -shift, axis=0).ravel(), norm, code)
        if found:
            return found
    return None


def _windows(pieces: Iterable[Samples], rate: int) -> Iterable[Samples]:
    """Bring the recording to the reference rate and cut it; a short rest joins nothing and stands alone."""
    stream = soxr.ResampleStream(rate, REFERENCE_HZ, 1, dtype="float32", quality="HQ")
    waiting = np.zeros(0, np.float32)
    length = WINDOW_S * REFERENCE_HZ
    for piece in pieces:
        waiting = np.concatenate([waiting, stream.resample_chunk(np.ascontiguousarray(piece, np.float32))])
        while len(waiting) >= length:
            yield waiting[:length]
            waiting = waiting[length:]
    yield np.concatenate([waiting, stream.resample_chunk(np.zeros(0, np.float32), last=True)])


def _measure_levels(samples: Samples) -> NDArray[np.float64]:
    """Log power of each band every `_STEP_SAMPLES`, shape (steps, BANDS); quiet is held up to a floor."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 2 * HOP_SAMPLES)[::_STEP_SAMPLES]
    window = make_window(HOP_SAMPLES)
    bins = slice(LOWEST_BIN, LOWEST_BIN + BANDS * BINS_PER_BAND)
    power = np.concatenate(
        [
            (np.abs(np.fft.rfft(frames[at : at + 512] * window, axis=1)[:, bins]) ** 2)
            .reshape(-1, BANDS, BINS_PER_BAND)
            .sum(axis=2)
            for at in range(0, len(frames), 512)
        ]
    )
    floor = np.quantile(power, _FLOOR_QUANTILE, axis=0) + power.mean() * 1e-6 + 1e-20
    levels: NDArray[np.float64] = np.log(power + floor)
    return levels


def _fold(levels: NDArray[np.float64], offset: int) -> tuple[NDArray[np.float64], float]:
    """Sum the tiles of all periods; gives that, shape (PERIOD_TILES, BANDS), and the root of the tiles' mean square."""
    hops = levels[offset :: HOP_SAMPLES // _STEP_SAMPLES]
    count = len(hops) // HOPS_PER_TILE
    tiles = hops[: count * HOPS_PER_TILE].reshape(count, HOPS_PER_TILE, BANDS).mean(axis=1)
    tiles = _above_neighbours(_above_neighbours(tiles, 0), 1)
    tiles = tiles - tiles.mean(axis=0)
    tiles = np.clip(tiles / (tiles.std() + 1e-12), -_CLIP, _CLIP)
    padded = np.pad(tiles, ((0, -count % PERIOD_TILES), (0, 0)))
    return padded.reshape(-1, PERIOD_TILES, BANDS).sum(axis=0), float(np.sqrt(np.mean(tiles**2) * count / PERIOD_TILES))


def _above_neighbours(tiles: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    padded = np.pad(tiles, [(1, 1) if axis == along else (0, 0) for along in (0, 1)], mode="reflect")
    count = tiles.shape[axis]
    before, after = (padded.take(range(start, start + count), axis=axis) for start in (0, 2))
    difference: NDArray[np.float64] = tiles - (before + after) / 2
    return difference


def _find_sync(fold: NDArray[np.float64], norm: float, code: Code) -> NDArray[np.float64]:
    """Standard deviations by which the fixed pattern fits, for each tile at which a period may begin."""
    pattern = np.zeros(PERIOD_TILES * BANDS)
    pattern[code.sync_places] = code.sync_signs
    spectra = np.fft.rfft(fold, axis=0) * np.conj(np.fft.rfft(pattern.reshape(PERIOD_TILES, BANDS), axis=0))
    fits: NDArray[np.float64] = np.fft.irfft(spectra.sum(axis=1), PERIOD_TILES)
    fits /= norm * np.sqrt(len(code.sync_places)) + 1e-12
    return fits


def _decode(period: NDArray[np.float64], norm: float, code: Code) -> tuple[str, float] | None:
    """Take the likeliest symbols whose checksum is right, of those that are little less likely than the best."""
    fits = np.stack([signs @ period[places] for places, signs in zip(code.places, code.signs, strict=True)])
    ranked = fits.argsort(axis=1)[:, : -_RANKS - 1 : -1]
    rows = np.arange(len(fits))
    likeliest = fits[rows[:, None], ranked]
    sums = likeliest[rows, _CHOICES].sum(axis=1)
    sync = float(code.sync_signs @ period[code.sync_places])
    for place in sums.argsort()[::-1][:_TRIES]:
        z = (float(sums[place]) + sync) / (norm * np.sqrt(period.size))
        edition = read_payload(bytes(ranked[rows, _CHOICES[place]].astype(np.uint8))) if z >= MIN_Z else None
        if edition is not None:
            return edition, z
    return None
