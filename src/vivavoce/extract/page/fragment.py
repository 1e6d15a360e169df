"""Markup that is all article: a CMS's body field, a feed's content, a mail. Nothing has to be found, only judged."""

from vivavoce.extract.page.furniture import remove_furniture
from vivavoce.extract.page.hidden import remove_hidden
from vivavoce.extract.page.leaves import read_leaves
from vivavoce.extract.page.lines import Judged, judge_lines
from vivavoce.extract.page.locate import whole_body
from vivavoce.extract.page.metadata import Metadata
from vivavoce.extract.page.tree import parse_tree
from vivavoce.extract.phrases import fold_words
from vivavoce.types import Omission


def read_fragment(markup: str, *, title: str | None, byline: tuple[str, ...], address: str) -> Judged:
    """Read the lines of a piece of markup.

    Raises:
        InputError: The parser can't read it whole.
    """
    root = parse_tree(f"<html><body><div>{markup}</div></body></html>", address=address)
    hidden = remove_hidden(root)
    furniture = remove_furniture(root)
    judged = judge_lines(whole_body(read_leaves(root)), _state(title, byline))
    omitted = (*judged.omitted, *furniture, *(Omission(text, "hidden") for text in hidden))
    return Judged(blocks=judged.blocks, omitted=omitted)


def _state(title: str | None, byline: tuple[str, ...]) -> Metadata:
    return Metadata(
        title=title,
        byline=byline,
        published=None,
        publisher=None,
        url=None,
        image=None,
        title_forms=frozenset({fold_words(title)}) if title else frozenset(),
        byline_words=tuple(filter(None, map(fold_words, byline))),
        article_words=None,
        declared_types=frozenset(),
        free=True,
    )
