"""The mark is read back after what happens to recordings, and never where there is none."""

from collections.abc import Callable

import numpy as np
import pytest

from harm import code_mp3, code_opus
from vivavoce.audio import Samples, resample
from vivavoce.provenance.mark_code import PUBLIC_KEY, make_code, read_payload, write_payload
from vivavoce.provenance.mark_reader import MarkReading, read_mark
from vivavoce.provenance.watermark import SpreadSpectrumMarker

EDITION = "deadbeef" + "0" * 24
RATE = 24_000


def make_speech(seconds: float, *, seed: int = 1) -> Samples:
    """Make noise with the envelopes and the spectrum of speech: syllables, formants that move, pauses."""
    random = np.random.default_rng(seed)
    frames = round(seconds * 50) + 2
    syllables = np.repeat(random.choice([0.02, 0.5, 1.0], frames // 8 + 1), 8)[:frames]
    spectrum = 1 / (1 + (np.arange(481) * 25 / 700) ** 2)
    level = random.normal(0, 1.0, (frames, 24)).cumsum(axis=0)
    level -= np.array([np.convolve(column, np.ones(25) / 25, "same") for column in level.T]).T
    bumps = np.exp(0.4 * np.repeat(level, 21, axis=1)[:, :481])
    noise = random.standard_normal((frames, 481)) + 1j * random.standard_normal((frames, 481))
    sound = np.fft.irfft(noise * spectrum * bumps, axis=1)
    window = np.hanning(961)[:-1]
    out = np.zeros(frames * 480 + 480)
    for number, frame in enumerate(sound * syllables[:, None] * window):
        out[number * 480 : number * 480 + 960] += frame
    out = out[: round(seconds * RATE)]
    speech: Samples = (out * 0.06 / np.sqrt(np.mean(out**2))).astype(np.float32)
    return speech


SPEECH = make_speech(64)


def mark(samples: Samples, *, pieces: int = 1, rate: int = RATE, key: str = PUBLIC_KEY) -> Samples:
    marker = SpreadSpectrumMarker(key)
    return np.concatenate(list(marker.mark(np.array_split(samples, pieces), sample_rate_hz=rate, edition=EDITION)))


def read(samples: Samples, *, rate: int = RATE, key: str = PUBLIC_KEY) -> MarkReading | None:
    return read_mark([samples], sample_rate_hz=rate, key=key, length_samples=len(samples))


MARKED = mark(SPEECH)
HARM: dict[str, Callable[[Samples], Samples]] = {
    "nothing": lambda samples: samples,
    "MP3 64 kbit/s": code_mp3,
    "Opus 24 kbit/s": code_opus,
    "16 kHz": lambda samples: resample(resample(samples, from_hz=RATE, to_hz=16_000), from_hz=16_000, to_hz=RATE),
    "6 dB louder": lambda samples: samples * np.float32(2),
    "6 dB softer": lambda samples: samples * np.float32(0.5),
    "20 s from the middle": lambda samples: samples[22 * RATE + 371 : 42 * RATE + 371],
    "20 s of MP3": lambda samples: code_mp3(samples)[17 * RATE + 99 : 37 * RATE + 99],
}


@pytest.mark.parametrize("harm", HARM)
def test_the_mark_outlives(harm: str) -> None:
    found = read(HARM[harm](MARKED))
    assert found is not None
    assert found.edition == "deadbeef"


def test_the_mark_is_thirty_decibels_below_the_speech() -> None:
    noise = np.sum((MARKED - SPEECH).astype(np.float64) ** 2)
    assert (
        10 * np.log10(np.sum(SPEECH.astype(np.float64) ** 2) / noise) >= 29
    )  # of this noise; of speech see docs/provenance.md


@pytest.mark.parametrize("pieces", [2, 7, 1000])
def test_the_cut_into_pieces_makes_no_difference(pieces: int) -> None:
    some = SPEECH[: 5 * RATE + 123]
    assert (mark(some, pieces=pieces) == mark(some)).all()


@pytest.mark.parametrize("length", [0, 1, 511, 512, 513, 16_384, 16_385, 17_000, 3_360_000])
def test_the_length_stays_the_length(length: int) -> None:
    some = np.resize(SPEECH, length).astype(np.float32)
    assert len(mark(some)) == length


def test_silence_stays_silence() -> None:
    assert not mark(np.zeros(RATE * 3, np.float32)).any()


def test_other_rates_are_marked_alike() -> None:
    loud = resample(SPEECH, from_hz=RATE, to_hz=44_100)
    found = read(mark(loud, rate=44_100), rate=44_100)
    assert found is not None
    assert found.edition == "deadbeef"


def test_another_key_reads_nothing_and_a_house_reads_its_own() -> None:
    secret = mark(SPEECH[: 30 * RATE], key="a secret")
    assert read(secret) is None
    found = read(secret, key="a secret")
    assert found is not None
    assert found.edition == "deadbeef"


def test_no_mark_is_read_where_there_is_none() -> None:
    assert all(read(make_speech(20, seed=seed)) is None for seed in range(12))
    random = np.random.default_rng(1)
    assert read(random.standard_normal(RATE * 20).astype(np.float32) * 0.1) is None
    assert read(np.zeros(RATE * 20, np.float32)) is None
    assert read(np.zeros(0, np.float32)) is None


@pytest.mark.soak
def test_no_mark_is_read_in_a_thousand_clips() -> None:
    assert all(read(make_speech(20, seed=seed)) is None for seed in range(1_000, 2_000))


def test_a_payload_with_a_wrong_bit_is_none() -> None:
    payload = write_payload(EDITION)
    assert read_payload(payload) == "deadbeef"
    for bit in range(8 * len(payload)):
        wrong = bytearray(payload)
        wrong[bit // 8] ^= 1 << bit % 8
        assert read_payload(bytes(wrong)) is None


def test_the_code_of_a_key_is_the_same_for_good() -> None:
    code_of_key = make_code(PUBLIC_KEY)
    assert code_of_key.sync_places[:4].tolist() == [2967, 2168, 643, 2075]
    assert code_of_key.signs[0, 7, :6].tolist() == [-1.0, -1.0, 1.0, 1.0, 1.0, 1.0]
