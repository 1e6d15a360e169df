"""One disclosure, everywhere: a finished edition and what is published of it, taken apart place by place."""

import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import c2pa
import mutagen
import pytest

from markup import parse_page, parse_xml
from published_values import Published
from vivavoce.errors import VivavoceError
from vivavoce.linked_data import name_source_type
from vivavoce.provenance.credentials import MEDIA_TYPES
from vivavoce.provenance.sign import EDITION_LABEL
from vivavoce.types import Disclosure, Role

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


def _spoken(published: Published) -> list[str]:
    placements = published.record.placements
    said = [placement.utterance.display for placement in placements]
    roles = [placement.utterance.role for placement in placements]
    assert roles[:2] == [Role.DISCLOSURE, Role.DISCLOSURE]
    return [" ".join(said[:2])]


def _spoken_again(published: Published) -> list[str]:
    """Give the whole of what is said where the disclosure's first sentence is said again: within the text and last."""
    record = published.record
    again = [at for at, one in enumerate(record.placements) if one.utterance.display == record.disclosure.sentence][1:]
    assert again[-1] == len(record.placements) - 1
    assert len(again) > 1, "no reminder between two paragraphs"
    kept_s = record.disclosure.reminder_minutes * 60
    starts = [record.placements[at].start_samples / record.sample_rate_hz for at in (0, *again)]
    assert max(late - early for early, late in pairwise(starts)) < 2 * kept_s
    return [f"{record.placements[at].utterance.display} {record.disclosure.voice_sentence}" for at in again]


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
    said = [package.xpath(f"{path}/text()", namespaces=SPACES) for path in paths]
    assert [len(values) for values in said] == [1, 1, 1]
    return [str(value) for (value,) in said]


def _feed(published: Published, path: str) -> list[str]:
    root = parse_xml((published.site / "feed.xml").read_bytes()).xpath(path)[0]
    assert root.xpath("podcast:txt[@purpose='ai-content']/text()", namespaces=SPACES) == ["true"]
    return [_find_within(root.xpath("string(description)"), published.record.disclosure.visible)]


def _tags(published: Published, name: str) -> list[str]:
    """Give every tag whose business the disclosure is; one that is missing raises."""
    tags = mutagen.File(published.edition / f"audio.{name}").tags
    values = [tags[key][0] if name in LISTED else tags[key] for key in TAGS[name]]
    return [line.split(": ", 1)[-1] for value in values for line in str(value).split("\n")[:2]]


def _riff_comment(published: Published) -> list[str]:
    """Give what programs show that know WAV, but not ID3 in it."""
    content = (published.edition / "audio.wav").read_bytes()
    at = content.index(b"ICMT")
    length = int.from_bytes(content[at + 4 : at + 8], "little")
    return [content[at + 8 : at + 8 + length].rstrip(b"\0").decode()]


def _signature(published: Published, name: str) -> list[str]:
    """Give what the signature says, for Opus that in the file beside it."""
    inside = name != "opus"
    file = published.edition / (f"audio.{name}" if inside else "audio.c2pa")
    with file.open("rb") as content, c2pa.Reader(MEDIA_TYPES[name] if inside else "application/c2pa", content) as read:
        store = json.loads(read.json())
    said = {one["label"]: one["data"] for one in store["manifests"][store["active_manifest"]]["assertions"]}
    assert said["c2pa.ai-disclosure"]["contentProfile"] == {"humanOversightLevel": "prompt_guided"}
    assert said[EDITION_LABEL]["disclosure"]["spoken"] is True
    created = said["c2pa.actions.v2"]["actions"][0]
    return [said[EDITION_LABEL]["disclosure"]["text"], created["digitalSourceType"]]


