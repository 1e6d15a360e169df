"""Plain text: an optional header, then paragraphs separated by blank lines.

title: Shelling stops
date: 2024-05-23
byline: Ann Example
This audio is created with AI assistance

First paragraph …
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice, takewhile

from vivavoce.errors import InputError
from vivavoce.extract.decode import decode_body
from vivavoce.extract.draft import Draft
from vivavoce.extract.phrases import load_phrases
from vivavoce.types import Block, BlockKind, Capture, Omission

_KEYED = re.compile(r"^\s*(title|date|byline|author|url|publisher)\s*:\s*(.*?)\s*$", re.IGNORECASE)
_BARE_DATE = re.compile(r"^\s*date\s+(\d{4}-\d{2}-\d{2})\b\s*(.*?)\s*$", re.IGNORECASE)
_LEADING_DATE = re.compile(r"^(\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?)\s*(.*)$")
_OTHER_KEY = re.compile(r"^\s*([A-Za-z][\w-]{1,24}(?: [\w-]{1,20})?)\s*:\s+(\S.*?)\s*$")
"""A line as a header has them, under a name that means nothing to us."""
_END = re.compile(r"[.!?…][\"'”’»)\]]*$")
_LABEL_WORDS = 6
_MOST_HEADER = 40
"""Lines; what goes on for longer is a list."""
_BULLET = re.compile(r"^\s*(?:[-*•–‣◦▪]|\d{1,3}[.)])\s+(?=\S)")


@dataclass(slots=True)
class _Header:
    """What the header's lines have given so far."""

    address: str
    values: dict[str, str] = field(default_factory=dict)
    byline: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    """(key, line) of lines under keys that we don't know."""

    def take_line(self, line: str) -> bool:
        """Understand one line; False where it is the first of the text."""
        if is_player_label(line):
            self.labels.append(line.strip())
        elif bare := _BARE_DATE.match(line):
            if bare[2] and not is_player_label(bare[2]):
                return False
            self._set("date", bare[1])
            self.labels += [bare[2]] if bare[2] else []
        elif keyed := _KEYED.match(line):
            self._take_pair(keyed[1].lower(), keyed[2])
        else:
            return False
        return True

    def take_other(self, line: str) -> None:
        """Keep a line under an unknown key out of the text."""
        self.others.append((_OTHER_KEY.sub(r"\1", line).strip().lower(), line.strip()))

    def _take_pair(self, key: str, value: str) -> None:
        if key in {"byline", "author"}:
            self.byline += split_names(value)
            return
        if key == "date" and (leading := _LEADING_DATE.match(value)) and is_player_label(leading[2]):
            value = leading[1]
            self.labels.append(leading[2])
        self._set(key, value)

    def _set(self, key: str, value: str) -> None:
        if self.values.setdefault(key, value) != value:
            raise InputError(
                f"{self.address}: the header gives {key} twice, {self.values[key]!r} and {value!r}; keep one"
            )


def is_player_label(line: str) -> bool:
    """Whether a line is nothing but the label of an audio player or a disclosure."""
    return load_phrases().judge_line(line) == "player-label"


def split_names(text: str) -> list[str]:
    """Part the names of a byline: "By Ann Example and Bob Muster" → ["Ann Example", "Bob Muster"]."""
    bare = re.sub(r"^\s*by\b[:\s]*", "", text, flags=re.IGNORECASE)
    return [name.strip() for name in re.split(r"\s*[,;|&]\s*|\s+and\s+", bare) if name.strip()]


def read_date(value: str, *, address: str) -> date | None:
    """Read a header's date.

    Raises:
        InputError: It is not in ISO form, or no day of the calendar.
    """
    if not value:
        return None
    try:
        return datetime.fromisoformat(value).date()
    except ValueError as error:
        raise InputError(
            f"{address}: the header's date {value!r} is not a day written as YYYY-MM-DD; write it so"
        ) from error


def read_plain_capture(capture: Capture) -> Draft:
    """Read a file of plain text."""
    text = decode_body(capture.body, address=capture.address, label=capture.charset)
    draft = read_plain(text, address=capture.address)
    return replace(draft, url=draft.url or capture.url)


def read_plain(text: str, *, address: str) -> Draft:
    """Read a plain text with or without a header."""
    header = _Header(address)
    lines = text.lstrip("\ufeff").splitlines()
    body = _take_header(header, lines)
    blocks = tuple(_read_blocks(lines[body:]))
    labels = (*header.labels, *(block.text for block in blocks if is_player_label(block.text)))
    return Draft(
        blocks=tuple(block for block in blocks if not is_player_label(block.text)),
        title=header.values.get("title") or None,
        byline=tuple(dict.fromkeys(header.byline)),
        published=read_date(header.values.get("date", ""), address=address),
        publisher=header.values.get("publisher") or None,
        url=header.values.get("url") or None,
        omitted=(
            *(Omission(label, "player-label") for label in labels),
            *(Omission(line, "header") for _, line in header.others),
        ),
        warnings=tuple(f"unknown-header:{key}" for key, _ in header.others),
    )


def _take_header(header: _Header, lines: list[str]) -> int:
    """Feed the header's lines; return the index of the first line of the body."""
    for at, line in enumerate(lines):
        blank_inside = not line.strip() and not (header.values or header.byline)
        if blank_inside or header.take_line(line):
            continue
        if not _is_other_key(header, lines[at:]):
            return at
        header.take_other(line)
    return len(lines)


def _is_other_key(header: _Header, lines: list[str]) -> bool:
    """Whether a line stands in a header under a key that we don't know, with only such lines up to the blank one."""
    block = list(islice(takewhile(str.strip, lines), _MOST_HEADER))
    keyed = [line for line in block if _OTHER_KEY.match(line) or _BARE_DATE.match(line) or is_player_label(line)]
    known = bool(header.values or header.byline) or any(_KEYED.match(line) or _BARE_DATE.match(line) for line in block)
    sentence = bool(block) and len(block[0].split()) > _LABEL_WORDS and bool(_END.search(block[0].rstrip()))
    return 0 < len(block) < _MOST_HEADER and len(keyed) == len(block) and known and not sentence


def _read_blocks(lines: Iterable[str]) -> Iterable[Block]:
    paragraph: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            paragraph.append(line)
        elif paragraph:
            yield from _part_list(paragraph)
            paragraph = []


def _part_list(paragraph: list[str]) -> Iterable[Block]:
    """Lines that all begin with a bullet are a list; any others are one paragraph."""
    if all(map(_BULLET.match, paragraph)):
        yield from (Block(BlockKind.LIST_ITEM, _BULLET.sub("", line)) for line in paragraph)
    else:
        yield Block(BlockKind.PARAGRAPH, " ".join(line.strip() for line in paragraph))
