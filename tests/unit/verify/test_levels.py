import numpy as np
import pytest

from vivavoce.verify import find_jumps, find_sound, measure_speech_db

RATE = 24_000


def speak(level: float, seconds: float = 1.0) -> np.ndarray:
    at = np.arange(int(RATE * seconds)) / RATE
    return (level * np.sin(2 * np.pi * 200 * at)).astype(np.float32)


def test_the_level_is_that_of_the_speech_alone() -> None:
    alone = measure_speech_db(speak(0.2), sample_rate_hz=RATE)
    among = np.concatenate([np.zeros(RATE, np.float32), speak(0.2), np.zeros(RATE, np.float32)])
    assert measure_speech_db(among, sample_rate_hz=RATE) == pytest.approx(alone, abs=0.1)
    assert alone == pytest.approx(-17.0, abs=0.1)
    assert measure_speech_db(np.zeros(100, np.float32), sample_rate_hz=RATE) == -120


@pytest.mark.parametrize("jump_db", [-8.0, 8.0])
def test_a_jump_is_found_and_the_usual_unevenness_is_not(jump_db: float) -> None:
    levels = [-20.0, -21.5, -19.0, -20.0 + jump_db, -20.5, -18.5, -22.0]
    assert [(at, round(by)) for at, by in find_jumps(levels)] == [(3, round(jump_db + 0.25))]
    assert list(find_jumps(levels[:3])) == []
    assert list(find_jumps([-20.0])) == []


def test_a_pause_is_silent_or_its_sound_is_placed() -> None:
    pause = np.zeros(RATE // 2, np.float32)
    assert find_sound(pause, sample_rate_hz=RATE, speech_db=-20.0) is None
    pause[4800:5040] = speak(0.05, 0.01)
    assert find_sound(pause, sample_rate_hz=RATE, speech_db=-20.0) == pytest.approx((0.2, 0.21))
    assert find_sound(pause[:0], sample_rate_hz=RATE, speech_db=-20.0) is None
