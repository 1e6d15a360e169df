import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile as sf

from editions import make_record
from markup import parse_page
from vivavoce.encode.peaks import Peaks, measure_peaks
from vivavoce.encode.proof import Place, build_proof
from vivavoce.encode.proof_sheet import draw_waveform, proof_schema, write_proof_json, write_proof_sheet
from vivavoce.types import EditionRecord, Finding, Placement, Report

CLEAN = make_record()
FOUND = make_record(findings=True)


def _verdict(record: EditionRecord) -> str:
    return str(parse_page(write_proof_sheet(record)).get_element_by_id("verdict").text_content())


def test_the_verdict_says_whether_the_edition_may_go_out() -> None:
    assert _verdict(CLEAN) == "This edition may go out"
    assert _verdict(FOUND) == "2 findings want an editor’s ear"


def test_an_edition_that_was_not_all_listened_to_may_not_go_out() -> None:
    half = replace(CLEAN, report=Report(CLEAN.report.hearings[:-1]))
    assert _verdict(half) == "1 of 23 utterances were not listened to"
    assert not build_proof(half).clean


def test_the_json_keeps_its_schema() -> None:
    schema = json.loads((files("vivavoce") / "schemas" / "proof-1.json").read_text())
    assert schema == proof_schema(), "write schemas/proof-1.json again with `python -m vivavoce.encode.schemas`"
    for record in (CLEAN, FOUND):
        jsonschema.validate(json.loads(write_proof_json(record)), schema)


def test_a_finding_has_its_word_marked_and_its_place_in_the_delivered_audio() -> None:
    first, second = build_proof(FOUND).findings
    assert first.sentence.marked == "$61 million"
    assert first.sentence.before.endswith("spend ")
    assert second.sentence.marked == "Mayor"
    placement = next(p for p in FOUND.placements if p.utterance.id == "u6")
    timing = placement.words[10]
    assert first.place.start_s == pytest.approx(timing.start_samples / 24_000, abs=1e-3)
    assert first.place.end_s == pytest.approx(timing.end_samples / 24_000, abs=1e-3)
    assert first.sentence_place.start_s <= first.place.start_s < first.place.end_s <= first.sentence_place.end_s


@pytest.mark.parametrize("at_s", [0.0, 1.0, 60.0])
def test_a_place_without_a_length_can_be_heard_and_lies_within_its_sentence(at_s: float) -> None:
    hearings = dict(FOUND.report.hearings)
    hearings["u6"] = replace(hearings["u6"], findings=(Finding("u6", "click", "", 1.0, at_s, at_s),))
    found = build_proof(replace(FOUND, report=Report(tuple(hearings.items())))).findings[0]
    assert found.sentence_place.start_s <= found.place.start_s <= found.place.end_s <= found.sentence_place.end_s
    if at_s == 1.0:
        assert found.place.start_s == pytest.approx(found.sentence_place.start_s + 0.9, abs=2e-3)
        assert found.place.end_s == pytest.approx(found.place.start_s + 0.2, abs=2e-3)


def test_of_equal_words_the_nearest_in_time_is_marked() -> None:
    record = make_record(findings=True)
    report = record.report
    hearings = dict(report.hearings)
    placement = next(p for p in record.placements if p.utterance.id == "u16")
    late = [n for n, word in enumerate(placement.utterance.words) if word.text == "a"][-1]
    start_s = (placement.words[late].start_samples - placement.start_samples) / record.sample_rate_hz
    finding = replace(report.findings[0], utterance="u16", word="a", start_s=start_s, end_s=start_s + 0.1)
    hearings["u16"] = replace(hearings["u16"], findings=(finding,))
    found = build_proof(replace(record, report=Report(tuple(hearings.items())))).findings[-1]
    assert (found.sentence.before, found.sentence.marked) == ("A wall is ", "a")


def test_a_finding_about_no_printed_word_marks_nothing() -> None:
    report = FOUND.report
    hearings = dict(report.hearings)
    hearings["u6"] = replace(hearings["u6"], findings=(replace(report.findings[0], word=""),))
    found = build_proof(replace(FOUND, report=Report(tuple(hearings.items())))).findings[0]
    assert found.sentence.marked == ""
    assert found.sentence.before.startswith("The council")


