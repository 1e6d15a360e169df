"""Scores to suspects: which spoken words were said otherwise than meant, and how."""

import math
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from vivavoce.types import Word
from vivavoce.verify.contrasts import score_drops
from vivavoce.verify.ears import Thresholds, WordClip
from vivavoce.verify.sounds import PartScores
from vivavoce.verify.words import FUNCTION_WORDS, find_unheard

_FEW_SOUNDS = 2
_REACH_WORDS = 2
"""How far a fault spoils the scores of the words beside it."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A spoken word that sounds otherwise than meant."""

    kind: str
    place: int
    """Among the spoken words that were scored."""
    scores: PartScores
    nats: float
    """How much better the explanation fits than the word itself."""
    confidence: float
    heard: str = ""


def find_suspects(
    scores: Sequence[PartScores], words: Sequence[Word], clip: WordClip, heard: str, limits: Thresholds
) -> tuple[Suspect, ...]:
    """Find the words that don't sound as meant, in the order of speaking.

    A fault spoils its neighbours' scores too: among them only the strongest suspect stays.

    Args:
        scores: Of all the spoken words.
        words: The script's words that they belong to.
        clip: The same sound, as the word recogniser took it in.
        heard: The word recogniser's sentence, normalised.
        limits: Where a score becomes a suspicion.
    """
    unheard = frozenset(
        at
        for at in find_unheard([word.spoken for word in words], heard)
        if not words[at].is_name and words[at].spoken not in FUNCTION_WORDS
    )
    suspects = [suspect for place, score in enumerate(scores) for suspect in _judge(place, score, unheard, limits)]
    suspects += _ask_again(scores, words, clip, limits)
    kept: list[Suspect] = []
    for suspect in sorted(suspects, key=lambda suspect: -suspect.nats):
        if all(abs(suspect.place - other.place) > _REACH_WORDS for other in kept):
            kept.append(suspect)
    return tuple(sorted(kept, key=lambda suspect: suspect.place))


def _judge(place: int, scores: PartScores, unheard: AbstractSet[int], limits: Thresholds) -> Iterator[Suspect]:
    text, count = scores.part.text, len(scores.part.sounds)
    other_limit = _limit_for_other(count, unheard=scores.part.word in unheard, limits=limits)
    other_whole = scores.other * math.sqrt(count) - count
    options = (
        ("word_not_heard", scores.dropped, limits.dropped_nats, scores.dropped, ""),
        ("word_doubled", scores.doubled, limits.doubled_nats, scores.doubled, f"{text} {text}"),
        ("number_changed", scores.swapped, limits.swapped_nats, scores.swapped, scores.swapped_for),
        ("clipped_onset" if place == 0 else "truncated", scores.cut, limits.cut_nats, scores.cut, ""),
        ("word_garbled", scores.other, other_limit, other_whole, ""),
        ("name_misread", scores.misread, limits.misread_nats, scores.misread, scores.misread_as),
    )
    for kind, score, limit, nats, heard in options:
        if score > limit:
            yield Suspect(kind, place, scores, nats, _confidence(score, limit), heard)


def _limit_for_other(count: int, *, unheard: bool, limits: Thresholds) -> float:
    """One or two sounds are too few to call a word garbled by, unless the word recogniser missed it too.

    That it missed a small word means nothing: voices murmur them, and "have" is written as "of".
    """
    if unheard:
        return limits.other_unheard_nats
    return limits.other_nats if count > _FEW_SOUNDS else math.inf


def _ask_again(
    scores: Sequence[PartScores], words: Sequence[Word], clip: WordClip, limits: Thresholds
) -> Iterator[Suspect]:
    """Ask the word recogniser about words that may have been dropped: does the sentence without them fit as well?

    Not about function words: it takes a sentence without one for as good a sentence.
    """
    places = [
        at
        for at, score in enumerate(scores)
        if limits.doubtful_nats < score.dropped <= limits.dropped_nats and score.part.text not in FUNCTION_WORDS
    ]
    if not places:
        return
    margins = dict(score_drops(clip, words, sorted({scores[place].part.word for place in places})))
    for place in places:
        if margins[scores[place].part.word] < limits.without_nats:
            yield Suspect("word_not_heard", place, scores[place], scores[place].dropped, 0.5)


def _confidence(score: float, limit: float) -> float:
    """Half sure at the threshold, sure at three times of it."""
    return min(1.0, 0.5 + (score - limit) / (4 * limit))
