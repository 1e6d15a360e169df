"""The watermark: small changes of level, tile by tile of time and frequency, that carry an edition's id unheard.

The spectrum between `LOWEST_HZ` and about 5.2 kHz is lifted or lowered by about a decibel in tiles of 43 ms and 141 Hz.
Silence stays silence, and the length stays the length. Everything streams: what comes in goes out half a second later.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vivavoce.audio import Samples
from vivavoce.provenance.mark_code import BANDS, NAME, PERIOD_TILES, PUBLIC_KEY, make_pattern

REFERENCE_HZ = 24_000
HOP_SAMPLES = 512
"""At `REFERENCE_HZ`; windows are twice as long."""
HOPS_PER_TILE = 2
BINS_PER_BAND = 6
LOWEST_BIN = 54
LOWEST_HZ = LOWEST_BIN * REFERENCE_HZ / (2 * HOP_SAMPLES)
DEPTH_DB = np.linspace(0.84, 1.36, BANDS)
"""By band: less where speech has its power. Chosen on 178 s of four of our voices: each is 30 dB above the mark, and
pieces of 20 s are read after Opus at 24 kbit/s. Measured again by `python evals/watermark.py`."""
_BLOCK_HOPS = 32


@dataclass(frozen=True, slots=True)
class WatermarkOptions:
    """What a house has decided about its watermark."""

    on: bool = True
    key: str = PUBLIC_KEY
    """Who knows it can read the mark, and take it out."""


class SpreadSpectrumMarker:
    """Marks recordings with a house's key; meets `pipeline.Marker`."""

    name = NAME

    def __init__(self, key: str = PUBLIC_KEY) -> None:
        """Mark with this key."""
        self._key = key

    @property
    def digest(self) -> str:
        """Of the mark and its key."""
        return hashlib.sha256(f"{NAME} {DEPTH_DB.round(3).tolist()} {self._key}".encode()).hexdigest()

    def mark(self, pieces: Iterable[Samples], *, sample_rate_hz: int, edition: str) -> Iterator[Samples]:
        """Give the same number of samples, marked; the cut into pieces makes no difference."""
        stream = self.open_stream(sample_rate_hz=sample_rate_hz, edition=edition)
        for piece in pieces:
            yield stream.feed(piece)
        yield stream.finish()

    def open_stream(self, *, sample_rate_hz: int, edition: str) -> "MarkStream":
        """Mark sound that is still being made."""
        return MarkStream(make_pattern(self._key, edition), sample_rate_hz=sample_rate_hz)


class MarkStream:
    """Marks one recording as it comes.

    Works in blocks counted from the recording's start, whatever pieces it arrives in, so that the same samples give the
    same marked samples, bit for bit.
    """

    def __init__(self, pattern: NDArray[np.float64], *, sample_rate_hz: int) -> None:
        """Start a recording of the given rate with a period of signs, shape (PERIOD_TILES, BANDS)."""
        self._hop = hop_of(sample_rate_hz)
        self._window = make_window(self._hop)
        self._gains = 10 ** (np.repeat(pattern * DEPTH_DB, BINS_PER_BAND, axis=1) / 20)
        self._waiting = [np.zeros(self._hop, np.float32)]
        self._waiting_samples = self._hop
        self._tail = np.zeros(self._hop)
        self._hops = 0
        self._came = self._went = 0

    def feed(self, samples: Samples) -> Samples:
        """Take samples, shape (n,), and give those that are finished; often fewer, sometimes none."""
        self._came += len(samples)
        return self._take(samples)

    def finish(self) -> Samples:
        """Give all that is left."""
        rest = [np.zeros(0, np.float32)]
        missing = self._came - self._went
        while missing > 0:
            done = self._take(np.zeros(self._hop, np.float32))
            rest.append(done[:missing])
            missing -= len(done)
        return np.concatenate(rest)

    def _take(self, samples: Samples) -> Samples:
        self._waiting.append(samples)
        self._waiting_samples += len(samples)
        block = (_BLOCK_HOPS + 1) * self._hop
        if self._waiting_samples < block:
            return np.zeros(0, np.float32)
        waiting = np.concatenate(self._waiting)
        done = []
        while len(waiting) >= block:
            done.append(self._mark_block(waiting[:block]))
            waiting = waiting[_BLOCK_HOPS * self._hop :]
        self._waiting, self._waiting_samples = [waiting], len(waiting)
        out = np.concatenate(done)
        self._went += len(out)
        return out

    def _mark_block(self, block: Samples) -> Samples:
        """Give as many samples as a block goes on by, one hop late."""
        hop = self._hop
        frames = np.lib.stride_tricks.sliding_window_view(block.astype(np.float64), 2 * hop)[::hop]
        tiles = (self._hops + np.arange(_BLOCK_HOPS)) // HOPS_PER_TILE % PERIOD_TILES
        spectra = np.fft.rfft(frames * self._window, axis=1)
        spectra[:, LOWEST_BIN : LOWEST_BIN + BANDS * BINS_PER_BAND] *= self._gains[tiles]
        marked = np.fft.irfft(spectra, 2 * hop, axis=1)
        halves = np.concatenate([self._tail[None], marked[:, hop:]])
        self._tail = marked[-1, hop:]
        out: Samples = (marked[:, :hop] + halves[:-1]).reshape(-1).astype(np.float32)
        first = self._hops == 0
        self._hops += _BLOCK_HOPS
        return out[hop:] if first else out


def hop_of(sample_rate_hz: int) -> int:
    """Give the length of a hop at a rate: the same time everywhere, to half a sample."""
    return round(HOP_SAMPLES * sample_rate_hz / REFERENCE_HZ)


def make_window(hop: int) -> NDArray[np.float64]:
    """Give a window of two hops; shifted by one hop, such windows add up to 1."""
    return 0.5 - 0.5 * np.cos(np.pi * np.arange(2 * hop) / hop)
