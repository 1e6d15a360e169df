"""Parts of speech of a normalised sentence: the tagger is an argument; here is how words are laid out for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from vivavoce.script.inflection import split_clitic
from vivavoce.script.tokens import Token


class Tagger(Protocol):
    """Gives each word of one sentence its Penn Treebank tag."""

    def tag(self, words: Sequence[str]) -> tuple[str, ...]:
        """Tag words that are already apart, punctuation and clitics being words of their own."""
        ...


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """One word to be said, with what the sentence tells of it."""

    text: str
    """Straight apostrophes; inner hyphens kept."""
    letter: bool
    tags: tuple[str, ...]
    """One for each of the parts between hyphens."""
    mark: str
    """Phrasing that follows right after it; empty inside a token."""
    token: int
    """Index of its token."""

    @property
    def tag(self) -> str:
        """Tag of the last part, which decides how the whole behaves."""
        return self.tags[-1]

    @property
    def parts(self) -> list[str]:
        """What stands between the hyphens."""
        return self.text.split("-")


def tag_words(tokens: Sequence[Token], tagger: Tagger) -> tuple[TaggedWord, ...]:
    """Tag the words of one sentence. Initialisms are shown to the tagger whole, possessives apart."""
    cells = [cell for place, token in enumerate(tokens) for cell in _cells(token, place)]
    if not cells:
        return ()
    flat = [word for cell in cells for word in cell.shown]
    tags = tagger.tag(flat)
    return tuple(_collect(cells, tags))


@dataclass(frozen=True, slots=True)
class _Cell:
    """What the tagger is shown for one spoken word, and where in it the parts' heads stand."""

    text: str
    letter: bool
    mark: str
    token: int
    shown: tuple[str, ...]
    heads: tuple[int, ...]
    """Offsets in `shown` of the words whose tags are the parts'; -1 for a letter after its initialism's first."""


def _cells(token: Token, place: int) -> Iterator[_Cell]:
    spelled = "".join(word.text for word in token.words if word.letter)
    for index, word in enumerate(token.words):
        text = word.text.replace("’", "'")
        last = index == len(token.words) - 1
        mark = token.mark if last else ""
        if word.letter:
            first = not any(before.letter for before in token.words[:index])
            initialism = (spelled,) if first else ()
            yield _Cell(text, True, mark, place, initialism + _punctuation(mark), (0 if first else -1,))
        else:
            shown, heads = _lay_out(text)
            yield _Cell(text, False, mark, place, shown + _punctuation(mark), heads)


def _lay_out(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    shown: list[str] = []
    heads: list[int] = []
    for part in text.split("-"):
        if shown:
            shown.append("-")
        heads.append(len(shown))
        negated = part.lower().endswith("n't")
        stem, clitic = (part[:-3], part[-3:]) if negated else split_clitic(part)
        shown.append(stem or "-")
        if clitic:
            shown.append(clitic)
    return tuple(shown), tuple(heads)


def _punctuation(mark: str) -> tuple[str, ...]:
    return (mark,) if mark else ()


def _collect(cells: Sequence[_Cell], tags: Sequence[str]) -> Iterator[TaggedWord]:
    offset, initialism = 0, "NNP"
    for cell in cells:
        found = tuple(initialism if head < 0 else tags[offset + head] for head in cell.heads)
        if cell.letter:
            initialism = found[0]
        offset += len(cell.shown)
        yield TaggedWord(cell.text, cell.letter, found, cell.mark, cell.token)
