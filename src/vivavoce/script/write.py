"""Article to Script: disclosure, headline, byline, date, body, disclosure again; every character of the body placed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from vivavoce.script.fold import fold_to_ascii
from vivavoce.script.languages import LANGUAGES
from vivavoce.script.length import cut_words
from vivavoce.script.normalise import find_signs, normalise_text
from vivavoce.script.pace import pause_after
from vivavoce.script.pronounce import Pronouncer, pronounce_tokens
from vivavoce.script.segment import Sentence, segment_tokens
from vivavoce.script.style import ScriptStyle
from vivavoce.script.tokens import Token
from vivavoce.types import Article, Block, BlockKind, Disclosure, Role, Script, Span, Utterance, Word

Pronounce = Callable[[Sequence[Token]], tuple[Word, ...]]
_TABLE_NOTE = "A table is left out here."
_SYMBOLS_PER_S = 14.0
"""Slower than any voice reads (am_michael 15.8, bf_emma 18.4, with the blanks), so that no reminder comes late."""
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class Draft:
    """An utterance before it has an id and knows what follows it."""

    role: Role
    display: str
    words: tuple[Word, ...]
    block: int | None = None
    kind: BlockKind = BlockKind.PARAGRAPH
    continues: bool = False
    """Whether the next utterance goes on with the same sentence."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the article's text that one utterance says, or that is omitted."""

    start: int
    end: int
    draft: int | None
    omitted: str | None


def write_script(
    article: Article,
    *,
    pronouncer: Pronouncer,
    style: ScriptStyle | None = None,
    disclosure: Disclosure | None = None,
) -> Script:
    """Write what will be said of an article.

    Every character of `article.text` lies in exactly one of the script's spans. The words of the house (disclosure,
    byline, date) have no place in it.
    """
    style = style or ScriptStyle()
    disclosure = disclosure or Disclosure()
    informed = pronouncer.for_text("\n\n".join(filter(None, (article.title, *article.byline, article.text))))
    writer = _Writer(article.text, style, lambda tokens: pronounce_tokens(tokens, informed))
    writer.open_with(article, disclosure)
    writer.write_body(article)
    if style.outro:
        writer.say_house(Role.HOUSE, style.outro)
    if disclosure.spoken:
        writer.remind_every(disclosure.reminder_minutes, disclosure.sentence)
        writer.say_house(Role.DISCLOSURE, disclosure.sentence)
    return writer.finish()


def speak_line(text: str, *, pronouncer: Pronouncer, style: ScriptStyle | None = None) -> tuple[Word, ...]:
    """Read one line of text as words, with no words of the house; offsets count within the line."""
    informed = pronouncer.for_text(text)
    writer = _Writer(text, style or ScriptStyle(), lambda tokens: pronounce_tokens(tokens, informed))
    sentences = writer.read(text, start=0)
    return tuple(word for sentence in sentences for word in writer.pronounce(sentence.tokens))


