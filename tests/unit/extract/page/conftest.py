"""Pages that we invented."""

from collections.abc import Callable

import pytest

from vivavoce.extract import extract_here
from vivavoce.types import Article, Capture

PROSE = (
    "The bridge over the river Lenn was closed on Monday morning after engineers had found cracks in two of its piers.",
    "Nobody was hurt, the mayor said, but the buses of three lines will have to go round by the old town for weeks.",
    "The bridge was built in 1962 and was last inspected four years ago, when no damage was seen by the inspectors.",
    "Shop owners on both banks fear for their trade and ask the city for help until the bridge can be opened again.",
)


def build_page(*inside: str, head: str = "", before: str = "", after: str = "") -> str:
    """Give a page with four paragraphs of prose, `inside` standing after the second."""
    paragraphs = [f"<p>{text}</p>" for text in PROSE]
    body = "".join((*paragraphs[:2], *inside, *paragraphs[2:]))
    return (
        f"<!doctype html><html><head><title>Bridge closed | The Paper</title>{head}</head><body>{before}"
        f"<main><article><h1>Bridge closed</h1><div class='story'>{body}</div></article></main>{after}</body></html>"
    )


def read_page(page: str, url: str | None = "https://paper.example/city/bridge-closed-again") -> Article:
    return extract_here(Capture(body=page.encode(), address="page", media_type="text/html", url=url))


@pytest.fixture
def page_of() -> Callable[..., str]:
    return build_page


@pytest.fixture
def read() -> Callable[..., Article]:
    return read_page


@pytest.fixture
def prose() -> tuple[str, ...]:
    return PROSE