_ID3 = ["COMM::eng", "TXXX:AI disclosure", "TXXX:DigitalSourceType"]
_VORBIS = ["comment", "description", "ai_disclosure", "digitalsourcetype"]
TAGS = {"mp3": _ID3, "wav": _ID3, "flac": _VORBIS, "opus": _VORBIS, "m4a": ["©cmt", "desc", "ldes"]}
LISTED = {"flac", "opus", "m4a"}
"""Whose tags mutagen gives as lists."""
PLACES: dict[str, Callable[[Published], list[str]]] = {
    "spoken": _spoken,
    "spoken again": _spoken_again,
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
    **{f"tags of {name}": partial(_tags, name=name) for name in TAGS},
    "tags of wav for others": _riff_comment,
    **{f"signature of {name}": partial(_signature, name=name) for name in TAGS},
}


def _find_within(text: str, wanted: str) -> str:
    return wanted if wanted in text else text


def _require(place: str, published: Published, disclosure: Disclosure) -> None:
    source = disclosure.digital_source_type
    found = PLACES[place](published)
    assert disclosure.visible in found
    assert set(found) <= {disclosure.visible, source, name_source_type(source)}
    assert (len(set(found)) > 1) == (place in WITH_SOURCE)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_has_it_and_none_differs(published: Published, place: str) -> None:
    _require(place, published, published.record.disclosure)


# ---------------------------------------------------------------- that each place is really looked into

WITH_SOURCE = {
    place
    for place in PLACES
    if place in {"manifest", "book's metadata"} or place.startswith(("tags of", "signature of")) or "player" in place
    or "transcript" in place
} - {"tags of wav for others"}  # fmt: skip
CHANGES: dict[str, tuple[Callable[[bytes], bytes], set[str]]] = {
    "said otherwise": (lambda content: content.replace(b"AI assistance", b"AI resistance"), set(PLACES)),
    "left out": (
        lambda content: re.sub(rb"This audio is created .{,30}\.|The voice is .{,20}\.", _blank, content),
        set(PLACES),
    ),
    "another source": (
        lambda content: content.replace(b"rainedAlgorithmicMedia", b"reatedAlgorithmicMedia"),
        WITH_SOURCE,
    ),
    "no mark in the feed": (
        lambda content: content.replace(b'purpose="ai-content"', b'purpose="no-content"'),
        {"channel", "item"},
    ),
}
"""Each with the places that must notice it. All keep their length, so that what surrounds them can still be read."""


def _blank(found: "re.Match[bytes]") -> bytes:
    return b" " * len(found[0])


def _change_all(published: Published, folder: Path, change: Callable[[bytes], bytes]) -> Published:
    """Copy an edition and its site, with every file changed, those in the book too."""
    changed = Published(folder / "editions" / "winter", folder / "site", published.environment)
    for source, target in ((published.edition, changed.edition), (published.site, changed.site)):
        for file in filter(Path.is_file, source.rglob("*")):
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix == ".epub":
                with zipfile.ZipFile(file) as book, zipfile.ZipFile(copy, "w") as other:
                    for name in book.namelist():
                        other.writestr(name, change(book.read(name)))
            else:
                copy.write_bytes(change(file.read_bytes()))
    return changed


@pytest.mark.parametrize("name", CHANGES)
def test_a_place_that_differs_is_noticed(published: Published, tmp_path: Path, name: str) -> None:
    change, places = CHANGES[name]
    changed = _change_all(published, tmp_path, change)
    overlooked = set()
    for place in PLACES:
        try:
            _require(place, changed, published.record.disclosure)
        except (AssertionError, LookupError, ValueError, VivavoceError):
            continue
        overlooked.add(place)
    assert overlooked == set(PLACES) - places


def test_the_manifest_keeps_the_feeds_name_through_versions(published: Published, tmp_path: Path) -> None:
    copy = tmp_path / "winter"
    subprocess.run(["cp", "-r", published.edition, copy], check=True)
    done = published.run("correct", copy, "--omit", "Light comes second.", "--quiet")
    assert done.returncode == 0, done.stderr
    before, after = published.record, Published(copy, copy, published.environment).record
    assert after.id != before.id
    assert (after.guid, after.replaces) == (before.guid, before.id)
    assert [audio.format for audio in after.audio] == [audio.format for audio in before.audio]
    assert (copy / "edition.epub").exists()
