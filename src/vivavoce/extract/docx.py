"""DOCX: paragraphs by their styles, tables; deleted and hidden text is not read."""

import io
import zipfile
from collections.abc import Iterator

from lxml import etree

from vivavoce.errors import InputError
from vivavoce.extract.draft import Draft
from vivavoce.extract.xml import local_name, parse_xml
from vivavoce.types import Block, BlockKind, Capture, Omission

_MOST_BYTES = 30_000_000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NOT_READ = frozenset({"del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "rPr", "footnoteReference"})
_SPACES = frozenset({"tab", "br", "cr"})


def read_docx(capture: Capture) -> Draft:
    """Read a DOCX file.

    Raises:
        InputError: It is no DOCX, damaged, or unpacks to more than it may.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(capture.body)) as archive:
            document = parse_xml(_read_part(archive, "word/document.xml", capture.address), address=capture.address)
            notes = _read_notes(archive, capture.address)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InputError(f"{capture.address}: a ZIP file that is no DOCX ({error}); save it as DOCX or text") from error
    body = _Body()
    for element in document.iter(f"{_W}body"):
        body.read(element)
    return Draft(
        blocks=tuple(body.blocks),
        title=body.title,
        url=capture.url,
        footnotes=tuple(notes),
        omitted=tuple(body.omitted),
    )


def _read_part(archive: zipfile.ZipFile, name: str, address: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_BYTES:
        raise InputError(f"{address}: unpacks to more than {_MOST_BYTES:,} bytes (rule: body-bytes)")
    with archive.open(name) as part:
        data = part.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise InputError(f"{address}: unpacks to more than {_MOST_BYTES:,} bytes (rule: body-bytes)")
    return data


def _read_notes(archive: zipfile.ZipFile, address: str) -> Iterator[Block]:
    if "word/footnotes.xml" not in archive.namelist():
        return iter(())
    root = parse_xml(_read_part(archive, "word/footnotes.xml", address), address=address)
    texts = (" ".join(_text_of(p) for p in note.iter(f"{_W}p")).strip() for note in root.iter(f"{_W}footnote"))
    return iter([Block(BlockKind.PARAGRAPH, text) for text in texts if text])


class _Body:
    """The blocks of a document's body, in order."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.omitted: list[Omission] = []
        self.title: str | None = None

    def read(self, parent: etree._Element) -> None:
        """Read what stands under an element."""
        for child in parent:
            match local_name(child):
                case "p":
                    self._read_paragraph(child)
                case "tbl":
                    self._read_table(child)
                case "sdt" | "sdtContent" | "ins" | "moveTo" | "customXml" | "smartTag":
                    self.read(child)

    def _read_paragraph(self, paragraph: etree._Element) -> None:
        text = _text_of(paragraph).strip()
        style = _style_of(paragraph)
        if not text:
            return
        if style == "title" and self.title is None:
            self.title = text
        elif style.startswith(("caption", "beschriftung")):
            self.omitted.append(Omission(text, "caption"))
        elif style.startswith(("heading", "berschrift", "überschrift", "titre", "заголовок")):
            self.blocks.append(Block(BlockKind.HEADING, text))
        elif "quote" in style or style.startswith("zitat"):
            self.blocks.append(Block(BlockKind.QUOTE, text))
        elif style.startswith("list") or paragraph.find(f"{_W}pPr/{_W}numPr") is not None:
            self.blocks.append(Block(BlockKind.LIST_ITEM, text))
        else:
            self.blocks.append(Block(BlockKind.PARAGRAPH, text))

    def _read_table(self, table: etree._Element) -> None:
        rows = [
            [" ".join(map(_text_of, cell.iter(f"{_W}p"))).strip() for cell in row.iter(f"{_W}tc")]
            for row in table.iter(f"{_W}tr")
        ]
        text = "\n".join("; ".join(filter(None, row)) for row in rows if any(row))
        if text:
            self.blocks.append(Block(BlockKind.TABLE, text))


def _style_of(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return (style.get(f"{_W}val") or "").lower() if style is not None else ""


def _text_of(element: etree._Element) -> str:
    return "".join(_pieces(element))


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name == "t":
            yield child.text or ""
        elif name in _SPACES:
            yield " "
        elif name == "noBreakHyphen":
            yield "-"
        elif name not in _NOT_READ and not (name == "r" and child.find(f"{_W}rPr/{_W}vanish") is not None):
            yield from _pieces(child)
