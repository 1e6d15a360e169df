"""Which language a name is of: letters in a row as evidence, weights learnt by `tools/train_name_origin.py`.

A name's features are its runs of one to five letters, edges included, hashed into a fixed number of rows of weights,
and whether it is made of Chinese or Japanese syllables. The weights are those of a logistic regression.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vivavoce.script.languages.en.origin.rules import read_table
from vivavoce.script.languages.en.origin.syllables import is_romaji, split_pinyin

ROWS: Final = 1 << 15
_LONGEST_RUN = 5
_CONTEXT_SHARE = 0.8
"""How much a neighbouring name's evidence counts against the name's own; measured by evals/origin.py."""


@dataclass(frozen=True, slots=True)
class _Weights:
    rows: NDArray[np.int8]
    """Shape (ROWS, languages)."""
    scale: float
    bias: NDArray[np.float32]
    """Shape (languages,): what the news is made of, over what the training names were made of."""


def features(word: str) -> list[int]:
    """Give the rows of the weights that speak for a lower-case word, without doubles, in order."""
    framed = f"^{word}$"
    runs = {framed[i : i + n] for n in range(1, _LONGEST_RUN + 1) for i in range(len(framed) - n + 1)}
    syllables = len(split_pinyin(word))
    if syllables:
        runs.add(f"+pinyin{min(syllables, 3)}")
    if is_romaji(word):
        runs.add("+romaji")
    return sorted({zlib.crc32(run.encode()) % ROWS for run in runs})


@cache
def languages() -> tuple[str, ...]:
    """Name the languages to choose among, in the order of their weights."""
    return tuple(tag for tag, _, _ in read_table("languages"))


def weigh_languages(word: str, context: Sequence[str] = ()) -> NDArray[np.float64]:
    """Give the probability of each of `languages()` for a lower-case name among its lower-case neighbours."""
    weights = _load_weights()
    score = weights.bias + _evidence(word)
    for neighbour in context:
        score += _CONTEXT_SHARE * _evidence(neighbour)
    likelihood: NDArray[np.float64] = np.exp(score - score.max(), dtype=np.float64)
    shares: NDArray[np.float64] = likelihood / likelihood.sum()
    return shares


def _evidence(word: str) -> NDArray[np.float32]:
    weights = _load_weights()
    rows = features(word)
    total: NDArray[np.float32] = weights.rows[rows].sum(axis=0, dtype=np.float32)
    return total * np.float32(weights.scale / np.sqrt(len(rows)))


@cache
def _load_weights() -> _Weights:
    with files(__package__).joinpath("weights.npz").open("rb") as file, np.load(file) as stored:
        prior = np.array([float(share) for _, _, share in read_table("languages")], dtype=np.float32)
        return _Weights(stored["rows"], float(stored["scale"]), np.log(prior / prior.sum()))
