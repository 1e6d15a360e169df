from dataclasses import replace

import pytest

from unit.verify.listeners import Transcriber
from vivavoce.testing import make_utterance
from vivavoce.verify.ears import Thresholds
from vivavoce.verify.lattice import IMPOSSIBLE
from vivavoce.verify.sounds import PartScores, SpokenPart
from vivavoce.verify.suspects import find_suspects

WORDS = tuple(replace(word, is_name=word.text == "oslo") for word in make_utterance("they met in oslo today.").words)


def scores(misread: float) -> list[PartScores]:
    return [
        PartScores(SpokenPart(at, word.text, (1, 2, 3, 4)), -9.0, -9.0, IMPOSSIBLE, "", -9.0, IMPOSSIBLE,
                   misread if word.text == "oslo" else IMPOSSIBLE, "æslɐ", at, at + 1)
        for at, word in enumerate(WORDS)
    ]  # fmt: skip


@pytest.mark.parametrize("heard", ["they met in oslo today", "they met in asla today"])
@pytest.mark.parametrize(("above", "found"), [(-0.5, False), (0.5, True)])
def test_a_name_is_judged_by_its_sounds_however_it_is_spelt(heard: str, above: float, found: bool) -> None:
    limits = Thresholds()
    suspects = find_suspects(scores(limits.misread_nats + above), WORDS, Transcriber(heard), heard, limits)
    assert [(suspect.kind, suspect.place, suspect.heard) for suspect in suspects] == (
        [("name_misread", 3, "æslɐ")] if found else []
    )


@pytest.mark.parametrize(("word", "found"), [("today", True), ("in", False)])
def test_a_small_word_that_is_written_as_another_must_sound_the_more_unlike_itself(word: str, found: bool) -> None:
    limits = Thresholds()
    between = (limits.other_unheard_nats + limits.other_nats) / 2
    given = [replace(score, other=between if score.part.text == word else score.other) for score in scores(0.0)]
    heard = " ".join(said.spoken for said in WORDS if said.spoken != word)
    suspects = find_suspects(given, WORDS, Transcriber(heard), heard, limits)
    assert [suspect.kind for suspect in suspects] == ["word_garbled"] * found
