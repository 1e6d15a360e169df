"""An edition listened to again: not the takes that it was made of, but the file that is delivered.

The manifest says where each utterance and word should lie. Decoders that add a delay, and a recording that was cut or
stretched since, are met by looking for each utterance around its place before it is listened to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vivavoce.audio import Samples, freeze, resample
from vivavoce.encode.audio import decoded
from vivavoce.encode.peaks import Peaks, measure_peaks
from vivavoce.encode.proof_sheet import write_proof_json, write_proof_sheet
from vivavoce.errors import InputError
from vivavoce.models import sha256_of
from vivavoce.page import pick_audio
from vivavoce.pipeline import Listener, Watch
from vivavoce.sound_files import read_cuts, read_length
from vivavoce.types import EditionRecord, Finding, Hearing, Placement, Report, Take
from vivavoce.verify import find_jumps, find_sound, measure_speech_db

REACH_S = 3.0
"""How far from its place an utterance is looked for."""
MOVED_S = 0.06
"""An utterance this far from where the one before it leads one to expect it has been moved."""
_FLOOR = 10**-3.0
_FITS_NATS = 0.8
"""Words at least this much louder than what is around them are where they should be; clean ones are by 1.3 to 3.6."""
_SURER_NATS = 1.5
"""How much better another place must fit to be believed."""
_MARGIN_S = 0.06
"""Cut with each utterance from the pauses around it: some decoders begin a file up to 50 ms late."""
_LEAST_S = 0.2


@dataclass(frozen=True, slots=True)
class Proving:
    """What listening again gave."""

    edition: EditionRecord
    """As the manifest has it, with the new report."""
    changed: tuple[str, ...]
    """Audio files that are no longer what the manifest says."""

    @property
    def clean(self) -> bool:
        """Whether the edition may go out as it lies there."""
        return self.edition.report.clean and not self.changed


def prove_edition(record: EditionRecord, folder: Path, *, listener: Listener, watch: Watch) -> Proving:
    """Listen to the delivered file of an edition.

    Args:
        record: The edition's manifest.
        folder: The edition.
        listener: Ears for the edition's voice.
        watch: Told of progress.

    Raises:
        InputError: An audio file is missing or can't be read.
    """
    missing = [audio.file for audio in record.audio if not (folder / audio.file).is_file()]
    if missing:
        raise InputError(f"{folder} lacks {missing[0]}; make the edition again")
    with decoded(folder / pick_audio(record).file) as sound:
        report = Report(tuple(_hear_file(record, sound, listener, watch)), record.report.trials)
    changed = tuple(audio.file for audio in record.audio if sha256_of(folder / audio.file) != audio.sha256)
    return Proving(replace(record, report=report), changed)


def write_proof(proving: Proving, folder: Path) -> None:
    """Write proof.html and proof.json anew; each appears whole."""
    record = proving.edition
    with decoded(folder / pick_audio(record).file) as sound:
        peaks = measure_peaks(sound)
    pages = {
        "proof.html": write_proof_sheet(record, peaks=peaks, changed=proving.changed),
        "proof.json": write_proof_json(record, changed=proving.changed),
    }
    for name, text in pages.items():
        staged = folder / f".{name}.part"
        staged.write_text(text, "utf-8")
        staged.replace(folder / name)


# ---------------------------------------------------------------- utterance by utterance


@dataclass(frozen=True, eq=False)
class _Piece:
    """An utterance's sound and the pause after it, at the manifest's rate."""

    placement: Placement
    moved_s: float
    """Later than the utterance before it leads one to expect."""
    begins_samples: int
    """Where `samples` begin, by the manifest's count."""
    samples: Samples
    pause: Samples


def _hear_file(record: EditionRecord, file: Path, listener: Listener, watch: Watch) -> Iterator[tuple[str, Hearing]]:
    hearings: list[Hearing] = []
    levels: list[float] = []
    for done, piece in enumerate(_cut(record, file)):
        watch("listening", done, len(record.placements))
        levels.append(measure_speech_db(piece.samples, sample_rate_hz=record.sample_rate_hz))
        hearings.append(_hear_piece(piece, record.sample_rate_hz, levels[-1], listener))
    jumps = dict(find_jumps(levels))
    for at, (placement, hearing) in enumerate(zip(record.placements, hearings, strict=True)):
        heard = hearing if at not in jumps else _add(hearing, _tell_jump(placement, jumps[at], record.sample_rate_hz))
        yield placement.utterance.id, heard


def _add(hearing: Hearing, *findings: Finding) -> Hearing:
    return replace(hearing, findings=(*hearing.findings, *findings))


def _tell_jump(placement: Placement, difference_db: float, rate_hz: int) -> Finding:
    length_s = (placement.end_samples - placement.start_samples) / rate_hz
    sure = min(1.0, abs(difference_db) / 12)
    return Finding(placement.utterance.id, "level", "", sure, 0.0, length_s, "0 dB", f"{difference_db:+.1f} dB")


def _hear_piece(piece: _Piece, rate_hz: int, speech_db: float, listener: Listener) -> Hearing:
    utterance = piece.placement.utterance
    if len(piece.samples) < _LEAST_S * rate_hz:
        lost = Finding(utterance.id, "words_not_heard", utterance.display, 1.0, 0.0, 0.0, utterance.spoken)
        counted = sum(not word.is_name for word in utterance.words)
        return Hearing("", counted, counted, (lost,))
    hearing = listener.hear(utterance, _plan(piece, rate_hz))
    before_s = (piece.placement.start_samples - piece.begins_samples) / rate_hz
    hearing = replace(hearing, findings=tuple(_move(found, -before_s) for found in hearing.findings))
    length_s = len(piece.samples) / rate_hz - before_s
    found = []
    if abs(piece.moved_s) > MOVED_S:
        found.append(
            Finding(utterance.id, "timing", "", 1.0, 0.0, 0.0, "0 s", f"{piece.moved_s:+.2f} s")  # against its place
        )
    sound = find_sound(piece.pause, sample_rate_hz=rate_hz, speech_db=speech_db)
    if sound is not None:
        start_s, end_s = (length_s + at_s for at_s in sound)
        found.append(Finding(utterance.id, "sound_in_pause", "", 1.0, start_s, end_s, "silence", "sound"))
    return _add(hearing, *found)


