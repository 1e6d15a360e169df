"""Every way in which one word of a sentence could have been said otherwise, scored against the same sound.

A sentence is a chain of units (sounds) with silence allowed before, between and after them. `before[t, i]` is the best
score of the first t frames for the words before word i, `after[t, i]` that of the frames from t on for word i and all
that follow. Whatever stands in word i's place in a variant of the sentence is then scored between the two, without
going through the sentence again: nothing at all (dropped), the word twice, another number, or anything whatever.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

IMPOSSIBLE = -1e9

Scores = NDArray[np.float64]


class Lattice:
    """A sentence's words, as units, laid over the log probabilities of a recogniser's frames."""

    def __init__(self, frames: NDArray[np.float32], words: Sequence[Sequence[int]]) -> None:
        """Align.

        Args:
            frames: Shape (frames, sounds), log probabilities; sound 0 is silence.
            words: The sounds of each word; none is empty.
        """
        self._frames = frames.astype(np.float64)
        self._words = words
        units = np.array([unit for word in words for unit in word])
        said = np.cumsum([0, *(len(word) for word in words)])
        self._before = _score_prefixes(self._frames, units, said)
        self._after = _score_prefixes(self._frames[::-1], units[::-1], said[-1] - said)[::-1]
        self.score = float(self._before[-1, -1])
        """Log probability of the best way to say the sentence."""
        self.possible = self.score > IMPOSSIBLE / 2
        """Whether there are frames enough to say it at all."""

    def score_drops(self) -> Scores:
        """Give for each word how much better the sentence fits without it."""
        return np.asarray((self._before[:, :-1] + self._after[:, 1:]).max(axis=0) - self.score)

    def score_anything(self, *, price: float) -> Scores:
        """Give for each word how much better the sentence fits with any sounds whatever in its place.

        Args:
            price: What each frame with a sound costs, in nats: of all sounds one always fits a little better.
        """
        best = np.maximum(self._frames[:, 0], self._frames[:, 1:].max(axis=1) - price)
        so_far = np.concatenate([[0.0], np.cumsum(best)])[:, None]
        entered = np.maximum.accumulate(self._before[:, :-1] - so_far, axis=0)
        return np.asarray((entered + so_far + self._after[:, 1:]).max(axis=0) - self.score)

    def score_variants(self, variants: Sequence[tuple[int, Sequence[int]]]) -> Scores:
        """Give for each (word, other units) how much better the sentence fits with those units in the word's place."""
        if not variants:
            return np.zeros(0)
        places = np.array([place for place, _ in variants])
        lengths = np.array([len(units) for _, units in variants])
        units = np.zeros((len(variants), lengths.max()), np.int64)
        for row, (_, said) in enumerate(variants):
            units[row, : len(said)] = said
        return self._score_between(units, lengths, self._before[:, places], self._after[:, places + 1]) - self.score

    def _score_between(
        self, units: NDArray[np.int64], lengths: NDArray[np.int64], before: Scores, after: Scores
    ) -> Scores:
        rows = np.arange(len(units))
        silent = np.full((len(units), units.shape[1] + 1), IMPOSSIBLE)
        sounding = silent.copy()
        best = np.full(len(units), IMPOSSIBLE)
        for t, frame in enumerate(self._frames):
            np.maximum(silent[:, 0], before[t], out=silent[:, 0])
            reached = np.maximum(silent, sounding)
            sounding[:, 1:] = np.maximum(sounding[:, 1:], reached[:, :-1]) + frame[units]
            silent = reached + frame[0]
            np.maximum(best, np.maximum(silent, sounding)[rows, lengths] + after[t + 1], out=best)
        return best

    def place_words(self) -> NDArray[np.int64]:
        """Give the frames [start, end) in which each word lies, without the silence around it; shape (words, 2)."""
        best = self._before + self._after >= self.score - 1e-6
        starts = len(best) - 1 - best[::-1].argmax(axis=0)
        ends = best.argmax(axis=0)
        return np.stack([starts[:-1], np.maximum(ends[1:], starts[:-1] + 1)], axis=1)


def _score_prefixes(frames: Scores, units: NDArray[np.int64], wanted: NDArray[np.int64]) -> Scores:
    """Give the best score of each number of frames for each wanted number of units, silence at the end allowed."""
    silent = np.full(len(units) + 1, IMPOSSIBLE)
    silent[0] = 0.0
    sounding = np.full(len(units) + 1, IMPOSSIBLE)
    scores = np.empty((len(frames) + 1, len(wanted)))
    scores[0] = silent[wanted]
    for t, frame in enumerate(frames):
        reached = np.maximum(silent, sounding)
        sounding[1:] = np.maximum(sounding[1:], reached[:-1]) + frame[units]
        sounding[0] = IMPOSSIBLE
        silent = reached + frame[0]
        scores[t + 1] = np.maximum(silent, sounding)[wanted]
    return scores
