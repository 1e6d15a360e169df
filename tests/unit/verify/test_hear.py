from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pytest
from numpy.typing import NDArray

from vivavoce.errors import SynthesisError
from vivavoce.synthesise import synthesise_utterance
from vivavoce.testing import ToneVoice, make_utterance
from vivavoce.types import Hearing
from vivavoce.verify import Ears, hear_take


@dataclass(frozen=True)
class Transcriber:
    """Hears a given sentence in every clip, and scores a text by how many of its words stand in it."""

    hears: str
    rate_hz: int = 16_000
    max_s: float = 28.0
    digest: str = "fake"

    def encode(self, samples: NDArray[np.float32]) -> Self:
        del samples
        return self

    def transcribe(self) -> str:
        return self.hears

    def score(self, texts: Sequence[str]) -> tuple[float, ...]:
        said = set(self.hears.lower().replace(",", "").rstrip(".").split())
        return tuple(-5.0 * len(said ^ set(text.lower().replace(",", "").rstrip(".").split())) for text in texts)


class Deaf:
    rate_hz = 16_000
    frame_samples = 320
    sounds = ("<blank>",)
    digest = "deaf"

    def listen(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.zeros((len(samples) // 320, 1), np.float32)


UTTERANCE = make_utterance("the bridge was not damaged, officials said.")
TAKE = synthesise_utterance(UTTERANCE, voice=ToneVoice())


def hear(heard: str) -> Hearing:
    return hear_take(UTTERANCE, TAKE, ears=Ears(Transcriber(heard), Deaf()))


def test_a_take_that_says_it_all_has_no_findings() -> None:
    hearing = hear("The bridge was not damaged, officials said.")
    assert hearing.heard == "the bridge was not damaged officials said"
    assert (hearing.words, hearing.words_not_heard, hearing.findings) == (7, 0, ())


def test_a_dropped_content_word_is_found_where_it_should_lie() -> None:
    hearing = hear("The bridge was damaged, officials said.")
    (finding,) = hearing.findings
    assert (finding.kind, finding.word) == ("word_not_heard", "not")
    assert 0 < finding.start_s < finding.end_s < TAKE.duration_s
    assert hearing.words_not_heard == 1


def test_a_name_that_is_spelt_otherwise_is_no_word_not_heard() -> None:
    words = tuple(replace(word, is_name=word.text == "bridge") for word in UTTERANCE.words)
    named = replace(UTTERANCE, words=words)
    hearing = hear_take(named, TAKE, ears=Ears(Transcriber("The brij was not damaged, officials said."), Deaf()))
    assert (hearing.words, hearing.words_not_heard, hearing.findings) == (6, 0, ())


def test_a_long_take_is_heard_in_passages() -> None:
    utterance = make_utterance(" ".join(f"{chr(97 + index % 26)}wwww" for index in range(200)))
    take = synthesise_utterance(utterance, voice=ToneVoice())
    assert take.duration_s > 60
    hearing = hear_take(utterance, take, ears=Ears(Transcriber("xx"), Deaf()))
    assert len(hearing.heard.split()) >= 3
    assert hearing.words_not_heard == 200


def test_a_take_of_another_utterance_is_refused() -> None:
    with pytest.raises(SynthesisError, match="want a span for each of 3 symbols"):
        hear_take(make_utterance("abc"), TAKE, ears=Ears(Transcriber(""), Deaf()))


def test_the_digest_follows_weights_and_thresholds() -> None:
    one = Ears(Transcriber("a"), Deaf())
    assert one.digest == Ears(Transcriber("b"), Deaf()).digest
    assert one.digest != Ears(Transcriber("a", digest="other"), Deaf()).digest
    assert one.digest != replace(one, thresholds=replace(one.thresholds, dropped_nats=3.0)).digest
