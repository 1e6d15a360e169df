"""Any narration against the text that it should say, also one that we did not make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vivavoce.audio import Samples, freeze, resample
from vivavoce.encode.audio import decoded
from vivavoce.encode.mp4 import check_m4a
from vivavoce.errors import InputError, MachineError
from vivavoce.phonemes import without_stress
from vivavoce.script import speak_line
from vivavoce.script.pronounce import Pronouncer
from vivavoce.sound_files import read_mono
from vivavoce.types import Finding, Hearing, Role, Take, Utterance, Word
from vivavoce.verify import Ears, find_flaws, hear_clip, hear_take, place_utterances

PLAN_HZ = 24_000
FRAME_SAMPLES = 600
"""Our voice plans in frames of 25 ms."""
MARKS = ",.!?;:—…"
SENTENCE_ENDS = ".!?…"
MARGIN_S = 0.3
"""Listened to before and after a sentence of a longer recording, or half of the pause if that is less."""
PLAN_S = 0.05
"""A recording that differs from its plan by more has been trimmed, and where is not known."""
LONGEST_PADS = 60
"""Frames of lead-in and tail together that a plan may leave unsaid."""
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
    """Frames of 25 ms that the voice planned for each symbol of `phonemes`, with or without its lead-in and tail."""


def _read_sound(file: Path) -> tuple[Samples, int]:
    if not file.is_file():
        return read_mono(file)  # which says so
    try:
        with decoded(file) as sound:
            return read_mono(sound)
    except MachineError as error:
        check_m4a()
        raise InputError(f"the recording {file} can't be read; give a WAV, MP3, M4A, FLAC or Opus file") from error


def hear_recording(recording: Recording, *, pronouncer: Pronouncer, ears: Ears) -> Hearing:
    """Listen to a recording.

    Raises:
        InputError: The file can't be read, or the text has no words.
    """
    samples, rate_hz = _read_sound(recording.audio)
    sentences = _write_sentences(recording.text, pronouncer)
    if not sentences:
        raise InputError(f"there are no words in the text for {recording.audio}; give what the recording should say")
    if len(sentences) > 1 and recording.durations is None:
        return _hear_sentences(sentences, samples, rate_hz, ears)
    words = tuple(word for sentence in sentences for word in sentence.words)
    utterance = Utterance("u1", Role.BODY, recording.text, words, 0)
    told = _tell_phonemes(utterance, recording.phonemes) if recording.phonemes else utterance
    length = _check_length(recording, len(samples), rate_hz)
    plan = None if length else _read_plan(recording, told, samples, rate_hz)
    if plan is None:
        hearing = hear_clip(told, samples, sample_rate_hz=rate_hz, ears=ears)
    else:
        hearing = hear_take(told, plan, ears=ears)
    return replace(hearing, findings=(*length, *hearing.findings))


# ---------------------------------------------------------------- sentence by sentence


def _write_sentences(text: str, pronouncer: Pronouncer) -> tuple[Utterance, ...]:
    """Write each sentence of a text as an utterance: a line may have several, none goes over a line's end."""
    sentences: list[Utterance] = []
    for line in text.splitlines():
        words: list[Word] = []
        for word in speak_line(" ".join(line.split()), pronouncer=pronouncer):
            words.append(word)
            if word.mark and word.mark[-1] in SENTENCE_ENDS:
                sentences.append(_write_utterance(len(sentences), words))
                words = []
        if words:
            sentences.append(_write_utterance(len(sentences), words))
    return tuple(sentences)


def _write_utterance(index: int, words: Sequence[Word]) -> Utterance:
    display = " ".join((word.text or word.spoken) + word.mark for word in words)
    return Utterance(f"u{index + 1}", Role.BODY, display, tuple(words), 0)


