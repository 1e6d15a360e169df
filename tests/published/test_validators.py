"""Other people's validators on what we publish."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import feedparser
import pytest
import webvtt

from judging import MODULES, ROOT, find_html_faults
from markup import parse_page, parse_xml
from published_values import BASE_URL, Published

_READ_FEED = """
import { readFileSync } from "node:fs";
import { parseRssFeed } from "feedsmith";
import { parseFeed } from "podcast-partytime";
const text = readFileSync(0, "utf8");
console.log(JSON.stringify({ feedsmith: parseRssFeed(text), partytime: parseFeed(text) }));
"""
_LINKS = "//a/@href | //img/@src | //audio/@src | //link[@rel='alternate']/@href"
_PSP_CHANNEL = [
    "atom:link[@rel='self'][@href]",
    "title",
    "description",
    "link",
    "language",
    "itunes:category[@text]",
    "itunes:explicit",
    "itunes:image[@href]",
    "podcast:locked[@owner]",
    "podcast:guid",
    "itunes:author",
    "podcast:txt",
]
_PSP_ITEM = [
    "title",
    "enclosure[@url][@length][@type]",
    "guid",
    "link",
    "pubDate",
    "description",
    "itunes:duration",
    "itunes:image",
    "itunes:explicit",
    "podcast:transcript",
]
_SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
}


def need(module: str) -> Path:
    if not (MODULES / module).is_dir():
        pytest.skip(f"{module} is not installed: run npm ci")
    return MODULES / module


def run_node(*arguments: str | Path, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["node", *arguments], input=given, capture_output=True, text=True, check=False, cwd=ROOT, timeout=300
    )


@pytest.fixture(scope="module")
def feed(published: Published) -> str:
    return (published.site / "feed.xml").read_text("utf-8")


def test_feedparser_finds_nothing_to_complain_of(feed: str) -> None:
    parsed: Any = feedparser.parse(feed.encode())
    assert not parsed.bozo
    assert parsed.entries[0].title == "Kyiv & Lviv: what the “winter plan” changes"
    assert parsed.feed.title == "The Example Courier"


def test_feedsmith_and_partytime_read_all_of_it(published: Published, feed: str) -> None:
    need("feedsmith")
    need("podcast-partytime")
    done = run_node("--input-type=module", "-e", _READ_FEED, given=feed)
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    item = read["feedsmith"]["items"][0]
    length = (published.edition / "audio.mp3").stat().st_size
    assert item["enclosures"] == [{"url": f"{BASE_URL}/winter/audio.mp3", "length": length, "type": "audio/mpeg"}]
    assert item["podcast"]["txts"] == [{"display": "true", "purpose": "ai-content"}]
    assert read["feedsmith"]["podcast"]["txts"] == [{"display": "true", "purpose": "ai-content"}]
    assert len(item["podcast"]["alternateEnclosures"]) == 4
    other = read["partytime"]["items"][0]
    assert other["podcastChapters"]["url"] == f"{BASE_URL}/winter/chapters.json"
    assert [one["type"] for one in other["podcastTranscripts"]] == ["text/vtt", "application/srt", "text/html"]
    assert other["podcastPeople"] == [{"name": "Marta Ko", "role": "Author", "group": "Writing"}]
    assert read["partytime"]["guid"] == read["feedsmith"]["podcast"]["guid"]


def test_the_feed_has_what_psp_1_asks_for(feed: str) -> None:
    (channel,) = parse_xml(feed.encode()).xpath("/rss/channel")
    assert [path for path in _PSP_CHANNEL if not channel.xpath(path, namespaces=_SPACES)] == []
    for item in channel.xpath("item"):
        assert [path for path in _PSP_ITEM if not item.xpath(path, namespaces=_SPACES)] == []


def test_every_address_in_the_feed_is_a_file_of_the_site(published: Published, feed: str) -> None:
    tree = parse_xml(feed.encode())
    addresses = [str(value) for value in tree.xpath("//@url | //@href | //@uri | //url/text() | //item/link/text()")]
    ours = [address for address in addresses if address.startswith(BASE_URL)]
    assert len(ours) > 12
    missing = [url for url in ours if not (published.site / url.removeprefix(f"{BASE_URL}/")).is_file()]
    assert missing == []
    length = tree.xpath("string(//enclosure/@length)")
    assert int(length) == (published.site / "winter" / "audio.mp3").stat().st_size


def test_every_link_on_the_site_leads_somewhere(published: Published) -> None:
    for page in published.site.rglob("*.html"):
        for link in parse_page(page.read_text("utf-8")).xpath(
            "//a/@href | //img/@src | //audio/@src | //link[@rel='alternate']/@href"
        ):
            target = str(link).split("#")[0].split("?")[0]
            if target and "://" not in target and not target.startswith(("mailto:", "data:")):
                assert (page.parent / target).exists(), f"{page.name}: {link}"


def test_epubcheck_finds_nothing(published: Published) -> None:
    folder = need("@likecoin/epubcheck-ts")
    done = run_node(folder / "bin" / "epubcheck.js", published.edition / "edition.epub")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Valid EPUB" in done.stdout
    assert "Warnings: 0" in done.stdout


@pytest.mark.parametrize(
    "page", ["site/index.html", "site/verify.html", "site/winter/player.html", "site/winter/transcript.html"]
)
def test_html_validate_finds_nothing(published: Published, page: str) -> None:
    assert find_html_faults(published.site.parent / page) == ""


def test_the_linked_data_has_schema_orgs_types(published: Published, tmp_path: Path) -> None:
    need("schema-dts")
    lines = ['import type { NewsArticle, PodcastSeries, WithContext } from "schema-dts";']
    pages = {
        "index.html": "PodcastSeries",
        "winter/player.html": "NewsArticle",
        "winter/transcript.html": "NewsArticle",
    }
    for number, (name, kind) in enumerate(pages.items()):
        (block,) = parse_page((published.site / name).read_text("utf-8")).xpath("//script[@type='application/ld+json']")
        lines.append(f"export const block{number}: WithContext<{kind}> = {block.text};")
    (tmp_path / "blocks.ts").write_text("\n".join(lines), "utf-8")
    (tmp_path / "node_modules").symlink_to(MODULES)
    compiler = need("typescript") / "bin" / "tsc"
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext"]
    done = run_node(compiler, *options, "--target", "es2022", tmp_path / "blocks.ts")
    assert done.stdout == ""
    wrong = "\n".join(lines).replace('"@type": "AudioObject"', '"@type": "AudioThing"')
    (tmp_path / "blocks.ts").write_text(wrong, "utf-8")
    assert run_node(compiler, *options, tmp_path / "blocks.ts").returncode != 0, "the judge is asleep"


def test_subrip_says_what_webvtt_says(published: Published) -> None:
    folder = published.edition
    subrip = webvtt.from_srt(str(folder / "captions.srt")).captions
    vtt = webvtt.from_buffer(io.StringIO((folder / "captions.vtt").read_text("utf-8"))).captions
    assert [(cue.start, cue.end) for cue in subrip] == [(cue.start, cue.end) for cue in vtt]
    assert len(subrip) == len(published.record.placements)


def test_chapters_follow_the_headings(published: Published) -> None:
    chapters = json.loads((published.edition / "chapters.json").read_text("utf-8"))
    titles = [chapter["title"] for chapter in chapters["chapters"]]
    assert titles == ["Kyiv & Lviv: what the “winter plan” changes", "Heat & water", "Light"]
    assert chapters["chapters"][0]["startTime"] == 0


def test_guided_navigation_covers_all_that_is_said(published: Published) -> None:
    guided = json.loads((published.edition / "guided-navigation.json").read_text("utf-8"))
    sentences = [sentence for passage in guided["guided"] for sentence in passage["children"]]
    ids = [sentence["textref"].removeprefix("transcript.html#") for sentence in sentences]
    assert ids == [placement.utterance.id for placement in published.record.placements]
    page = parse_page((published.edition / "transcript.html").read_text("utf-8"))
    assert all(page.xpath(f"//*[@id='{name}']") for name in ids)
