"""What was heard in a sound that should say an utterance, with the voice's own plan of it or with nothing but words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vivavoce.audio import Samples, resample
from vivavoce.types import Finding, Hearing, Take, Utterance
from vivavoce.verify.ears import Ears, WordClip
from vivavoce.verify.lattice import Lattice
from vivavoce.verify.names import list_names
from vivavoce.verify.passages import Passage, PlacedWord, cut_passages, place_words
from vivavoce.verify.sentences import place_sentences
from vivavoce.verify.signal import find_flaws
from vivavoce.verify.sounds import PartScores, score_parts, split_parts
from vivavoce.verify.suspects import find_suspects
from vivavoce.verify.words import find_unheard, normalise_heard

_CHUNK_S = 26.0
"""Longest sound that is given to the phoneme recogniser at once; with its context it stays under the 30 s that hama
hears of what it is given."""
_CONTEXT_S = 1.0
"""Sound given with each chunk on both sides of it."""


@dataclass(frozen=True, eq=False)
class _Sound:
    """A sound as both recognisers take it in."""

    duration_s: float
    words_samples: Samples
    words_hz: int
    frames: NDArray[np.float32]
    """Shape (2, frames, sounds); see `PhonemeRecogniser.listen`."""
    frame_s: float


def hear_take(utterance: Utterance, take: Take, *, ears: Ears) -> Hearing:
    """Listen to a take of an utterance.

    Args:
        utterance: What should be said.
        take: Its rendering, with the place of each symbol as the voice planned it.
        ears: The recognisers and their thresholds.

    Returns:
        The same for the same arguments, whatever the machine's load.

    Raises:
        SynthesisError: The take has another number of symbols than the utterance.
    """
    planned = place_words(utterance, take)
    sound = _take_in(take.samples, take.sample_rate_hz, ears)
    flaws = _check_signal(utterance.id, take.samples, take.sample_rate_hz, ears)
    return _hear(utterance, planned, sound, flaws, ears, planned=True)


def hear_clip(
    utterance: Utterance, samples: Samples, *, sample_rate_hz: int, ears: Ears, whole: bool = True
) -> Hearing:
    """Listen to any recording of an utterance, of which nothing is known but the words.

    Args:
        utterance: What should be said.
        samples: The recording.
        sample_rate_hz: Of `samples`.
        ears: The recognisers and their thresholds.
        whole: False for a cut out of a longer recording, which may begin and end at any level.
    """
    sound = _take_in(samples, sample_rate_hz, ears)
    flaws = _check_signal(utterance.id, samples, sample_rate_hz, ears, edges=whole)
    return _hear(utterance, _find_words(utterance, sound, ears), sound, flaws, ears, planned=False)


def place_utterances(
    utterances: Sequence[Utterance], samples: Samples, *, sample_rate_hz: int, ears: Ears
) -> tuple[tuple[float, float], ...] | None:
    """Find where utterances lie in a recording of all of them, in order.

    Returns:
        [start, end) of each in seconds; None where the recording is too short to say them.
    """
    heard = _listen_in_chunks(resample(samples, from_hz=sample_rate_hz, to_hz=ears.phonemes.rate_hz), ears)
    frame_s = ears.phonemes.frame_samples / ears.phonemes.rate_hz
    sounds = [
        [sound for part in split_parts(utterance.words, ears.phonemes.sounds) for sound in part.sounds]
        for utterance in utterances
    ]
    places = place_sentences(heard[0], sounds)
    return None if places is None else tuple((start * frame_s, end * frame_s) for start, end in places.tolist())


def _check_signal(utterance: str, samples: Samples, rate_hz: int, ears: Ears, *, edges: bool = True) -> list[Finding]:
    flaws = find_flaws(samples, sample_rate_hz=rate_hz, limits=ears.thresholds.signal, edges=edges)
    return [Finding(utterance, flaw.kind, "", flaw.confidence, flaw.start_s, flaw.end_s) for flaw in flaws]


def _take_in(samples: Samples, rate_hz: int, ears: Ears) -> _Sound:
    words_samples = resample(samples, from_hz=rate_hz, to_hz=ears.words.rate_hz)
    return _Sound(
        len(samples) / rate_hz,
        words_samples,
        ears.words.rate_hz,
        _listen_in_chunks(resample(samples, from_hz=rate_hz, to_hz=ears.phonemes.rate_hz), ears),
        ears.phonemes.frame_samples / ears.phonemes.rate_hz,
    )


def _listen_in_chunks(samples: Samples, ears: Ears) -> NDArray[np.float32]:
    hop = ears.phonemes.frame_samples
    chunk, context = (int(seconds * ears.phonemes.rate_hz) // hop * hop for seconds in (_CHUNK_S, _CONTEXT_S))
    if len(samples) <= chunk + 2 * context:
        return ears.phonemes.listen(samples)
    pieces = []
    for start in range(0, len(samples), chunk):
        first = max(0, start - context)
        frames = ears.phonemes.listen(samples[first : start + chunk + context])
        pieces.append(frames[:, (start - first) // hop :][:, : chunk // hop])
    return np.concatenate(pieces, axis=1)


def _find_words(utterance: Utterance, sound: _Sound, ears: Ears) -> tuple[PlacedWord, ...]:
    """Place words by what was heard; all over the sound where it can't say them."""
    parts = split_parts(utterance.words, ears.phonemes.sounds)
    lattice = Lattice(sound.frames[0], [part.sounds for part in parts])
    places = lattice.place_words() * sound.frame_s
    placed = []
    for index, word in enumerate(utterance.words):
        own = [place for place, part in zip(places, parts, strict=True) if part.word == index]
        start_s, end_s = (own[0][0], own[-1][1]) if own and lattice.possible else (0.0, sound.duration_s)
        placed.append(PlacedWord(index, word, float(start_s), float(end_s)))
    return tuple(placed)