def _hear_sentences(sentences: Sequence[Utterance], samples: Samples, rate_hz: int, ears: Ears) -> Hearing:
    """Find the sentences in the recording and listen to each by itself: the pauses between them are nobody's fault."""
    length_s = len(samples) / rate_hz
    places = place_utterances(sentences, samples, sample_rate_hz=rate_hz, ears=ears)
    if places is None:
        lost = " ".join(sentence.display for sentence in sentences)
        count = sum(not word.is_name for sentence in sentences for word in sentence.words)
        return Hearing("", count, count, (Finding("u1", "words_not_heard", lost, 1.0, 0.0, length_s, lost),))
    hearings = []
    ends_s = [0.0, *(end_s for _, end_s in places)]
    starts_s = [*(start_s for start_s, _ in places), length_s]
    for index, (sentence, (start_s, end_s)) in enumerate(zip(sentences, places, strict=True)):
        first_s = start_s - min(MARGIN_S, (start_s - ends_s[index]) / 2)
        last_s = end_s + min(MARGIN_S, (starts_s[index + 1] - end_s) / 2)
        cut = samples[int(first_s * rate_hz) : int(last_s * rate_hz)]
        hearing = hear_clip(sentence, cut, sample_rate_hz=rate_hz, ears=ears, whole=False)
        hearings.append(replace(hearing, findings=tuple(_move(found, first_s) for found in hearing.findings)))
    return Hearing(
        " ".join(hearing.heard for hearing in hearings if hearing.heard),
        sum(hearing.words for hearing in hearings),
        sum(hearing.words_not_heard for hearing in hearings),
        (
            *_check_edges(sentences, samples, rate_hz, ears),
            *(found for hearing in hearings for found in hearing.findings),
        ),
    )


def _check_edges(sentences: Sequence[Utterance], samples: Samples, rate_hz: int, ears: Ears) -> Iterator[Finding]:
    """Find where the recording as a whole begins or ends in the middle of sound."""
    for flaw in find_flaws(samples, sample_rate_hz=rate_hz, limits=ears.thresholds.signal):
        if flaw.kind in {"clipped_onset", "truncated"}:
            sentence = sentences[0] if flaw.start_s == 0 else sentences[-1]
            yield Finding(sentence.id, flaw.kind, "", flaw.confidence, flaw.start_s, flaw.end_s)


def _move(finding: Finding, by_s: float) -> Finding:
    return replace(finding, start_s=finding.start_s + by_s, end_s=finding.end_s + by_s)


# ---------------------------------------------------------------- with a voice's plan


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
    """Hold the length of a recording against the plan's; a recording without its lead-in and tail is no shorter."""
    if recording.durations is None:
        return ()
    least_s, most_s = (frames * FRAME_SAMPLES / PLAN_HZ for frames in _bounds(recording))
    is_s, spare_s = length / rate_hz, FRAME_SAMPLES / PLAN_HZ
    if least_s - spare_s <= is_s <= most_s + spare_s:
        return ()
    return (Finding("u1", "length", "", 1.0, min(most_s, is_s), is_s, f"{most_s:.2f} s", f"{is_s:.2f} s"),)


def _bounds(recording: Recording) -> tuple[int, int]:
    """Give the least and the greatest number of frames that a recording as planned can have."""
    frames, symbols = recording.durations or (), len(recording.phonemes or "")
    if symbols and len(frames) == symbols:
        return sum(frames), sum(frames) + LONGEST_PADS
    if symbols and len(frames) == symbols + 2:
        silent = len(recording.phonemes or "") - len((recording.phonemes or "").rstrip(MARKS))
        return sum(frames[1 : -1 - silent]), sum(frames)
    return sum(frames), sum(frames)


def _read_plan(recording: Recording, utterance: Utterance, samples: Samples, rate_hz: int) -> Take | None:
    """Lay the voice's plan over the utterance; None where they are of different things or lengths."""
    given, frames = recording.phonemes, recording.durations
    if given is None or frames is None:
        return None
    if len(frames) == len(given):
        frames = (0, *frames, 0)
    if len(frames) != len(given) + 2 or abs(sum(frames) * FRAME_SAMPLES / PLAN_HZ - len(samples) / rate_hz) > PLAN_S:
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
