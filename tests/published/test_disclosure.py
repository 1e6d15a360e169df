"""One disclosure, everywhere: a finished edition and what is published of it, taken apart place by place."""

import json
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

import c2pa
import mutagen
import pytest

from markup import parse_page, parse_xml
from published_values import Published
from vivavoce.linked_data import name_source_type
from vivavoce.types import Role

SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "opf": "http://www.idpf.org/2007/opf",
    "x": "http://www.w3.org/1999/xhtml",
}


def _page_label(text: str) -> str:
    (label,) = parse_page(text).xpath("//*[@class='disclosure'][b]/span")
    return str(label.text_content())


def _linked_data(text: str) -> list[str]:
    (block,) = parse_page(text).xpath("//script[@type='application/ld+json']")
    audio = json.loads(block.text)["audio"]
    return [audio["description"], audio["creditText"], audio["digitalSourceType"]]


def _tag_texts(file: Any) -> list[str]:
    return [str(value) for tag in file.tags.values() for value in (tag if isinstance(tag, list) else [tag])]


def _spoken(published: Published) -> list[str]:
    record = published.record
    said = [p.utterance.display for p in record.placements if p.utterance.role is Role.DISCLOSURE]
    assert record.placements[-1].utterance.display == record.disclosure.sentence
    return [" ".join(said[:2])]


def _manifest(published: Published) -> list[str]:
    stated = json.loads((published.edition / "edition.json").read_text("utf-8"))["disclosure"]
    return [stated["visible"], stated["spoken"], stated["digital_source_type"]]


def _vtt(published: Published) -> list[str]:
    return [(published.edition / "captions.vtt").read_text("utf-8").split("\n\n")[1].removeprefix("NOTE\n")]


def _srt(published: Published) -> list[str]:
    cues = (published.edition / "captions.srt").read_text("utf-8").split("\n\n")
    return [" ".join(cue.split("\n")[2] for cue in cues[:2])]


def _page(published: Published, name: str) -> list[str]:
    text = (published.site.parent / name).read_text("utf-8")
    return [_page_label(text), *_linked_data(text)]


def _proof(published: Published) -> list[str]:
    text = (published.edition / "proof.html").read_text("utf-8")
    return [_find_within(text, published.record.disclosure.visible)]


def _start_page(published: Published) -> list[str]:
    return [_page_label((published.site / "index.html").read_text("utf-8"))]


def _guided(published: Published) -> list[str]:
    guided = json.loads((published.edition / "guided-navigation.json").read_text("utf-8"))["guided"]
    assert guided[0]["role"] == ["notice"]
    return [" ".join(sentence["text"]["plain"] for sentence in guided[0]["children"])]


def _book_text(published: Published) -> list[str]:
    with zipfile.ZipFile(published.edition / "edition.epub") as book:
        (label,) = parse_xml(book.read("EPUB/article.xhtml")).xpath("//x:p[@class='label']", namespaces=SPACES)
    return ["".join(label.itertext()).removeprefix("AI ")]


def _book_metadata(published: Published) -> list[str]:
    paths = ["//dc:description", "//*[@property='schema:creditText']", "//*[@property='schema:digitalSourceType']"]
    with zipfile.ZipFile(published.edition / "edition.epub") as book:
        package = parse_xml(book.read("EPUB/package.opf"))
    return [str(value) for path in paths for value in package.xpath(f"{path}/text()", namespaces=SPACES)]


def _feed(published: Published, path: str) -> list[str]:
    root = parse_xml((published.site / "feed.xml").read_bytes()).xpath(path)[0]
    assert root.xpath("podcast:txt[@purpose='ai-content']/text()", namespaces=SPACES) == ["true"]
    return [_find_within(root.xpath("string(description)"), published.record.disclosure.visible)]


def _tags(published: Published, name: str) -> list[str]:
    texts = _tag_texts(mutagen.File(published.edition / f"audio.{name}"))
    disclosure = published.record.disclosure
    assert any(disclosure.digital_source_type in text for text in texts)
    return [_find_within(text, disclosure.visible) for text in texts if "AI assistance" in text]


PLACES: dict[str, Callable[[Published], list[str]]] = {
    "spoken": _spoken,
    "manifest": _manifest,
    "captions.vtt": _vtt,
    "captions.srt": _srt,
    "player": partial(_page, name="editions/winter/player.html"),
    "transcript": partial(_page, name="editions/winter/transcript.html"),
    "published player": partial(_page, name="site/winter/player.html"),
    "published transcript": partial(_page, name="site/winter/transcript.html"),
    "proof": _proof,
    "start page": _start_page,
    "guided navigation": _guided,
    "book's text": _book_text,
    "book's metadata": _book_metadata,
    "channel": partial(_feed, path="/rss/channel"),
    "item": partial(_feed, path="/rss/channel/item"),
    **{f"tags of {name}": partial(_tags, name=name) for name in ("mp3", "m4a", "opus", "wav", "flac")},
}


def _find_within(text: str, wanted: str) -> str:
    return wanted if wanted in text else text


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_it_and_none_differs(published: Published, place: str) -> None:
    disclosure = published.record.disclosure
    allowed = {
        disclosure.visible,
        disclosure.digital_source_type,
        name_source_type(disclosure.digital_source_type),
    }
    found = PLACES[place](published)
    assert disclosure.visible in found
    assert set(found) <= allowed


@pytest.mark.parametrize("name", ["mp3", "m4a", "wav", "flac"])
def test_the_signature_has_it(published: Published, name: str) -> None:
    with c2pa.Reader(published.edition / f"audio.{name}") as reader:
        said = reader.json()
    assert published.record.disclosure.digital_source_type in said


def test_the_manifest_keeps_the_feeds_name_through_versions(published: Published, tmp_path: Any) -> None:
    copy = tmp_path / "winter"
    subprocess.run(["cp", "-r", published.edition, copy], check=True)
    done = published.run("correct", copy, "--omit", "Light comes second.", "--quiet")
    assert done.returncode == 0, done.stderr
    before, after = published.record, Published(copy, copy, published.environment).record
    assert after.id != before.id
    assert (after.guid, after.replaces) == (before.guid, before.id)
    assert [audio.format for audio in after.audio] == [audio.format for audio in before.audio]
    assert (copy / "edition.epub").exists()
