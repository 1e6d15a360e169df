"""Sounds heard against sounds meant: each spoken word, dropped, doubled, swapped or replaced, in one lattice."""

import csv
import math
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from vivavoce.phonemes import without_stress
from vivavoce.types import Word
from vivavoce.verify.lattice import IMPOSSIBLE, Lattice
from vivavoce.verify.names import score_name

_ANY_SOUND_NATS = 1.0
"""What each frame with a sound costs where any will do. Of 0 to 3, 1 parts garbled words from clean ones best."""


@dataclass(frozen=True, slots=True)
class SpokenPart:
    """One spoken word: "$61 billion" has four."""

    word: int
    """Index of the script's word that it belongs to."""
    text: str
    sounds: tuple[int, ...]
    """Columns of the recogniser's answers."""


@dataclass(frozen=True, slots=True)
class PartScores:
    """How much better, in nats, a spoken word's sound fits if something else was said; and where it lies."""

    part: SpokenPart
    dropped: float
    doubled: float
    swapped: float
    """With another number in its place; `IMPOSSIBLE` where it is none."""
    swapped_for: str
    other: float
    """With any sounds whatever, divided by the square root of the number of its own."""
    cut: float
    """Without some of the sounds at the start of the first word, or at the end of the last; else `IMPOSSIBLE`."""
    misread: float
    """With some other sounds in place of a name's, all that speaks for them weighed; `IMPOSSIBLE` where it is no name
    that can be checked."""
    misread_as: str
    start_frame: int
    end_frame: int


def split_parts(words: Sequence[Word], sounds: Sequence[str]) -> tuple[SpokenPart, ...]:
    """Split words into spoken parts with their sounds; marks and stress have none."""
    return tuple(
        SpokenPart(index, text, spelt)
        for index, word in enumerate(words)
        for text, phonemes in _pair(word)
        if (spelt := spell_sounds(phonemes, tuple(sounds)))
    )


def _pair(word: Word) -> Iterator[tuple[str, str]]:
    texts, phonemes = word.spoken.split(), word.phonemes.split()
    return zip(texts, phonemes, strict=True) if len(texts) == len(phonemes) else iter([(word.spoken, word.phonemes)])


def spell_sounds(phonemes: str, sounds: tuple[str, ...]) -> tuple[int, ...]:
    """Give phonemes as columns of the recogniser's answers, the longest sound first: "wˈɜɹkəɹ" → w, ɜɹ, k, əɹ."""
    bare = without_stress(phonemes)
    spelt, at = [], 0
    while at < len(bare):
        length = 2 if bare[at : at + 2] in sounds else 1
        if bare[at : at + length] in sounds:
            spelt.append(sounds.index(bare[at : at + length]))
        at += length
    return tuple(spelt)


def score_parts(
    frames: NDArray[np.float32],
    parts: Sequence[SpokenPart],
    sounds: tuple[str, ...],
    names: Container[int] = (),
    read: Callable[[str], Sequence[str]] = lambda _word: (),
) -> tuple[PartScores, ...] | None:
    """Score every part against what could have been said instead; None where the sound is too short for the words.

    Args:
        frames: Log probabilities of the sounds, shape (2, frames, sounds); see `PhonemeRecogniser.listen`.
        parts: What should be said.
        sounds: What the recogniser tells apart.
        names: Words that are checked as names.
        read: Gives readings of a name by its letters.
    """
    lattice = Lattice(frames[0], [part.sounds for part in parts])
    if not lattice.possible:
        return None
    dropped = lattice.score_drops()
    doubled = lattice.score_variants([(index, part.sounds * 2) for index, part in enumerate(parts)])
    numbers = [
        (index, text, other) for index, part in enumerate(parts) for text, other in other_numbers(part.text, sounds)
    ]
    swapped = lattice.score_variants([(index, other) for index, _, other in numbers])
    cuts = _cut_edges(parts)
    cut = np.full(len(parts), IMPOSSIBLE)
    np.maximum.at(cut, [index for index, _ in cuts], lattice.score_variants(cuts))
    other = lattice.score_anything(price=_ANY_SOUND_NATS)
    places = lattice.place_words()
    close = Lattice(frames[1], [part.sounds for part in parts]) if any(part.word in names for part in parts) else None
    misread = [
        score_name(lattice, close, index, part.sounds, [spell_sounds(way, sounds) for way in read(part.text)], sounds)
        if close and part.word in names
        else (IMPOSSIBLE, ())
        for index, part in enumerate(parts)
    ]
    best_number = {
        index: (score, text)
        for score, (index, text, _) in sorted(zip(swapped.tolist(), numbers, strict=True), key=lambda pair: pair[0])
    }
    return tuple(
        PartScores(
            part,
            float(dropped[index]),
            float(doubled[index]),
            *best_number.get(index, (IMPOSSIBLE, "")),
            float(other[index]) / math.sqrt(len(part.sounds)),
            float(cut[index]),
            misread[index][0],
            "".join(sounds[sound] for sound in misread[index][1]),
            int(places[index, 0]),
            int(places[index, 1]),
        )
        for index, part in enumerate(parts)
    )


def _cut_edges(parts: Sequence[SpokenPart]) -> list[tuple[int, tuple[int, ...]]]:
    """Give the first word without its start and the last without its end, in every length."""
    first, last = parts[0].sounds, parts[-1].sounds
    starts = [(0, first[at:]) for at in range(1, len(first))]
    return starts + [(len(parts) - 1, last[:at]) for at in range(1, len(last))]


def other_numbers(text: str, sounds: tuple[str, ...]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Give the other number words of a number word's family, with their sounds; none for other words."""
    families = _read_numbers()
    family = families.get(text, ("", ""))[0]
    for other, (its, phonemes) in families.items():
        if family and its == family and other != text:
            yield other, spell_sounds(phonemes, sounds)


@cache
def _read_numbers() -> dict[str, tuple[str, str]]:
    table = resources.files("vivavoce").joinpath("data/number-sounds.tsv").read_text("utf-8").splitlines()
    return {row["word"]: (row["family"], row["phonemes"]) for row in csv.DictReader(table, delimiter="\t")}
