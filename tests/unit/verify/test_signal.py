import numpy as np
import pytest

from vivavoce.audio import Samples
from vivavoce.verify.signal import SignalLimits, find_flaws

RATE_HZ = 24_000


def speech_like(seconds: float = 2.0) -> Samples:
    """A buzz of 120 Hz with syllables, then 0.1 s of silence."""
    at = np.arange(int(RATE_HZ * seconds)) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * 120 * k * at) / k**2 for k in range(1, 30))
    syllables = np.sin(np.pi * 4 * at) ** 2
    return np.pad(np.asarray(0.2 * buzz * syllables, np.float32), (0, RATE_HZ // 10))


def kinds(samples: Samples) -> set[str]:
    return {flaw.kind for flaw in find_flaws(samples, sample_rate_hz=RATE_HZ, limits=SignalLimits())}


def test_clean_sound_has_no_flaws() -> None:
    assert kinds(speech_like()) == set()


def test_silence_itself_has_none_and_neither_has_a_moment() -> None:
    assert kinds(np.zeros(RATE_HZ, np.float32)) == set()
    assert kinds(np.ones(10, np.float32)) == set()


def test_a_long_silence_inside_is_found_in_its_place() -> None:
    sound = speech_like()
    gap = np.concatenate([sound[:RATE_HZ], np.zeros(RATE_HZ, np.float32), sound[RATE_HZ:]])
    flaws = find_flaws(gap, sample_rate_hz=RATE_HZ, limits=SignalLimits())  # the hard cut is a click besides
    flaw = next(flaw for flaw in flaws if flaw.kind == "silence")
    assert flaw.start_s == pytest.approx(1.0, abs=0.1)
    assert flaw.end_s == pytest.approx(2.0, abs=0.1)


def test_a_click_is_found_in_its_place() -> None:
    sound = speech_like()
    sound[30_000:30_002] += 0.5
    (flaw,) = find_flaws(sound, sample_rate_hz=RATE_HZ, limits=SignalLimits())
    assert flaw.kind == "click"
    assert flaw.start_s == pytest.approx(1.25, abs=0.001)


@pytest.mark.parametrize("length", [1, 2, 3, 4])
@pytest.mark.parametrize("height", [0.4, -0.4])
def test_the_softest_click_is_found_wherever_it_falls(length: int, height: float) -> None:
    """In a syllable, in a pulse, and between syllables."""
    for at in range(20_000, 32_000, 3_333):
        sound = speech_like()
        sound[at : at + length] += height
        found = list(find_flaws(sound, sample_rate_hz=RATE_HZ, limits=SignalLimits()))
        assert [flaw.kind for flaw in found] == ["click"]
        assert found[0].start_s == pytest.approx(at / RATE_HZ, abs=0.001)


def test_a_burst_of_noise_is_found() -> None:
    sound = speech_like()
    sound[20_000:25_000] += np.random.default_rng(1).normal(0, 0.15, 5000).astype(np.float32)
    assert "noise" in kinds(sound)


def test_cut_edges_are_found() -> None:
    sound = speech_like()
    assert "clipped_onset" in kinds(sound[3000:])
    assert "truncated" in kinds(sound[:-5400])


def test_a_start_that_rises_is_whole_and_one_that_is_as_loud_at_once_is_cut() -> None:
    """A voice may begin within 2 ms and be heard at once, but then it swells; the middle of a sound does not."""
    cut = speech_like()[3000:]
    rising, steady = (np.ones(len(cut), np.float32) for _ in range(2))
    rising[: RATE_HZ // 100] = np.geomspace(0.002, 1, RATE_HZ // 100)
    steady[: RATE_HZ // 100] = 0.01
    assert "clipped_onset" not in kinds(cut * rising)
    assert "clipped_onset" in kinds(cut * steady)


def test_an_end_in_a_closure_is_cut_but_a_fading_one_is_whole() -> None:
    """Before a final stop a cut falls into silence, but no word dies away in 15 ms."""
    sound = speech_like()
    assert "truncated" in kinds(sound[: -RATE_HZ // 10 + RATE_HZ // 66])
    assert kinds(sound[: -RATE_HZ // 40]) == set()


def test_clipping_and_an_offset_are_found() -> None:
    assert "clipping" in kinds(np.clip(speech_like(), -0.1, 0.1))
    assert "offset" in kinds(speech_like() + np.float32(0.2))


def test_loudness_changes_nothing() -> None:
    sound = speech_like()
    sound[30_000:30_002] += 0.5
    assert kinds(sound) == kinds(sound * np.float32(0.05)) == {"click"}
