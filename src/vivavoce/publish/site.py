"""A static site of editions: a start page, each edition with player and transcript, feed, sitemap, certificates."""

import io
import json
import lzma
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from lxml import etree
from markupsafe import Markup
from PIL import Image

from vivavoce.linked_data import MEDIA_TYPES
from vivavoce.page import SiteLinks, pick_audio, render_page
from vivavoce.publish.feed import FEED, sort_newest_first, write_feed
from vivavoce.publish.values import Channel, Publication
from vivavoce.types import EditionRecord

ROOTS = "newsroom-root.pem"
VERIFY = "verify.html"
_LIBRARY = "c2pa.wasm"
"""What verify.html reads signatures with; packed in the package, built by web/verify/build.mjs."""
MARKER = ".vivavoce-site"
"""A folder that holds this file was written by us and may be replaced by us."""
_PER_PAGE = 30
_THUMBNAIL_PX = 320
_KEPT = ("captions.vtt", "captions.srt", "chapters.json", "cover.jpg", "edition.epub", "guided-navigation.json")
"""What goes out beside recordings and pages; manifest and proof stay in the house."""
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True, slots=True)
class Pages:
    """How an edition's pages and the site's picture are made: encode's work, given to publish."""

    write_player: Callable[[EditionRecord, SiteLinks], str]
    write_transcript: Callable[[EditionRecord, str], str]
    """Takes the record and the address of its folder."""
    draw_cover: Callable[[str], bytes]
    """Takes the channel's title, gives a JPEG."""


@dataclass(frozen=True, slots=True)
class _Card:
    publication: Publication
    language: str
    duration_s: float
    thumbnail: bool


def write_site(
    channel: Channel, publications: Sequence[Publication], folder: Path, *, pages: Pages, roots: bytes = b""
) -> None:
    """Write a whole site into an empty folder.

    Args:
        channel: Who publishes. Without an address the site has relative links alone, and neither feed nor sitemap.
        publications: The editions.
        folder: Empty; the site's start page will be index.html in it.
        pages: How an edition's pages are made.
        roots: The certificates, as PEM, that make a signature this newsroom's own.

    Raises:
        UsageError: There is nothing to publish, or the address can't be right.
    """
    newest_first = sort_newest_first(publications)
    (folder / "cover.jpg").write_bytes(pages.draw_cover(channel.title))
    if channel.base_url:
        image = channel.image or f"{channel.base_url}/cover.jpg"
        (folder / FEED).write_bytes(write_feed(replace(channel, image=image), newest_first))
        (folder / "sitemap.xml").write_bytes(_write_sitemap(channel.base_url, newest_first))
    robots = f"Sitemap: {channel.base_url}/sitemap.xml\n" if channel.base_url else ""
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\n{robots}", "utf-8")
    signed = bool(roots) and all(publication.record.provenance for publication in publications)
    if signed:
        (folder / ROOTS).write_bytes(roots)
        _write_verify(channel, folder)
    for publication in newest_first:
        _write_edition(channel, publication, folder / publication.slug, pages, verifies=signed)
    _write_index(channel, newest_first, folder, has_roots=signed)
    (folder / MARKER).write_text("Written by vivavoce site; replaced whole when it is written again.\n", "utf-8")


def _write_verify(channel: Channel, folder: Path) -> None:
    page = render_page(
        VERIFY,
        style=("house.css", "verify.css"),
        script="verify.js",
        in_worker=True,
        channel=channel,
        roots=ROOTS,
        wasm=_LIBRARY,
    )
    (folder / VERIFY).write_text(page, "utf-8")
    packed = files("vivavoce.publish") / "pages" / f"{_LIBRARY}.xz"
    (folder / _LIBRARY).write_bytes(lzma.decompress(packed.read_bytes()))


