import re
from dataclasses import replace

import numpy as np
import pytest

from unit.verify.listeners import SoundListener, Transcriber, ears_that_hear
from vivavoce.errors import SynthesisError
from vivavoce.synthesise import synthesise_utterance
from vivavoce.testing import ToneVoice, make_utterance
from vivavoce.types import Hearing, Utterance
from vivavoce.verify import Thresholds, hear_clip, hear_take, place_utterances

TEXT = "the bridge was not damaged, officials said."
UTTERANCE = make_utterance(TEXT)
TAKE = synthesise_utterance(UTTERANCE, voice=ToneVoice())


def hear(heard: str, utterance: Utterance = UTTERANCE) -> Hearing:
    ears = ears_that_hear(heard)
    return hear_take(utterance, TAKE, ears=replace(ears, thresholds=replace(ears.thresholds, drift_s=99.0)))


def kinds(hearing: Hearing) -> list[tuple[str, str]]:
    return [(finding.kind, finding.word) for finding in hearing.findings]


def test_a_take_that_says_it_all_has_no_findings() -> None:
    hearing = hear(TEXT)
    assert hearing.heard == "the bridge was not damaged officials said"
    assert (hearing.words, hearing.words_not_heard, hearing.findings) == (7, 0, ())


@pytest.mark.parametrize("dropped", ["bridge", "not", "damaged", "officials", "the", "said"])
def test_a_dropped_word_is_found_where_it_should_lie(dropped: str) -> None:
    hearing = hear(re.sub(rf"\b{dropped}\b", "", TEXT))
    (finding,) = hearing.findings
    assert (finding.kind, finding.word, finding.expected) == ("word_not_heard", dropped, dropped)
    assert 0 <= finding.start_s <= finding.end_s <= TAKE.duration_s
    assert hearing.words_not_heard == 1


def test_a_word_said_twice_is_found() -> None:
    hearing = hear(TEXT.replace("bridge", "bridge bridge"))
    assert kinds(hearing) == [("word_doubled", "bridge")]
    assert hearing.findings[0].heard == "bridge bridge"


def test_a_garbled_word_is_found() -> None:
    assert kinds(hear(TEXT.replace("damaged", "tupoxyk"))) == [("word_garbled", "damaged")]


def test_a_word_that_only_one_recogniser_misses_is_no_finding() -> None:
    hearing = hear_take(UTTERANCE, TAKE, ears=ears_that_hear("the bridge was damaged, officials said.", sounds=TEXT))
    assert hearing.words_not_heard == 1
    assert not kinds(hearing)


def test_sound_too_short_for_the_words_is_no_hearing_of_them() -> None:
    hearing = hear_clip(UTTERANCE, np.zeros(2400, np.float32), sample_rate_hz=24_000, ears=ears_that_hear(TEXT))
    assert kinds(hearing)[0][0] == "words_not_heard"


def test_a_name_that_is_spelt_otherwise_is_no_word_not_heard() -> None:
    words = tuple(replace(word, is_name=word.text == "bridge") for word in UTTERANCE.words)
    ears = ears_that_hear("The brij was not damaged, officials said.", sounds=TEXT)
    hearing = hear_take(replace(UTTERANCE, words=words), TAKE, ears=ears)
    assert (hearing.words, hearing.words_not_heard, hearing.findings) == (6, 0, ())


def test_words_far_from_where_the_voice_planned_them_are_found() -> None:
    hurried = replace(TAKE, symbol_spans=TAKE.symbol_spans // 4)
    assert "timing" in [finding.kind for finding in hear_take(UTTERANCE, hurried, ears=ears_that_hear(TEXT)).findings]


def test_a_long_take_is_heard_in_passages() -> None:
    utterance = make_utterance(" ".join(f"{chr(97 + index % 26)}wwww" for index in range(200)))
    take = synthesise_utterance(utterance, voice=ToneVoice())
    assert take.duration_s > 50
    hearing = hear_take(utterance, take, ears=ears_that_hear("xx", sounds=utterance.spoken))
    assert len(hearing.heard.split()) >= 2
    assert hearing.words_not_heard == 200


def test_the_same_take_gives_the_same_hearing() -> None:
    assert hear("the bridge damaged") == hear("the bridge damaged")


def test_a_take_of_another_utterance_is_refused() -> None:
    with pytest.raises(SynthesisError, match="want a span for each of 3 symbols"):
        hear_take(make_utterance("abc"), TAKE, ears=ears_that_hear(""))


def test_the_digest_follows_weights_and_thresholds() -> None:
    one = ears_that_hear("a")
    assert one.digest == ears_that_hear("b").digest
    assert one.digest != replace(one, words=Transcriber("a", digest="other")).digest
    assert one.digest != replace(one, thresholds=Thresholds(dropped_nats=3.0)).digest


def test_no_more_is_given_to_the_phoneme_recogniser_at_once_than_it_hears() -> None:
    lengths = []

    class Counting(SoundListener):
        def listen(self, samples: np.ndarray) -> np.ndarray:
            lengths.append(len(samples) / self.rate_hz)
            return super().listen(samples)

    ears = replace(ears_that_hear(TEXT), phonemes=Counting(TEXT))
    places = place_utterances([UTTERANCE], np.zeros(24_000 * 70, np.float32), sample_rate_hz=24_000, ears=ears)
    assert places is not None
    assert max(lengths) < 30
    assert sum(lengths) >= 70
