"""Feeds: RSS, Atom, JSON Feed and news sitemaps as items, each with what the feed itself holds of the article."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from vivavoce.errors import InputError
from vivavoce.extract.decode import decode_body
from vivavoce.extract.draft import Draft
from vivavoce.extract.xml import local_name, parse_xml
from vivavoce.types import Capture

_TAG = re.compile(r"<[^>]+>")
_CUT = re.compile(
    r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|\[&hellip;\]|read more|continue reading|weiterlesen|читать далее)\W*$", re.IGNORECASE
)
_WHOLE_WORDS = 120
_MORE_THAN_SUMMARY = 1.5
_ITEM_TAGS = frozenset({"item", "entry", "url"})


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One article that a feed offers."""

    id: str
    """What stays the same when the article changes: guid, Atom id, else its address."""
    url: str | None
    title: str | None
    published: datetime | None
    """As the feed says it; aware where the feed names a zone."""
    updated: datetime | None
    byline: tuple[str, ...]
    publisher: str | None
    content: str | None
    """The full text as HTML, where the feed carries one."""
    summary: str | None

    def content_words(self) -> list[str]:
        """The words of what the feed carries."""
        return _words(self.content or "")

    def whole_capture(self) -> Capture | None:
        """The article as the feed carries it, for `extract_article`; None where the feed holds less than all of it."""
        if not self.content or not _is_whole(self.content, self.summary):
            return None
        values = {
            "title": self.title,
            "html": self.content,
            "byline": list(self.byline),
            "date": self.published and self.published.date().isoformat(),
            "publisher": self.publisher,
            "url": self.url,
        }
        return Capture(
            body=json.dumps(values).encode(), address=self.url or self.id, media_type="application/json", url=self.url
        )


def _is_whole(content: str, summary: str | None) -> bool:
    words = _words(content)
    longer = not summary or len(words) > _MORE_THAN_SUMMARY * len(_words(summary)) or len(words) > 2 * _WHOLE_WORDS
    return len(words) >= _WHOLE_WORDS and longer and not _CUT.search(" ".join(words[-4:]))


def _words(markup: str) -> list[str]:
    return _TAG.sub(" ", unescape(markup)).split()


def read_feed(capture: Capture) -> tuple[FeedItem, ...]:
    """Read a feed's items, in its order, each id once.

    Raises:
        InputError: It is no feed.
    """
    if capture.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        items = _read_json_feed(capture)
    else:
        root = parse_xml(capture.body, address=capture.address)
        items = _read_xml_feed(root, capture)
    unique: dict[str, FeedItem] = {}
    for item in items:
        unique.setdefault(item.id, item)
    return tuple(unique.values())


def refuse_feed(capture: Capture) -> Draft:
    """Say that a feed is many articles, and XML of another kind none.

    Raises:
        InputError: Always.
    """
    read_feed(capture)
    raise InputError(
        f"{capture.address}: this is a feed, not an article; `vivavoce narrate` lists its items (kind: feed)"
    )


def _read_xml_feed(root: etree._Element, capture: Capture) -> Iterator[FeedItem]:
    kind = local_name(root).lower()
    if kind == "sitemapindex":
        raise InputError(
            f"{capture.address}: an index of sitemaps; give the news sitemap that it names (kind: index page)"
        )
    if kind not in {"rss", "rdf", "feed", "urlset"}:
        raise InputError(f"{capture.address}: XML that is no feed (its root is {kind!r}); give RSS, Atom or a sitemap")
    channel = next((element for element in root if local_name(element) == "channel"), root)
    publisher = _text(channel, "title")
    for element in root.iter():
        if local_name(element) in _ITEM_TAGS:
            item = _read_item(element, publisher, capture)
            if item is not None:
                yield item


def _read_item(item: etree._Element, publisher: str | None, capture: Capture) -> FeedItem | None:
    link = _link(item)
    url = urljoin(capture.url or capture.address, link) if link else None
    name = _text(item, "guid") or _text(item, "id") or url
    if not name:
        return None
    content = _markup(item, "encoded") or _markup(item, "content")
    summary = _markup(item, "description") or _markup(item, "summary")
    return FeedItem(
        id=name,
        url=url,
        title=_plain(_text(item, "title")),
        published=_time(
            _text(item, "pubDate") or _text(item, "published") or _text(item, "date") or _text(item, "publication_date")
        ),
        updated=_time(_text(item, "updated") or _text(item, "lastmod") or _text(item, "modified")),
        byline=tuple(dict.fromkeys(_authors(item))),
        publisher=_text(item, "name") if local_name(item) == "url" else publisher,
        content=content or (summary if summary and len(_words(summary)) >= 2 * _WHOLE_WORDS else None),
        summary=_plain(summary),
    )


def _descend(item: etree._Element, name: str) -> Iterator[etree._Element]:
    nested = local_name(item) == "url"
    return (child for child in (item.iter() if nested else item) if local_name(child) == name)


def _text(item: etree._Element, name: str) -> str | None:
    found = ("".join(map(str, child.itertext())).strip() for child in _descend(item, name))
    return next(filter(None, found), None)


def _markup(item: etree._Element, name: str) -> str | None:
    for child in _descend(item, name):
        if child.get("type") == "xhtml":
            return "".join(etree.tostring(inner, encoding="unicode") for inner in child) or None
        if text := "".join(map(str, child.itertext())).strip():
            return text
    return None


def _link(item: etree._Element) -> str | None:
    for child in _descend(item, "link"):
        if child.get("rel", "alternate") == "alternate" and (href := child.get("href") or (child.text or "").strip()):
            return href
    return _text(item, "loc")


def _authors(item: etree._Element) -> Iterator[str]:
    for child in (*_descend(item, "creator"), *_descend(item, "author")):
        name = _text(child, "name") or " ".join("".join(map(str, child.itertext())).split())
        bracketed = re.search(r"\(([^)]+)\)\s*$", name)
        name = bracketed[1] if "@" in name and bracketed else name
        if name and "@" not in name:
            yield name


def _plain(markup: str | None) -> str | None:
    return " ".join(_words(markup)) or None if markup else None


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    try:
        return datetime.fromisoformat(value.strip())
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _read_json_feed(capture: Capture) -> Iterator[FeedItem]:
    try:
        feed = json.loads(decode_body(capture.body, address=capture.address))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{capture.address}: no valid JSON ({error}); give a JSON Feed") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise InputError(f"{capture.address}: JSON without items; give a JSON Feed")
    for item in items:
        if isinstance(item, dict) and (name := _string(item.get("id")) or _string(item.get("url"))):
            authors = item.get("authors") or [item.get("author")]
            names = (
                (author.get("name") for author in authors if isinstance(author, dict))
                if isinstance(authors, list)
                else ()
            )
            yield FeedItem(
                id=name,
                url=_string(item.get("url")),
                title=_string(item.get("title")),
                published=_time(item.get("date_published")),
                updated=_time(item.get("date_modified")),
                byline=tuple(found for found in map(_string, names) if found),
                publisher=_string(feed.get("title")),
                content=_string(item.get("content_html")) or _string(item.get("content_text")),
                summary=_string(item.get("summary")),
            )


def _string(value: Any) -> str | None:
    return str(value).strip() or None if isinstance(value, str | int) and not isinstance(value, bool) else None
