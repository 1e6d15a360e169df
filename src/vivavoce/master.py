"""Takes to one mastered recording: joined with the script's pauses, evened, brought to the target loudness and peak.

Everything streams: pass one joins, filters and measures; pass two applies one gain and a look-ahead limiter. A whole
edition's audio is never in memory. Order and figures: docs/decisions/0004-mastering-chain.md.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import minimum_filter1d
from scipy.signal import butter, sosfilt

from vivavoce.audio import LoudnessMeter, Samples, measure_true_peak, to_dbfs
from vivavoce.errors import InputError
from vivavoce.sound_files import read_pieces, write_pieces
from vivavoce.types import Alignment, Edition, Placement, Speech, Take, WordTiming

LEAD_IN_MS = 300
LEAD_OUT_MS = 500
HIGH_PASS_HZ = 75
LEVEL_FRAME_MS = 20
LEVEL_GATE_DB = -30
MAX_EVENING_DB = 4.0
"""An utterance's level is moved towards the edition's median by at most this much."""
LOOK_AHEAD_MS = 5


@dataclass(frozen=True, slots=True)
class LoudnessTarget:
    """What the delivered recording is brought to."""

    loudness_lufs: float = -19.0
    """Integrated; measured as mono, so -16 as heard from two loudspeakers."""
    ceiling_dbtp: float = -3.0
    """True peak before encoding: MP3 at 96 kbit/s overshoots by up to 2 dB."""
    delivered_dbtp: float = -1.0
    """True peak that no delivered file may exceed once it is decoded."""


def master_edition(
    alignments: Sequence[Alignment],
    *,
    load_take: Callable[[Speech], Take],
    target: LoudnessTarget,
    folder: Path,
) -> Edition:
    """Join, even, and level all takes.

    Args:
        alignments: In the order of speaking; all takes of one sample rate.
        load_take: Gives the samples that a Speech refers to; called twice for each.
        target: Loudness and peak wanted.
        folder: Where `joined.wav` (removed again) and `master.wav` are written.

    Raises:
        InputError: There is nothing to master.
    """
    if not alignments:
        raise InputError("there is no utterance to master; the script is empty")
    rate = load_take(alignments[0].speech).sample_rate_hz
    placements = place_utterances(alignments, sample_rate_hz=rate)
    length = placements[-1].end_samples + _to_samples(LEAD_OUT_MS, rate)
    levels = [_measure_level(load_take(alignment.speech)) for alignment in alignments]
    joined, mastered = folder / "joined.wav", folder / "master.wav"
    takes = (load_take(alignment.speech).samples for alignment in alignments)
    loudness = _write_joined(joined, _join(takes, placements, _even(levels), length), rate)
    gain_db = target.loudness_lufs - loudness
    limited = _measure_loudness(_limit(read_pieces(joined), gain_db, target.ceiling_dbtp, rate), rate)
    gain_db += target.loudness_lufs - limited  # the limiter took a little
    write_pieces(mastered, _limit(read_pieces(joined), gain_db, target.ceiling_dbtp, rate), sample_rate_hz=rate)
    joined.unlink()
    loudness = _measure_loudness(read_pieces(mastered), rate)
    peak = measure_true_peak(read_pieces(mastered), sample_rate_hz=rate)
    return Edition(mastered, rate, length, placements, loudness, peak)


def place_utterances(alignments: Sequence[Alignment], *, sample_rate_hz: int) -> tuple[Placement, ...]:
    """Lay the takes one after another with the script's pauses between them."""
    placements = []
    at = _to_samples(LEAD_IN_MS, sample_rate_hz)
    for alignment in alignments:
        utterance = alignment.speech.utterance
        end = at + alignment.speech.length_samples
        words = tuple(WordTiming(word.start_samples + at, word.end_samples + at) for word in alignment.words)
        placements.append(Placement(utterance, at, end, words))
        at = end + _to_samples(utterance.pause_after_ms, sample_rate_hz)
    return tuple(placements)


# ---------------------------------------------------------------- joining


def _join(
    takes: Iterable[Samples], placements: Sequence[Placement], gains_db: Sequence[float], length: int
) -> Iterator[Samples]:
    at = 0
    for samples, placement, gain_db in zip(takes, placements, gains_db, strict=True):
        yield np.zeros(placement.start_samples - at, np.float32)
        yield samples * np.float32(10 ** (gain_db / 20))
        at = placement.end_samples
    yield np.zeros(length - at, np.float32)