class _Writer:
    """Collects utterances and the places of the text they say."""

    def __init__(self, text: str, style: ScriptStyle, pronounce: Pronounce) -> None:
        self._text = text
        self._style = style
        self.pronounce = pronounce
        self._language = LANGUAGES["en"]
        self._drafts: list[Draft] = []
        self._pieces: list[_Piece] = []

    def read(self, text: str, *, start: int) -> tuple[Sentence, ...]:
        """Read a block or a line as sentences of tokens."""
        tokens = normalise_text(text, start=start, language=self._language, style=self._style)
        return segment_tokens(text, tokens, start=start)

    def open_with(self, article: Article, disclosure: Disclosure) -> None:
        """Say what stands before the body."""
        if disclosure.spoken:
            self.say_house(Role.DISCLOSURE, disclosure.sentence)
            self.say_house(Role.DISCLOSURE, disclosure.voice_sentence)
        if self._style.intro:
            self.say_house(Role.HOUSE, self._style.intro)
        if article.title:
            self.say_house(Role.HEADLINE, article.title)
        if article.byline:
            self.say_house(Role.BYLINE, f"By {_enumerate(article.byline)}.")
        if article.published:
            self.say_house(Role.DATE, f"Published {_print_date(article.published, british=self._style.british)}.")

    def say_house(self, role: Role, text: str, block: int | None = None) -> None:
        """Say words that have no place in the article's text."""
        for sentence in self.read(text, start=0):
            words = tuple(replace(word, start=None, end=None) for word in self.pronounce(sentence.tokens))
            for part in cut_words(words, self._style.longest_utterance_symbols):
                display = (
                    text[sentence.start : sentence.end].strip() if part == words else " ".join(w.text for w in part)
                )
                self._drafts.append(Draft(role, display, part, block, continues=part[-1] is not words[-1]))

    def remind_every(self, minutes: int, sentence: str) -> None:
        """Say a sentence again between two blocks wherever it would else not be heard for so many minutes."""
        said = self._drafts
        self._drafts = []
        self.say_house(Role.HOUSE, sentence)
        reminder, self._drafts = self._drafts, []
        spoken_s = 0.0
        moved: list[int] = []
        for stretch in _keep_together(said):
            length_s = sum(map(_estimate_s, stretch))
            if minutes and stretch[0].block is not None and spoken_s and spoken_s + length_s > minutes * 60:
                self._drafts += reminder
                spoken_s = 0.0
            moved += range(len(self._drafts), len(self._drafts) + len(stretch))
            self._drafts += stretch
            spoken_s += length_s
        self._pieces = [
            piece if piece.draft is None else replace(piece, draft=moved[piece.draft]) for piece in self._pieces
        ]

    def write_body(self, article: Article) -> None:
        """Say the blocks, and place every character of them."""
        start = 0
        for place, block in enumerate(article.blocks):
            self._write_block(block, place, start, repeated=place == 0 and _same_words(block.text, article.title))
            start += len(block.text) + 2

    def _write_block(self, block: Block, place: int, start: int, *, repeated: bool) -> None:
        end = start + len(block.text)
        if repeated:
            self._omit(start, end, "repeated-headline")
        elif block.kind is BlockKind.TABLE:
            self._omit(start, end, "table")
            self.say_house(Role.HOUSE, _TABLE_NOTE, place)
        else:
            framed = block.kind is BlockKind.QUOTE and self._style.frame_long_quotes
            if framed:
                self.say_house(Role.HOUSE, "Quote.", place)
            for sentence in self.read(block.text, start=start):
                self._write_sentence(sentence, place, block.kind)
            if framed:
                self.say_house(Role.HOUSE, "End quote.", place)

    def _omit(self, start: int, end: int, reason: str) -> None:
        if end > start:
            self._pieces.append(_Piece(start, end, None, reason))

    def _write_sentence(self, sentence: Sentence, place: int, kind: BlockKind) -> None:
        words = self.pronounce(sentence.tokens)
        if not words:
            reason = next((token.omitted for token in sentence.tokens if token.omitted), "punctuation")
            self._omit(sentence.start, sentence.end, reason)
            return
        parts = cut_words(words, self._style.longest_utterance_symbols)
        bounds = [sentence.start, *(_start_of(part[0]) for part in parts[1:]), sentence.end]
        for part, begin, end in zip(parts, bounds, bounds[1:], strict=False):
            self._place(sentence, begin, end)
            display = self._text[begin:end].strip()
            self._drafts.append(Draft(Role.BODY, display, part, place, kind, continues=end != sentence.end))

    def _place(self, sentence: Sentence, begin: int, end: int) -> None:
        """Place a stretch of one utterance, cut where something in it is omitted."""
        current = len(self._drafts)
        at = begin
        for start, stop, reason in self._list_unsaid(sentence, begin, end):
            if start > at:
                self._pieces.append(_Piece(at, start, current, None))
            self._pieces.append(_Piece(start, stop, None, reason))
            at = stop
        if end > at:
            self._pieces.append(_Piece(at, end, current, None))

    def _list_unsaid(self, sentence: Sentence, begin: int, end: int) -> Iterator[tuple[int, int, str]]:
        """List what a stretch leaves out, in order: tokens that say nothing, and signs between tokens."""
        at = begin
        for token in sentence.tokens:
            if not begin <= token.start < end:
                continue
            yield from ((*place, "sign") for place in find_signs(self._text, at, token.start))
            if token.omitted is not None:
                yield token.start, token.end, token.omitted
            at = token.end
        yield from ((*place, "sign") for place in find_signs(self._text, at, end))

    def finish(self) -> Script:
        """Name the utterances, set their pauses and close the gaps between the pieces."""
        followers = [*self._drafts[1:], *([None] if self._drafts else [])]
        utterances = tuple(
            Utterance(
                f"u{number}",
                draft.role,
                draft.display,
                draft.words,
                pause_after(draft, following, self._style.pauses),
                draft.block,
            )
            for number, (draft, following) in enumerate(zip(self._drafts, followers, strict=True), start=1)
        )
        return Script(self._style.variety.value, utterances, tuple(self._spans()))

    def _spans(self) -> Iterator[Span]:
        """Give the blanks between blocks to the stretch before them; at the very start, to the one after."""
        if self._text and not self._pieces:
            yield Span(0, len(self._text), None, "blank")
        starts = [0, *(piece.start for piece in self._pieces[1:]), len(self._text)]
        for piece, begin, end in zip(self._pieces, starts, starts[1:], strict=False):
            name = None if piece.draft is None else f"u{piece.draft + 1}"
            yield Span(begin, end, name, piece.omitted)


def _keep_together(drafts: Sequence[Draft]) -> list[list[Draft]]:
    """Group drafts that nothing may come between: a block, a list, a quote, a heading with what follows it."""
    groups: list[list[Draft]] = []
    for draft in drafts:
        before = groups[-1][-1] if groups else None
        if before is not None and before.block is not None and draft.block is not None and _belongs(before, draft):
            groups[-1].append(draft)
        else:
            groups.append([draft])
    return groups


def _belongs(before: Draft, draft: Draft) -> bool:
    together = (BlockKind.LIST_ITEM, BlockKind.QUOTE)
    return before.block == draft.block or before.kind is BlockKind.HEADING or (before.kind is draft.kind in together)


def _estimate_s(draft: Draft) -> float:
    return sum(len(word.phonemes) + 1 for word in draft.words) / _SYMBOLS_PER_S


def _start_of(word: Word) -> int:
    if word.start is None:
        raise AssertionError("a word of the body has lost its place in the text")
    return word.start


def _same_words(block: str, title: str | None) -> bool:
    return title is not None and _bare(block) == _bare(title) != ""


def _bare(text: str) -> str:
    return "".join(char for char in fold_to_ascii(text).lower() if char.isalnum()) + "".join(
        char for char in text if char.isdigit()
    )


def _enumerate(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _print_date(day: date, *, british: bool) -> str:
    month = _MONTHS[day.month - 1]
    return f"{day.day} {month} {day.year}" if british else f"{month} {day.day}, {day.year}"
