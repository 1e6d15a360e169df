"""Feeds and sites of editions in folders: order, names that stay, whole or not at all."""

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from editions import HOSTILE_TEXT, NEWS, make_record, write_tone
from markup import parse_page, parse_xml
from vivavoce.encode.manifest import write_manifest
from vivavoce.errors import InputError, UsageError
from vivavoce.house import House, parse_house
from vivavoce.publishing import gather_editions, publish_feed, publish_site
from vivavoce.settings import Places
from vivavoce.types import Article

BASE_URL = "https://audio.example.org"
HOUSE = House()


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "m", tmp_path / "c", tmp_path / "vivavoce.toml", keys=tmp_path / "keys")


def write_edition(folder: Path, article: Article = NEWS, *, guid: str = "urn:uuid:1") -> Path:
    """Write a small edition: manifest, recording, captions."""
    folder.mkdir(parents=True)
    record = make_record(replace(article, blocks=article.blocks[:1]))
    write_tone(folder / "audio.mp3", record)
    digest = hashlib.sha256((folder / "audio.mp3").read_bytes()).hexdigest()
    record = replace(record, guid=guid, audio=(replace(record.audio[0], sha256=digest),))
    (folder / "edition.json").write_text(write_manifest(record), "utf-8")
    (folder / "captions.vtt").write_text("WEBVTT\n", "utf-8")
    return folder


def items(feed: bytes, path: str) -> list[Any]:
    found: list[Any] = parse_xml(feed).xpath(f"//item/{path}")
    return found


def test_the_newest_comes_first_and_names_stay(tmp_path: Path) -> None:
    for day, name in ((3, "c"), (9, "a"), (5, "b")):
        article = replace(NEWS, title=f"News of {name}", published=date(2031, 5, day))
        write_edition(tmp_path / "all" / "2031" / name, article, guid=f"urn:uuid:{name}")
    feed = publish_feed([tmp_path / "all"], HOUSE, base_url=BASE_URL, output=None)
    assert items(feed, "title/text()") == ["News of a", "News of b", "News of c"]
    assert items(feed, "guid/text()") == ["urn:uuid:a", "urn:uuid:b", "urn:uuid:c"]
    assert items(feed, "enclosure/@url")[0] == f"{BASE_URL}/2031/a/audio.mp3"
    assert feed == publish_feed([tmp_path / "all"], HOUSE, base_url=BASE_URL + "/", output=None)


def test_hostile_text_is_only_text(tmp_path: Path, places: Places) -> None:
    write_edition(tmp_path / "all" / "x", replace(NEWS, title=HOSTILE_TEXT + "\x0b", byline=(HOSTILE_TEXT,)))
    feed = publish_feed([tmp_path / "all"], HOUSE, base_url=BASE_URL, output=None)
    assert items(feed, "title/text()") == [HOSTILE_TEXT]
    publish_site([tmp_path / "all"], HOUSE, places, base_url=BASE_URL, output=tmp_path / "site")
    page = parse_page((tmp_path / "site" / "index.html").read_text("utf-8"))
    assert not page.xpath("//script[not(@type='application/ld+json')] | //@onerror")
    assert HOSTILE_TEXT in page.xpath("string(//h2)")


def test_a_recording_that_is_not_the_manifests_is_refused(tmp_path: Path) -> None:
    folder = write_edition(tmp_path / "all" / "x")
    with (folder / "audio.mp3").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(InputError, match=r"audio\.mp3 is missing or changed"):
        gather_editions([tmp_path / "all"])
    (folder / "edition.json").write_text("{}", "utf-8")
    with pytest.raises(InputError, match="can't be read"):
        gather_editions([tmp_path / "all"])


