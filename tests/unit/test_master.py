from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from vivavoce.align import align_speech
from vivavoce.errors import InputError
from vivavoce.master import AFTER_RECORDING_MS, LEAD_IN_MS, Insert, LoudnessTarget, _limit, master_edition
from vivavoce.synthesise import synthesise_utterance
from vivavoce.testing import ToneVoice, make_utterance
from vivavoce.types import Alignment, Recording, Speech, Take


def speak(*texts: str, gain: float = 1.0) -> tuple[list[Alignment], dict[str, Take]]:
    takes: dict[str, Take] = {}
    alignments = []
    for number, text in enumerate(texts):
        utterance = make_utterance(text, identifier=f"u{number}")
        take = synthesise_utterance(utterance, voice=ToneVoice())
        take = Take(take.samples * np.float32(gain), take.symbol_spans, take.sample_rate_hz, take.recipe)
        takes[utterance.id] = take
        alignments.append(align_speech(Speech(utterance, str(number), Path(), len(take.samples)), take))
    return alignments, takes


def test_the_master_has_the_target_s_loudness_and_peak(tmp_path: Path) -> None:
    alignments, takes = speak("one two three four five six", "seven eight nine ten eleven twelve", "yes no")
    edition = master_edition(
        alignments, load_take=lambda s: takes[s.utterance.id], target=LoudnessTarget(), folder=tmp_path
    )
    assert edition.loudness_lufs == pytest.approx(-19, abs=0.3)
    assert edition.true_peak_dbtp <= -2.8
    assert sf.info(edition.file).frames == edition.length_samples


def test_utterances_lie_where_the_placements_say(tmp_path: Path) -> None:
    alignments, takes = speak("one two three", "four five six")
    edition = master_edition(
        alignments, load_take=lambda s: takes[s.utterance.id], target=LoudnessTarget(), folder=tmp_path
    )
    samples, rate = sf.read(edition.file)
    first, second = edition.placements
    assert first.start_samples == LEAD_IN_MS * rate // 1000
    assert second.start_samples - first.end_samples == 400 * rate // 1000
    silence = samples[first.end_samples + 2400 : second.start_samples]
    assert np.abs(silence).max() < 1e-3
    for word in second.words:
        assert np.abs(samples[word.start_samples : word.end_samples]).max() > 0.05


@pytest.mark.parametrize("size", [480, 1000, 7777, 50000])
def test_the_limiter_gives_the_same_samples_however_the_audio_is_cut(size: int) -> None:
    samples = np.random.default_rng(3).standard_normal(50000).astype(np.float32)
    whole = np.concatenate(list(_limit([samples], 6.0, -2.0, 24000)))
    pieces = [samples[start : start + size] for start in range(0, len(samples), size)]
    np.testing.assert_allclose(np.concatenate(list(_limit(pieces, 6.0, -2.0, 24000))), whole, atol=1e-6)
    assert np.abs(whole).max() <= 10 ** (-2 / 20) + 1e-6


def test_nothing_to_master_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="empty"):
        master_edition([], load_take=lambda _: None, target=LoudnessTarget(), folder=tmp_path)  # type: ignore[arg-type,return-value]


def write_jingle(file: Path, seconds: float = 2.0, *, level: float = 0.9) -> Path:
    """Write a stereo chord at another rate."""
    time_s = np.arange(round(44_100 * seconds)) / 44_100
    chord = level * np.sin(2 * np.pi * 440 * time_s)
    sf.write(file, np.stack([chord, chord], axis=1), 44_100)
    return file


def test_the_houses_recordings_are_mixed_in_at_the_level_of_the_speech(tmp_path: Path) -> None:
    jingle = Recording(write_jingle(tmp_path / "jingle.wav"), by_people=True)
    alignments, takes = speak("one two three", "four five six", "seven eight")
    edition = master_edition(
        alignments,
        load_take=lambda s: takes[s.utterance.id],
        target=LoudnessTarget(),
        folder=tmp_path,
        inserts=[Insert(jingle, 1), Insert(jingle, 3)],
    )
    samples, rate = sf.read(edition.file)
    first, last = edition.recordings
    assert edition.placements[0].end_samples < first.start_samples < first.end_samples
    assert edition.placements[1].start_samples - first.end_samples == AFTER_RECORDING_MS * rate // 1000
    assert edition.placements[2].end_samples < last.start_samples < last.end_samples < edition.length_samples
    assert (first.name, len(first.sha256), first.by_people) == ("jingle.wav", 64, True)
    assert first.end_samples - first.start_samples == pytest.approx(2 * rate, abs=2)
    speech = samples[edition.placements[1].start_samples : edition.placements[1].end_samples]
    sound = samples[first.start_samples : first.end_samples]
    assert np.sqrt(np.mean(sound**2)) == pytest.approx(np.sqrt(np.mean(speech**2)), rel=0.5)
    assert edition.loudness_lufs == pytest.approx(-19, abs=0.3)
    for word in edition.placements[2].words:
        assert np.abs(samples[word.start_samples : word.end_samples]).max() > 0.05


@pytest.mark.parametrize(("seconds", "level", "reason"), [(121, 0.5, "longer than"), (1, 0.0, "is silent")])
def test_a_recording_that_can_not_be_mixed_in_is_refused(
    tmp_path: Path, seconds: float, level: float, reason: str
) -> None:
    jingle = Recording(write_jingle(tmp_path / "jingle.wav", seconds, level=level))
    alignments, takes = speak("one two three")
    with pytest.raises(InputError, match=reason):
        master_edition(
            alignments,
            load_take=lambda s: takes[s.utterance.id],
            target=LoudnessTarget(),
            folder=tmp_path,
            inserts=[Insert(jingle, 0)],
        )
