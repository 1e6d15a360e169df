"""The real voice and the real ears, on a short article: said, decoded, heard."""

import json
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from end_to_end.conftest import Run, call
from vivavoce.house import House
from vivavoce.pipeline import StageClock
from vivavoce.settings import read_places
from vivavoce.sound_files import read_mono
from vivavoce.studio import find_voice, make_script, open_equipment, prepare_request, read_article
from vivavoce.synthesise import Voice, synthesise_utterance
from vivavoce.types import Take, Utterance

pytestmark = pytest.mark.real_voice

STORY = """title: Bridge at Odesa reopens
date: 2025-04-02

The bridge will not close again, Deputy Mayor Olena Kravets said on Tuesday. Repairs cost $61 million, according to the
U.N. Development Programme (UNDP), which paid two thirds of it.

Drivers had waited since Feb. 24, 2022. "We lost three years," one of them told reporters.
"""


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    (folder / "story.txt").write_text(STORY)
    done = call("narrate", folder / "story.txt", "-o", folder / "edition", cache=folder / "cache")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "edition"


def test_every_word_is_heard(edition: Path) -> None:
    manifest = json.loads((edition / "edition.json").read_text("utf-8"))
    assert manifest["proof"]["clean"]
    assert manifest["proof"]["words_not_heard"] <= 0.04 * manifest["proof"]["words"]


def test_the_delivered_file_decodes_to_the_stated_loudness(edition: Path) -> None:
    (audio,) = json.loads((edition / "edition.json").read_text("utf-8"))["audio"]
    samples, rate = sf.read(edition / "audio.mp3")
    assert len(samples) / rate == pytest.approx(audio["duration_s"], abs=0.01)
    assert audio["loudness_lufs"] == pytest.approx(-19.0, abs=0.5)
    assert audio["true_peak_dbtp"] <= -1.0


def test_words_sound_where_the_manifest_says_and_pauses_are_silent(edition: Path) -> None:
    manifest = json.loads((edition / "edition.json").read_text("utf-8"))
    samples, rate = sf.read(edition / "audio.mp3")
    scale = rate / manifest["sample_rate_hz"]
    utterances = manifest["script"]["utterances"]
    for utterance in utterances:
        for word in utterance["words"]:
            inside = samples[round(word["start_samples"] * scale) : round(word["end_samples"] * scale)]
            assert np.abs(inside).max() > 0.01, word["text"]
    for before, after in pairwise(utterances):
        between = samples[round(before["end_samples"] * scale) + 500 : round(after["start_samples"] * scale) - 500]
        assert np.abs(between).max() < 0.003


def test_the_delivered_file_passes_when_it_is_listened_to_again(edition: Path, tmp_path: Path) -> None:
    shutil.copytree(edition, tmp_path / "edition")
    done = call("proof", tmp_path / "edition", cache=tmp_path / "cache")
    assert done.returncode == 0, done.stdout + done.stderr
    samples, rate = sf.read(edition / "audio.mp3")
    late = np.concatenate([np.zeros(rate // 25), samples])  # as a decoder that keeps the encoder's delay
    sf.write(tmp_path / "edition/audio.mp3", late, rate, format="MP3")
    done = call("proof", tmp_path / "edition", "--json", cache=tmp_path / "cache")
    assert json.loads(done.stdout)["findings"] == []


@pytest.mark.parametrize("dropped", ["bridge", "not", "cost", "lost"])
def test_a_take_without_one_of_its_words_is_found(dropped: str, tmp_path: Path) -> None:
    """The script asks for all words; the take was rendered without one, with its own durations."""
    (tmp_path / "story.txt").write_text(STORY)
    request = prepare_request(str(tmp_path / "story.txt"), House())
    equipment = open_equipment(request, replace(read_places(), cache=tmp_path / "cache"))
    script = make_script(read_article(request), request, find_voice(request.voice), read_places())
    utterance = next(u for u in script.utterances if f" {dropped} " in f" {u.spoken} " and u.block is not None)
    whole = synthesise_utterance(utterance, voice=equipment.voice)
    assert equipment.listener.hear(utterance, whole).findings == ()
    findings = equipment.listener.hear(utterance, _render_without(utterance, dropped, equipment.voice)).findings
    assert any(finding.word == dropped for finding in findings), findings


def _render_without(utterance: Utterance, dropped: str, voice: Voice) -> Take:
    words = tuple(word for word in utterance.words if word.spoken != dropped)
    take = synthesise_utterance(replace(utterance, words=words), voice=voice)
    spans, at, out = take.symbol_spans.tolist(), 0, []
    for word in utterance.words:
        size = len(word.phonemes) + len(word.mark) + 1
        if word.spoken == dropped:
            out += [[spans[at][0]] * 2] * size
        else:
            out += spans[at : at + size]
            at += size
    return replace(take, symbol_spans=np.array(out[: len(utterance.phonemes)], np.int64))


def test_one_thread_or_two_and_two_cold_caches_give_the_same_samples(run: Run, tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("Rain fell on Kyiv on Monday. Nobody was hurt when a wall came down.\n")
    for threads in (1, 2):
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        done = run("narrate", tmp_path / "short.txt", "-o", tmp_path / f"edition{threads}", "--threads", threads)
        assert done.returncode == 0, done.stdout + done.stderr
    one, other = (read_mono(tmp_path / name / "audio.mp3")[0] for name in ("edition1", "edition2"))
    assert np.array_equal(one, other)


def test_the_clock_accounts_for_the_stages() -> None:
    clock = StageClock()
    with clock.stage("one"):
        sum(range(3_000_000))
    assert clock.stage_cpu_s[0][1] > 0.01
