"""What is heard while it is said: short ones whole, long ones phrase by phrase."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vivavoce.audio import Samples
from vivavoce.errors import InputError, UsageError
from vivavoce.house import House
from vivavoce.live import as_wav, plan_pause, plan_place, plan_text, say_live, say_planned
from vivavoce.pipeline import Phrase
from vivavoce.settings import Places
from vivavoce.storage.takes import TakeFolder
from vivavoce.studio import NarrateRequest, prepare_request, say_text
from vivavoce.synthesise import OPENING_SYMBOLS
from vivavoce.testing import ToneVoice
from vivavoce.types import Article, Block, BlockKind, Edit, EditAction, TextQuote

LONG = (
    "Officials said the bridge was not damaged in the storm, although traffic was stopped for several hours, and the "
    "mayor promised that engineers would look at every one of its cables before the winter comes back to the valley."
)
RATE_HZ = ToneVoice.sample_rate_hz


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(models=tmp_path, cache=tmp_path / "cache", config=tmp_path / "vivavoce.toml", keys=tmp_path / "keys")


def ask(text: str) -> NarrateRequest:
    return replace(prepare_request(text, House()), voice=ToneVoice.name)


def test_a_short_sentence_is_said_whole_and_a_long_one_in_phrases_that_grow(places: Places) -> None:
    plan = plan_text(ask(f"Rain fell. {LONG}"), places)
    short, *phrases = plan.phrases
    assert short.opens
    assert [phrase.opens for phrase in phrases] == [True, *[False] * (len(phrases) - 1)]
    assert len(phrases) > 1
    assert len(phrases[0].phonemes) <= OPENING_SYMBOLS
    assert phrases[0].phonemes.endswith(",")
    (whole,) = plan_text(ask(LONG.replace(",", "")), places).phrases[:1]
    assert len(whole.phonemes) <= OPENING_SYMBOLS, "it is soon heard where no mark stands, too"


def test_nothing_is_said_before_it_is_asked_for(places: Places) -> None:
    request = ask(LONG)
    plan = plan_text(request, places)
    said: list[Phrase] = []

    def say(phrase: Phrase, gain_db: float | None) -> tuple[Samples, float]:
        said.append(phrase)
        return say_planned(request, places, phrase, gain_db)

    pieces = as_wav(plan, request, say)
    first = next(pieces)
    assert said == [plan.phrases[0]]
    assert first[:4] == b"RIFF"
    assert len(first) > RATE_HZ, "half a second at least is there to be heard"
    assert len(b"".join(pieces)) > 0
    assert said == list(plan.phrases)


def test_what_a_version_has_already_is_heard_as_it_is(places: Places, tmp_path: Path) -> None:
    request = ask(LONG)
    say_text(request, places, output=tmp_path / "whole.wav")
    (phrase,) = plan_text(request, places).phrases
    takes = TakeFolder(places.cache)
    heard, _ = say_planned(request, places, phrase, None)
    kept = next(take for path in places.cache.rglob("*") if path.is_file() and (take := takes.load_take(path)))
    assert len(heard) == len(kept.samples)
    assert np.corrcoef(heard, kept.samples)[0, 1] > 0.95, "but for its level"


def test_an_editor_s_choice_is_heard_as_it_will_be(places: Places) -> None:
    article = Article(blocks=(Block(BlockKind.PARAGRAPH, f"Rain fell. {LONG}"),))
    place = TextQuote("the bridge")
    plain = plan_place(article, place, ask(""), places)
    assert len(plain.phrases) > 1
    request = ask("")
    chosen = Edit(EditAction.OTHER_TAKE, TextQuote(LONG), take=1)
    request = replace(request, options=replace(request.options, edits=(chosen,)))
    (phrase,) = plan_place(article, place, request, places).phrases
    assert phrase.recipe.name != "plain"


def test_all_phrases_of_a_sentence_have_one_gain_and_their_pauses(places: Places) -> None:
    request = ask(LONG)
    plan = plan_text(request, places)
    gains = []

    def say(phrase: Phrase, gain_db: float | None) -> tuple[Samples, float]:
        gains.append((phrase.opens, gain_db))
        return np.full(RATE_HZ, 0.1, np.float32), -7.5

    unmarked = replace(request, watermark=replace(request.watermark, on=False))
    samples, rate_hz = sf.read(io.BytesIO(b"".join(as_wav(plan, unmarked, say))))
    assert gains == [(True, None), *[(False, -7.5)] * (len(plan.phrases) - 1)]
    pauses_ms = sum(phrase.pause_after_ms for phrase in plan.phrases)
    assert len(samples) == len(plan.phrases) * rate_hz + pauses_ms * rate_hz // 1000
    assert plan.phrases[0].pause_after_ms == 180, "it ends at a comma"


def test_a_pause_is_heard_between_the_end_of_its_sentence_and_how_it_goes_on(places: Places) -> None:
    blocks = [Block(BlockKind.PARAGRAPH, text) for text in (LONG, "Rain fell. It stopped.")]
    article = Article(blocks=(*blocks[:1], Block(BlockKind.PARAGRAPH, "* * *"), *blocks[1:]))
    pause = Edit(EditAction.PAUSE, TextQuote(LONG), pause_ms=1700)
    request = ask("")
    request = replace(request, options=replace(request.options, edits=(pause,)))
    plan = plan_pause(article, TextQuote("the bridge"), request, places)
    before, after = plan.phrases
    assert (before.opens, before.pause_after_ms, after.opens) == (False, 1700, True)

    def say(_phrase: Phrase, _gain_db: float | None) -> tuple[Samples, float]:
        return np.full(9 * RATE_HZ, 0.1, np.float32), 0.0

    unmarked = replace(request, watermark=replace(request.watermark, on=False))
    samples, _ = sf.read(io.BytesIO(b"".join(as_wav(plan, unmarked, say))))
    silent = np.flatnonzero(samples == 0)
    assert silent[0] == 0, "it fades in"
    assert silent[1] / RATE_HZ == pytest.approx(2.5), "its end is enough"
    assert np.count_nonzero(samples[: 5 * RATE_HZ] == 0) == pytest.approx(1.7 * RATE_HZ, abs=2)
    with pytest.raises(UsageError, match="no pause to hear"):
        plan_pause(article, TextQuote("It stopped."), ask(""), places)


def test_what_fails_on_the_way_ends_the_stream_with_an_error(places: Places) -> None:
    request = ask(LONG)

    def stream() -> Iterator[bytes]:
        def say(phrase: Phrase, gain_db: float | None) -> tuple[Samples, float]:
            if not phrase.opens:
                raise UsageError("the voice is gone")
            return say_planned(request, places, phrase, gain_db)

        return as_wav(plan_text(request, places), request, say)

    pieces = stream()
    assert next(pieces)
    with pytest.raises(UsageError):
        list(pieces)


def test_where_there_is_no_word_nothing_is_sent(places: Places) -> None:
    with pytest.raises(InputError):
        next(say_live(ask("…"), places))
    with pytest.raises(UsageError, match="does not stand"):
        plan_place(Article(blocks=(Block(BlockKind.PARAGRAPH, LONG),)), TextQuote("Lviv"), ask(""), places)
