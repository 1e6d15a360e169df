import numpy as np
import pytest
from numpy.typing import NDArray

from vivavoce.verify.lattice import Lattice

SILENCE, A, B, C, D = range(5)


def frames_that_say(*sounds: int) -> NDArray[np.float32]:
    """Two frames of silence after each sound; each other sound is e^-6 as likely."""
    frames = np.full((3 * len(sounds), 5), -6.0, np.float32)
    frames[:, SILENCE] = -0.1
    for at, sound in enumerate(sounds):
        frames[3 * at] = -6.0
        frames[3 * at, sound] = -0.1
    return frames


WORDS = [(A, B), (C,), (D, A)]


def test_a_sentence_said_as_meant_fits_best() -> None:
    lattice = Lattice(frames_that_say(A, B, C, D, A), WORDS)
    assert lattice.score == pytest.approx(-1.5)
    assert (lattice.score_drops() < 0).all()
    assert (lattice.score_variants([(1, (B,)), (1, (C, C)), (0, (A, B, A, B))]) < 0).all()
    assert (lattice.score_anything(price=1.0) <= 0).all()


def test_words_are_placed_where_their_sounds_lie() -> None:
    lattice = Lattice(frames_that_say(A, B, C, D, A), WORDS)
    assert lattice.place_words().tolist() == [[0, 4], [6, 7], [9, 13]]


def test_what_was_said_instead_fits_better_and_by_how_much() -> None:
    dropped = Lattice(frames_that_say(A, B, D, A), WORDS).score_drops()
    assert dropped.argmax() == 1
    assert dropped[1] == pytest.approx(5.9, abs=0.1)
    doubled = Lattice(frames_that_say(A, B, C, C, D, A), WORDS).score_variants(
        [(i, w + w) for i, w in enumerate(WORDS)]
    )
    assert doubled.argmax() == 1
    assert doubled[1] > 0
    swapped = Lattice(frames_that_say(A, B, B, D, A), WORDS).score_variants([(1, (D,)), (1, (B,))])
    assert swapped.argmax() == 1
    assert swapped[1] == pytest.approx(5.9)


def test_too_few_frames_can_not_say_the_words() -> None:
    assert not Lattice(frames_that_say(A)[:3], WORDS).possible