def _hear(
    utterance: Utterance,
    placed: Sequence[PlacedWord],
    sound: _Sound,
    flaws: Sequence[Finding],
    ears: Ears,
    *,
    planned: bool,
) -> Hearing:
    heard: list[str] = []
    unheard: set[int] = set()
    findings = list(flaws)
    for passage in cut_passages(placed, duration_s=sound.duration_s, max_s=ears.words.max_s):
        clip = _encode(passage, sound, ears)
        text = normalise_heard(clip.transcribe())
        heard.append(text)
        unheard |= {passage.words[at].index for at in _find_unheard(passage, text)}
        findings += _check_sounds(utterance.id, passage, sound, clip, text, ears, planned=planned)
    counted = [word for word in utterance.words if not word.is_name]
    return Hearing(" ".join(heard), len(counted), len(unheard), tuple(findings))


def _encode(passage: Passage, sound: _Sound, ears: Ears) -> WordClip:
    start, end = (int(second * sound.words_hz) for second in (passage.start_s, passage.end_s))
    return ears.words.encode(sound.words_samples[start:end])


def _find_unheard(passage: Passage, heard: str) -> frozenset[int]:
    unheard = find_unheard([placed.word.spoken for placed in passage.words], heard)
    return frozenset(at for at in unheard if not passage.words[at].word.is_name)


# ---------------------------------------------------------------- sounds


def _check_sounds(
    utterance: str,
    passage: Passage,
    sound: _Sound,
    clip: WordClip,
    heard: str,
    ears: Ears,
    *,
    planned: bool,
) -> Iterator[Finding]:
    words = [placed.word for placed in passage.words]
    first, last = (round(second / sound.frame_s) for second in (passage.start_s, passage.end_s))
    sounds = ears.phonemes.sounds
    parts = split_parts(words, sounds)
    scores = score_parts(sound.frames[:, first:last], parts, sounds, list_names(words), ears.spelling.read)
    if scores is None:
        text = " ".join(word.text or word.spoken for word in words)
        yield Finding(utterance, "words_not_heard", text, 1.0, passage.start_s, passage.end_s, text)
        return
    for suspect in find_suspects(scores, words, clip, heard, ears.thresholds):
        word = words[suspect.scores.part.word]
        start_s, end_s = (
            passage.start_s + frame * sound.frame_s for frame in (suspect.scores.start_frame, suspect.scores.end_frame)
        )
        text = word.text or word.spoken
        yield Finding(utterance, suspect.kind, text, suspect.confidence, start_s, end_s, word.spoken, suspect.heard)
    if planned:
        yield from _check_timing(utterance, passage, scores, sound.frame_s, ears.thresholds.drift_s)


def _check_timing(
    utterance: str, passage: Passage, scores: Sequence[PartScores], frame_s: float, most_s: float
) -> Iterator[Finding]:
    """Find the first place where three words running begin elsewhere than planned."""
    heard = {score.part.word: passage.start_s + score.start_frame * frame_s for score in reversed(scores)}
    drifts = [heard.get(at, placed.start_s) - placed.start_s for at, placed in enumerate(passage.words)]
    for at in range(1, len(drifts) - 1):
        drift = sorted(drifts[at - 1 : at + 2])[1]
        if abs(drift) > most_s:
            placed = passage.words[at]
            sure = min(1.0, abs(drift) / most_s / 2)
            start_s = heard.get(at, placed.start_s)
            text = placed.word.text or placed.word.spoken
            yield Finding(
                utterance, "timing", text, sure, start_s, start_s, f"{placed.start_s:.2f} s", f"{start_s:.2f} s"
            )
            return
