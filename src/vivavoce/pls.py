"""W3C Pronunciation Lexicon Specification 1.0 as values: read with a RelaxNG check, written so that it passes it.

Source: PLS 1.0, W3C Recommendation, 14 October 2008.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lxml import etree

from vivavoce.errors import InputError
from vivavoce.phonemes import to_ipa

NAMESPACE = "http://www.w3.org/2005/01/pronunciation-lexicon"
_OURS = "urn:vivavoce:lexicon"
_XML = "http://www.w3.org/XML/1998/namespace"
_TAG = f"{{{NAMESPACE}}}"
_EMPTY = f'<lexicon xmlns="{NAMESPACE}" xmlns:v="{_OURS}" version="1.0" alphabet="ipa" xml:lang="en"/>'
_ALPHABETS = frozenset({"ipa", "x-misaki"})


@dataclass(frozen=True, slots=True)
class PlsLexeme:
    """One lexeme: its spellings and the first way to say it."""

    graphemes: tuple[str, ...]
    phoneme: str
    """As it stands in the file; empty where only an alias is given."""
    alias: str
    language: str
    details: tuple[tuple[str, str], ...] = ()
    """(name, value) of what the specification has no place for."""


def read_pls(data: bytes) -> tuple[PlsLexeme, ...]:
    """Read a lexicon.

    Raises:
        InputError: no well-formed XML, a document type or an entity in it, or not PLS 1.0; the message names the line.
    """
    root = _parse(data)
    details = {
        node.get("ref", ""): tuple((str(name), str(value)) for name, value in node.attrib.items() if name != "ref")
        for node in root.iter(f"{{{_OURS}}}entry")
    }
    return tuple(_read_lexeme(node, root, details) for node in root.iter(f"{_TAG}lexeme"))


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"no well-formed XML: {error.msg}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError("a document type or an entity in a lexicon is refused; take it out")
    if not _schema().validate(root):
        fault = _schema().error_log[0]
        raise InputError(f"not PLS 1.0, line {fault.line}: {fault.message}")
    return root


@cache
def _schema() -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring((files("vivavoce") / "schemas" / "pls.rng").read_bytes()))


def _read_lexeme(
    node: etree._Element, root: etree._Element, details: dict[str, tuple[tuple[str, str], ...]]
) -> PlsLexeme:
    phoneme = node.find(f"{_TAG}phoneme")
    graphemes = tuple(_text_of(grapheme) for grapheme in node.iter(f"{_TAG}grapheme"))
    if phoneme is not None:
        alphabet = phoneme.get("alphabet") or root.get("alphabet") or "ipa"
        if alphabet not in _ALPHABETS:
            raise InputError(f"the alphabet {alphabet!r} of {graphemes[0]!r} is unknown; use ipa")
    return PlsLexeme(
        graphemes=graphemes,
        phoneme=_text_of(phoneme),
        alias=_text_of(node.find(f"{_TAG}alias")),
        language=root.get(f"{{{_XML}}}lang", ""),
        details=details.get(node.get(f"{{{_XML}}}id", ""), ()),
    )


def _text_of(node: etree._Element | None) -> str:
    return " ".join("".join(map(str, node.itertext())).split()) if node is not None else ""


def write_pls(lexemes: Sequence[PlsLexeme]) -> bytes:
    """Write lexemes in IPA, with what has no place in PLS under `metadata`."""
    root = etree.fromstring(_EMPTY)
    metadata = etree.SubElement(root, f"{_TAG}metadata")
    for number, lexeme in enumerate(lexemes, 1):
        etree.SubElement(metadata, f"{{{_OURS}}}entry", {"ref": f"e{number}", **dict(lexeme.details)})
        node = etree.SubElement(root, f"{_TAG}lexeme")
        node.set(f"{{{_XML}}}id", f"e{number}")
        for grapheme in lexeme.graphemes:
            etree.SubElement(node, f"{_TAG}grapheme").text = grapheme
        if lexeme.phoneme:
            etree.SubElement(node, f"{_TAG}phoneme").text = to_ipa(lexeme.phoneme)
        if lexeme.alias:
            etree.SubElement(node, f"{_TAG}alias").text = lexeme.alias
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