def _move(finding: Finding, by_s: float) -> Finding:
    return replace(finding, start_s=max(0.0, finding.start_s + by_s), end_s=max(0.0, finding.end_s + by_s))


def _plan(piece: _Piece, rate_hz: int) -> Take:
    """The sound with the manifest's place of each word, its symbols spread evenly over it."""
    spans: list[tuple[float, float]] = []
    for word, timing in zip(piece.placement.utterance.words, piece.placement.words, strict=True):
        first, last = (at - piece.begins_samples for at in (timing.start_samples, timing.end_samples))
        edges = np.linspace(first, last, len(word.phonemes) + 1)
        spans += list(pairwise(edges))
        spans += [(last, last)] * (len(word.mark) + 1)
    return Take(freeze(piece.samples), np.array(spans[:-1]).round().astype(np.int64), rate_hz, "delivered")


def _cut(record: EditionRecord, file: Path) -> Iterator[_Piece]:
    """Cut the delivered file into utterances, where they are rather than where they should be."""
    length, rate_hz = read_length(file)
    shifts = list(_find_shifts(record.placements, record.sample_rate_hz, measure_peaks(file)))
    whole = _in_whole(record)
    pauses = [(end, begin) for (_, end), (begin, _) in pairwise([*whole, (record.length_samples, 0)])]
    cuts = []
    for (start, end), (quiet, loud), shift_s in zip(whole, pauses, shifts, strict=True):
        places = (at / record.sample_rate_hz + shift_s for at in (start, end, quiet, loud))
        first, last, begin, stop = (min(length, max(0, round(at_s * rate_hz))) for at_s in places)
        cuts += [(first, last), (begin, max(begin, stop))]
    sounds = read_cuts(file, cuts)
    expected_s = shifts[0]
    for placement, (start, _), shift_s in zip(record.placements, whole, shifts, strict=True):
        samples, pause = (
            np.asarray(resample(next(sounds), from_hz=rate_hz, to_hz=record.sample_rate_hz)) for _ in range(2)
        )
        yield _Piece(placement, shift_s - expected_s, start, samples, pause)
        expected_s = shift_s


def _in_whole(record: EditionRecord) -> list[tuple[int, int]]:
    """Give where each utterance is cut: with a margin, but with no more than a third of the pause beside it."""
    margin = round(_MARGIN_S * record.sample_rate_hz)
    ends = [0, *(at for placed in record.placements for at in (placed.start_samples, placed.end_samples))]
    ends.append(record.length_samples)
    return [
        (
            ends[at] - min(margin, (ends[at] - ends[at - 1]) // 3),
            ends[at + 1] + min(margin, (ends[at + 2] - ends[at + 1]) // 3),
        )
        for at in range(1, len(ends) - 1, 2)
    ]


# ---------------------------------------------------------------- where utterances lie


def _find_shifts(placements: Sequence[Placement], rate_hz: int, peaks: Peaks) -> Iterator[float]:
    """Give for each utterance how much later it lies than the manifest says, in seconds."""
    levels = np.log(np.maximum(peaks.values, _FLOOR * float(peaks.values.max(initial=0.0)) + 1e-9))
    reach = round(REACH_S * peaks.per_second)
    shift, free = 0, 0
    for placement in placements:
        speaking = _mask(placement, rate_hz, peaks.per_second)
        begin = placement.start_samples * peaks.per_second // rate_hz
        earliest = max(-reach, free - begin)  # not where the utterance before it lies
        lags = range(earliest, reach + 1)
        fits = np.array([_fit(levels, begin - _around(peaks) + shift + lag, speaking) for lag in lags])
        best, here = int(fits.argmax()), fits[-earliest]
        if here < _FITS_NATS and fits[best] > here + _SURER_NATS:
            shift += lags[best]
        free = placement.end_samples * peaks.per_second // rate_hz
        yield shift / peaks.per_second


def _around(peaks: Peaks) -> int:
    return round(0.2 * peaks.per_second)


def _mask(placement: Placement, rate_hz: int, per_second: int) -> NDArray[np.bool_]:
    """Where words are said, with 0.2 s before and after the utterance in which nothing is."""
    margin = round(0.2 * per_second)
    length = (placement.end_samples - placement.start_samples) * per_second // rate_hz
    mask = np.zeros(length + 2 * margin, np.bool_)
    for timing in placement.words:
        first, last = (
            (at - placement.start_samples) * per_second // rate_hz for at in (timing.start_samples, timing.end_samples)
        )
        mask[first + margin : last + margin] = True
    return mask


def _fit(levels: NDArray[np.float32], begin: int, speaking: NDArray[np.bool_]) -> float:
    """How much louder it is where words should be than where none should, in nats."""
    window = np.full(len(speaking), levels.min(initial=0.0))
    first, last = max(0, begin), min(len(levels), begin + len(speaking))
    if first < last:
        window[first - begin : last - begin] = levels[first:last]
    return float(window[speaking].mean() - window[~speaking].mean()) if speaking.any() else 0.0
