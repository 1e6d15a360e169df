import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.script.languages.en import ENGLISH
from vivavoce.script.normalise import normalise_text
from vivavoce.script.segment import Sentence, segment_tokens
from vivavoce.script.style import ScriptStyle

VOICE_MARKS = {"", ",", ".", "!", "?", ";", ":", "—", "…"}


def cut(text: str) -> tuple[Sentence, ...]:
    tokens = normalise_text(text, start=0, language=ENGLISH, style=ScriptStyle())
    return segment_tokens(text, tokens, start=0)


def sentences(text: str) -> list[str]:
    return [text[sentence.start : sentence.end].strip() for sentence in cut(text)]


def phrased(text: str) -> str:
    said = [word.text + (token.mark if word is token.words[-1] else "") for s in cut(text) for token in s.tokens
            for word in token.words]  # fmt: skip
    return " ".join(said)


@pytest.mark.parametrize(
    "whole",
    [
        "U.S. Secretary of State Antony Blinken came.",
        "He met Sen. John Smith and Rep. Ann Lee in St. Louis.",
        "George W. Bush and J.K. Rowling met.",
        "It was No. 5 on Jan. 6.",
        "On Aug. 5 he left.",
        "The U.K. Parliament voted.",
        "At 5 p.m. Kyiv time it hit.",
        "He lives in Miami, Fla., with Dr. Brown.",
        "Ford Motor Co. President Jim Farley spoke.",
        "Martin Luther King Jr. Day is a holiday.",
        "It rose 3.5 percent.",
        "He paused. . . then left.",
        "“Why?” he asked.",
        "“We will win!” President Zelenskyy said.",
        "Lt. Gen. Kyrylo Budanov agreed.",
        "Yahoo! shares fell.",
        "See gov.uk for it.",
        "The vs. Trump debate.",
        "Washington, D.C. Mayor Muriel Bowser agreed.",
        "1. Stop the war",
    ],
)
def test_stays_one_sentence(whole: str) -> None:
    assert sentences(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left. She stayed.", ["He left.", "She stayed."]),
        ("He lives in the U.S. The war goes on.", ["He lives in the U.S.", "The war goes on."]),
        ("It began at 5 p.m. They left.", ["It began at 5 p.m.", "They left."]),
        ("He said: “Go.” She went.", ["He said: “Go.”", "She went."]),
        ('"It is over." The crowd wept.', ['"It is over."', "The crowd wept."]),
        ("Is it? Yes. It is!", ["Is it?", "Yes.", "It is!"]),
        ("It ended in 2014. The rest is history.", ["It ended in 2014.", "The rest is history."]),
        ("It rose 5%. “So what?” he asked.", ["It rose 5%.", "“So what?” he asked."]),
        ("Well… That was it.", ["Well…", "That was it."]),
        ("First line\nSecond line", ["First line", "Second line"]),
        ("It cost $5. Nobody paid.", ["It cost $5.", "Nobody paid."]),
        ("(He left.) She stayed.", ["(He left.)", "She stayed."]),
        ("He works for Apple Inc. It is big.", ["He works for Apple Inc.", "It is big."]),
    ],
)
def test_ends_where_a_sentence_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Arms – which include missiles – struck.", "Arms— which include missiles— struck."),
        ("He came—then he left", "He came— then he left."),
        ("The New York Times (NYT), in May, wrote", "The New York Times, in May, wrote."),
        ("The U.S. president", "The U S president."),
        ("He (a former spy) left.", "He, a former spy, left."),
        ('"We gave (Mr. Putin) a choice," he said.', "We gave Mister Putin a choice, he said."),
        ("Is it over?", "Is it over?"),
        ("He paused. . . then left.", "He paused… then left."),
        ("One thing: go; now!", "One thing: go; now!"),
    ],
)
def test_punctuation_is_heard_as_phrasing(text: str, expected: str) -> None:
    assert phrased(text) == expected


@given(st.one_of(st.text(max_size=80), st.text(alphabet="aB.?! \"'“”()[]—-…,;:1\n", max_size=60)))
@settings(max_examples=500, deadline=None)
def test_sentences_cover_the_block_in_order(text: str) -> None:
    at = 0
    for sentence in cut(text):
        assert sentence.start == at < sentence.end
        assert all(sentence.start <= token.start <= token.end <= sentence.end for token in sentence.tokens)
        assert {token.mark for token in sentence.tokens} <= VOICE_MARKS
        at = sentence.end
    assert at == len(text)
