"""Letters to sounds for English-like words that nothing else knows: the likeliest run of (letter, sounds) pairs.

A back-off model of runs of five pairs, learnt from misaki's word lists by `tools/train_spelling.py`, searched with a
beam. Tables are sorted arrays of hashed runs: 2 MB on disk and in memory, half a millisecond a word.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from vivavoce.phonemes import PRIMARY, ensure_stress
from vivavoce.script.news import fold_accents

ORDER = 5
STEP = 0.05
"""Nats to one step of a stored log probability."""
_BEAM = 12
_NO_STRESS_PENALTY = 3.0
_MURMUR = "ə"
"""Said where there is no letter to go by: normalising omits such words, this keeps the promise of a sound."""
_MULTIPLIERS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F],
    dtype=np.uint64,
)
_FLAP = re.compile("(?<=[AIOWYiuæɑəɛɪɹʊʌɔ])t(?=[iəɪᵊᵻO])")


def hash_runs(runs: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Hash runs of pair numbers, shape (n, length), the newest last; runs of other lengths never meet."""
    numbers = np.zeros((len(runs), ORDER), dtype=np.uint64)
    numbers[:, ORDER - runs.shape[1] :] = runs + 1
    summed = (numbers * _MULTIPLIERS).sum(axis=1, dtype=np.uint64)
    stirred = (summed ^ (summed >> np.uint64(29))) * _MULTIPLIERS[:1]
    hashes: NDArray[np.uint32] = (stirred >> np.uint64(32)).astype(np.uint32)
    return hashes


@dataclass(frozen=True, eq=False)
class SpellingModel:
    """Pairs by number (0 is the start, 1 the end), and what is known of runs of them."""

    letters: tuple[str, ...]
    sounds: tuple[str, ...]
    runs: NDArray[np.uint32]
    """Hashes of runs, sorted."""
    chances: NDArray[np.int16]
    """Log probability of each run's last pair after the others, in steps."""
    contexts: NDArray[np.uint32]
    """Hashes of runs that something follows, sorted."""
    backoffs: NDArray[np.int16]
    """What it costs that something else follows, in steps."""

    def score(self, histories: NDArray[np.int64], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
        """Say how likely each pair is after its history, shape (n, ORDER - 1), in nats."""
        total = np.zeros(len(pairs))
        open_ = np.ones(len(pairs), dtype=bool)
        for length in range(ORDER, 0, -1):
            history = histories[:, ORDER - length :]
            steps, found = _look_up(self.runs, self.chances, np.column_stack([history, pairs]))
            total += np.where(open_ & found, steps, 0)
            open_ &= ~found
            if length > 1:
                cost, known = _look_up(self.contexts, self.backoffs, history)
                total += np.where(open_ & known, cost, 0)
        nats: NDArray[np.float64] = (total - 200 * open_) * STEP
        return nats


def _look_up(
    table: NDArray[np.uint32], values: NDArray[np.int16], runs: NDArray[np.int64]
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    keys = hash_runs(runs)
    places = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return values[places], table[places] == keys


@cache
def load_spelling_model() -> SpellingModel:
    """Read the model from the package."""
    with np.load(BytesIO(_find_model().read_bytes()), allow_pickle=False) as held:
        return SpellingModel(
            tuple(map(str, held["letters"])),
            tuple(map(str, held["sounds"])),
            np.cumsum(held["run_steps"], dtype=np.uint32),
            -held["chances"].astype(np.int16),
            np.cumsum(held["context_steps"], dtype=np.uint32),
            -held["backoffs"].astype(np.int16),
        )


def _find_model() -> Traversable:
    return files("vivavoce.script.languages.en") / "spelling" / "model.npz"


@dataclass(frozen=True, slots=True)
class _Path:
    score: float
    history: tuple[int, ...]
    sounds: str


@lru_cache(maxsize=4096)
def sound_out(word: str, model: SpellingModel) -> str:
    """Say a word by its spelling, in the American set: "Whitmer" → "wˈɪtməɹ". Never empty."""
    best = max(_search(word, model), key=lambda path: path.score - _NO_STRESS_PENALTY * (PRIMARY not in path.sounds))
    return ensure_stress(_finish(best)) or _MURMUR


def list_readings(word: str, model: SpellingModel) -> tuple[str, ...]:
    """List some ways to say a word by its spelling, the likeliest first: "Lagos" → "lˈɑɡOz" among others."""
    paths = sorted(_search(word, model), key=lambda path: -path.score)
    return tuple(dict.fromkeys(filter(None, map(_finish, paths))))


@dataclass(frozen=True)
class NaiveReader:
    """Meets `verify.SpellingReader`: reads words as someone would who has never heard them."""

    @cached_property
    def digest(self) -> str:
        """Of the model."""
        return hashlib.sha256(_find_model().read_bytes()).hexdigest()

    def read(self, word: str) -> tuple[str, ...]:
        """List readings, the likeliest first."""
        return list_readings(word, load_spelling_model())


def _search(word: str, model: SpellingModel) -> list[_Path]:
    paths = [_Path(0.0, (0,) * (ORDER - 1), "")]
    for letter in fold_accents(word).lower():
        pairs = [pair for pair, own in enumerate(model.letters) if own == letter]
        if pairs:
            paths = sorted(_extend(paths, pairs, model), key=lambda path: -path.score)[:_BEAM]
    return _extend(paths, [1], model)


def _finish(path: _Path) -> str:
    return _FLAP.sub("T", path.sounds)


def _extend(paths: list[_Path], pairs: list[int], model: SpellingModel) -> list[_Path]:
    histories = np.repeat(np.array([path.history for path in paths]), len(pairs), axis=0)
    scores = model.score(histories, np.tile(np.array(pairs), len(paths))).reshape(len(paths), len(pairs))
    return [
        _Path(path.score + float(scores[row, column]), (*path.history[1:], pair), path.sounds + model.sounds[pair])
        for row, path in enumerate(paths)
        for column, pair in enumerate(pairs)
        if (path.sounds + model.sounds[pair]).count(PRIMARY) < 2  # noqa: PLR2004 - a word has one main stress
    ]
