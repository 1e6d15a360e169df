from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editions import make_record
from vivavoce.encode.printed import cut_display
from vivavoce.types import Placement, Role, Utterance, Word


def _utterance(display: str, words: list[str], starts: list[int] | None = None) -> Utterance:
    places: Sequence[int | None] = starts or [None] * len(words)
    return Utterance(
        "u1",
        Role.BODY,
        display,
        tuple(
            Word(text, text, "x", start, None if start is None else start + len(text), "plain", "general", 1.0)
            for text, start in zip(words, places, strict=True)
        ),
        400,
    )


def _cut(utterance: Utterance) -> list[tuple[str, int | None]]:
    return [(piece.text, piece.word) for piece in cut_display(utterance)]


def test_words_and_what_stands_between() -> None:
    assert _cut(_utterance("Up 5 %, he said.", ["Up", "5 %", "he", "said"])) == [
        ("Up", 0),
        (" ", None),
        ("5 %", 1),
        (", ", None),
        ("he", 2),
        (" ", None),
        ("said", 3),
        (".", None),
    ]


def test_a_word_is_not_found_inside_another() -> None:
    assert ("he", 1) in _cut(_utterance("the other (he) left", ["the", "he", "left"]))
    assert _cut(_utterance("the other (he) left", ["the", "he", "left"]))[1] == (" other (", None)


def test_offsets_decide_where_the_same_word_stands_twice() -> None:
    pieces = _cut(_utterance("The Agency (NHA) NHA said", ["The", "Agency", "NHA", "said"], [100, 104, 117, 121]))
    assert pieces[3] == (" (NHA) ", None)


def test_offsets_that_do_not_agree_are_not_believed() -> None:
    pieces = _cut(_utterance("It moves.", ["It", "moves"], [7, 99]))
    assert pieces == [("It", 0), (" ", None), ("moves", 1), (".", None)]


def test_a_word_that_is_not_printed_has_no_piece() -> None:
    assert _cut(_utterance("He left.", ["He", "she", "left"])) == [("He", 0), (" ", None), ("left", 2), (".", None)]


def test_nothing_printed_shows_what_is_said() -> None:
    assert _cut(replace(_utterance("", ["quote"]), display="")) == [("quote", 0)]


@given(st.text("ab .,(0-", min_size=1, max_size=30), st.lists(st.text("ab0", min_size=1, max_size=3), min_size=1))
def test_no_character_is_lost_and_words_keep_their_order(display: str, words: list[str]) -> None:
    pieces = _cut(_utterance(display, words))
    assert "".join(text for text, _ in pieces) == display
    numbers = [number for _, number in pieces if number is not None]
    assert numbers == sorted(set(numbers))
    assert all(text == words[number] for text, number in pieces if number is not None)


@pytest.mark.parametrize("placement", make_record().placements, ids=lambda placement: placement.utterance.id)
def test_every_word_of_the_example_is_found(placement: Placement) -> None:
    utterance = placement.utterance
    assert [number for _, number in _cut(utterance) if number is not None] == list(range(len(utterance.words)))
