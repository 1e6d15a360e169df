"""Any narration against the text that it should say, also one that we did not make."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vivavoce.audio import Samples, freeze, resample
from vivavoce.errors import InputError
from vivavoce.phonemes import without_stress
from vivavoce.script import speak_line
from vivavoce.script.pronounce import Pronouncer
from vivavoce.sound_files import read_mono
from vivavoce.types import Finding, Hearing, Role, Take, Utterance, Word
from vivavoce.verify import Ears, hear_clip, hear_take

PLAN_HZ = 24_000
FRAME_SAMPLES = 600
"""Our voice plans in frames of 25 ms."""
MARKS = ",.!?;:—…"
_NEAR = 0.5
"""Given phonemes are believed for a word where at least this share of them are ours too, and for every name."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A file of speech and what it should say."""

    audio: Path
    text: str
    """As written or as spoken."""
    phonemes: str | None = None
    """What the voice was given, in its symbols."""
    durations: tuple[int, ...] | None = None
    """Frames of 25 ms that the voice planned: for its lead-in, for each symbol of `phonemes`, for its tail."""


def hear_recording(recording: Recording, *, pronouncer: Pronouncer, ears: Ears) -> Hearing:
    """Listen to a recording.

    Raises:
        InputError: The file can't be read, or the text has no words.
    """
    samples, rate_hz = read_mono(recording.audio)
    words = speak_line(" ".join(recording.text.split()), pronouncer=pronouncer)
    if not words:
        raise InputError(f"there are no words in the text for {recording.audio}; give what the recording should say")
    utterance = Utterance("u1", Role.BODY, recording.text, words, 0)
    told = _tell_phonemes(utterance, recording.phonemes) if recording.phonemes else utterance
    length = _check_length(recording, len(samples), rate_hz)
    plan = None if length else _read_plan(recording, told, samples, rate_hz)
    if plan is None:
        hearing = hear_clip(told, samples, sample_rate_hz=rate_hz, ears=ears)
    else:
        hearing = hear_take(told, plan, ears=ears)
    return replace(hearing, findings=(*length, *hearing.findings))


def _tell_phonemes(utterance: Utterance, phonemes: str) -> Utterance:
    """Give words the phonemes that the voice was given, where these can be theirs."""
    spoken = [part.strip(MARKS) for part in phonemes.split()]
    counts = [len(word.spoken.split()) for word in utterance.words]
    if len(spoken) != sum(counts):
        return utterance
    words, at = [], 0
    for word, count in zip(utterance.words, counts, strict=True):
        words.append(_believe(word, " ".join(spoken[at : at + count])))
        at += count
    return replace(utterance, words=tuple(words))


def _believe(word: Word, given: str) -> Word:
    ours, theirs = without_stress(word.phonemes), without_stress(given)
    shared = sum(symbol in ours for symbol in theirs) / max(1, len(theirs), len(ours))
    return replace(word, phonemes=given) if given and (word.is_name or shared >= _NEAR) else word


def _check_length(recording: Recording, length: int, rate_hz: int) -> tuple[Finding, ...]:
    """Hold the length of a recording against the plan's."""
    if recording.durations is None:
        return ()
    planned_s, is_s = sum(recording.durations) * FRAME_SAMPLES / PLAN_HZ, length / rate_hz
    if abs(planned_s - is_s) <= FRAME_SAMPLES / PLAN_HZ:
        return ()
    return (Finding("u1", "length", "", 1.0, min(planned_s, is_s), is_s, f"{planned_s:.2f} s", f"{is_s:.2f} s"),)


def _read_plan(recording: Recording, utterance: Utterance, samples: Samples, rate_hz: int) -> Take | None:
    """Lay the voice's plan over the utterance; None where they are of different things."""
    given, frames = recording.phonemes, recording.durations
    if given is None or frames is None or len(frames) != len(given) + 2:
        return None
    ends = np.cumsum(frames) * FRAME_SAMPLES
    spans = np.stack([ends[:-2], ends[1:-1]], axis=1)
    chosen = _match_symbols(utterance, given)
    if chosen is None:
        return None
    return Take(freeze(resample(samples, from_hz=rate_hz, to_hz=PLAN_HZ)), spans[chosen], PLAN_HZ, "given")


def _match_symbols(utterance: Utterance, given: str) -> Sequence[int] | None:
    """Give for each symbol of the utterance the given symbol that it lies at."""
    starts = [at for at, symbol in enumerate(given) if symbol not in MARKS + " " and (at == 0 or given[at - 1] == " ")]
    ours = utterance.phonemes
    parts = [at for at, symbol in enumerate(ours) if symbol not in MARKS + " " and (at == 0 or ours[at - 1] == " ")]
    if len(starts) != len(parts):
        return None
    chosen = np.zeros(len(ours), np.int64)
    for (begin, end), (first, last) in zip(_stretches(parts, len(ours)), _stretches(starts, len(given)), strict=True):
        chosen[begin:end] = np.minimum(first + np.arange(end - begin), last - 1)
    return [int(at) for at in chosen]


def _stretches(starts: Sequence[int], length: int) -> list[tuple[int, int]]:
    return list(zip(starts, [*starts[1:], length], strict=True))
