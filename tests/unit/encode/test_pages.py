"""What all pages of an edition keep: escaped text, one policy, one disclosure, the same text every time."""

import base64
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from editions import HOSTILE_TEXT, NEWS, make_long_article, make_record
from markup import parse_page
from vivavoce.encode.player import write_player
from vivavoce.encode.proof_sheet import write_proof_sheet
from vivavoce.encode.transcript import write_transcript
from vivavoce.types import Article, AudioFile, Block, BlockKind, Disclosure, EditionRecord

Writer = Callable[[EditionRecord], str]
PAGES = [write_player, write_transcript, write_proof_sheet]

pytestmark = pytest.mark.parametrize("write", PAGES)


def _hostile_record() -> EditionRecord:
    block = Block(BlockKind.PARAGRAPH, HOSTILE_TEXT)
    article = replace(
        NEWS,
        title=HOSTILE_TEXT,
        byline=(HOSTILE_TEXT,),
        publisher=HOSTILE_TEXT,
        url=f"https://x.example/{HOSTILE_TEXT}",
        blocks=(block, *NEWS.blocks),
    )
    record = make_record(article)
    return replace(record, id=HOSTILE_TEXT, voice=replace(record.voice, name=HOSTILE_TEXT))


def test_no_text_becomes_markup(write: Writer) -> None:
    tree = parse_page(write(_hostile_record()))
    clean = parse_page(write(make_record()))
    assert len(tree.findall(".//script")) == len(clean.findall(".//script"))
    assert not tree.xpath("//img|//@onerror")
    assert "window.stolen" not in "".join(script.text for script in tree.xpath("//script[not(@type)]"))
    assert tree.findtext(".//h1") is not None


def test_an_address_that_is_no_web_address_is_no_link(write: Writer) -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "https://[broken", " javascript:alert(1)"):
        page = write(make_record(replace(NEWS, url=url)))
        assert url not in page


def test_the_policy_allows_this_style_and_script_alone(write: Writer) -> None:
    tree = parse_page(write(make_record()))
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy.replace("http-equiv", "")
    executed = [node.text for node in tree.xpath("//style|//script[not(@type)]")]
    digests = ["sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in executed]
    assert sorted(re.findall(r"sha256-[\w+/=]+", policy)) == sorted(digests)
    assert not tree.xpath("//@style")


def test_nothing_is_fetched_but_what_lies_beside_the_page(write: Writer) -> None:
    tree = parse_page(write(make_record()))
    fetched = tree.xpath("//@src") + tree.xpath("//link/@href")
    assert all(re.fullmatch(r"audio\.mp3|data:,", address) for address in fetched)


def test_the_disclosure_is_shown(write: Writer) -> None:
    house = Disclosure(sentence="Made with AI & care.", voice_sentence="An AI voice.", spoken=False)
    page = parse_page(write(replace(make_record(), disclosure=house)))
    assert "Made with AI & care. An AI voice." in page.text_content()


def test_the_same_record_gives_the_same_page(write: Writer) -> None:
    assert write(make_record()) == write(make_record())


def test_a_record_without_anything_but_text(write: Writer) -> None:
    record = make_record(Article((Block(BlockKind.QUOTE, "Only this."),)))
    tree = parse_page(write(record))
    assert tree.findtext(".//title")
    assert "None" not in tree.text_content().replace("None.", "")


def test_the_page_plays_the_mp3_of_several_files(write: Writer) -> None:
    record = make_record()
    wav = AudioFile("audio.wav", "wav", 1.0, -19.0, -2.0, "00" * 32)
    page = write(replace(record, audio=(wav, *record.audio)))
    assert 'src="audio.mp3"' in page or 'href="audio.mp3#' in page
    assert 'src="audio.wav"' not in page


def test_a_long_article_takes_time_in_proportion(write: Writer) -> None:
    def measure(words: int) -> float:
        record = make_record(make_long_article(words))
        start = time.process_time()
        write(record)
        return time.process_time() - start

    write(make_record())
    assert measure(40_000) < 10 * measure(10_000) + 1
