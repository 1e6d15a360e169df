"""A take to the place of each of its words, from the durations that the voice itself predicted."""

from vivavoce.errors import SynthesisError
from vivavoce.types import Alignment, Speech, Take, WordTiming


def align_speech(speech: Speech, take: Take) -> Alignment:
    """Find where each word of an utterance lies in its take.

    Args:
        speech: The kept take.
        take: The samples that `speech` refers to, with a span for each symbol.

    Raises:
        SynthesisError: The take has another number of symbols than the utterance.
    """
    utterance = speech.utterance
    symbols = len(utterance.phonemes)
    if len(take.symbol_spans) != symbols:
        raise SynthesisError(
            f"want a span for each of {symbols} symbols in utterance {utterance.id}, got {len(take.symbol_spans)}"
        )
    timings = []
    at = 0
    for word in utterance.words:
        end = at + len(word.phonemes)
        timings.append(WordTiming(int(take.symbol_spans[at, 0]), int(take.symbol_spans[end - 1, 1])))
        at = end + len(word.mark) + 1
    return Alignment(speech, tuple(timings))
