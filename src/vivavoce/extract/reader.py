"""Which reader a source wants, and the one funnel behind all of them."""

from collections.abc import Callable
from importlib import import_module

from vivavoce.extract.draft import Draft, finish_article
from vivavoce.extract.feed import FeedItem
from vivavoce.extract.formats import Format, recognise_format
from vivavoce.extract.options import ExtractOptions
from vivavoce.types import Article, Capture

_READERS = {
    Format.PLAIN: ("vivavoce.extract.plain", "read_plain_capture"),
    Format.MARKDOWN: ("vivavoce.extract.markdown", "read_markdown"),
    Format.PAGE: ("vivavoce.extract.page", "read_page"),
    Format.DOCX: ("vivavoce.extract.docx", "read_docx"),
    Format.MAIL: ("vivavoce.extract.mail", "read_mail"),
    Format.CMS: ("vivavoce.extract.cms", "read_cms"),
    Format.FEED: ("vivavoce.extract.feed", "refuse_feed"),
}
"""Module and function; each takes a capture and gives a draft."""


def extract_article(capture: Capture, *, options: ExtractOptions | None = None) -> Article:
    """Read the article in a source; all but plain text is taken apart in a child process with limits.

    Raises:
        InputError: It is no text, no article, or holds nothing to say.
    """
    options = options or ExtractOptions()
    if recognise_format(capture) is Format.PLAIN:
        return extract_here(capture, options=options)
    from vivavoce.extract.sandbox import extract_in_child

    return extract_in_child(capture, options)


def is_feed(capture: Capture) -> bool:
    """Whether a source is a feed: many articles, not one."""
    return recognise_format(capture) is Format.FEED


def list_feed(capture: Capture, *, options: ExtractOptions | None = None) -> tuple[FeedItem, ...]:
    """Read the articles that a feed offers, in its order, each id once.

    Raises:
        InputError: It is no feed, or can't be read.
    """
    from vivavoce.extract.sandbox import list_in_child

    return list_in_child(capture, options or ExtractOptions())


def extract_here(capture: Capture, *, options: ExtractOptions | None = None) -> Article:
    """As `extract_article`, in this process."""
    options = options or ExtractOptions()
    draft = _read_draft(capture)
    return finish_article(draft, options=options, address=capture.address)


def _read_draft(capture: Capture) -> Draft:
    """Ask the format's reader, loading no other."""
    module, function = _READERS[recognise_format(capture)]
    reader: Callable[[Capture], Draft] = getattr(import_module(module), function)
    return reader(capture)
