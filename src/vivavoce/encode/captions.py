"""captions.vtt: a cue for each utterance, its id the utterance's, a time stamp before each word inside."""

import re
from collections.abc import Iterator
from itertools import pairwise

from vivavoce.encode.printed import cut_display
from vivavoce.types import EditionRecord, Placement

_WHITE = re.compile(r"\s+")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def write_captions(record: EditionRecord) -> str:
    """Write captions.vtt.

    Cues stand in the order of speaking, don't overlap, and none ends after the recording. Times are whole
    milliseconds: a cue starts at or before its first sample and ends at or after its last, unless the next is there.

    Source:
        W3C WebVTT: a time stamp inside a cue lies after the cue's start, after the one before it, and before its end.
    """
    blocks = ["WEBVTT", f"NOTE\n{_one_line(record.disclosure.visible)}", *_cues(record)]
    return "\n\n".join(blocks) + "\n"


def _cues(record: EditionRecord) -> Iterator[str]:
    rate = record.sample_rate_hz
    starts_ms = [_floor_ms(placement.start_samples, rate) for placement in record.placements]
    limits = [*starts_ms, _floor_ms(record.length_samples, rate)]
    for placement, (start_ms, limit_ms) in zip(record.placements, pairwise(limits), strict=True):
        end_ms = min(-_floor_ms(-placement.end_samples, rate), limit_ms)
        text = _cue_text(placement, start_ms, end_ms, rate)
        yield f"{placement.utterance.id}\n{_stamp(start_ms)} --> {_stamp(end_ms)}\n{text}"


def _cue_text(placement: Placement, start_ms: int, end_ms: int, rate: int) -> str:
    parts = []
    reached_ms = start_ms
    for piece in cut_display(placement.utterance):
        if piece.word is not None:
            at_ms = _floor_ms(placement.words[piece.word].start_samples, rate)
            if reached_ms < at_ms < end_ms:
                parts.append(f"<{_stamp(at_ms)}>")
                reached_ms = at_ms
        parts.append(_WHITE.sub(" ", piece.text).translate(_ESCAPES))
    return "".join(parts).strip()


def _one_line(text: str) -> str:
    """Bring text to one line that no WebVTT reader takes for markup or for a cue's times."""
    return " ".join(text.split()).translate(_ESCAPES)


def _floor_ms(samples: int, rate: int) -> int:
    return samples * 1000 // rate


def _stamp(at_ms: int) -> str:
    minutes, ms = divmod(at_ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{ms // 1000:02}.{ms % 1000:03}"
