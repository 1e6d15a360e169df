"""Where each sentence of a long text lies in a recording of it: all sentences in order, anything or nothing between.

One pass over the sound keeps, for each sound of the text, when the sentence that it belongs to began; at each
sentence's end, when that one began and ended. What is kept grows with the number of sentences, not of their sounds.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vivavoce.verify.lattice import IMPOSSIBLE

STRANGE_NATS = 2.0
"""What each frame of sounds costs between sentences, where the text has none: music, or words that aren't in it."""


def place_sentences(frames: NDArray[np.float32], sentences: Sequence[Sequence[int]]) -> NDArray[np.int64] | None:
    """Place sentences.

    Args:
        frames: Shape (frames, sounds), log probabilities; sound 0 is silence.
        sentences: The sounds of each; none is empty.

    Returns:
        Frames [start, end) of each, shape (sentences, 2); None where there are fewer frames than sounds.
    """
    units = np.array([unit for sentence in sentences for unit in sentence])
    ends = np.cumsum([0, *(len(sentence) for sentence in sentences)])
    if len(frames) < len(units):
        return None
    begun, ended = _trace(frames.astype(np.float64), units, ends)
    places, at = [], len(frames)
    for sentence in range(len(sentences), 0, -1):
        places.append((int(begun[at, sentence]), int(ended[at, sentence])))
        at = places[-1][0]
    return np.array(places[::-1], np.int64)


def _trace(
    frames: NDArray[np.float64], units: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give for each frame and each end of a sentence when that sentence began and ended on the best way there."""
    count = len(units) + 1
    silent, sounding = np.full(count, IMPOSSIBLE), np.full(count, IMPOSSIBLE)
    silent[0] = 0.0
    begun_silent, begun_sounding, left = (np.zeros(count, np.int32) for _ in range(3))
    begun = np.zeros((len(frames) + 1, len(ends)), np.int32)
    ended = np.zeros_like(begun)
    quiet = np.zeros(count)
    strange = np.maximum(frames[:, 0], frames[:, 1:].max(axis=1) - STRANGE_NATS)
    for t in range(len(frames) + 1):
        rests = silent >= sounding
        reached = np.where(rests, silent, sounding)
        since = np.where(rests, begun_silent, begun_sounding)
        left = np.where(rests, left, t).astype(np.int32)
        begun[t], ended[t] = since[ends], left[ends]
        if t == len(frames):
            break
        entering = since.copy()
        entering[ends[:-1]] = t
        stays = sounding[1:] >= reached[:-1]
        sounding[1:] = np.where(stays, sounding[1:], reached[:-1]) + frames[t, units]
        sounding[0] = IMPOSSIBLE
        begun_sounding[1:] = np.where(stays, begun_sounding[1:], entering[:-1])
        quiet[:] = frames[t, 0]
        quiet[ends] = strange[t]
        silent, begun_silent = reached + quiet, since
    return begun, ended