def _measure_level(take: Take) -> float:
    """RMS in dBFS of the frames that hold speech."""
    frame = _to_samples(LEVEL_FRAME_MS, take.sample_rate_hz)
    whole = max(1, len(take.samples) // frame) * frame
    padded = np.pad(take.samples, (0, max(0, whole - len(take.samples))))[:whole].astype(np.float64)
    energies = np.mean(padded.reshape(-1, frame) ** 2, axis=1)
    loud = energies[energies >= energies.max() * 10 ** (LEVEL_GATE_DB / 10)]
    return to_dbfs(math.sqrt(float(np.mean(loud))))


def _even(levels: Sequence[float]) -> list[float]:
    """The gain in dB for each utterance that brings its level towards the median."""
    wanted = float(np.median(levels))
    return [
        float(np.clip(wanted - level, -MAX_EVENING_DB, MAX_EVENING_DB)) if math.isfinite(level) else 0.0
        for level in levels
    ]


def _write_joined(file: Path, pieces: Iterable[Samples], rate: int) -> float:
    """Filter and write the joined takes; gives their loudness in LUFS."""
    meter = LoudnessMeter(rate)
    high_pass = butter(2, HIGH_PASS_HZ, "highpass", fs=rate, output="sos")
    state = np.zeros((len(high_pass), 2))

    def filtered() -> Iterator[Samples]:
        nonlocal state
        for piece in pieces:
            if len(piece):
                clean, state = sosfilt(high_pass, piece.astype(np.float64), zi=state)
                meter.add(clean.astype(np.float32))
                yield clean.astype(np.float32)

    write_pieces(file, filtered(), sample_rate_hz=rate)
    loudness = meter.loudness_lufs()
    if not math.isfinite(loudness):
        raise InputError("the recording is silent; nothing can be mastered")
    return loudness


# ---------------------------------------------------------------- levelling


def _measure_loudness(pieces: Iterable[Samples], rate: int) -> float:
    meter = LoudnessMeter(rate)
    for piece in pieces:
        meter.add(piece)
    return meter.loudness_lufs()


def _limit(pieces: Iterable[Samples], gain_db: float, ceiling_dbtp: float, rate: int) -> Iterator[Samples]:
    """Apply a gain and hold peaks under a ceiling.

    The gain reduction at each sample is the smallest that any sample within the look-ahead needs, smoothed by a
    window of the same length, so it is in place before the peak arrives and never undershoots. Both filters reach
    a finite distance, by which pieces of at least that length overlap: the cut into pieces makes no difference.
    """
    gain, ceiling = 10 ** (gain_db / 20), 10 ** (ceiling_dbtp / 20)
    reach = _to_samples(LOOK_AHEAD_MS, rate)
    window = np.hanning(reach * 2 + 3)[1:-1]
    window /= window.sum()
    for context, start, end in _overlapping(pieces, reach * 2):
        loud = context.astype(np.float64) * gain
        needed = np.minimum(1.0, ceiling / np.maximum(_envelope(loud), 1e-9))
        held = minimum_filter1d(needed, reach * 2 + 1, mode="nearest")
        smooth = np.convolve(np.pad(held, reach, mode="edge"), window, mode="valid")
        yield (loud * smooth)[start:end].astype(np.float32)


def _envelope(samples: np.ndarray) -> np.ndarray:
    """Absolute value with the peaks between samples, by four points of a half-sample interpolator."""
    padded = np.pad(samples, 2, mode="edge")
    between = (9 * (padded[1:-2] + padded[2:-1]) - (padded[:-3] + padded[3:])) / 16
    inner = np.abs(between)
    envelope: np.ndarray = np.maximum(np.abs(samples), np.maximum(inner[:-1], inner[1:]))
    return envelope


def _overlapping(pieces: Iterable[Samples], reach: int) -> Iterator[tuple[Samples, int, int]]:
    """Give each piece with up to `reach` samples of its neighbours, and where the piece itself lies in that."""
    before = np.zeros(0, np.float32)
    current: Samples | None = None
    for following in pieces:
        if current is not None:
            context = np.concatenate([before, current, following[:reach]])
            yield context, len(before), len(before) + len(current)
            before = np.concatenate([before, current])[-reach:]
        current = following
    if current is not None:
        yield np.concatenate([before, current]), len(before), len(before) + len(current)


def _to_samples(ms: int, rate: int) -> int:
    return ms * rate // 1000
