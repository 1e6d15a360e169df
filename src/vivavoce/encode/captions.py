"""captions.vtt and captions.srt: a cue for each utterance; WebVTT names it as the utterance and times each word."""

import re
from collections.abc import Iterator
from itertools import pairwise

from vivavoce.encode.printed import cut_display
from vivavoce.types import EditionRecord, Placement, Role

_WHITE = re.compile(r"\s+")
_ARROW = re.compile("-->")
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


def write_subrip(record: EditionRecord) -> str:
    """Write captions.srt: the same cues for players that know no WebVTT.

    SubRip has no place for a note: what is disclosed and not said stands as a cue of its own before the first word.
    """
    cues = [
        (start_ms, end_ms, " ".join((placement.utterance.display or placement.utterance.spoken).split()))
        for placement, start_ms, end_ms in _times(record)
    ]
    if record.placements[0].utterance.role is not Role.DISCLOSURE:
        cues.insert(0, (0, cues[0][0], " ".join(record.disclosure.visible.split())))
    return "\n".join(
        f"{number}\n{_stamp(start_ms, ',')} --> {_stamp(end_ms, ',')}\n{_ARROW.sub('→', text)}\n"
        for number, (start_ms, end_ms, text) in enumerate(cues, start=1)
    )


def _times(record: EditionRecord) -> Iterator[tuple[Placement, int, int]]:
    """Yield each placement with the start and end of its cue, in milliseconds."""
    rate = record.sample_rate_hz
    starts_ms = [_floor_ms(placement.start_samples, rate) for placement in record.placements]
    limits = [*starts_ms, _floor_ms(record.length_samples, rate)]
    for placement, (start_ms, limit_ms) in zip(record.placements, pairwise(limits), strict=True):
        yield placement, start_ms, min(-_floor_ms(-placement.end_samples, rate), limit_ms)


def _cues(record: EditionRecord) -> Iterator[str]:
    for placement, start_ms, end_ms in _times(record):
        text = _cue_text(placement, start_ms, end_ms, record.sample_rate_hz)
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


def _stamp(at_ms: int, point: str = ".") -> str:
    minutes, ms = divmod(at_ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{ms // 1000:02}{point}{ms % 1000:03}"
