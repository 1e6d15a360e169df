"""What holds for any text at all: every character is placed, only words are said, and said text reads as itself."""

import gc
import re
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.script.fold import fold_to_ascii
from vivavoce.script.languages.en import ENGLISH
from vivavoce.script.normalise import normalise_text
from vivavoce.script.style import ScriptStyle, WebAddresses
from vivavoce.script.tokens import Token

PUNCTUATION = set(" \t\n\r.,;:!?…\"'`´“”„‟«»‹›‘’‚‛()[]{}|*_-‐‑‒–—―•·¿¡\\/~^") | {
    char for char in map(chr, range(0x3001)) if char.isspace()
}
FRAGMENTS = """
$ € £ % ° ' " ( ) [ ] - – — . , ; : / # @ & + ½ ² × … U.S. Dr. Gen. No. St. D-Pa. II XIV 5 10 1,000
3.5 2024 May Feb. p.m. km mph °C F-16 MH17 NATO WHO Kyiv the a he said billion bn m 24/7 http:// .com @x #y ’s 's"""
NEWS = st.sampled_from(FRAGMENTS.split())
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=string.printable, max_size=80),
    st.lists(NEWS, max_size=14).map("".join),
    st.lists(NEWS, max_size=14).map(" ".join),
)


def read(text: str, style: ScriptStyle | None = None) -> tuple[Token, ...]:
    return normalise_text(text, start=0, language=ENGLISH, style=style or ScriptStyle())


def say(text: str) -> str:
    words = [word.text for token in read(text) for word in token.words]
    return " ".join(fold_spoken(word) for word in words)


def spell_out(text: str) -> str:
    return " ".join(word.text.lower().replace("-", " ") for token in read(text) for word in token.words)


def fold_spoken(word: str) -> str:
    return (
        "'".join(fold_to_ascii(part) for part in word.replace("-", " ").split("'")).lower() if " " not in word else word
    )


@given(TEXTS)
@settings(max_examples=800, deadline=None)
def test_every_character_is_in_one_token_or_is_punctuation(text: str) -> None:
    at = 0
    for token in read(text):
        assert token.start >= at
        assert set(text[at : token.start]) <= PUNCTUATION
        assert token.text == text[token.start : token.end] != ""
        assert bool(token.words) == (token.omitted is None)
        at = token.end
    assert set(text[at:]) <= PUNCTUATION


@given(TEXTS)
@settings(max_examples=800, deadline=None)
def test_only_pronounceable_words_are_said(text: str) -> None:
    for token in read(text):
        for word in token.words:
            parts = [fold_to_ascii(part) for part in re.split(r"['-]", word.text)]
            assert any(parts), (token, word)
            assert re.fullmatch(r"[^\W\d_]+(?:['-][^\W\d_]+)*", re.sub(r"[\u0300-\u036f]", "", word.text)), (
                token,
                word,
            )


@given(TEXTS)
@settings(max_examples=800, deadline=None)
def test_what_was_said_reads_as_itself(text: str) -> None:
    said = spell_out(text)
    assert spell_out(said) == said


@pytest.mark.parametrize(
    "piece",
    ["7", ".", "(", ")", "[", '"', "“", "'", "-", "1-", "1,", "1.", "1/", "a.", "A.", "A", "a", "a-", "A-", "$", "$1 ",
     "#", "@", "a@", "www.", "http://", "I", "X", "(A", "[a", "½", "1 ", "+1 ", "°", "1:", "A1", "1A", "a'",
     "ı", "Ж", "😀",
     "May ", "5 May ", "the U.S. ", "No. ", "A B C ", "&", "x=", "10^", "...", ". . . ", "KYIV ", "a/", "(1", "S"],
)  # fmt: skip
def test_hostile_text_takes_linear_time(piece: str) -> None:
    short, long = (time_reading(piece * (size // len(piece))) for size in (10_000, 60_000))
    assert long < 0.4 or long < 14 * short


def time_reading(text: str) -> float:
    """Time a reading alone: collections of garbage would walk through all that this process holds."""
    gc.disable()
    try:
        start = time.process_time()
        read(text)
        return time.process_time() - start
    finally:
        gc.enable()


def test_reads_fast_enough() -> None:
    text = "On Feb. 24, 2022, Anna Kovalenko, 52, said U.S. aid of $61 billion helped. "
    read(text)
    start = time.process_time()
    read(text * 100)
    assert len(text) * 100 / (time.process_time() - start) > 5_000


@pytest.mark.parametrize("letter", ["a", "A", "7", "é", "Ж", "中", "ab", "a7"])
def test_a_word_without_end_is_left_out_at_once(letter: str) -> None:
    text = f"It began. {letter * 20_000} It ended."
    tokens = read(text)
    assert [token.text for token in tokens if token.omitted] == [letter * 20_000]
    assert [word.text for token in tokens for word in token.words] == ["It", "began", "It", "ended"]


def test_coded_data_are_left_out_and_long_names_are_not() -> None:
    assert [token.omitted for token in read("a/b+" * 300)] == ["unpronounceable"]
    name = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
    assert all(token.omitted is None for token in read(f"{name} is in Wales."))


def test_an_emoji_is_omitted_or_said_by_setting() -> None:
    assert [token.omitted for token in read("Good 😀 day")] == [None, "unpronounceable", None]
    said = read("Good 😀 day", ScriptStyle(say_emoji=True))
    assert [word.text for word in said[1].words] == ["grinning", "face"]


def test_web_addresses_follow_the_house() -> None:
    host = read("See un.org/en now", ScriptStyle(web_addresses=WebAddresses.HOST))
    assert [word.text for word in host[1].words] == ["U", "N", "dot", "org"]
    assert read("See un.org/en now", ScriptStyle(web_addresses=WebAddresses.OMIT))[1].omitted == "web-address"


def test_offsets_count_from_the_start_given() -> None:
    tokens = normalise_text("In Kyiv", start=100, language=ENGLISH, style=ScriptStyle())
    assert [(token.start, token.end) for token in tokens] == [(100, 102), (103, 107)]