def test_each_way_of_a_name_once_with_its_first_place() -> None:
    names = build_proof(CLEAN).names
    assert [(name.text, name.times, name.varies) for name in names][:2] == [
        ("Maribel", 2, False),
        ("Okonjo", 2, False),
    ]
    assert names[0].first.utterance == "u4"


def test_a_name_said_in_two_ways_is_shown_as_such() -> None:
    placement = CLEAN.placements[9]
    words = tuple(
        replace(word, phonemes="mˈɛɹɪbəl") if word.text == "Maribel" else word for word in placement.utterance.words
    )
    other = replace(placement, utterance=replace(placement.utterance, words=words))
    record = replace(CLEAN, placements=(*CLEAN.placements[:9], other, *CLEAN.placements[10:]))
    ways = [name for name in build_proof(record).names if name.text == "Maribel"]
    assert [way.phonemes for way in ways] == ["mˌɛɹəbˈɛl", "mˈɛɹɪbəl"]
    assert all(way.varies for way in ways)
    assert "said in more than one way" in write_proof_sheet(record)


def test_numbers_as_written_and_as_said() -> None:
    numbers = {number.written: number.spoken for number in build_proof(CLEAN).numbers}
    assert numbers["$61 million"] == "sixty one million dollars"
    assert numbers["12,400"] == "twelve thousand four hundred"
    assert "wall" not in numbers


def test_abbreviations_are_readings_of_their_own() -> None:
    assert [(reading.written, reading.spoken) for reading in build_proof(CLEAN).readings] == [
        ("U.N.", "u n"),
        ("NHA", "n h a"),
    ]


def test_omissions_of_the_page_and_of_the_script() -> None:
    omissions = [(omission.text, omission.left_out_by) for omission in build_proof(CLEAN).omissions]
    assert omissions == [
        ("Listen to this article · 4 min", "page"),
        ("Read also: How the storm changed the coast", "page"),
        ("Photo: A. Keller / Courier", "page"),
        ("(NHA)", "script"),
        ("🌊", "script"),
    ]


def test_the_sheet_counts_as_many_omissions_as_it_lists() -> None:
    tree = parse_page(write_proof_sheet(CLEAN))
    listed = tree.xpath("//section[@aria-labelledby='omissions']//tbody/tr/td[2]/text()")
    counted = tree.xpath("//dl[@class='figures']/div[starts-with(dt, 'Left out')]/dd/text()")
    assert counted == [f"{listed.count('page')} by the page, {listed.count('script')} by the script"]
    assert counted == ["3 by the page, 2 by the script"]
    assert tree.xpath("string(//h2[@id='omissions']/span)") == str(len(listed))


def test_every_character_is_spoken_or_left_unsaid() -> None:
    figures = build_proof(CLEAN).figures
    assert figures.characters == len(CLEAN.article.text)
    assert figures.characters_spoken + figures.characters_left_unsaid == figures.characters
    assert figures.characters_left_unsaid == len("(NHA)") + len("🌊")


def test_without_script_a_play_button_is_a_link_into_the_audio() -> None:
    tree = parse_page(write_proof_sheet(FOUND))
    place = build_proof(FOUND).findings[0].place
    assert tree.xpath("//a[@aria-label='Play the place']/@href")[0] == f"audio.mp3#t={place.start_s},{place.end_s}"


def test_a_finding_shows_its_waveform_where_levels_are_given() -> None:
    assert not parse_page(write_proof_sheet(FOUND)).xpath("//svg[@role='img']")
    levels = np.linspace(0, 1, 9_000, dtype=np.float32)
    drawn = parse_page(write_proof_sheet(FOUND, peaks=Peaks(levels))).xpath("//svg[@role='img']")
    assert len(drawn) == 2


def test_the_place_is_marked_in_proportion() -> None:
    peaks = Peaks(np.ones(1_000, np.float32))
    drawing = draw_waveform(peaks, Place("u1", 2.0, 6.0), Place("u1", 3.0, 4.0))
    assert drawing.mark_x / drawing.width == pytest.approx(0.25, abs=0.01)
    assert drawing.mark_width / drawing.width == pytest.approx(0.25, abs=0.01)
    assert drawing.path.count("M") == 220


