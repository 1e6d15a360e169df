"""Takes to one mastered recording: joined with the script's pauses, evened, brought to the target loudness and peak.

Everything streams: pass one joins, filters and measures; pass two applies one gain and a look-ahead limiter. A whole
edition's audio is never in memory. Order and figures: docs/decisions/0004-mastering-chain.md.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from vivavoce.audio import LoudnessMeter, Samples, fade_edges, measure_true_peak, resample, to_dbfs
from vivavoce.errors import InputError
from vivavoce.sound_files import read_mono, read_pieces, write_pieces
from vivavoce.types import Alignment, Edition, PlacedRecording, Placement, Recording, Speech, Take, WordTiming

LEAD_IN_MS = 300
LEAD_OUT_MS = 500
HIGH_PASS_HZ = 75
LEVEL_FRAME_MS = 20
LEVEL_GATE_DB = -30
MAX_EVENING_DB = 4.0
"""An utterance's level is moved towards the edition's median by at most this much."""
LOOK_AHEAD_MS = 5
AFTER_RECORDING_MS = 700
LONGEST_RECORDING_S = 120


@dataclass(frozen=True, slots=True)
class LoudnessTarget:
    """What the delivered recording is brought to."""

    loudness_lufs: float = -19.0
    """Integrated; measured as mono, so -16 as heard from two loudspeakers."""
    ceiling_dbtp: float = -3.0
    """True peak before encoding: MP3 at 96 kbit/s overshoots by up to 2 dB."""
    delivered_dbtp: float = -1.0
    """True peak that no delivered file may exceed once it is decoded."""


@dataclass(frozen=True, slots=True)
class Insert:
    """A recording of the house's own, and where it is heard."""

    recording: Recording
    before: int
    """Index of the take that follows it; the number of takes: after the last one."""


def master_edition(
    alignments: Sequence[Alignment],
    *,
    load_take: Callable[[Speech], Take],
    target: LoudnessTarget,
    folder: Path,
    inserts: Sequence[Insert] = (),
) -> Edition:
    """Join, even, and level all takes, with the house's own recordings between them at the takes' level.

    Args:
        alignments: In the order of speaking; all takes of one sample rate.
        load_take: Gives the samples that a Speech refers to; called twice for each.
        target: Loudness and peak wanted.
        folder: Where `joined.wav` (removed again) and `master.wav` are written.
        inserts: Recordings, at most one before each take.

    Raises:
        InputError: There is nothing to master, or a recording can't be read, is silent or too long.
    """
    if not alignments:
        raise InputError("there is no utterance to master; the script is empty")
    rate = load_take(alignments[0].speech).sample_rate_hz
    levels = [_measure_level(load_take(alignment.speech)) for alignment in alignments]
    sounds = {insert.before: _load_recording(insert.recording, rate, float(np.median(levels))) for insert in inserts}
    after = _to_samples(AFTER_RECORDING_MS, rate)
    gaps = {before: len(sound) + after for before, sound in sounds.items()}
    placements = place_utterances(alignments, sample_rate_hz=rate, gaps=gaps)
    starts = {
        before: placements[before].start_samples - gap
        if before < len(placements)
        else placements[-1].end_samples + _to_samples(alignments[-1].speech.utterance.pause_after_ms, rate)
        for before, gap in gaps.items()
    }
    recordings = tuple(
        _place_recording(insert.recording, starts[insert.before], len(sounds[insert.before])) for insert in inserts
    )
    ends = [placements[-1].end_samples, *(placed.end_samples for placed in recordings)]
    length = max(ends) + _to_samples(LEAD_OUT_MS, rate)
    joined, mastered = folder / "joined.wav", folder / "master.wav"
    takes = (load_take(alignment.speech).samples for alignment in alignments)
    pieces = _lay_out(takes, placements, _even(levels), {at: (starts[at], sound) for at, sound in sounds.items()})
    loudness = _write_joined(joined, _join(pieces, length), rate)
    gain_db = target.loudness_lufs - loudness
    limited = _measure_loudness(_limit(read_pieces(joined), gain_db, target.ceiling_dbtp, rate), rate)
    gain_db += target.loudness_lufs - limited  # the limiter took a little
    write_pieces(mastered, _limit(read_pieces(joined), gain_db, target.ceiling_dbtp, rate), sample_rate_hz=rate)
    joined.unlink()
    loudness = _measure_loudness(read_pieces(mastered), rate)
    peak = measure_true_peak(read_pieces(mastered), sample_rate_hz=rate)
    return Edition(mastered, rate, length, placements, loudness, peak, recordings)


