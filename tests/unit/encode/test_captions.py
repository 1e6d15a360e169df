import io
import re
from dataclasses import replace
from html import unescape
from itertools import pairwise

import pytest
import webvtt

from editions import HOSTILE_TEXT, NEWS, make_long_article, make_record
from vivavoce.encode.captions import write_captions
from vivavoce.types import Disclosure

RECORD = make_record()
_STAMP = re.compile(r"<([\d:.]+)>")


def _seconds(stamp: str) -> float:
    hours, minutes, seconds = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _parse(text: str) -> webvtt.WebVTT:
    return webvtt.from_buffer(io.StringIO(text))


def test_a_cue_for_every_utterance_in_order() -> None:
    captions = _parse(write_captions(RECORD)).captions
    assert [cue.identifier for cue in captions] == [p.utterance.id for p in RECORD.placements]
    assert [unescape(cue.text) for cue in captions] == [p.utterance.display for p in RECORD.placements]


def test_no_cue_overlaps_the_next_or_ends_after_the_recording() -> None:
    captions = _parse(write_captions(RECORD)).captions
    for cue, following in pairwise(captions):
        assert _seconds(cue.start) < _seconds(cue.end) <= _seconds(following.start)
    assert _seconds(captions[-1].end) <= RECORD.length_samples / RECORD.sample_rate_hz


def test_a_cue_never_runs_past_the_recording_when_speech_ends_between_two_milliseconds() -> None:
    end = RECORD.placements[-1].end_samples
    longer = replace(RECORD.placements[-1], end_samples=end + 1)
    record = replace(RECORD, length_samples=end + 1, placements=(*RECORD.placements[:-1], longer))
    last = _parse(write_captions(record)).captions[-1]
    assert _seconds(last.end) <= record.length_samples / record.sample_rate_hz


def test_each_word_has_a_time_inside_its_cue() -> None:
    for cue, placement in zip(_parse(write_captions(RECORD)).captions, RECORD.placements, strict=True):
        stamps = [_seconds(stamp) for stamp in _STAMP.findall(cue.raw_text)]
        assert len(stamps) == len(placement.words) - 1
        inside = [_seconds(cue.start), *stamps, _seconds(cue.end)]
        assert all(earlier < later for earlier, later in pairwise(inside))


def test_a_word_of_several_spoken_ones_has_one_time() -> None:
    assert re.search(r">spend <[\d:.]+>\$61 million <", write_captions(RECORD))


def test_the_note_holds_the_disclosure() -> None:
    head = write_captions(RECORD).split("\n\n")
    assert head[0] == "WEBVTT"
    assert head[1] == "NOTE\nThis audio is created with AI assistance. The voice is AI-generated."


@pytest.mark.parametrize("sentence", ["Made with AI --> here", "Made\n\nwith\nAI", "<b>AI</b>"])
def test_no_wording_of_the_house_breaks_out_of_the_note(sentence: str) -> None:
    text = write_captions(replace(RECORD, disclosure=Disclosure(sentence=sentence)))
    assert len(_parse(text).captions) == len(RECORD.placements)
    assert "-->" not in text.split("\n\n")[1]


def test_hostile_text_is_only_text() -> None:
    record = make_record(replace(NEWS, title=HOSTILE_TEXT))
    text = write_captions(record)
    assert "<script" not in text
    assert "<img" not in text
    cues = [block for block in text.split("\n\n") if " --> " in block]
    assert len(cues) == len(record.placements)
    assert all(len(cue.strip().split("\n")) == 3 for cue in cues)


def test_hours() -> None:
    record = make_record(make_long_article(20_000))
    last = write_captions(record).rstrip().split("\n\n")[-1]
    assert re.match(r"u\d+\n01:\d\d:\d\d\.\d{3} --> 01:", last)
