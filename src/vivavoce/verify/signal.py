"""Faults that need no words to be heard: silence, clicks, bursts of noise, clipping, an offset, cut edges.

Levels are in dB relative to the speech, so that nothing depends on how loud a recording is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vivavoce.audio import Samples

Levels = NDArray[np.float64]

_FRAME_S = 0.01
_EDGE_S = 0.002
_NOISE_FRAMES = 5
_BANDS_HZ = np.arange(0, 9000, 1000)
_PREDICTED_S = 0.02
_ORDER = 16
_AROUND_S = 0.0015
_WITHIN_SAMPLES = 8
_QUIET_CLICK = 0.12
_CLICK_SAMPLES = 4
"""How far apart the start and the end of a click may lie."""
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class SignalLimits:
    """Where a measure becomes a finding. Fitted by `make eval-listen`; see docs/proof.md."""

    silence_s: float = 0.75
    """Inside an utterance; clean ones pause for up to 0.3 s."""
    silence_db: float = -45.0
    click_ratio: float = 10.6
    """What of a sample neither those before nor those after it predict, against what is usual within 1.5 ms. The most
    in clean takes of the fitting half is 9.4."""
    noise_db: float = -21.0
    """The weakest of eight bands up to 8 kHz, during 50 ms: speech never fills all bands at once."""
    start_db: float = -34.0
    """The first 2 ms."""
    sudden_db: float = -55.0
    """The first 2 ms, where the sound is about as loud at once as it gets within `rise_s`."""
    sudden_rise_db: float = 8.0
    """Clean takes of the fitting half that begin louder than `sudden_db` rise by 11 dB or more."""
    rise_s: float = 0.01
    end_db: float = -70.0
    """The last 2 ms."""
    tail_db: float = -50.0
    """The last `tail_s`: a word dies away for longer than a consonant's closure within it lasts."""
    tail_s: float = 0.03
    """Our own takes keep 40 ms after the last sound; those of the fitting half are softer than `tail_db` for 88."""
    floor_db: float = 8.0
    """An edge no louder than the recording's quietest 2 ms and this is no cut."""
    clipped_samples: int = 5
    """Samples running at the same extreme."""
    offset_db: float = -20.0
    """The mean of all samples."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A fault of the sound, and where."""

    kind: str
    start_s: float
    end_s: float
    confidence: float


def find_flaws(samples: Samples, *, sample_rate_hz: int, limits: SignalLimits, edges: bool = True) -> Iterator[Flaw]:
    """Find what is wrong with a recording of speech as a sound; in silence there is nothing to find.

    Args:
        samples: Mono.
        sample_rate_hz: Of `samples`.
        limits: Where a measure becomes a flaw.
        edges: Whether the recording should begin and end in silence.
    """
    if len(samples) < sample_rate_hz * 0.1 or not np.any(samples):
        return
    levels = _measure_levels(samples, sample_rate_hz, _FRAME_S)
    duration_s = len(samples) / sample_rate_hz
    yield from _find_silence(levels, limits)
    yield from _find_clicks(samples, sample_rate_hz, limits)
    yield from _find_noise(samples, sample_rate_hz, limits)
    yield from _find_clipping(samples, sample_rate_hz, limits)
    if edges:
        yield from _find_cut_edges(samples, sample_rate_hz, limits)
    speech = _speech_power(np.square(samples, dtype=np.float64))
    if _to_db(float(np.mean(samples)) ** 2 / speech) > limits.offset_db:
        yield Flaw("offset", 0.0, duration_s, 1.0)


def _find_cut_edges(samples: Samples, rate_hz: int, limits: SignalLimits) -> Iterator[Flaw]:
    moments = _measure_levels(samples, rate_hz, _EDGE_S)
    backwards = _measure_levels(samples[::-1], rate_hz, _EDGE_S)
    tail = backwards[: round(limits.tail_s / _EDGE_S)]
    floor_db, end_s = float(moments.min()) + limits.floor_db, len(samples) / rate_hz
    rise_db = float(moments[: round(limits.rise_s / _EDGE_S)].max() - moments[0])
    start_db = limits.sudden_db if rise_db < limits.sudden_rise_db else limits.start_db
    for kind, level, limit, at_s in (
        ("clipped_onset", float(moments[0]), start_db, 0.0),
        ("truncated", float(backwards[0]), limits.end_db, end_s),
        ("truncated", float(tail.max()), limits.tail_db, end_s),
    ):
        if level > max(limit, floor_db):
            yield Flaw(kind, at_s, at_s, min(1.0, 0.5 + (level - limit) / 40))
            if kind == "truncated":
                return


def _to_db(ratio: float) -> float:
    return float(10 * np.log10(ratio + _TINY))


def _speech_power(power: Levels) -> float:
    """Mean power of the louder half of what is not silent."""
    speaking = power[power > power.max() * 1e-4]
    return float(np.mean(speaking[speaking >= np.median(speaking)])) + _TINY


