"""Forced contrasts: the true sentence and its dangerous neighbours, each scored against the same sound.

A recogniser's language model heals errors: a dropped "not" is often transcribed as if it were there. Its scores don't
heal: where the sentence without the word fits about as well as the sentence with it, the word wasn't said.
"""

from collections.abc import Iterator, Sequence

from vivavoce.types import Word
from vivavoce.verify.ears import WordClip

BATCH = 4
"""Texts scored at once; larger batches fall out of the processor's cache and take longer a text."""


def score_drops(clip: WordClip, words: Sequence[Word], places: Sequence[int]) -> Iterator[tuple[int, float]]:
    """Give, for each of some words, how much less likely the sentence is without it, in nats."""
    forms = sorted({write_text(words, printed=True), write_text(words, printed=False)})
    scores = dict(zip(forms, clip.score(forms), strict=True))
    printed = scores[write_text(words, printed=True)] >= scores[write_text(words, printed=False)]
    texts = [write_text([*words[:place], *words[place + 1 :]], printed=printed) for place in places]
    for place, score in zip(places, score_batched(clip, texts), strict=True):
        yield place, max(scores.values()) - score


def score_batched(clip: WordClip, texts: Sequence[str]) -> list[float]:
    """Score texts in batches of like length."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    scores = [0.0] * len(texts)
    for at in range(0, len(order), BATCH):
        part = order[at : at + BATCH]
        for index, score in zip(part, clip.score([texts[index] for index in part]), strict=True):
            scores[index] = score
    return scores


def write_text(words: Sequence[Word], *, printed: bool) -> str:
    """Write words as a sentence, as printed or as said, with a full stop so that the last word counts too."""
    pieces = [
        ((word.text if printed else "") or word.spoken) + (word.mark if word.mark in ",;:" else "") for word in words
    ]
    return " ".join(pieces).rstrip(".,;:!?") + "."
