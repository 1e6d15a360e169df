"""Which reader a source wants, and the one funnel behind all of them."""

import re

from vivavoce.extract.decode import decode_body
from vivavoce.extract.draft import Draft, finish_article
from vivavoce.extract.options import ExtractOptions
from vivavoce.types import Article, Capture

_LOOKS_LIKE_HTML = re.compile(
    r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)


def extract_article(capture: Capture, *, options: ExtractOptions | None = None) -> Article:
    """Read the article in a source.

    Raises:
        InputError: It is no text, no article, or holds nothing to say.
    """
    options = options or ExtractOptions()
    if _is_page(capture):
        from vivavoce.extract.page import read_page

        draft = read_page(capture)
    else:
        draft = _read_text(capture)
    return finish_article(draft, address=capture.address)


def _is_page(capture: Capture) -> bool:
    if capture.media_type in {"text/html", "application/xhtml+xml"}:
        return True
    start = capture.body[:4000].replace(b"\0", b"").decode("latin-1").lstrip("\ufeffï»¿þÿ")
    return capture.media_type != "text/markdown" and bool(_LOOKS_LIKE_HTML.match(start))


def _read_text(capture: Capture) -> Draft:
    text = decode_body(capture.body, address=capture.address, label=capture.charset)
    if capture.media_type == "text/markdown":
        from vivavoce.extract.markdown import read_markdown

        return read_markdown(text, address=capture.address)
    from vivavoce.extract.plain import read_plain

    return read_plain(text, address=capture.address)
