"""Sentences too long for one breath of the voice, cut where a reader would draw breath."""

from collections.abc import Sequence
from dataclasses import replace

from vivavoce.types import Word

_LEAST = 40
"""Symbols before a cut: shorter pieces sound worse than the cut is worth (findings, section 7)."""
_MARKED = {";": 5, ":": 4, "—": 4, "…": 4, ".": 6, "?": 6, "!": 6, ",": 3}
_COMMA = _MARKED[","]
_BEFORE = {
    "and": 2, "but": 2, "or": 2, "because": 2, "which": 2, "who": 2, "that": 2, "while": 2, "when": 2, "where": 2,
    "although": 2, "if": 2, "so": 2, "after": 1, "before": 1, "with": 1, "in": 1, "on": 1, "to": 1, "for": 1,
    "from": 1, "at": 1, "by": 1, "as": 1,
}  # fmt: skip


def cut_words(words: tuple[Word, ...], longest: int) -> tuple[tuple[Word, ...], ...]:
    """Cut a sentence's words so that no part has more than `longest` symbols, unless a single word has.

    Marks are the first choice, then places before conjunctions and prepositions, then any.
    """
    parts: list[tuple[Word, ...]] = []
    rest = words
    while _symbols(rest) > longest and len(rest) > 1:
        cut = _best_cut(rest, longest)
        head = rest[:cut]
        parts.append((*head[:-1], replace(head[-1], mark=head[-1].mark or ",")))
        rest = rest[cut:]
    return (*parts, rest) if rest else tuple(parts)


def _symbols(words: Sequence[Word]) -> int:
    return sum(len(word.phonemes) + len(word.mark) + 1 for word in words)


def _best_cut(words: Sequence[Word], longest: int) -> int:
    """The number of words to keep: of the strongest boundaries within reach, the last one."""
    best, best_worth, length = 1, -1, 0
    for place, word in enumerate(words[:-1]):
        length += len(word.phonemes) + len(word.mark) + 1
        if length > longest and place:
            break
        worth = _MARKED.get(word.mark) or _BEFORE.get(words[place + 1].spoken, 0)
        if length < _LEAST and worth:
            worth = 0
        if worth >= best_worth or (best_worth < _COMMA and worth):
            best, best_worth = place + 1, worth
    return best
