"""Which lines of an article's part of the page are its text: judged by words, links, and what stands beside them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vivavoce.extract.page.leaves import Leaf
from vivavoce.extract.page.locate import Body, is_prose
from vivavoce.extract.page.metadata import Metadata
from vivavoce.extract.phrases import fold_words, load_phrases
from vivavoce.types import Block, BlockKind, Omission

_END = re.compile(r"[.!?…。！？:][\"'”’»«“)\]]*$")
_DATE_LIKE = re.compile(r"\b(?:19|20)\d{2}\b|\b\d{1,2}:\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_CREDIT = re.compile(
    r"[©ⓒ]|사진\s*[=:]|\(c\)\s|\bcopyright\b"
    r"|\b(?:getty|shutterstock|imago|picture alliance|istock|unsplash|alamy|wikimedia commons)\b"
    r"|\b(?:AP|AFP|Reuters|dpa|EPA)\s*(?:photo|/)|/\s*(?:AP|AFP|Reuters|dpa|EPA|TASS|ТАСС|РИА Новости)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"(?::|\.\.\.|…)$")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_POINTER = re.compile(r"^\W{0,2}[▶▷►☞→👉🔴📢📌🔗▲]")
_CREDIT_WORDS = 20
_LINKED_LINE = 0.8
_LINKED_LIST = 0.6
_LABEL_WORDS = 7
_HEAD_WORDS = 12
_TAIL_LINES = 8
_STANDFIRST_WORDS = 30
_SENTENCE_WORDS = 8
_PULLED = frozenset({BlockKind.QUOTE, BlockKind.HEADING})
_PULLED_WORDS = 6
_NEIGHBOUR_SHARE = 0.2
_ANNOUNCING_WORDS = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """What was taken and what was left out, each in the page's order."""

    blocks: tuple[Block, ...]
    omitted: tuple[Omission, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    leaf: Leaf
    reason: str | None = None


def judge_lines(body: Body, metadata: Metadata) -> Judged:
    """Part the article's lines from those that merely stand among them."""
    lines = [_Line(leaf, _judge_alone(leaf, body, metadata)) for leaf in body.leaves]
    judges = (
        _judge_links,
        _judge_lead_ins,
        _judge_neighbours(body),
        _judge_head(metadata, body),
        _judge_tail(metadata, body),
        _judge_labels,
        _judge_headings,
        _judge_pull_quotes,
        _judge_doubles,
    )
    for judge in judges:
        lines = judge(lines)
    return Judged(
        blocks=tuple(Block(line.leaf.kind, line.leaf.text) for line in lines if line.reason is None),
        omitted=tuple(Omission(line.leaf.text, line.reason) for line in lines if line.reason),
    )


def _judge_alone(leaf: Leaf, body: Body, metadata: Metadata) -> str | None:
    """What a line is by itself."""
    if fold_words(leaf.text) in metadata.title_forms:
        return "headline-repeated"
    reason = load_phrases().judge_line(leaf.text, linked=leaf.linked, heading=leaf.kind is BlockKind.HEADING)
    if reason and (reason != "author-note" or leaf.words <= _LABEL_WORDS or leaf in body.leaves[-_TAIL_LINES:]):
        return reason
    return _judge_marks(leaf) or _judge_place(leaf, body)


def _judge_marks(leaf: Leaf) -> str | None:
    """What the characters of a line say of it."""
    if not any(map(str.isalnum, leaf.text)):
        return "ornament"
    if _is_credit(leaf):
        return "credit"
    if leaf.words <= _LABEL_WORDS and _MAIL.search(leaf.text):
        return "byline"
    points = _POINTER.match(leaf.text) and (leaf.linked >= _LINKED_LINE or not _END.search(leaf.text))
    return "related" if points else None


def _judge_place(leaf: Leaf, body: Body) -> str | None:
    """A short line that is no sentence belongs to the article only if it stands where its paragraphs stand."""
    if leaf.kind is not BlockKind.PARAGRAPH or is_prose(leaf):
        return None
    if leaf in body.vouched and (body.is_home(leaf) or _END.search(leaf.text)):
        return None
    return None if _END.search(leaf.text) and leaf.linked < _LINKED_LINE else "label"


def _is_credit(leaf: Leaf) -> bool:
    return leaf.words <= _CREDIT_WORDS and bool(_CREDIT.search(leaf.text)) and not leaf.text.rstrip().endswith("?")


def _judge_links(lines: list[_Line]) -> list[_Line]:
    """A line that is a link, alone among paragraphs, and lists of links, lead away from the article."""
    judged = list(lines)
    for start, end in _list_runs(lines):
        run = lines[start:end]
        weight = sum(len(line.leaf.text) for line in run)
        if sum(line.leaf.linked * len(line.leaf.text) for line in run) >= _LINKED_LIST * weight:
            judged[start:end] = [_Line(line.leaf, line.reason or "links") for line in run]
    for at, line in enumerate(judged):
        leaf = line.leaf
        led_away = leaf.linked > _LINKED_LINE and leaf.kind in {BlockKind.PARAGRAPH, BlockKind.QUOTE}
        led_away = led_away or (leaf.kind is BlockKind.TABLE and leaf.linked > _LINKED_LIST)
        if line.reason is None and led_away and not (_END.search(leaf.text) and leaf.words >= _SENTENCE_WORDS):
            judged[at] = _Line(leaf, "links")
    return judged


def _list_runs(lines: Sequence[_Line]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for at in range(len(lines) + 1):
        is_item = at < len(lines) and lines[at].leaf.kind is BlockKind.LIST_ITEM
        if is_item and start is None:
            start = at
        elif not is_item and start is not None:
            runs.append((start, at))
            start = None
    return runs


def _judge_lead_ins(lines: list[_Line]) -> list[_Line]:
    """A label takes the links behind it along; links take the short line before them along."""
    judged = list(lines)
    for at, line in enumerate(judged):
        before = judged[at - 1] if at else None
        if line.reason is None and before and before.reason == "related" and line.leaf.linked >= _LINKED_LIST:
            judged[at] = _Line(line.leaf, "related")
    for at in reversed(range(len(judged) - 1)):
        line, after = judged[at], judged[at + 1]
        leads = line.leaf.words <= _LABEL_WORDS and line.leaf.kind in {BlockKind.PARAGRAPH, BlockKind.HEADING}
        if line.reason is None and leads and after.reason == "links" and _LEADING.search(line.leaf.text):
            judged[at] = _Line(line.leaf, "links")
    return judged


def _judge_neighbours(body: Body) -> Callable[[list[_Line]], list[_Line]]:
    """What stands outside of the element in which the running text stands is a neighbour: a list of other stories.

    Running text outside goes only where it is little: some pages set a part of their article in a place of its own.
    """

    def judge(lines: list[_Line]) -> list[_Line]:
        at_home = [at for at, line in enumerate(lines) if line.reason is None and _begins_body(line.leaf, body)]
        if body.whole or not at_home:
            return lines
        first, last = at_home[0], at_home[-1]
        sizes = [len(line.leaf.text) if line.reason is None and is_prose(line.leaf) else 0 for line in lines]
        behind = sum(size for at, size in enumerate(sizes) if at > last and not body.is_inside(lines[at].leaf))
        sure = behind < _NEIGHBOUR_SHARE * sum(sizes)

        def is_neighbour(at: int, leaf: Leaf) -> bool:
            if body.is_home(leaf):
                return False
            if is_prose(leaf) and (at <= last or not (sure or lines[at - 1].leaf.linked >= _LINKED_LINE)):
                return False
            if body.is_inside(leaf):
                loose = leaf not in body.vouched and not is_prose(leaf)
                return loose and (at > last or (leaf.level > 0 and leaf.linked >= _LINKED_LIST))
            return at > last or leaf not in body.vouched or (at < first and not is_prose(leaf))

        return [
            _Line(line.leaf, line.reason or ("aside" if is_neighbour(at, line.leaf) else None))
            for at, line in enumerate(lines)
        ]

    return judge


def _judge_labels(lines: list[_Line]) -> list[_Line]:
    """A few words and a colon announce what follows; where nothing does that can be announced, they are a label."""
    judged = list(lines)
    for at, line in enumerate(lines):
        leaf = line.leaf
        names = leaf.kind is BlockKind.PARAGRAPH and leaf.words <= _ANNOUNCING_WORDS and leaf.text.endswith((":", "："))
        after = next((later for later in lines[at + 1 :] if later.reason is None), None)
        told = after is not None and (after.leaf.kind is not BlockKind.PARAGRAPH or is_prose(after.leaf))
        if line.reason is None and names and not (told and lines[at + 1].reason is None):
            judged[at] = _Line(leaf, "label")
    return judged


def _judge_head(metadata: Metadata, body: Body) -> Callable[[list[_Line]], list[_Line]]:
    """Before the first sentence stand section names, bylines, dates and reading times."""

    def judge(lines: list[_Line]) -> list[_Line]:
        first = next((at for at, line in enumerate(lines) if line.reason is None and _begins_body(line.leaf, body)), 0)
        return [
            _Line(line.leaf, line.reason or (_judge_over_body(line.leaf, metadata, body) if at < first else None))
            for at, line in enumerate(lines)
        ]

    return judge


def _begins_body(leaf: Leaf, body: Body) -> bool:
    return is_prose(leaf) and body.is_home(leaf)


def _judge_over_body(leaf: Leaf, metadata: Metadata, body: Body) -> str | None:
    if leaf.words > _HEAD_WORDS:
        outside = leaf.words <= _STANDFIRST_WORDS and any(True for _ in leaf.element.iterancestors("header"))
        return "standfirst" if outside and not body.is_home(leaf) else None
    if leaf.level == 1:
        return "headline-repeated"
    if any(name in fold_words(leaf.text) for names in metadata.byline_words for name in names[-1:]):
        return "byline"
    if _DATE_LIKE.search(leaf.text):
        return "dateline"
    if leaf.kind is BlockKind.PARAGRAPH and not _END.search(leaf.text) and leaf.words <= _LABEL_WORDS:
        return "label"
    return None


def _judge_tail(metadata: Metadata, body: Body) -> Callable[[list[_Line]], list[_Line]]:
    """After the last sentence stand tags, labels and a note on the author."""

    def judge(lines: list[_Line]) -> list[_Line]:
        judged = list(lines)
        for at in reversed(range(len(lines))):
            line = lines[at]
            if line.reason is None:
                reason = _judge_under_body(line.leaf, metadata, body)
                if reason is None:
                    break
                judged[at] = _Line(line.leaf, reason)
        return judged

    return judge


def _judge_under_body(leaf: Leaf, metadata: Metadata, body: Body) -> str | None:
    words = fold_words(leaf.text)
    if any(words[: len(name)] == name and len(words) > len(name) for name in metadata.byline_words):
        return "author-note"
    if not body.is_home(leaf) and any(words[:1] == name[:1] for name in metadata.byline_words):
        return "author-note"
    if leaf.kind is BlockKind.PARAGRAPH and leaf.words <= _LABEL_WORDS and not _END.search(leaf.text):
        return "label"
    if leaf.linked > _LINKED_LIST and leaf.kind in {BlockKind.PARAGRAPH, BlockKind.HEADING}:
        return "links"
    return None


def _judge_headings(lines: list[_Line]) -> list[_Line]:
    """A heading whose section was left out goes with it; so does one that nothing follows."""
    judged = list(lines)
    for at in reversed(range(len(lines))):
        line = judged[at]
        if line.leaf.kind is not BlockKind.HEADING or line.reason:
            continue
        following = judged[at + 1 :]
        next_kept = next((n for n, later in enumerate(following) if later.reason is None), None)
        between = following[:next_kept] if next_kept is not None else following
        closed = next_kept is None or 0 < following[next_kept].leaf.level <= line.leaf.level
        lost_section = any(later.reason in _SECTION_REASONS for later in between)
        if next_kept is None or (closed and lost_section):
            judged[at] = _Line(line.leaf, "heading-of-omitted")
    return judged


_SECTION_REASONS = frozenset({"links", "related", "newsletter", "share", "promotion", "label", "author-note"})


def _judge_pull_quotes(lines: list[_Line]) -> list[_Line]:
    """A quote or heading that repeats words of a paragraph repeats them for the eye."""
    kept = [line.leaf for line in lines if line.reason is None]
    prose = [f" {' '.join(fold_words(leaf.text))} " for leaf in kept if is_prose(leaf)]
    judged = list(lines)
    for at, line in enumerate(lines):
        words = fold_words(line.leaf.text)
        if line.reason is None and line.leaf.kind in _PULLED and len(words) >= _PULLED_WORDS:
            folded = f" {' '.join(words)} "
            if any(folded in paragraph and folded != paragraph for paragraph in prose):
                judged[at] = _Line(line.leaf, "pull-quote")
    return judged


def _judge_doubles(lines: list[_Line]) -> list[_Line]:
    """A long line that stands twice, as for small screens, is heard once."""
    seen: set[tuple[str, ...]] = set()
    judged: list[_Line] = []
    for line in lines:
        words = fold_words(line.leaf.text)
        doubled = line.reason is None and len(words) >= _SENTENCE_WORDS and words in seen
        if line.reason is None:
            seen.add(words)
        judged.append(_Line(line.leaf, "doubled") if doubled else line)
    return judged