@pytest.mark.parametrize("length", [100, 220, 300, 439, 1_000])
def test_a_bar_stands_where_its_sound_is(length: int) -> None:
    levels = np.zeros(length, np.float32)
    levels[length * 3 // 4] = 1
    drawing = draw_waveform(Peaks(levels), Place("u1", 0, length / 100), Place("u1", 0, 0.1))
    bars = [(float(x), float(top)) for x, top in re.findall(r"M(\d+) ([\d.]+)", drawing.path)]
    highest = min(bars, key=lambda bar: bar[1])
    assert highest[0] / drawing.width == pytest.approx(0.75, abs=0.02)


def test_a_place_outside_the_recording_is_drawn_as_silence() -> None:
    drawing = draw_waveform(Peaks(np.ones(10, np.float32)), Place("u1", 20.0, 21.0), Place("u1", 20.5, 20.6))
    assert drawing.path.count("M") == 1


def test_peaks_of_a_recording(tmp_path: Path) -> None:
    rate = 44_100
    samples = np.zeros(rate * 61 + 7, np.float32)
    samples[rate * 60 + rate // 2] = -0.5
    sf.write(tmp_path / "a.wav", samples, rate, subtype="FLOAT")
    peaks = measure_peaks(tmp_path / "a.wav")
    assert len(peaks.values) == 6_101
    assert np.flatnonzero(peaks.values).tolist() == [6_050]
    assert peaks.values.max() == pytest.approx(0.5)


def test_what_an_editor_should_know_besides_is_told_and_stops_nothing() -> None:
    known = replace(CLEAN.voice, engine="kokoro")
    warned = replace(CLEAN.article, warnings=("paywall", "unknown-header:mood", "odd:{}"))
    record = replace(CLEAN, voice=known, article=warned)
    paid, header, odd, *names = build_proof(record).cautions
    assert odd == "odd:{}", "a warning that has no words of its own is told as it is"
    assert "paid for" in paid
    assert "'mood'" in header
    assert all("by guess" in caution for caution in names)
    assert build_proof(record).clean
    assert "beeps" in build_proof(replace(CLEAN, voice=replace(known, engine="tones"))).cautions[0]


def _sure(record: EditionRecord, confidence: float) -> EditionRecord:
    """The same edition, all of whose names are known with this confidence."""

    def treat(placement: Placement) -> Placement:
        words = (
            replace(w, confidence=confidence, source="news") if w.is_name else w for w in placement.utterance.words
        )
        return replace(placement, utterance=replace(placement.utterance, words=tuple(words)))

    return replace(record, placements=tuple(map(treat, record.placements)))


def test_names_that_nobody_is_sure_of_are_told() -> None:
    names = {word.text for placement in CLEAN.placements for word in placement.utterance.words if word.is_name}
    (caution,) = (c for c in build_proof(_sure(CLEAN, 0.4)).cautions if "by guess" in c)
    assert sum(name in caution for name in names) >= min(len(names), 8)
    assert not any("by guess" in c for c in build_proof(_sure(CLEAN, 0.9)).cautions)


def test_the_sheet_and_the_script_call_the_same_names_guesses() -> None:
    """Issue 8: the script's table marked names that the sheet, the desk and the archive's report didn't."""
    placement = next(p for p in CLEAN.placements if any(word.is_name for word in p.utterance.words))
    word = next(word for word in placement.utterance.words if word.is_name)
    for source, confidence, guessed in (
        ("origin:pl", 0.75, True),
        ("rules", 0.4, True),
        ("news", 0.55, True),
        ("news", 0.85, False),
        ("house", 1.0, False),
    ):
        made = replace(word, source=source, confidence=confidence)
        words = tuple(made if other == word else other for other in placement.utterance.words)
        changed = replace(placement, utterance=replace(placement.utterance, words=words))
        record = replace(CLEAN, placements=tuple(changed if p is placement else p for p in CLEAN.placements))
        assert made.is_guessed_name is guessed
        rows = [name for name in build_proof(record).names if name.text == word.text and name.source == source]
        assert [row.guessed for row in rows] == [guessed]
