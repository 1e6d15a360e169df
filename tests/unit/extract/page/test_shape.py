from collections.abc import Callable

import pytest

from vivavoce.errors import InputError
from vivavoce.types import Article

Page = Callable[..., str]
Read = Callable[..., Article]

TEASERS = "".join(
    f"<article><h3><a href=/s{n}>Story number {n} of the day</a></h3><p>A line that says a little of it.</p></article>"
    for n in range(20)
)
PAID = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False"}</script>'
WORDS = "More words of the house stand here, about offers, prices and what readers get, so that this is no empty page."
KINDS = {
    "JavaScript shell": "<html><head><script src=a.js></script></head><body><div id=root></div></body></html>",
    "error page": "<html><head><title>Page not found</title></head><body><h1>404</h1>"
    "<p>The page you are looking for has moved or never was. Try the search.</p></body></html>",
    "cookie wall": "<html><body><h1>The Paper</h1><p>We use cookies to show you what you like.</p>"
    "<p>Accept all cookies</p><p>Manage preferences</p></body></html>",
    "index page": f"<html><head><title>The Paper</title></head><body><main>{TEASERS}</main></body></html>",
    "live blog": '<html><head><script type="application/ld+json">{"@type":"LiveBlogPosting"}</script></head><body>'
    "<h1>Live</h1><p>At nine the bridge was closed by the police, who let nobody on to it any more.</p></body></html>",
    "gallery": '<html><head><script type="application/ld+json">{"@type":"ImageGallery"}</script></head><body>'
    "<h1>Bridges</h1><p>The loveliest bridges in twenty pictures, taken by our readers.</p></body></html>",
    "video page": '<html><head><meta property="og:type" content="video.other"></head><body><h1>Bridge</h1>'
    "<p>See how the bridge was closed on Monday morning by the police and what the town says.</p></body></html>",
    "paywall stub": f"<html><head>{PAID}</head><body><article><h1>Bridge</h1><p>The bridge over the Lenn was closed on "
    "Monday after engineers had found cracks in two of its piers, the city said.</p><p>Subscribe to continue reading"
    f"</p></article><p>{WORDS}</p><p>{WORDS}</p><p>{WORDS}</p></body></html>",
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_article_is_refused_by_name(read: Read, kind: str) -> None:
    with pytest.raises(InputError, match=rf"kind: {kind}\)$"):
        read(KINDS[kind], url=None)


def test_a_full_text_behind_a_paywall_mark_is_read_with_a_warning(page_of: Page, read: Read) -> None:
    more = "".join(
        f"<p>Paragraph {n} tells at some length what else is known of the bridge and its cracks today.</p>"
        for n in range(12)
    )
    article = read(page_of(more, head=PAID))
    assert article.warnings == ("paywall",)
    assert len(article.blocks) == 16


def test_an_article_with_many_teasers_around_it_is_an_article(
    page_of: Page, read: Read, prose: tuple[str, ...]
) -> None:
    article = read(page_of(after=f"<section>{TEASERS}</section>"))
    assert [block.text for block in article.blocks] == list(prose)
    assert article.warnings == ()