def place_utterances(
    alignments: Sequence[Alignment], *, sample_rate_hz: int, gaps: Mapping[int, int] = MappingProxyType({})
) -> tuple[Placement, ...]:
    """Lay the takes one after another with the script's pauses between them.

    Args:
        alignments: In the order of speaking.
        sample_rate_hz: Of the takes.
        gaps: Samples to leave for something else before a take, by its index.
    """
    placements = []
    at = _to_samples(LEAD_IN_MS, sample_rate_hz)
    for index, alignment in enumerate(alignments):
        at += gaps.get(index, 0)
        utterance = alignment.speech.utterance
        end = at + alignment.speech.length_samples
        words = tuple(WordTiming(word.start_samples + at, word.end_samples + at) for word in alignment.words)
        placements.append(Placement(utterance, at, end, words))
        at = end + _to_samples(utterance.pause_after_ms, sample_rate_hz)
    return tuple(placements)


# ---------------------------------------------------------------- joining


def _load_recording(recording: Recording, rate: int, level_dbfs: float) -> Samples:
    """Read a recording of the house's own, mixed to mono, at the takes' rate and level."""
    samples, its_rate = read_mono(recording.file)
    if len(samples) > LONGEST_RECORDING_S * its_rate:
        raise InputError(f"{recording.file} is longer than {LONGEST_RECORDING_S} s; give a shorter intro or outro")
    sound = fade_edges(resample(samples, from_hz=its_rate, to_hz=rate), fade_samples=_to_samples(10, rate))
    its_level = _measure_samples(sound, rate)
    if not math.isfinite(its_level):
        raise InputError(f"{recording.file} is silent; give a recording with sound, or none")
    return sound * np.float32(10 ** ((level_dbfs - its_level) / 20))


def _place_recording(recording: Recording, start: int, length: int) -> PlacedRecording:
    with recording.file.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
    return PlacedRecording(recording.file.name, digest, recording.by_people, start, start + length)


def _lay_out(
    takes: Iterable[Samples],
    placements: Sequence[Placement],
    gains_db: Sequence[float],
    recordings: Mapping[int, tuple[int, Samples]],
) -> Iterator[tuple[int, Samples]]:
    """Yield (first sample, samples) of all that is heard, in order."""
    for index, (samples, placement, gain_db) in enumerate(zip(takes, placements, gains_db, strict=True)):
        if index in recordings:
            yield recordings[index]
        yield placement.start_samples, samples * np.float32(10 ** (gain_db / 20))
    if len(placements) in recordings:
        yield recordings[len(placements)]


def _join(pieces: Iterable[tuple[int, Samples]], length: int) -> Iterator[Samples]:
    """Put silence between pieces that have a place, and after the last."""
    at = 0
    for start, samples in pieces:
        yield np.zeros(start - at, np.float32)
        yield samples
        at = start + len(samples)
    yield np.zeros(length - at, np.float32)


def _measure_level(take: Take) -> float:
    return _measure_samples(take.samples, take.sample_rate_hz)


def _measure_samples(samples: Samples, rate: int) -> float:
    """RMS in dBFS of the frames that hold sound."""
    frame = _to_samples(LEVEL_FRAME_MS, rate)
    whole = max(1, len(samples) // frame) * frame
    padded = np.pad(samples, (0, max(0, whole - len(samples))))[:whole].astype(np.float64)
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

    def measured() -> Iterator[Samples]:
        for piece in _filter(pieces, rate):
            meter.add(piece)
            yield piece

    write_pieces(file, measured(), sample_rate_hz=rate)
    loudness = meter.loudness_lufs()
    if not math.isfinite(loudness):
        raise InputError("the recording is silent; nothing can be mastered")
    return loudness


def _filter(pieces: Iterable[Samples], rate: int) -> Iterator[Samples]:
    """Take out what is below speech; the cut into pieces makes no difference."""
    from scipy.signal import butter, sosfilt  # a second to load: only where sound is mastered

    high_pass = butter(2, HIGH_PASS_HZ, "highpass", fs=rate, output="sos")
    state = np.zeros((len(high_pass), 2))
    for piece in pieces:
        if len(piece):
            clean, state = sosfilt(high_pass, piece.astype(np.float64), zi=state)
            yield clean.astype(np.float32)


# ---------------------------------------------------------------- levelling


def level_phrase(take: Take, *, gain_db: float | None, target: LoudnessTarget) -> tuple[Samples, float]:
    """Filter, level and limit a phrase that is heard before the next one is rendered.

    Args:
        take: The phrase.
        gain_db: What the utterance's first phrase was raised by; None for that phrase itself, which is measured.
        target: Loudness and peak wanted.

    Returns:
        Samples, as many as the take has, and the gain.
    """
    rate = take.sample_rate_hz
    clean = list(_filter([take.samples], rate))
    if gain_db is None:
        around = [np.zeros(_to_samples(pause, rate), np.float32) for pause in (LEAD_IN_MS, LEAD_OUT_MS)]
        loudness = _measure_loudness([around[0], *clean, around[1]], rate)
        gain_db = target.loudness_lufs - loudness if math.isfinite(loudness) else 0.0
    return np.concatenate(list(_limit(clean, gain_db, target.ceiling_dbtp, rate))), gain_db


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
    from scipy.ndimage import minimum_filter1d

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
