"""From a page's bytes to a draft."""

from datetime import date

from vivavoce.errors import InputError
from vivavoce.extract.decode import decode_body
from vivavoce.extract.draft import Draft
from vivavoce.types import Block, BlockKind, Capture

_KINDS = {"head": BlockKind.HEADING, "item": BlockKind.LIST_ITEM, "quote": BlockKind.QUOTE}


def read_page(capture: Capture) -> Draft:
    """Read the article of a page."""
    import trafilatura

    text = decode_body(capture.body, address=capture.address, label=capture.charset, repair=True)
    document = trafilatura.bare_extraction(
        text, url=capture.url, include_comments=False, include_formatting=True, with_metadata=True
    )
    if document is None or isinstance(document, dict) or document.body is None:
        raise InputError(f"{capture.address}: no article found on this page; give the address of an article")
    blocks = [
        Block(_KINDS.get(str(element.tag), BlockKind.PARAGRAPH), "".join(map(str, element.itertext())))
        for element in document.body.iter("p", "head", "item", "quote")
    ]
    return Draft(
        blocks=tuple(blocks),
        title=document.title,
        byline=tuple(filter(None, (document.author or "").split("; "))),
        published=date.fromisoformat(document.date) if document.date else None,
        publisher=document.sitename,
        url=capture.url or document.url,
    )
