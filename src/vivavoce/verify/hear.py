"""hear_take: one utterance's take to what was heard in it."""

from collections.abc import Iterator

from vivavoce.audio import resample
from vivavoce.types import Finding, Hearing, Take, Utterance
from vivavoce.verify.contrasts import score_drops
from vivavoce.verify.ears import Ears
from vivavoce.verify.passages import Passage, PlacedWord, cut_passages, place_words
from vivavoce.verify.words import find_unheard, normalise_heard


def hear_take(utterance: Utterance, take: Take, *, ears: Ears) -> Hearing:
    """Listen to a take of an utterance.

    Args:
        utterance: What should be said.
        take: Its rendering, with the place of each symbol as the voice predicted it.
        ears: The recognisers and their thresholds.

    Returns:
        The same for the same arguments, whatever the machine's load.

    Raises:
        SynthesisError: The take has another number of symbols than the utterance.
    """
    heard: list[str] = []
    unheard: set[int] = set()
    findings: list[Finding] = []
    for passage in cut_passages(place_words(utterance, take), take, max_s=ears.words.max_s):
        clip = ears.words.encode(resample(passage.samples, from_hz=passage.rate_hz, to_hz=ears.words.rate_hz))
        text = normalise_heard(clip.transcribe())
        heard.append(text)
        unheard |= _find_unheard(passage, text)
        drops = score_drops(clip, [placed.word for placed in passage.words])
        findings += _find_dropped(utterance.id, passage, drops, ears.thresholds.dropped_nats)
    counted = [word for word in utterance.words if not word.is_name]
    return Hearing(" ".join(heard), len(counted), len(unheard), tuple(findings))


def _find_unheard(passage: Passage, heard: str) -> set[int]:
    unheard = find_unheard([placed.word.spoken for placed in passage.words], heard)
    return {passage.words[at].index for at in unheard if not passage.words[at].word.is_name}


def _find_dropped(
    utterance: str, passage: Passage, margins: Iterator[tuple[int, float]], least: float
) -> Iterator[Finding]:
    for at, margin in margins:
        if margin < least:
            sure = min(1.0, 0.5 + (least - margin) / 10)
            yield _finding(utterance, "word_not_heard", passage.words[at], confidence=sure)


def _finding(utterance: str, kind: str, placed: PlacedWord, *, confidence: float) -> Finding:
    word = placed.word
    return Finding(utterance, kind, word.text or word.spoken, confidence, placed.start_s, placed.end_s, word.spoken)
