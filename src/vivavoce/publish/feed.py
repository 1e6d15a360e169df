"""The podcast feed: RSS 2.0 with Apple's and the podcast namespace, disclosed for the channel and for each edition.

Source: RSS 2.0 (rssboard.org); Apple Podcasts "A Podcaster's Guide to RSS"; podcastindex.org namespace 1.0; the Podcast
Standards Project's PSP-1.
"""

import re
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape
from urllib.parse import quote
from uuid import UUID, uuid5

from lxml import etree

import vivavoce
from vivavoce.errors import UsageError
from vivavoce.linked_data import MEDIA_TYPES
from vivavoce.page import link_url
from vivavoce.publish.address import check_base_url, check_slugs
from vivavoce.publish.values import Channel, Publication

FEED = "feed.xml"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_PODCAST = "https://podcastindex.org/namespace/1.0"
_ATOM = "http://www.w3.org/2005/Atom"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_SPACES = {"itunes": _ITUNES, "podcast": _PODCAST, "atom": _ATOM, "content": _CONTENT}
_GUIDS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace that the podcast namespace prescribes for `podcast:guid`."""
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PERSON_LETTERS = 128
CATEGORIES = (
    "Arts",
    "Business",
    "Comedy",
    "Education",
    "Fiction",
    "Government",
    "Health & Fitness",
    "History",
    "Kids & Family",
    "Leisure",
    "Music",
    "News",
    "Religion & Spirituality",
    "Science",
    "Society & Culture",
    "Sports",
    "TV & Film",
    "Technology",
    "True Crime",
)
"""Apple's, which every directory knows."""


