"""Where an utterance's words stand in what is printed of it: the cut that captions and transcript share."""

from collections.abc import Iterator
from dataclasses import dataclass

from vivavoce.types import Utterance


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of printed text: one word of its utterance, or what stands between words."""

    text: str
    word: int | None
    """Index of the word in the utterance; None for spaces, punctuation and what isn't said."""


def cut_display(utterance: Utterance) -> Iterator[Piece]:
    """Cut what is printed of an utterance at its words, losing no character.

    A word that no one wrote, or that is not printed here, has no piece.

    Example:
        'Up 5 %, he said.' → Up|0 " " 5 %|1 ", " he|2 " " said|3 "."
    """
    display = utterance.display or utterance.spoken
    reached = 0
    for index, (word, at) in enumerate(zip(utterance.words, _places(utterance, display), strict=True)):
        if at is None:
            continue
        if at > reached:
            yield Piece(display[reached:at], None)
        reached = at + len(word.text or word.spoken)
        yield Piece(display[at:reached], index)
    if reached < len(display):
        yield Piece(display[reached:], None)


def _places(utterance: Utterance, display: str) -> list[int | None]:
    """Place each word in what is printed: by its offset in the article where those agree, else by looking for it."""
    first = utterance.words[0]
    if first.start is not None:
        shift = display.find(first.text) - first.start
        places = [None if word.start is None else word.start + shift for word in utterance.words]
        if all(
            at is not None and at >= 0 and word.text and display.startswith(word.text, at)
            for word, at in zip(utterance.words, places, strict=True)
        ):
            return places
    return list(_find_each(utterance, display))


def _find_each(utterance: Utterance, display: str) -> Iterator[int | None]:
    reached = 0
    for word in utterance.words:
        text = word.text or word.spoken
        at = _find(text, display, reached)
        reached = reached if at is None else at + len(text)
        yield at


def _find(word: str, display: str, start: int) -> int | None:
    """Find a word from `start` on: where it stands by itself if it does so, else wherever its letters stand."""
    first = at = display.find(word, start)
    while at >= 0:
        if not (display[at - 1 : at].isalnum() or display[at + len(word) : at + len(word) + 1].isalnum()):
            return at
        at = display.find(word, at + 1)
    return first if first >= 0 else None
