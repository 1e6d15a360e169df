"""From a page's bytes to a draft."""

import copy
import re

from vivavoce.errors import InputError
from vivavoce.extract.decode import decode_body
from vivavoce.extract.draft import Draft
from vivavoce.extract.page.furniture import remove_furniture
from vivavoce.extract.page.hidden import remove_hidden
from vivavoce.extract.page.leaves import read_leaves
from vivavoce.extract.page.lines import Judged, judge_lines
from vivavoce.extract.page.locate import locate_body
from vivavoce.extract.page.metadata import read_metadata
from vivavoce.extract.page.shape import Evidence, judge_shape
from vivavoce.extract.page.tree import parse_tree, text_of
from vivavoce.types import Capture, Omission

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_PROLOGUE = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]+)")


def read_page(capture: Capture) -> Draft:
    """Read the article of a page.

    Raises:
        InputError: It is no page, or holds no article.
    """
    text = decode_body(capture.body, address=capture.address, label=_find_label(capture), repair=True)
    root = parse_tree(text, address=capture.address)
    metadata = read_metadata(root, url=capture.url)
    shown = copy.deepcopy(root)
    hidden = remove_hidden(shown)
    visible = text_of(shown)
    furniture = remove_furniture(shown)
    leaves = tuple(read_leaves(shown))
    body = locate_body(shown, leaves)
    judged = judge_lines(body, metadata) if body else Judged(blocks=(), omitted=())
    evidence = Evidence(
        root=root,
        leaves=leaves,
        body=body.leaves if body else (),
        visible=visible,
        metadata=metadata,
        blocks=judged.blocks,
    )
    warnings = judge_shape(evidence, address=capture.address)
    if not judged.blocks:
        raise InputError(f"{capture.address}: no article found on this page; give the address of an article")
    return Draft(
        blocks=judged.blocks,
        title=metadata.title,
        byline=metadata.byline,
        published=metadata.published,
        publisher=metadata.publisher,
        url=metadata.url,
        image=metadata.image,
        omitted=(*judged.omitted, *furniture, *(Omission(text, "hidden") for text in hidden)),
        warnings=warnings,
    )


def _find_label(capture: Capture) -> str | None:
    start = capture.body[:4096]
    found = _PROLOGUE.search(start) or _CHARSET.search(start)
    return capture.charset or (found[1].decode("ascii") if found else None)