def _measure_levels(samples: Samples, rate_hz: int, frame_s: float) -> Levels:
    """Level of each whole frame."""
    hop = int(rate_hz * frame_s)
    frames = samples[: len(samples) // hop * hop].reshape(-1, hop)
    power = np.mean(np.square(frames, dtype=np.float64), axis=1)
    return np.asarray(10 * np.log10((power + _TINY) / _speech_power(power)))


def _find_silence(levels: Levels, limits: SignalLimits) -> Iterator[Flaw]:
    loud = np.flatnonzero(levels > limits.silence_db)
    for at in np.flatnonzero(np.diff(loud) * _FRAME_S > limits.silence_s):
        start_s, end_s = (loud[at] + 1) * _FRAME_S, loud[at + 1] * _FRAME_S
        yield Flaw("silence", float(start_s), float(end_s), min(1.0, float(end_s - start_s) / limits.silence_s / 2))


def _find_noise(samples: Samples, rate_hz: int, limits: SignalLimits) -> Iterator[Flaw]:
    """Find where all bands are full at once for 50 ms."""
    hop = int(rate_hz * _FRAME_S)
    frames = np.lib.stride_tricks.sliding_window_view(samples, 2 * hop)[::hop] * np.hanning(2 * hop)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    if len(power) < _NOISE_FRAMES:
        return
    edges = np.searchsorted(np.fft.rfftfreq(2 * hop, 1 / rate_hz), _BANDS_HZ)
    whole = power.sum(axis=1)
    weakest = np.add.reduceat(power, edges[:-1], axis=1)
    weakest[:, -1] = power[:, edges[-2] : edges[-1]].sum(axis=1)
    levels = 10 * np.log10((weakest.min(axis=1) + _TINY) / np.mean(np.sort(whole)[-len(whole) // 2 :]))
    lasting = np.lib.stride_tricks.sliding_window_view(levels, _NOISE_FRAMES).min(axis=1)
    at = int(lasting.argmax())
    if lasting[at] > limits.noise_db:
        sure = min(1.0, 0.5 + (float(lasting[at]) - limits.noise_db) / 20)
        yield Flaw("noise", at * _FRAME_S, (at + _NOISE_FRAMES) * _FRAME_S, sure)


def _find_clicks(samples: Samples, rate_hz: int, limits: SignalLimits) -> Iterator[Flaw]:
    """Find a click: the onset of a voice's pulse surprises those who come from before it, but not from after it."""
    known = samples.astype(np.float64)
    ratio = np.minimum(_measure_surprise(known, rate_hz), _measure_surprise(known[::-1], rate_hz)[::-1])
    at = int(ratio.argmax())
    if ratio[at] > limits.click_ratio:
        yield Flaw("click", at / rate_hz, at / rate_hz, min(1.0, float(ratio[at]) / limits.click_ratio / 2))


def _measure_surprise(samples: Levels, rate_hz: int) -> Levels:
    """Give how much of a sample those before it don't predict, against what is usual around it; most of nine samples.

    Coming from before, a click surprises at its start; coming from after, at its end.
    """
    error = np.abs(_predict_errors(samples, rate_hz))
    ratio = error / _usual(error, int(rate_hz * _AROUND_S))
    ratio[error < _QUIET_CLICK * np.abs(samples).max()] = 0.0
    padded = np.pad(ratio, _CLICK_SAMPLES)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * _CLICK_SAMPLES + 1).max(axis=1))


def _predict_errors(samples: Levels, rate_hz: int) -> Levels:
    """What linear prediction from the 16 samples before each leaves over, coefficients renewed every 20 ms."""
    step = int(rate_hz * _PREDICTED_S)
    padded = np.pad(samples, (_ORDER + step // 2, 2 * step))
    count = -(-len(samples) // step)
    windows = np.lib.stride_tricks.sliding_window_view(padded[_ORDER:], 2 * step)[::step][:count]
    coefficients = _solve_prediction(windows * np.hanning(2 * step))
    middle = padded[step // 2 :]
    past = np.lib.stride_tricks.sliding_window_view(middle, _ORDER)[: count * step, ::-1].reshape(count, step, _ORDER)
    predicted = np.einsum("nso,no->ns", past, coefficients).reshape(-1)
    return np.asarray(samples - predicted[: len(samples)])


def _solve_prediction(windows: Levels) -> Levels:
    """Levinson-Durbin on the autocorrelation of each window, all windows at once; shape (windows, order)."""
    spectrum = np.abs(np.fft.rfft(windows, n=2 * windows.shape[1], axis=1)) ** 2
    correlation = np.fft.irfft(spectrum, axis=1)[:, : _ORDER + 1]
    error = correlation[:, 0] * 1.001 + 1e-5
    coefficients = np.zeros((len(windows), _ORDER))
    for order in range(_ORDER):
        known = np.einsum("nk,nk->n", coefficients[:, :order], correlation[:, order:0:-1])
        reflection = (correlation[:, order + 1] - known) / error
        coefficients[:, :order] -= reflection[:, None] * coefficients[:, :order][:, ::-1].copy()
        coefficients[:, order] = reflection
        error *= 1 - reflection**2
    return coefficients


def _usual(surprise: Levels, reach: int) -> Levels:
    """Root mean square around each sample, without the sample's own closest neighbours."""
    summed = np.concatenate([[0.0], np.cumsum(surprise**2)])
    at = np.arange(len(surprise))

    def total(width: int) -> tuple[Levels, Levels]:
        first, last = np.maximum(0, at - width), np.minimum(len(surprise), at + width + 1)
        return summed[last] - summed[first], (last - first).astype(np.float64)

    (wide, wide_count), (close, close_count) = total(reach), total(_WITHIN_SAMPLES)
    return np.asarray(np.sqrt(np.maximum((wide - close) / np.maximum(1.0, wide_count - close_count), 1e-8)))


def _find_clipping(samples: Samples, rate_hz: int, limits: SignalLimits) -> Iterator[Flaw]:
    """Find runs of samples at one extreme."""
    extreme = np.abs(samples) >= np.abs(samples).max() * 0.9999
    starts = np.flatnonzero(np.diff(np.concatenate([[0], extreme.astype(np.int8)])) == 1)
    ends = np.flatnonzero(np.diff(np.concatenate([extreme.astype(np.int8), [0]])) == -1) + 1
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        if end - start >= limits.clipped_samples:
            yield Flaw("clipping", start / rate_hz, end / rate_hz, 1.0)
            return