def write_feed(channel: Channel, publications: Sequence[Publication], *, feed_url: str | None = None) -> bytes:
    """Write the feed of a channel's editions, the newest first.

    Args:
        channel: Who publishes.
        publications: At least one; each lies at the channel's address, under its slug.
        feed_url: Where the feed itself will be; None: feed.xml beside the editions' folders.

    Raises:
        UsageError: There is nothing to publish, or the channel's address can't be right.
    """
    base_url = check_base_url(channel.base_url)
    if not publications:
        raise UsageError("there is no edition to publish; give folders that `vivavoce narrate` made")
    check_slugs(base_url, (publication.slug for publication in publications))
    feed_url = feed_url or f"{base_url}/{FEED}"
    newest_first = sort_newest_first(publications)
    rss = etree.Element("rss", {"version": "2.0"}, nsmap=_SPACES)
    root = etree.SubElement(rss, "channel")
    _add_channel(root, channel, newest_first, base_url, feed_url)
    for publication in newest_first:
        _add_item(etree.SubElement(root, "item"), channel, publication, f"{base_url}/{quote(publication.slug)}/")
    etree.indent(rss, " ")
    written: bytes = etree.tostring(rss, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def sort_newest_first(publications: Sequence[Publication]) -> list[Publication]:
    """Sort editions by their day, those of one day by name."""
    return sorted(sorted(publications, key=lambda one: one.slug), key=lambda one: one.dated, reverse=True)


def name_podcast(channel: Channel, feed_url: str) -> str:
    """Give the podcast's UUID: the house's, or the one that follows from the feed's first address."""
    return channel.guid or str(uuid5(_GUIDS, feed_url.split("://", 1)[1].rstrip("/")))


def _add_channel(
    root: etree._Element, channel: Channel, publications: Sequence[Publication], base_url: str, feed_url: str
) -> None:
    newest = publications[0]
    disclosure = newest.record.disclosure.visible
    link = channel.link or f"{base_url}/"
    image = channel.image or f"{base_url}/{quote(newest.slug)}/cover.jpg"
    _add(root, "title", channel.title)
    _add(root, "link", link)
    _add(root, "atom:link", None, href=feed_url, rel="self", type="application/rss+xml")
    _add(root, "description", f"{channel.description} {disclosure}".strip())
    _add(root, "language", channel.language)
    _add(root, "generator", f"vivavoce {vivavoce.__version__}")
    _add(root, "lastBuildDate", format_datetime(newest.dated))
    _add(root, "pubDate", format_datetime(newest.dated))
    picture = etree.SubElement(root, "image")
    _add(picture, "url", image)
    _add(picture, "title", channel.title)
    _add(picture, "link", link)
    _add(root, "itunes:image", None, href=image)
    category = _add(root, "itunes:category", None, text=channel.category)
    if channel.subcategory:
        _add(category, "itunes:category", None, text=channel.subcategory)
    _add(root, "itunes:explicit", _say(channel.explicit))
    _add(root, "itunes:author", channel.author)
    _add(root, "itunes:type", "episodic")
    _add(root, "podcast:guid", name_podcast(channel, feed_url))
    _add(root, "podcast:medium", "podcast")
    if channel.email:
        owner = etree.SubElement(root, _name("itunes:owner"))
        _add(owner, "itunes:name", channel.author)
        _add(owner, "itunes:email", channel.email)
        _add(root, "podcast:locked", "yes", owner=channel.email)
    _add(root, "podcast:txt", "true", purpose="ai-content")


def _add_item(item: etree._Element, channel: Channel, publication: Publication, url: str) -> None:
    record, audio = publication.record, publication.enclosed
    article = record.article
    _add(item, "title", publication.name)
    _add(item, "link", f"{url}player.html")
    _add(item, "guid", record.guid or f"urn:vivavoce:edition:{record.id}", isPermaLink="false")
    _add(item, "pubDate", format_datetime(publication.dated))
    _add(item, "description", f"{publication.excerpt} {record.disclosure.visible}")
    _add(item, "content:encoded", _describe(publication))
    length = str(publication.length_bytes(audio.file))
    _add(item, "enclosure", None, url=url + audio.file, length=length, type=MEDIA_TYPES[audio.format])
    _add(item, "itunes:duration", str(round(audio.duration_s)))
    _add(item, "itunes:explicit", _say(channel.explicit))
    _add(item, "itunes:episodeType", "full")
    _add(item, "itunes:author", " and ".join(article.byline) or article.publisher or channel.author)
    if publication.has("cover.jpg"):
        _add(item, "itunes:image", None, href=f"{url}cover.jpg")
    language = record.script.language
    _add(item, "podcast:transcript", None, url=f"{url}captions.vtt", type="text/vtt", language=language, rel="captions")
    if publication.has("captions.srt"):
        _add(item, "podcast:transcript", None, url=f"{url}captions.srt", type="application/srt", language=language)
    _add(item, "podcast:transcript", None, url=f"{url}transcript.html", type="text/html", language=language)
    if publication.has("chapters.json"):
        _add(item, "podcast:chapters", None, url=f"{url}chapters.json", type="application/json+chapters")
    for name in article.byline:
        _add(item, "podcast:person", name[:_PERSON_LETTERS], group="writing", role="author")
    for other in record.audio:
        if other is not audio:
            size = str(publication.length_bytes(other.file))
            kind = MEDIA_TYPES[other.format]
            alternate = _add(item, "podcast:alternateEnclosure", None, type=kind, length=size, title=other.format)
            _add(alternate, "podcast:source", None, uri=url + other.file)
    _add(item, "podcast:txt", "true", purpose="ai-content")


def _describe(publication: Publication) -> str:
    """Write what podcast programs show of an edition, in HTML."""
    article = publication.record.article
    source = link_url(article.url)
    parts = [
        f"<p>{escape(publication.excerpt)}</p>",
        f"<p><b>AI</b> {escape(publication.record.disclosure.visible)}</p>",
    ]
    if source:
        parts.append(f'<p><a href="{escape(source)}">{escape(article.publisher or "Article on the web")}</a></p>')
    return "".join(parts)


def _add(parent: etree._Element, name: str, text: str | None, /, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, _name(name), {key: _clean(value) for key, value in attributes.items()})
    if text is not None:
        element.text = _clean(text)
    return element


def _name(name: str) -> str:
    space, _, local = name.rpartition(":")
    return f"{{{_SPACES[space]}}}{local}" if space else local


def _clean(text: str) -> str:
    """Leave out what XML has no place for."""
    return _NO_XML.sub("", text)


def _say(value: bool) -> str:  # a value to be written, no switch
    return "true" if value else "false"
