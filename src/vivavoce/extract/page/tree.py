"""A page as a tree: no entities, no network, and no text lost in silence."""

import re
from collections.abc import Iterator

from lxml import html
from lxml.html import HtmlElement

from vivavoce.errors import InputError

_UNSEEN = (("<!--", "-->"), *((f"<{tag}", f"</{tag}") for tag in ("script", "style", "noscript", "template", "svg")))
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")
_LEAST_KEPT = 0.6
_MOST_ELEMENTS = 150_000
_MOST_TAG = re.compile(r"<[^<>]{200000}")
_WORDS_TO_JUDGE = 50

BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "template",
        "noscript",
        "object",
        "video",
        "audio",
        "picture",
        "iframe",
    ]
)
"""Elements that end a line; every element with a hyphen in its name (a custom one) is taken for one too."""


def parse_tree(text: str, *, address: str) -> HtmlElement:
    """Parse a page.

    Raises:
        InputError: It is no HTML, or so deep or so large that the parser loses text.
    """
    if _MOST_TAG.search(text):
        raise InputError(f"{address}: a tag of more than 200,000 characters; this is no article (rule: markup)")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (ValueError, AssertionError, html.etree.LxmlError) as error:
        raise InputError(f"{address}: no page that can be read ({type(error).__name__}); give an article") from error
    _require_whole(root, text, address)
    return root


def _require_whole(root: HtmlElement, text: str, address: str) -> None:
    """libxml2 drops what lies deeper than its limit, without an error."""
    written = sum(map(len, _WORD.findall(_TAG.sub(" ", _cut_unseen(text)))))
    kept = sum(len(word) for piece in root.itertext() for word in _WORD.findall(piece))
    if written > _WORDS_TO_JUDGE and kept < _LEAST_KEPT * written:
        raise InputError(f"{address}: nested so deep that the parser loses text; save it as plain text (rule: depth)")
    if sum(1 for _ in root.iter()) > _MOST_ELEMENTS:
        raise InputError(f"{address}: more than {_MOST_ELEMENTS:,} elements; give one article (rule: elements)")


def _cut_unseen(text: str) -> str:
    """Cut comments, scripts and the like out, in one pass each, whatever is left open."""
    for opening, closing in _UNSEEN:
        folded = text.lower()
        pieces, at = [], 0
        while (start := folded.find(opening, at)) >= 0:
            pieces.append(text[at:start])
            end = folded.find(closing, start)
            at = end + len(closing) if end >= 0 else len(text)
        text = " ".join((*pieces, text[at:]))
    return text


def is_block(element: HtmlElement) -> bool:
    """Whether an element stands on lines of its own."""
    tag = element.tag
    return isinstance(tag, str) and (tag in BLOCK_TAGS or "-" in tag)


def text_of(element: HtmlElement) -> str:
    """The words of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def walk_elements(root: HtmlElement) -> Iterator[HtmlElement]:
    """All elements in document order, without comments; the tree may be cut while walking."""
    yield from [element for element in root.iter() if isinstance(element.tag, str)]


def remove_element(element: HtmlElement) -> None:
    """Take an element out, leaving the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()
