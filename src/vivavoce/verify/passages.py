"""A take in stretches that a recogniser can take in whole: words with the place where each should lie."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vivavoce.errors import SynthesisError
from vivavoce.types import Take, Utterance, Word

EDGE_S = 0.15
"""Sound kept around a passage that is cut out of a longer take."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word and where it should lie in its take, in seconds."""

    index: int
    """Among the utterance's words."""
    word: Word
    start_s: float
    end_s: float


@dataclass(frozen=True, eq=False)
class Passage:
    """Consecutive words and the sound that should say them."""

    words: tuple[PlacedWord, ...]
    samples: NDArray[np.float32]
    rate_hz: int
    start_s: float
    """Where `samples` begins in the take."""


def place_words(utterance: Utterance, take: Take) -> tuple[PlacedWord, ...]:
    """Find each word's place from the spans of the symbols.

    Raises:
        SynthesisError: The take has another number of symbols than the utterance.
    """
    if len(take.symbol_spans) != len(utterance.phonemes):
        raise SynthesisError(
            f"want a span for each of {len(utterance.phonemes)} symbols in utterance {utterance.id}, "
            f"got {len(take.symbol_spans)}"
        )
    placed = []
    at = 0
    for index, word in enumerate(utterance.words):
        spans = take.symbol_spans[at : at + len(word.phonemes)]
        placed.append(PlacedWord(index, word, spans[0, 0] / take.sample_rate_hz, spans[-1, 1] / take.sample_rate_hz))
        at += len(word.phonemes) + len(word.mark) + 1
    return tuple(placed)


def cut_passages(words: tuple[PlacedWord, ...], take: Take, *, max_s: float) -> Iterator[Passage]:
    """Cut a take into passages of at most `max_s`, at the widest gap between words in the later half of each."""
    rest = words
    while rest:
        count = _count_fitting(rest, max_s - 2 * EDGE_S)
        whole = count == len(rest) and rest is words
        part, rest = rest[:count], rest[count:]
        start_s = 0.0 if whole else max(0.0, part[0].start_s - EDGE_S)
        end_s = take.duration_s if whole else min(take.duration_s, part[-1].end_s + EDGE_S)
        rate = take.sample_rate_hz
        yield Passage(part, take.samples[int(start_s * rate) : int(end_s * rate)], rate, start_s)


def _count_fitting(words: tuple[PlacedWord, ...], max_s: float) -> int:
    """How many of the words the next passage takes; at least one."""
    fitting = sum(word.end_s - words[0].start_s <= max_s for word in words)
    if fitting == len(words):
        return fitting
    gaps = [(words[i].start_s - words[i - 1].end_s, i) for i in range(max(1, fitting // 2), max(2, fitting + 1))]
    return max(gaps)[1]
