"""A part of a page as its lines in reading order, each with what it is and how much of it is links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from vivavoce.extract.page.tree import is_block, text_of
from vivavoce.types import BlockKind

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SENTENCE_END = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")
_BULLET = re.compile(r"^(?:[•‣◦▪●■–—-]\s+|\*\s+)")
_BOLD = frozenset({"b", "strong"})
_BOLD_HEADING_WORDS = 16
_BOLD_LEVEL = 5
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_CELL_WORDS = 25


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """One line of a page."""

    kind: BlockKind
    text: str
    element: HtmlElement
    """The innermost block around it."""
    linked: float
    """Share of its characters that are links."""
    level: int = 0
    """Of a heading: 1 to 6; 0 for others."""

    @property
    def words(self) -> int:
        """Its words; Chinese and Japanese put no space between them, Korean fewer than others."""
        return max(len(self.text.split()), len(_DENSE.findall(self.text)) // 2)


@dataclass(slots=True)
class _Line:
    """A line that is being read."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    bold: int = 0
    breaks: int = 0

    def add(self, text: str, *, linked: bool, bold: bool) -> None:
        if not text:
            return
        self.pieces.append(text)
        size = len("".join(text.split()))
        self.linked += size if linked else 0
        self.bold += size if bold else 0
        if size:
            self.breaks = 0

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


def read_leaves(root: HtmlElement) -> list[Leaf]:
    """Read the lines under an element."""
    return list(_Reader().read(root))


class _Reader:
    """Walks a tree once, depth first, without recursion's limit on depth being of our making."""

    def __init__(self) -> None:
        self._line = _Line()

    def read(self, root: HtmlElement) -> Iterator[Leaf]:
        yield from self._read_block(root)
        yield from self._flush(root)

    def _read_block(self, element: HtmlElement) -> Iterator[Leaf]:
        if element.tag == "table" and is_data_table(element):
            yield from self._read_table(element)
            return
        self._line.add(element.text or "", linked=False, bold=False)
        for child in element:
            yield from self._read_child(child, element, linked=False, bold=False)
            self._line.add(child.tail or "", linked=False, bold=False)

    def _read_child(self, child: HtmlElement, block: HtmlElement, *, linked: bool, bold: bool) -> Iterator[Leaf]:
        if not isinstance(child.tag, str):
            return
        if child.tag == "br":
            yield from self._break(block)
        elif is_block(child):
            yield from self._flush(block)
            yield from self._read_block(child)
            yield from self._flush(child)
        else:
            linked, bold = linked or child.tag == "a", bold or child.tag in _BOLD
            self._line.add(child.text or "", linked=linked, bold=bold)
            for grandchild in child:
                yield from self._read_child(grandchild, block, linked=linked, bold=bold)
                self._line.add(grandchild.tail or "", linked=linked, bold=bold)

    def _break(self, block: HtmlElement) -> Iterator[Leaf]:
        """Two breaks end a paragraph; one does where a sentence ends before it."""
        self._line.breaks += 1
        text = self._line.text
        if self._line.breaks > 1 or _SENTENCE_END.search(text):
            yield from self._flush(block)
        else:
            self._line.pieces.append("\n")

    def _flush(self, block: HtmlElement) -> Iterator[Leaf]:
        line, self._line = self._line, _Line()
        text = line.text
        size = len("".join(text.split()))
        if size:
            kind, level = _judge_kind(block, text, all_bold=line.bold >= size)
            text = _BULLET.sub("", text) if kind is BlockKind.LIST_ITEM else text
            yield Leaf(kind=kind, text=text, element=block, linked=line.linked / size, level=level)

    def _read_table(self, table: HtmlElement) -> Iterator[Leaf]:
        rows = [[text_of(cell) for cell in row.iter("td", "th")] for row in table.iter("tr")]
        text = "\n".join("; ".join(filter(None, row)) for row in rows if any(row))
        size = sum(len("".join(cell.split())) for row in rows for cell in row)
        linked = sum(len("".join(text_of(link).split())) for link in table.iter("a"))
        yield from self._flush(table)
        if size:
            yield Leaf(kind=BlockKind.TABLE, text=text, element=table, linked=linked / size)


def _judge_kind(block: HtmlElement, text: str, *, all_bold: bool) -> tuple[BlockKind, int]:
    for at in (block, *block.iterancestors()):
        if level := _HEADINGS.get(at.tag):
            return BlockKind.HEADING, level
        if at.tag == "blockquote":
            return BlockKind.QUOTE, 0
        if at.tag in {"li", "dd", "dt"}:
            return BlockKind.LIST_ITEM, 0
        if at.tag in {"table", "article", "main", "body", "section"}:
            break
    if all_bold and len(text.split()) <= _BOLD_HEADING_WORDS and not re.search(r"[.!…:;,]$", text):
        return BlockKind.HEADING, _BOLD_LEVEL
    return BlockKind.PARAGRAPH, 0


def is_data_table(table: HtmlElement) -> bool:
    """Whether a table holds figures in rows and columns, not a page's layout."""
    if table.get("role") == "presentation" or any(True for _ in table.iterdescendants("table")):
        return False
    rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    cells = [cell for row in rows for cell in row]
    columns = max((len(row) for row in rows), default=0)
    if columns < 2 or len(rows) < 2:  # noqa: PLR2004  # one row or one column is layout
        return False
    return all(len(text_of(cell).split()) <= 3 * _CELL_WORDS for cell in cells) and not any(
        any(True for _ in cell.iter("p", "div", "h2", "h3", "ul")) and len(text_of(cell).split()) > _CELL_WORDS
        for cell in cells
    )
