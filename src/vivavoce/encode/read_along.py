"""The article as printed, cut at the places that the recording can show: sentences, words, and what isn't read."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from vivavoce.encode.printed import cut_display
from vivavoce.page import format_date
from vivavoce.types import BlockKind, EditionRecord, Placement, Role

_REPEATED_HEADLINE = "repeated-headline"
"""The script's reason for leaving out a first block that says what the title says."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of printed text of one kind."""

    text: str
    word: int | None = None
    """Index among all words of the edition, in the order of speaking; None for what is no word."""
    omitted: str | None = None
    """Why it isn't read aloud."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Printed text that is one utterance, or between two (`utterance` is None)."""

    utterance: int | None
    """Index among the placements."""
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What stands together on the page: a paragraph, a heading, a whole list, a whole quote, words of the house."""

    kind: str
    """A BlockKind, or "house"."""
    passages: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class ReadAlong:
    """The page of an edition, in reading order. A part that is neither printed nor said is empty."""

    disclosure: tuple[Sentence, ...]
    headline: tuple[Sentence, ...]
    byline: tuple[Sentence, ...]
    date: tuple[Sentence, ...]
    sections: tuple[Section, ...]


def lay_out_page(record: EditionRecord) -> ReadAlong:
    """Lay out an edition for reading along; every character of the article's blocks is on the page once.

    A block that repeats the headline is that headline.
    """
    first_words = [0, *accumulate(len(placement.words) for placement in record.placements)]
    said = [_Said(index, placement, first_words[index]) for index, placement in enumerate(record.placements)]
    body = [entry.index for entry in said if entry.role is Role.BODY]
    opening = said[: body[0]] if body else said
    article = record.article
    return ReadAlong(
        disclosure=_label(_as_said(opening, Role.DISCLOSURE, record.disclosure.visible), record.disclosure.visible),
        headline=_as_said(opening, Role.HEADLINE, article.title),
        byline=_without_stop(_as_said(opening, Role.BYLINE, " and ".join(article.byline))),
        date=_without_stop(_as_said(opening, Role.DATE, format_date(article.published) if article.published else None)),
        sections=tuple(_sections(record, said)),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """A placement with its number and that of its first word."""

    index: int
    placement: Placement
    first_word: int

    @property
    def role(self) -> Role:
        return self.placement.utterance.role

    def as_sentence(self) -> Sentence:
        pieces = cut_display(self.placement.utterance)
        runs = (Run(p.text, None if p.word is None else self.first_word + p.word) for p in pieces)
        return Sentence(self.index, tuple(runs))


def _as_said(opening: list[_Said], role: Role, printed: str | None) -> tuple[Sentence, ...]:
    """Give the utterances of a role; where none is said, what is printed all the same."""
    sentences = [entry.as_sentence() for entry in opening if entry.role is role]
    if not sentences:
        return (_plain(printed),) if printed else ()
    return _spaced(sentences)


def _without_stop(line: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
    """Leave out the full stop that a line of its own is spoken with and not printed with."""
    if not line or line[-1].runs[-1] != Run("."):
        return line
    return (*line[:-1], replace(line[-1], runs=line[-1].runs[:-1]))


def _label(said: tuple[Sentence, ...], visible: str) -> tuple[Sentence, ...]:
    """Give the visible disclosure: lit up as it is said if these are its very words, else as it stands."""
    text = "".join(run.text for sentence in said for run in sentence.runs)
    return said if text == visible else (_plain(visible),)


def _spaced(sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
    """Put a space between sentences that have no text of their own between them."""
    first, *others = sentences
    gap = _plain(" ")
    return (first, *(part for sentence in others for part in (gap, sentence)))


def _without_gaps(sentence: Sentence) -> Iterator[Sentence]:
    """Move the white space around a sentence out of it: it would be lit up with it."""
    runs = list(sentence.runs)
    before = runs[0].text[: len(runs[0].text) - len(runs[0].text.lstrip())]
    runs[0] = replace(runs[0], text=runs[0].text[len(before) :])
    after = runs[-1].text[len(runs[-1].text.rstrip()) :]
    runs[-1] = replace(runs[-1], text=runs[-1].text[: len(runs[-1].text) - len(after)])
    kept = tuple(run for run in runs if run.text)
    parts = (_plain(before), Sentence(sentence.utterance, kept), _plain(after))
    yield from (part for part in parts if any(run.text for run in part.runs))


def _plain(text: str) -> Sentence:
    return Sentence(None, (Run(text),))


def _sections(record: EditionRecord, said: list[_Said]) -> Iterator[Section]:
    """Yield the blocks with the words of the house where they are said; neighbours in a list or quote together."""
    passages = list(_passages(record, said))
    for kind, group in groupby(enumerate(passages), key=_joint):
        yield Section(kind[0], tuple(passage for _, (_, passage) in group))


def _joint(numbered: tuple[int, tuple[str, tuple[Sentence, ...]]]) -> tuple[str, int]:
    """Key of the section that a passage belongs to: lists and quotes go together, anything else stands alone."""
    number, (kind, _) = numbered
    return (kind, -1 if kind in (BlockKind.LIST_ITEM, BlockKind.QUOTE) else number)


def _passages(record: EditionRecord, said: list[_Said]) -> Iterator[tuple[str, tuple[Sentence, ...]]]:
    asides = _asides(said)
    printed = _PrintedArticle(record, said)
    start = 0
    if asides.get(-1):
        yield "house", _spaced(asides[-1])
    for index, block in enumerate(record.article.blocks):
        if not printed.repeats_headline(start, start + len(block.text)):
            yield block.kind, tuple(printed.cut(start, start + len(block.text)))
        start += len(block.text) + len("\n\n")
        if index in asides:
            yield "house", _spaced(asides[index])


def _asides(said: list[_Said]) -> dict[int, list[Sentence]]:
    """Find what the house says, and the closing disclosure, by the block that it is said after (-1: before any)."""
    asides: dict[int, list[Sentence]] = {}
    block = -1
    begun = False
    for entry in said:
        if entry.role is Role.BODY:
            begun = True
            block = block if entry.placement.utterance.block is None else entry.placement.utterance.block
        elif begun or entry.role is Role.HOUSE:
            asides.setdefault(block, []).append(entry.as_sentence())
    return asides


class _PrintedArticle:
    """The article's text with its spans and words in the order of their places."""

    def __init__(self, record: EditionRecord, said: list[_Said]) -> None:
        self._text = record.article.text
        self._spans = record.script.spans
        self._span_ends = [span.end for span in self._spans]
        self._indices = {entry.placement.utterance.id: entry.index for entry in said}
        self._words = sorted(
            (word.start, word.end, entry.first_word + offset)
            for entry in said
            for offset, word in enumerate(entry.placement.utterance.words)
            if word.start is not None and word.end is not None and word.start < word.end
        )
        self._starts = [start for start, _, _ in self._words]

    def repeats_headline(self, start: int, end: int) -> bool:
        """Whether a whole block is the headline once more, which stands above the article already."""
        span = self._spans[bisect_left(self._span_ends, start + 1)]
        return span.omitted == _REPEATED_HEADLINE and span.end >= end

    def cut(self, start: int, end: int) -> Iterator[Sentence]:
        """Cut [start, end) of the text at sentences and words, losing no character."""
        for utterance, group in groupby(self._runs(start, end), key=lambda run: run[0]):
            sentence = Sentence(utterance, tuple(run for _, run in group))
            yield from [sentence] if utterance is None else _without_gaps(sentence)

    def _runs(self, start: int, end: int) -> Iterator[tuple[int | None, Run]]:
        at = start
        for number in range(bisect_left(self._span_ends, start + 1), len(self._spans)):
            span = self._spans[number]
            if at >= end:
                return
            stop = min(span.end, end)
            if span.utterance is None:
                text = self._text[at:stop]
                yield None, Run(text, omitted=span.omitted if text.strip() else None)
            else:
                for run in self._spoken(at, stop):
                    yield self._indices[span.utterance], run
            at = stop

    def _spoken(self, start: int, end: int) -> Iterator[Run]:
        at = start
        for number in range(bisect_left(self._starts, start), len(self._words)):
            word_start, word_end, word = self._words[number]
            if word_start >= end:
                break
            if word_start < at:
                continue
            if word_start > at:
                yield Run(self._text[at:word_start])
            at = min(word_end, end)
            yield Run(self._text[word_start:at], word)
        if at < end:
            yield Run(self._text[at:end])