def test_what_can_not_be_published_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="there is no edition"):
        gather_editions([tmp_path / "empty"])
    with pytest.raises(UsageError, match="is no folder"):
        gather_editions([tmp_path / "none"])
    write_edition(tmp_path / "one" / "x")
    write_edition(tmp_path / "two" / "x", guid="urn:uuid:2")
    with pytest.raises(UsageError, match="would have one address"):
        gather_editions([tmp_path / "one", tmp_path / "two"])
    write_edition(tmp_path / "three" / "y")
    with pytest.raises(UsageError, match="editions of one article"):
        gather_editions([tmp_path / "one", tmp_path / "three"])
    with pytest.raises(UsageError, match="leave out its last part"):
        publish_feed([tmp_path / "one"], HOUSE, base_url=f"{BASE_URL}/x", output=None)


def test_a_feed_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write_edition(tmp_path / "all" / "x")
    target = tmp_path / "feed.xml"
    publish_feed([tmp_path / "all"], HOUSE, base_url=BASE_URL, output=target)
    before = target.read_bytes()
    (tmp_path / "all" / "x" / "audio.mp3").unlink()
    with pytest.raises(InputError):
        publish_feed([tmp_path / "all"], HOUSE, base_url=BASE_URL, output=target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all", "feed.xml"]


def test_a_site_replaces_a_site_and_nothing_else(tmp_path: Path, places: Places) -> None:
    write_edition(tmp_path / "all" / "x")
    site = tmp_path / "site"
    publish_site([tmp_path / "all"], HOUSE, places, base_url=None, output=site)
    assert not (site / "feed.xml").exists()
    publish_site([tmp_path / "all"], HOUSE, places, base_url=BASE_URL, output=site)
    assert (site / "feed.xml").exists()
    assert not (site / "x" / "edition.json").exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(UsageError, match="no site that vivavoce wrote"):
        publish_site([tmp_path / "all"], HOUSE, places, base_url=None, output=tmp_path / "mine")


def test_many_editions_are_paged(tmp_path: Path, places: Places) -> None:
    first = write_edition(tmp_path / "all" / "n0")
    text = (first / "edition.json").read_text("utf-8")
    for number in range(1, 32):
        folder = tmp_path / "all" / f"n{number}"
        folder.mkdir()
        (folder / "audio.mp3").hardlink_to(first / "audio.mp3")
        (folder / "edition.json").write_text(text.replace("urn:uuid:1", f"urn:uuid:x{number}"), "utf-8")
    publish_site([tmp_path / "all"], HOUSE, places, base_url=None, output=tmp_path / "site")
    start, second = (
        parse_page((tmp_path / "site" / name).read_text("utf-8")) for name in ("index.html", "page-2.html")
    )
    assert (len(start.xpath("//h2")), len(second.xpath("//h2"))) == (30, 2)
    assert start.xpath("//a[@rel='next']/@href") == ["page-2.html"]
    assert second.xpath("//a[@rel='prev']/@href") == ["index.html"]


def test_the_houses_settings_reach_the_channel(tmp_path: Path) -> None:
    write_edition(tmp_path / "all" / "x")
    house = parse_house(
        '[publication]\nname = "The Courier"\nbase_url = "https://a.example.org"\nlanguage = "en-GB"\n'
        '[feed]\ntitle = "Courier aloud"\nauthor = "Newsroom"\nexplicit = true\n'
        'guid = "5FB70FA0-3bbb-5f12-89c0-0d7716709383"\nimage = "https://a.example.org/art.png"\n',
        name="vivavoce.toml",
    )
    feed = parse_xml(publish_feed([tmp_path / "all"], house, base_url=None, output=None))
    spaces = {"i": "http://www.itunes.com/dtds/podcast-1.0.dtd", "p": "https://podcastindex.org/namespace/1.0"}
    said = [
        feed.xpath(f"string(/rss/channel/{path})", namespaces=spaces)
        for path in ("title", "language", "i:author", "i:explicit", "p:guid", "i:image/@href")
    ]
    wanted = ["Courier aloud", "en-GB", "Newsroom", "true"]
    assert said == [*wanted, "5fb70fa0-3bbb-5f12-89c0-0d7716709383", "https://a.example.org/art.png"]
