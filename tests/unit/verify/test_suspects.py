from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from unit.verify.listeners import Transcriber
from vivavoce.testing import make_utterance
from vivavoce.verify.ears import Thresholds
from vivavoce.verify.lattice import IMPOSSIBLE
from vivavoce.verify.sounds import PartScores, SpokenPart
from vivavoce.verify.suspects import find_suspects

WORDS = tuple(replace(word, is_name=word.text == "oslo") for word in make_utterance("they met in oslo today.").words)


@dataclass(frozen=True)
class Doubtful(Transcriber):
    """Writes every word, and believes each to the same degree."""

    likely: float = 0.0

    def score_words(self, words: Any) -> tuple[float, ...]:
        return tuple(self.likely for _ in words)


def scores(misread: float, naive: float = 0.0) -> list[PartScores]:
    return [
        PartScores(SpokenPart(at, word.text, (1, 2, 3, 4)), -9.0, -9.0, IMPOSSIBLE, "", -9.0, IMPOSSIBLE,
                   misread if word.text == "oslo" else IMPOSSIBLE, "æslɐ",
                   naive if word.text == "oslo" else IMPOSSIBLE, "ɑzlO", at, at + 1)
        for at, word in enumerate(WORDS)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heard", "likely", "misread", "found"),
    [
        ("they met in oslo today", 0.0, 4.0, False),
        ("they met in oslo today", -4.0, 4.0, True),
        ("they met in oslo today", -4.0, 1.5, False),
        ("they met in oslo today", 0.0, 8.0, True),
        ("they met in asla today", 0.0, 4.0, True),
        ("they met in asla today", -9.0, 1.5, False),
    ],
)
def test_how_a_name_must_sound_otherwise_depends_on_whether_it_is_spelt_without_a_doubt(
    heard: str, likely: float, misread: float, found: bool
) -> None:
    clip = cast("Any", Doubtful(heard, likely=likely))
    suspects = find_suspects(scores(misread), WORDS, clip, heard, Thresholds())
    assert [(suspect.kind, suspect.place, suspect.heard) for suspect in suspects] == (
        [("name_misread", 3, "æslɐ")] if found else []
    )


@pytest.mark.parametrize(
    ("heard", "likely", "naive", "found"),
    [
        ("they met in oslo today", 0.0, 3.5, False),
        ("they met in oslo today", 0.0, 4.5, True),
        ("they met in oslo today", -0.1, 3.5, True),
        ("they met in oslo today", -0.1, 2.0, False),
        ("they met in oslo today", -0.5, 1.0, True),
        ("they met in oslo today", -0.5, 0.5, False),
        ("they met in a slow day", 0.0, 1.0, True),
    ],
)
def test_a_name_read_by_its_letters_is_found_the_sooner_the_more_its_spelling_is_doubted(
    heard: str, likely: float, naive: float, found: bool
) -> None:
    clip = Doubtful(heard, likely=likely)
    suspects = find_suspects(scores(0.0, naive), WORDS, clip, heard, Thresholds())
    assert [suspect.heard for suspect in suspects if suspect.kind == "name_misread"] == ["ɑzlO"] * found