def _write_edition(channel: Channel, publication: Publication, folder: Path, pages: Pages, *, verifies: bool) -> None:
    folder.mkdir(parents=True)
    record = publication.record
    audio = pick_audio(record)
    url = f"{channel.base_url}/{quote(publication.slug)}/" if channel.base_url else ""
    home = "../" * len(Path(publication.slug).parts)
    feed_url = f"{home}{FEED}" if channel.base_url else None
    verify = f"{home}{VERIFY}#{quote(publication.slug)}/{audio.file}" if verifies else None
    links = SiteLinks(channel.title, home, url, feed_url, MEDIA_TYPES[audio.format], audio.file, verify)
    sidecars = [path.name for path in publication.folder.glob("audio*.c2pa")]
    for name in [*(audio.file for audio in record.audio), *_KEPT, *sidecars]:
        if publication.has(name):
            shutil.copyfile(publication.folder / name, folder / name)
    (folder / "player.html").write_text(pages.write_player(record, links), "utf-8")
    (folder / "transcript.html").write_text(pages.write_transcript(record, url), "utf-8")
    if publication.has("cover.jpg"):
        (folder / "cover-small.jpg").write_bytes(_shrink(publication.folder / "cover.jpg"))


def _shrink(file: Path) -> bytes:
    out = io.BytesIO()
    with Image.open(file) as image:
        image.draft("RGB", (_THUMBNAIL_PX * 2, _THUMBNAIL_PX * 2))
        image.resize((_THUMBNAIL_PX, _THUMBNAIL_PX), Image.Resampling.LANCZOS).save(out, "JPEG", quality=85)
    return out.getvalue()


def _write_index(channel: Channel, publications: Sequence[Publication], folder: Path, *, has_roots: bool) -> None:
    cards = [
        _Card(one, one.record.script.language, one.enclosed.duration_s, one.has("cover.jpg")) for one in publications
    ]
    chunks = [cards[at : at + _PER_PAGE] for at in range(0, len(cards), _PER_PAGE)]
    names = ["index.html", *(f"page-{number}.html" for number in range(2, len(chunks) + 1))]
    for number, chunk in enumerate(chunks):
        page = render_page(
            "site.html",
            style=("house.css", "site.css"),
            channel=channel,
            disclosure=publications[0].record.disclosure.visible,
            cards=chunk,
            feed=FEED if channel.base_url else None,
            roots=ROOTS if has_roots else None,
            verify=VERIFY,
            canonical=_page_url(channel.base_url, names[number]),
            newer=names[number - 1] if number else None,
            older=names[number + 1] if number + 1 < len(chunks) else None,
            number=number + 1,
            linked_data=Markup(_describe_series(channel)),  # noqa: S704  # made safe there
        )
        (folder / names[number]).write_text(page, "utf-8")


def _page_url(base_url: str, name: str) -> str | None:
    if not base_url:
        return None
    return f"{base_url}/" if name == "index.html" else f"{base_url}/{name}"


def _describe_series(channel: Channel) -> str:
    series = {
        "@context": "https://schema.org",
        "@type": "PodcastSeries",
        "name": channel.title,
        "description": channel.description,
        "inLanguage": channel.language,
        "url": channel.base_url or None,
        "webFeed": f"{channel.base_url}/{FEED}" if channel.base_url else None,
    }
    text = json.dumps({name: value for name, value in series.items() if value}, ensure_ascii=False)
    return text.replace("<", "\\u003c")


def _write_sitemap(base_url: str, publications: Sequence[Publication]) -> bytes:
    root = etree.Element("urlset", {"xmlns": _SITEMAP})
    pages = [(f"{base_url}/", publications[0])]
    pages += [
        (f"{base_url}/{quote(one.slug)}/{page}", one)
        for one in publications
        for page in ("player.html", "transcript.html")
    ]
    for url, publication in pages:
        entry = etree.SubElement(root, "url")
        etree.SubElement(entry, "loc").text = url
        etree.SubElement(entry, "lastmod").text = publication.dated.date().isoformat()
    etree.indent(root, " ")
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"
