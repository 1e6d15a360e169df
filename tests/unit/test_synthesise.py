import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.align import align_speech
from vivavoce.errors import SynthesisError
from vivavoce.synthesise import (
    OPENING_SYMBOLS,
    RECIPES,
    Recipe,
    Rendering,
    plan_passages,
    split_passages,
    split_phrases,
    synthesise_utterance,
)
from vivavoce.testing import ToneVoice, make_utterance
from vivavoce.types import Speech


@given(st.lists(st.from_regex(r"[ab]{1,80}[,.]?", fullmatch=True), min_size=1), st.integers(3, 60), st.integers(1, 4))
def test_passages_cover_all_but_the_spaces_they_are_cut_at(words: list[str], limit: int, at_least: int) -> None:
    phonemes = " ".join(words)
    passages = list(split_passages(phonemes, limit=limit, at_least=at_least))
    assert all(0 < end - start <= limit for start, end in passages)
    covered = [i for start, end in passages for i in range(start, end)]
    assert covered == sorted(set(covered))
    assert all(phonemes[i] == " " for i in set(range(len(phonemes))) - set(covered))


@given(st.lists(st.from_regex(r"[ab]{1,20}[,.]?", fullmatch=True), min_size=1, max_size=80))
def test_phrases_cover_all_but_the_spaces_they_are_cut_at_and_begin_short(words: list[str]) -> None:
    phonemes = " ".join(words)
    phrases = list(split_phrases(phonemes, limit=510))
    covered = [i for start, end in phrases for i in range(start, end)]
    assert covered == sorted(set(covered))
    assert all(phonemes[i] == " " for i in set(range(len(phonemes))) - set(covered))
    lengths = [end - start for start, end in phrases]
    assert lengths[0] <= OPENING_SYMBOLS * 3 // 2
    assert all(length <= OPENING_SYMBOLS * 2**at * 3 // 2 for at, length in enumerate(lengths))


def test_a_cut_is_made_at_punctuation_rather_than_at_a_space() -> None:
    phonemes = "abcdefgh " * 6 + "abcdefgh, " + "abcdefgh " * 4 + "abcdefgh."
    (first, cut), _ = split_passages(phonemes, limit=80)
    assert phonemes[first:cut].endswith(",")


def test_every_symbol_has_its_place_in_order() -> None:
    utterance = make_utterance("one two, three.")
    take = synthesise_utterance(utterance, voice=ToneVoice())
    spans = take.symbol_spans
    assert len(spans) == len(utterance.phonemes)
    assert (spans[:, 0] <= spans[:, 1]).all()
    assert (spans[1:, 0] >= spans[:-1, 1]).all()
    assert spans[-1, 1] <= len(take.samples)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_recipe_says_all_words(recipe: Recipe) -> None:
    utterance = make_utterance("one two three four five, six seven eight nine ten eleven twelve thirteen.")
    take = synthesise_utterance(utterance, voice=ToneVoice(), recipe=recipe)
    alignment = align_speech(Speech(utterance, "d", None, len(take.samples)), take)  # type: ignore[arg-type]
    assert len(alignment.words) == 13
    assert all(word.end_samples > word.start_samples for word in alignment.words)


def test_recipes_differ_where_they_can() -> None:
    long = "wˈɔTəɹ ɪz ɹˈIzᵻŋ, ænd ðə bˈæŋks ɑɹ vˈɛɹi lˈO ɪn ðə vˈæli bᵻlˈO ðə dˈæm təmˈɑɹO mˈɔɹnᵻŋ"
    assert len({plan_passages(long, recipe, limit=510) for recipe in RECIPES}) == len(RECIPES)
    careful = next(recipe for recipe in RECIPES if recipe.variant)
    (passage,) = plan_passages("wˈɔTəɹ", careful, limit=510)
    assert passage.text == "wˈɔtəɹ"
    assert len({plan_passages("jˈɛs", recipe, limit=510) for recipe in RECIPES}) == 4, "as it is, and at three speeds"


def test_an_utterance_over_the_limit_is_said_in_passages() -> None:
    utterance = make_utterance(" ".join(["word"] * 300) + ".")
    take = synthesise_utterance(utterance, voice=ToneVoice())
    assert (np.diff(take.symbol_spans[:, 0]) >= 0).all()


def test_a_symbol_that_the_voice_does_not_know_is_refused() -> None:
    with pytest.raises(SynthesisError, match="no symbol '§'"):
        synthesise_utterance(make_utterance("one", phonemes="§"), voice=ToneVoice())


def test_samples_that_do_not_add_up_are_refused() -> None:
    class LyingVoice(ToneVoice):
        def render(self, phonemes: str, *, speed: float) -> Rendering:
            honest = super().render(phonemes, speed=speed)
            return Rendering(honest.samples[:-1], honest.frames)

    with pytest.raises(SynthesisError, match="predicted"):
        synthesise_utterance(make_utterance("one two"), voice=LyingVoice())
