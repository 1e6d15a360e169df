"""Markdown: front matter as the header, CommonMark with tables and footnotes as the body."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vivavoce.extract.decode import decode_body
from vivavoce.extract.draft import Draft
from vivavoce.extract.plain import is_player_label, read_date, split_names
from vivavoce.types import Block, BlockKind, Capture, Omission

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_PAIR = re.compile(r"^(\w[\w-]*)\s*:\s*(.*)$")
_PROSE = frozenset({"title", "author", "authors", "byline", "publisher"})
_TAG = re.compile(r"<!--.*?-->|<[^>]+>", re.DOTALL)
_CONTAINERS = {
    "list_item": BlockKind.LIST_ITEM,
    "blockquote": BlockKind.QUOTE,
    "heading": BlockKind.HEADING,
    "th": BlockKind.TABLE,
    "td": BlockKind.TABLE,
}


def read_markdown(capture: Capture) -> Draft:
    """Read a Markdown text; its first level-one heading is the title where the front matter names none."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    text = decode_body(capture.body, address=capture.address, label=capture.charset)
    parser = MarkdownIt("commonmark").enable("table").use(front_matter_plugin).use(footnote_plugin, inline=False)
    body = _Body()
    for token in parser.parse(text):
        body.take(token)
    written = _read_front_matter(body.front_matter)
    header = written | {name: _read_line(parser, written[name]) for name in _PROSE & written.keys()}
    author = header.get("author") or header.get("byline") or header.get("authors") or ""
    return Draft(
        blocks=tuple(body.blocks),
        title=header.get("title") or body.title,
        byline=tuple(split_names(author.strip("[]"))),
        published=read_date(header.get("date", ""), address=capture.address),
        publisher=header.get("publisher"),
        url=header.get("url") or capture.url,
        footnotes=tuple(body.footnotes),
        omitted=tuple(body.omitted),
    )


def _read_front_matter(matter: str) -> dict[str, str]:
    """Read the plain pairs of YAML front matter; nested values are no business of an article's header."""
    pairs = map(_PAIR.match, matter.splitlines())
    return {pair[1].lower(): pair[2].strip().strip("\"'") for pair in pairs if pair}


_AS_WRITTEN = frozenset({"code_inline", "text"})


def _read_line(parser: "MarkdownIt", written: str) -> str:
    """Read one value of the front matter as the Markdown that editors put there: "*Late* goal" → "Late goal"."""
    (inline,) = parser.parseInline(written)
    return "".join(child.content for child in inline.children or () if child.type in _AS_WRITTEN)


@dataclass(slots=True)
class _Body:
    """The blocks that the tokens have given so far, and the containers that stand open."""

    blocks: list[Block] = field(default_factory=list)
    omitted: list[Omission] = field(default_factory=list)
    footnotes: list[Block] = field(default_factory=list)
    title: str | None = None
    front_matter: str = ""
    _open: list[str] = field(default_factory=list)
    _cells: list[str] = field(default_factory=list)
    _rows: list[str] = field(default_factory=list)

    def take(self, token: "Token") -> None:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.nesting == 1:
            self._open.append(name)
        elif token.nesting == -1:
            self._close(self._open.pop(), token)
        elif token.type == "inline":
            self._take_inline(token)
        elif token.type == "front_matter":
            self.front_matter = token.content
        elif token.type in {"fence", "code_block"}:
            self.omitted.append(Omission(token.content, "code"))
        elif token.type == "html_block" and (text := _TAG.sub(" ", token.content).strip()):
            self._add(BlockKind.PARAGRAPH, text)

    def _take_inline(self, token: "Token") -> None:
        text = "".join(self._read_children(token.children or ()))
        kind = self._kind()
        if "footnote" in self._open:
            self.footnotes.append(Block(BlockKind.PARAGRAPH, text))
        elif kind is BlockKind.TABLE:
            self._cells.append(text.strip())
        elif kind is BlockKind.HEADING and token.level == 1 and self.title is None and not self.blocks:
            self.title = text
        elif is_player_label(text):
            self.omitted.append(Omission(text, "player-label"))
        else:
            self._add(kind, text)

    def _kind(self) -> BlockKind:
        inner_first = (_CONTAINERS[name] for name in reversed(self._open) if name in _CONTAINERS)
        return next(inner_first, BlockKind.PARAGRAPH)

    def _add(self, kind: BlockKind, text: str) -> None:
        self.blocks.append(Block(kind, text))

    def _read_children(self, children: Sequence["Token"]) -> Iterable[str]:
        for child in children:
            if child.type in _AS_WRITTEN:
                yield child.content
            elif child.type in {"softbreak", "hardbreak"}:
                yield " "
            elif child.type == "image":
                self.omitted.append(Omission(child.content, "image"))

    def _close(self, name: str, token: "Token") -> None:
        if name == "tr":
            self._rows.append("; ".join(filter(None, self._cells)))
            self._cells.clear()
        elif name == "table" and token.type == "table_close":
            self._add(BlockKind.TABLE, "\n".join(self._rows))
            self._rows.clear()
