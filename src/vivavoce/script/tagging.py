"""Parts of speech of a normalised sentence: the tagger is an argument; here is how words are laid out for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from vivavoce.script.inflection import split_clitic
from vivavoce.script.tokens import Token


@dataclass(frozen=True, slots=True)
class Tag:
    """A word's part of speech, and what else it could be."""

    name: str
    """Penn Treebank tag."""
    rival: str = ""
    """The next best tag."""
    verb: float = 0.0
    """How much better the best tag of a verb fits than the best other tag, in nats; negative where it fits less."""


class Tagger(Protocol):
    """Gives each word of one sentence its part of speech."""

    def tag(self, words: Sequence[str]) -> tuple[Tag, ...]:
        """Tag words that are already apart, punctuation and clitics being words of their own."""
        ...


@dataclass(frozen=True, slots=True)
class TaggedWord:
    """One word to be said, with what the sentence tells of it."""

    text: str
    """Straight apostrophes; inner hyphens kept."""
    letter: bool
    heads: tuple[int, ...]
    """Where the parts between its hyphens stand among the tagged words."""
    tag: str
    """Of its last part, which decides how the whole behaves."""
    mark: str
    """Phrasing that follows right after it; empty inside a token."""
    token: int
    """Index of its token."""


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """The words to be said, and the words as the tagger saw them: clitics, hyphens and punctuation apart."""

    words: tuple[TaggedWord, ...]
    shown: tuple[str, ...]
    tags: tuple[Tag, ...]


def tag_sentence(tokens: Sequence[Token], tagger: Tagger) -> TaggedSentence:
    """Tag the words of one sentence. Initialisms are shown to the tagger whole, possessives apart."""
    cells = [cell for place, token in enumerate(tokens) for cell in _cells(token, place)]
    shown = tuple(word for cell in cells for word in cell.shown)
    tags = tagger.tag(shown) if shown else ()
    return TaggedSentence(tuple(_place_words(cells, tags)), shown, tags)


@dataclass(frozen=True, slots=True)
class _Cell:
    """What the tagger is shown for one spoken word, and where in it the parts' heads stand."""

    text: str
    letter: bool
    mark: str
    token: int
    shown: tuple[str, ...]
    heads: tuple[int, ...]
    """Empty for a letter after its initialism's first."""


_PLURAL_OWNERS = ("s'", "s’")
"""The apostrophe of "victims'" is not said, but tells that a noun follows."""


def _cells(token: Token, place: int) -> Iterator[_Cell]:
    initialism: tuple[str, ...] = ("".join(word.text for word in token.words if word.letter),)
    for index, word in enumerate(token.words):
        text = word.text.replace("’", "'")
        mark = token.mark if index == len(token.words) - 1 else ""
        punctuation = (mark,) if mark else ()
        if word.letter:
            yield _Cell(text, True, mark, place, initialism + punctuation, (0,) if initialism else ())
            initialism = ()
        else:
            shown, heads = lay_out_word(text)
            owner = index == len(token.words) - 1 and token.text.endswith(_PLURAL_OWNERS) and "'" not in text
            yield _Cell(text, False, mark, place, shown + ("'",) * owner + punctuation, heads)


def lay_out_word(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Part a word as taggers are trained to see it: "Anglo-Irish's" → ("Anglo", "-", "Irish", "'s"), heads (0, 2)."""
    shown: list[str] = []
    heads: list[int] = []
    for part in text.split("-"):
        if shown:
            shown.append("-")
        heads.append(len(shown))
        negated = part.lower().endswith("n't")
        stem, clitic = (part[:-3], part[-3:]) if negated else split_clitic(part)
        shown.extend(piece for piece in (stem or "-", clitic) if piece)
    return tuple(shown), tuple(heads)


def _place_words(cells: Sequence[_Cell], tags: Sequence[Tag]) -> Iterator[TaggedWord]:
    offset = 0
    heads: tuple[int, ...] = (0,)
    for cell in cells:
        heads = tuple(offset + head for head in cell.heads) or heads
        offset += len(cell.shown)
        yield TaggedWord(cell.text, cell.letter, heads, tags[heads[-1]].name, cell.mark, cell.token)
