import json
from datetime import UTC, datetime

import pytest

from vivavoce.errors import InputError
from vivavoce.extract import extract_here
from vivavoce.extract.feed import read_feed
from vivavoce.types import Capture

LONG = "".join(
    f"<p>Paragraph {n} tells at some length what is known of the bridge over the river Lenn.</p>" for n in range(12)
)
RSS = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Paper</title><link>https://paper.example/</link>
<item><title>Bridge &amp; road</title><link>/bridge</link><guid isPermaLink="false">id-1</guid>
<pubDate>Fri, 31 Jan 2025 08:00:00 GMT</pubDate><dc:creator>Ann Example</dc:creator>
<description>The bridge is closed.</description><content:encoded><![CDATA[{LONG}]]></content:encoded></item>
<item><title>Short</title><link>https://paper.example/short</link><description>Only a line …</description></item>
<item><title>Bridge again</title><guid>id-1</guid></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>The Paper</title><entry><id>tag:1</id><title>Bridge</title>
<link rel="self" href="/self"/><link href="https://paper.example/b"/><updated>2025-02-01T00:00:00Z</updated>
<published>2025-01-31T08:00:00Z</published><author><name>Ann Example</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{LONG}</div></content></entry></feed>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://paper.example/b</loc><news:news>
<news:publication><news:name>The Paper</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2025-01-31T08:00:00Z</news:publication_date><news:title>Bridge</news:title></news:news></url></urlset>"""
JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Paper",
        "items": [
            {
                "id": 7,
                "url": "https://paper.example/b",
                "title": "Bridge",
                "content_html": LONG,
                "date_published": "2025-01-31T08:00:00Z",
                "authors": [{"name": "Ann Example"}],
            },
            "noise",
            {"no": "id"},
        ],
    }
)


def capture(text: str) -> Capture:
    return Capture(body=text.encode(), address="https://paper.example/feed", url="https://paper.example/feed")


def test_rss() -> None:
    first, second = read_feed(capture(RSS))
    assert (first.id, first.url, first.title) == ("id-1", "https://paper.example/bridge", "Bridge & road")
    assert first.published == datetime(2025, 1, 31, 8, tzinfo=UTC)
    assert first.byline == ("Ann Example",)
    assert first.publisher == "The Paper"
    assert second.id == "https://paper.example/short"
    assert second.whole_capture() is None


@pytest.mark.parametrize("text", [RSS, ATOM, JSON_FEED])
def test_an_item_that_the_feed_holds_whole_is_an_article(text: str) -> None:
    whole = read_feed(capture(text))[0].whole_capture()
    assert whole is not None
    article = extract_here(whole)
    assert len(article.blocks) == 12
    assert article.byline == ("Ann Example",)
    assert article.publisher == "The Paper"
    assert str(article.published) == "2025-01-31"


def test_atom_and_sitemap() -> None:
    (entry,) = read_feed(capture(ATOM))
    assert (entry.id, entry.url) == ("tag:1", "https://paper.example/b")
    assert entry.updated == datetime(2025, 2, 1, tzinfo=UTC)
    (listed,) = read_feed(capture(SITEMAP))
    assert (listed.url, listed.title, listed.publisher) == ("https://paper.example/b", "Bridge", "The Paper")
    assert listed.published == datetime(2025, 1, 31, 8, tzinfo=UTC)


def test_json_feed() -> None:
    (item,) = read_feed(capture(JSON_FEED))
    assert (item.id, item.title, item.byline) == ("7", "Bridge", ("Ann Example",))


def test_a_cut_text_is_not_the_whole() -> None:
    (item,) = read_feed(capture(ATOM.replace("</div>", "<p>Read more</p></div>")))
    assert item.whole_capture() is None


@pytest.mark.parametrize("text", [RSS, ATOM, JSON_FEED, SITEMAP])
def test_a_feed_is_no_article(text: str) -> None:
    with pytest.raises(InputError, match=r"kind: feed\)$"):
        extract_here(capture(text))


LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss><channel><guid>&b;</guid></channel></rss>'
OUTSIDE = (
    '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><guid>&a;</guid></item></channel></rss>'
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (LAUGHS, "rule: entities"),
        (OUTSIDE, "rule: entities"),
        ("<rss>" + "<a>" * 5000, "rule: xml"),
        ("<rss><channel>", "rule: xml"),
        ("<html/>", "no feed"),
        ("<sitemapindex/>", "index of sitemaps"),
        ("{}", "without items"),
        ("{", "no valid JSON"),
    ],
)
def test_what_is_no_feed_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_feed(capture(text))
