"""Words and their places in a sound, in stretches that a recogniser can take in whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vivavoce.errors import SynthesisError
from vivavoce.types import Take, Utterance, Word

EDGE_S = 0.15
"""Sound kept around a passage that is cut out of a longer one."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word and where it lies, in seconds."""

    index: int
    """Among the utterance's words."""
    word: Word
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive words and the stretch of sound that should say them."""

    words: tuple[PlacedWord, ...]
    start_s: float
    end_s: float


def place_words(utterance: Utterance, take: Take) -> tuple[PlacedWord, ...]:
    """Find each word's planned place from the spans of the symbols.

    Raises:
        SynthesisError: The take has another number of symbols than the utterance.
    """
    if len(take.symbol_spans) != len(utterance.phonemes):
        raise SynthesisError(
            f"want a span for each of {len(utterance.phonemes)} symbols in utterance {utterance.id}, "
            f"got {len(take.symbol_spans)}"
        )
    rate = take.sample_rate_hz
    placed = []
    at = 0
    for index, word in enumerate(utterance.words):
        spans = take.symbol_spans[at : at + len(word.phonemes)]
        placed.append(PlacedWord(index, word, float(spans[0, 0]) / rate, float(spans[-1, 1]) / rate))
        at += len(word.phonemes) + len(word.mark) + 1
    return tuple(placed)


def cut_passages(words: Sequence[PlacedWord], *, duration_s: float, max_s: float) -> Iterator[Passage]:
    """Cut a sound into passages of at most `max_s`, at the widest gap between words in the later half of each."""
    if duration_s <= max_s:
        yield Passage(tuple(words), 0.0, duration_s)
        return
    rest = tuple(words)
    while rest:
        count = _count_fitting(rest, max_s - 2 * EDGE_S)
        part, rest = rest[:count], rest[count:]
        start_s = max(0.0, part[0].start_s - EDGE_S)
        yield Passage(part, start_s, min(duration_s, part[-1].end_s + EDGE_S, start_s + max_s))


def _count_fitting(words: tuple[PlacedWord, ...], max_s: float) -> int:
    """How many of the words the next passage takes; at least one."""
    fitting = sum(word.end_s - words[0].start_s <= max_s for word in words)
    if fitting == len(words):
        return fitting
    gaps = [(words[i].start_s - words[i - 1].end_s, i) for i in range(max(1, fitting // 2), max(2, fitting + 1))]
    return max(gaps)[1]
