"""What an editor's changes do to a script, and that its coverage stays whole."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unit.script.test_write import OneTag, article, check_coverage
from vivavoce.errors import UsageError
from vivavoce.lexicon import Lexicon
from vivavoce.script import speak_line, write_script
from vivavoce.script.edits import (
    apply_edits,
    check_edit,
    choose_place,
    find_lost,
    find_quote,
    lexicon_of,
    quote_place,
)
from vivavoce.script.pronounce import Pronouncer, build_pronouncer
from vivavoce.types import Article, Edit, EditAction, Role, Script, TextQuote, Word

STORY = article("The lead pipes in Kyiv burst. The mayor of Kyiv spoke. Nobody came.", "Kyiv (KYV) is calm.")


@pytest.fixture(scope="module")
def pronouncer() -> Pronouncer:
    return build_pronouncer(variety="en-US", tagger=OneTag(), house=Lexicon())


def write(pronouncer: Pronouncer, *edits: Edit, story: Article = STORY) -> Script:
    def speak(alias: str) -> Sequence[Word]:
        return speak_line(alias, pronouncer=pronouncer)

    script = write_script(story, pronouncer=pronouncer)
    return apply_edits(script, story.text, edits, speak_alias=speak)


def body(script: Script) -> list[str]:
    return [utterance.spoken for utterance in script.utterances if utterance.role is Role.BODY]


def test_a_place_is_said_otherwise_and_its_twin_is_not(pronouncer: Pronouncer) -> None:
    plain = write(pronouncer)
    second = next(u.id for u in plain.utterances if "mayor" in u.display)
    place = choose_place(plain, STORY.text, "Kyiv", within=second)
    script = write(pronouncer, Edit(EditAction.SAY_HERE, place, alias="keev"))
    assert body(script)[:2] == ["the lead pipes in kyiv burst", "the mayor of keev spoke"]
    word = next(w for u in script.utterances for w in u.words if w.spoken == "keev")
    assert (word.text, word.rule, word.source) == ("Kyiv", "editor", "editor")
    check_coverage(script, STORY.text)


def test_phonemes_change_the_sound_and_not_the_words(pronouncer: Pronouncer) -> None:
    place = choose_place(write(pronouncer), STORY.text, "lead")
    script = write(pronouncer, Edit(EditAction.SAY_HERE, place, phonemes="lˈɛd"))
    assert body(script) == body(write(pronouncer))
    assert "lˈɛd" in script.utterances[2].phonemes


def test_a_sentence_left_out_is_listed_and_the_rest_renumbered(pronouncer: Pronouncer) -> None:
    plain = write(pronouncer)
    gone = next(u for u in plain.utterances if u.display == "Nobody came.")
    script = write(pronouncer, Edit(EditAction.LEAVE_OUT, choose_place(plain, STORY.text, gone.id)))
    assert "nobody came" not in body(script)
    assert [utterance.id for utterance in script.utterances] == [f"u{n}" for n in range(1, len(plain.utterances))]
    assert "Nobody came." in [STORY.text[s.start : s.end].strip() for s in script.spans if s.omitted == "editor"]
    check_coverage(script, STORY.text)


def test_words_left_out_keep_the_sentence_and_its_close(pronouncer: Pronouncer) -> None:
    place = choose_place(write(pronouncer), STORY.text, "in Kyiv burst")
    first = next(u for u in write(pronouncer, Edit(EditAction.LEAVE_OUT, place)).utterances if u.role is Role.BODY)
    assert (first.spoken, first.words[-1].mark) == ("the lead pipes", ".")
    assert "Kyiv" not in first.display


def test_a_pause_changes_after_one_sentence(pronouncer: Pronouncer) -> None:
    plain = write(pronouncer)
    script = write(pronouncer, Edit(EditAction.PAUSE, choose_place(plain, STORY.text, "burst."), pause_ms=1500))
    changed = [
        (new.display, new.pause_after_ms)
        for old, new in zip(plain.utterances, script.utterances, strict=True)
        if old.pause_after_ms != new.pause_after_ms
    ]
    assert changed == [("The lead pipes in Kyiv burst.", 1500)]


def test_a_place_is_found_again_in_a_changed_text() -> None:
    place = quote_place(STORY.text, *_last("Kyiv"))
    revised = "Kyiv woke early. " + STORY.text.replace("Nobody came.", "No one came.")
    start, _ = find_quote(revised, place) or (0, 0)
    assert revised[start:].startswith("Kyiv (KYV)")
    assert find_lost(revised, [Edit(EditAction.LEAVE_OUT, TextQuote("Nobody came."))])


def _last(words: str) -> tuple[int, int]:
    at = STORY.text.rindex(words)
    return at, at + len(words)


def test_what_is_said_everywhere_is_a_lexicon() -> None:
    edit = check_edit(Edit(EditAction.SAY_EVERYWHERE, TextQuote("Kyiv"), alias="keev"))
    assert [(entry.written, entry.alias) for entry in lexicon_of([edit]).entries] == [("Kyiv", "keev")]


@pytest.mark.parametrize(
    "edit",
    [
        Edit(EditAction.SAY_HERE, TextQuote("Kyiv"), phonemes="kx9"),
        Edit(EditAction.SAY_EVERYWHERE, TextQuote("Kyiv")),
        Edit(EditAction.PAUSE, TextQuote("Kyiv"), pause_ms=60_000),
    ],
)
def test_an_impossible_change_is_refused(edit: Edit) -> None:
    with pytest.raises(UsageError):
        check_edit(edit)


@pytest.mark.parametrize(("where", "within"), [("Lviv", None), ("u1", None), ("Nobody", "u3"), ("Kyiv", "u99")])
def test_a_place_that_is_not_there_is_refused(pronouncer: Pronouncer, where: str, within: str | None) -> None:
    with pytest.raises(UsageError):
        choose_place(write(pronouncer), STORY.text, where, within=within)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_coverage_holds_whatever_is_left_out(pronouncer: Pronouncer, data: st.DataObject) -> None:
    edits = []
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(STORY.text) - 1))
        end = data.draw(st.integers(start + 1, len(STORY.text)))
        action = data.draw(st.sampled_from([EditAction.LEAVE_OUT, EditAction.SAY_HERE]))
        edits.append(Edit(action, quote_place(STORY.text, start, end), alias="other words" if "say" in action else ""))
    script = write(pronouncer, *edits)
    check_coverage(script, STORY.text)
    assert all(utterance.words and utterance.display for utterance in script.utterances)
