"""What a Script says of an Article, and that every character of the article has one place in it."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.lexicon import Lexicon
from vivavoce.script import Pauses, ScriptStyle, Variety, write_script
from vivavoce.script.pronounce import Pronouncer, build_pronouncer
from vivavoce.script.tagging import Tag
from vivavoce.types import Article, Block, BlockKind, Disclosure, Role, Script, Word

PAUSES = Pauses()


class OneTag:
    """Tags every word as a noun: these tests are not about tags."""

    def tag(self, words: Sequence[str]) -> tuple[Tag, ...]:
        return (Tag("NN"),) * len(words)


@pytest.fixture(scope="module")
def pronouncer() -> Pronouncer:
    return build_pronouncer(variety="en-US", tagger=OneTag(), house=Lexicon())


def article(*texts: str, kinds: Sequence[BlockKind] = (), **known: object) -> Article:
    kinds = kinds or [BlockKind.PARAGRAPH] * len(texts)
    return Article(tuple(Block(kind, text) for kind, text in zip(kinds, texts, strict=True)), **known)  # type: ignore[arg-type]


def check_coverage(script: Script, text: str) -> None:
    names = {utterance.id for utterance in script.utterances if utterance.role is Role.BODY}
    at = 0
    for span in script.spans:
        assert span.start == at < span.end
        assert (span.utterance is None) != (span.omitted is None)
        assert span.utterance is None or span.utterance in names
        at = span.end
    assert at == len(text)
    assert names == {span.utterance for span in script.spans} - {None}


def spoken(script: Script) -> list[str]:
    return [utterance.spoken for utterance in script.utterances]


def test_says_disclosure_headline_byline_and_date_then_body_then_disclosure(pronouncer: Pronouncer) -> None:
    story = article("It rained.", title="Rain at Last", byline=("Ann Lee", "Bo Ray"), published=date(2024, 5, 23))
    script = write_script(story, pronouncer=pronouncer)
    assert spoken(script) == [
        "this audio is created with a i assistance",
        "the voice is a i generated",
        "rain at last",
        "by ann lee and bo ray",
        "published may twenty third twenty twenty four",
        "it rained",
        "this audio is created with a i assistance",
    ]
    roles = [utterance.role for utterance in script.utterances]
    assert roles == [
        Role.DISCLOSURE,
        Role.DISCLOSURE,
        Role.HEADLINE,
        Role.BYLINE,
        Role.DATE,
        Role.BODY,
        Role.DISCLOSURE,
    ]
    assert all(word.start is None for word in script.utterances[2].words)


def test_a_silenced_disclosure_is_not_said(pronouncer: Pronouncer) -> None:
    script = write_script(article("It rained."), pronouncer=pronouncer, disclosure=Disclosure(spoken=False))
    assert spoken(script) == ["it rained"]


def test_a_headline_repeated_as_first_block_is_said_once(pronouncer: Pronouncer) -> None:
    story = article("RAIN AT LAST", "It rained.", title="Rain at last!")
    script = write_script(story, pronouncer=pronouncer)
    assert spoken(script).count("rain at last") == 1
    assert script.spans[0].omitted == "repeated-headline"
    check_coverage(script, story.text)


def test_a_listed_word_is_no_plural_of_a_name(pronouncer: Pronouncer) -> None:
    first = write_script(article("It rained."), pronouncer=pronouncer).utterances[0].words[0]
    assert (first.spoken, first.source) == ("this", "general")


def test_words_keep_their_places(pronouncer: Pronouncer) -> None:
    story = article("First.", "It cost $61 billion.")
    body = [
        utterance for utterance in write_script(story, pronouncer=pronouncer).utterances if utterance.role is Role.BODY
    ]
    money = body[1].words[-1]
    assert (money.text, money.spoken) == ("$61 billion", "sixty one billion dollars")
    assert story.text[money.start : money.end] == "$61 billion"


def test_an_omission_inside_a_sentence_splits_its_span(pronouncer: Pronouncer) -> None:
    story = article("The New York Times (NYT) wrote it.")
    script = write_script(story, pronouncer=pronouncer)
    said = [(story.text[span.start : span.end], span.omitted) for span in script.spans]
    assert said == [("The New York Times ", None), ("(NYT)", "acronym-gloss"), (" wrote it.", None)]
    assert script.spans[0].utterance == script.spans[2].utterance


@pytest.mark.parametrize(
    ("kinds", "pause"),
    [
        ((BlockKind.PARAGRAPH, BlockKind.PARAGRAPH), PAUSES.paragraph_ms),
        ((BlockKind.PARAGRAPH, BlockKind.HEADING), PAUSES.before_heading_ms),
        ((BlockKind.HEADING, BlockKind.PARAGRAPH), PAUSES.after_heading_ms),
        ((BlockKind.LIST_ITEM, BlockKind.LIST_ITEM), PAUSES.list_item_ms),
        ((BlockKind.PARAGRAPH, BlockKind.QUOTE), PAUSES.around_quote_ms),
    ],
)
def test_pauses_tell_what_a_block_is(pronouncer: Pronouncer, kinds: Sequence[BlockKind], pause: int) -> None:
    script = write_script(article("It rained.", "It snowed.", kinds=kinds), pronouncer=pronouncer)
    assert script.utterances[2].pause_after_ms == pause


def test_pauses_between_sentences_are_shorter_than_between_paragraphs(pronouncer: Pronouncer) -> None:
    script = write_script(article("It rained. It snowed."), pronouncer=pronouncer)
    assert 350 <= script.utterances[2].pause_after_ms <= 450
    assert 700 <= PAUSES.paragraph_ms <= 900


def test_long_quotes_are_framed_where_the_house_wants_it(pronouncer: Pronouncer) -> None:
    story = article("We shall go.", kinds=[BlockKind.QUOTE])
    script = write_script(story, pronouncer=pronouncer, style=ScriptStyle(frame_long_quotes=True))
    assert spoken(script)[2:5] == ["quote", "we shall go", "end quote"]


def test_a_table_is_left_out_and_said_to_be(pronouncer: Pronouncer) -> None:
    story = article("a | b", kinds=[BlockKind.TABLE])
    script = write_script(story, pronouncer=pronouncer)
    assert [span.omitted for span in script.spans] == ["table"]
    assert "a table is left out here" in spoken(script)


def test_british_style_says_a_british_date(pronouncer: Pronouncer) -> None:
    story = article("It rained.", published=date(2024, 5, 23))
    script = write_script(story, pronouncer=pronouncer, style=ScriptStyle(variety=Variety.BRITISH))
    assert script.language == "en-GB"
    assert "published the twenty third of may twenty twenty four" in spoken(script)


@pytest.mark.parametrize(
    "text",
    [
        "the army of the north marched on and the rest of it followed to the sea " * 200,
        "Z" * 5_000,
        "z" * 5_000,
        "7" * 5_000,
        "x1" * 2_500,
        "a." * 2_500,
        "word-" * 1_000,
        "www." * 1_000 + "com",
        "$1,000 " * 800,
        "#" + "Tag" * 1_500,
        "@" + "name" * 1_000,
        "https://example.com/" + "path/" * 900,
        "A" + "\u0301" * 3_000,
    ],
)
def test_giants_are_cut_and_nothing_is_lost(pronouncer: Pronouncer, text: str) -> None:
    story = article(text.strip())
    script = write_script(story, pronouncer=pronouncer)
    check_coverage(script, story.text)
    for utterance in script.utterances:
        assert len(utterance.phonemes) <= 510, utterance.display[:80]


def test_a_long_sentence_is_cut_at_its_punctuation(pronouncer: Pronouncer) -> None:
    clause = "the minister of defence of the republic said on Monday to reporters in the capital"
    story = article("; ".join([clause] * 6) + ".")
    body = [u for u in write_script(story, pronouncer=pronouncer).utterances if u.role is Role.BODY]
    assert len(body) > 1
    assert all(utterance.words[-1].mark == ";" for utterance in body[:-1])
    assert all(utterance.pause_after_ms == PAUSES.phrase_ms for utterance in body[:-1])


TEXT = st.one_of(st.text(max_size=50), st.text(alphabet='aB.?! "“”()[]—-…,1$%😀\n', max_size=40))


@given(st.lists(st.tuples(st.sampled_from(BlockKind), TEXT), min_size=1, max_size=4), st.one_of(st.none(), TEXT))
@settings(max_examples=200, deadline=None)
def test_coverage_holds_for_any_text(blocks: list[tuple[BlockKind, str]], title: str | None) -> None:
    story = Article(tuple(Block(kind, text) for kind, text in blocks), title=title)
    script = write_script(story, pronouncer=shared_pronouncer())
    check_coverage(script, story.text)
    assert all(word.phonemes for utterance in script.utterances for word in utterance.words)
    assert all(utterance.words and len(utterance.phonemes) <= 510 for utterance in script.utterances)


_SHARED: list[Pronouncer] = []


def shared_pronouncer() -> Pronouncer:
    if not _SHARED:
        _SHARED.append(build_pronouncer(variety="en-US", tagger=OneTag(), house=Lexicon()))
    return _SHARED[0]


def test_the_disclosure_is_said_again_between_blocks_before_so_many_minutes_have_passed(pronouncer: Pronouncer) -> None:
    sentence = "The harbour wall will be built of stone and it will be higher than the old one. "
    kinds = [BlockKind.PARAGRAPH, BlockKind.HEADING, *[BlockKind.PARAGRAPH] * 20]
    long = article(sentence * 2, "What the wall costs", *[(sentence * 3).strip()] * 20, kinds=kinds)
    script = write_script(long, pronouncer=pronouncer, disclosure=Disclosure(reminder_minutes=1))
    check_coverage(script, long.text)
    reminders = [at for at, said in enumerate(script.utterances) if said.display == Disclosure().sentence]
    assert len(reminders) > 4
    assert reminders[-1] == len(script.utterances) - 1
    for at, following in pairwise(reminders):
        between = script.utterances[at + 1 : following]
        assert sum(len(said.phonemes) for said in between) / 14 <= 61
        assert between[0].block != between[0 - 1].block or len(between) == 1
        assert script.utterances[following - 1].block != 1, "between a heading and its text"
    without = write_script(long, pronouncer=pronouncer, disclosure=Disclosure(reminder_minutes=0))
    assert sum(said.display == Disclosure().sentence for said in without.utterances) == 2


def test_the_houses_words_stand_inside_the_disclosure(pronouncer: Pronouncer) -> None:
    style = ScriptStyle(intro="You hear the Courier.", outro="Thank you for listening.")
    script = write_script(article("Rain fell.", title="Rain"), pronouncer=pronouncer, style=style)
    said = [utterance.display for utterance in script.utterances]
    disclosure = Disclosure()
    assert said[:4] == [disclosure.sentence, disclosure.voice_sentence, "You hear the Courier.", "Rain"]
    assert said[-2:] == ["Thank you for listening.", disclosure.sentence]


BETWEEN_WORDS = set(".,;:!?…\"'`´“”„‟«»‹›‘’‚‛()[]-‐‑‒–—―¿¡")
"""What needs no line of its own beside blanks: punctuation that is heard as phrasing at most."""
SIGNED = st.text(alphabet="aB5 .,*|{}~^•·=_\\/<>+#&@$€%°\n", max_size=40)


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("He said *never* again.", ["*", "*"]),
        ("**Rain** fell.", ["**", "**"]),
        ("Kyiv | Rain fell.", ["|"]),
        ("• Rain fell. • Snow fell.", ["•", "•"]),
        ("The {name} was ~left~ blank_line.", ["{", "}", "~", "~", "_"]),
        ("Labour/Tory voters, C:\\temp", ["/", "\\"]),
        ("==== Rain ==== fell => on ^ Kyiv", ["====", "====", "=>", "^"]),
        ("+++ Rain +++ fell * * * on Kyiv.", ["+++", "+++", "* * *"]),
    ],
)
def test_a_sign_that_is_not_said_is_listed(pronouncer: Pronouncer, text: str, left_out: list[str]) -> None:
    """Issue 3: such signs lay in a word's stretch, neither said nor listed."""
    story = article(text)
    script = write_script(story, pronouncer=pronouncer)
    check_coverage(script, story.text)
    unsaid = [(story.text[span.start : span.end].strip(), span.omitted) for span in script.spans if span.omitted]
    assert unsaid == [(sign, "sign") for sign in left_out]


@given(st.lists(st.one_of(TEXT, SIGNED), min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_what_is_neither_said_nor_listed_is_punctuation(texts: list[str]) -> None:
    story = article(*texts)
    script = write_script(story, pronouncer=shared_pronouncer())
    check_coverage(script, story.text)
    said = {at for u in script.utterances for word in u.words if word.start is not None for at in _places(word)}
    listed = {at for span in script.spans if span.omitted for at in range(span.start, span.end)}
    silent = {char for at, char in enumerate(story.text) if at not in said | listed and not char.isspace()}
    assert silent <= BETWEEN_WORDS


def _places(word: Word) -> range:
    return range(word.start or 0, word.end or 0)


def test_a_sign_beside_a_sentence_does_not_join_it_to_the_next(pronouncer: Pronouncer) -> None:
    script = write_script(article("It rained.* The sun shone. | Snow fell."), pronouncer=pronouncer)
    assert spoken(script)[2:-1] == ["it rained", "the sun shone", "snow fell"]
