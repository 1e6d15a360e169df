import numpy as np
import pytest
from hama.asr import ASRModel

from vivavoce.engines.hama import HamaRecogniser
from vivavoce.engines.hama_graph import CloseEar, build_graph, read_archive
from vivavoce.errors import MachineError
from vivavoce.phonemes import AMERICAN, BRITISH, STRESSES

HAMA = HamaRecogniser()
NO_EAR = CloseEar(*(np.zeros(shape, np.float32) for shape in (1, 1, (1, 1, 1), 1)))


def test_every_sound_of_our_scripts_is_known() -> None:
    assert HAMA.sounds[0] == ""
    assert not (AMERICAN | BRITISH) - STRESSES - set("ː") - set("".join(HAMA.sounds))


def test_silence_is_heard_as_silence() -> None:
    frames, close = HAMA.listen(np.zeros(16_000, np.float32))
    assert frames.shape[1] == len(HAMA.sounds)
    assert abs(frames.shape[0] - 50) <= 1
    assert (frames.argmax(axis=1) == 0).all()
    assert (np.exp(frames) < 1.01).all()
    assert close.shape == frames.shape
    assert np.abs(np.exp(close).sum(axis=1) - 1).max() < 0.001


def test_its_answers_are_those_of_the_engine_in_its_package() -> None:
    at = np.arange(40_000) / 16_000
    chirps = 0.3 * np.sin(2 * np.pi * (200 + 900 * np.sin(3 * at)) * at) * np.sin(9 * at) ** 2
    hiss = np.random.default_rng(4).normal(0, 0.02, len(at))
    sound = np.asarray(chirps + hiss, np.float32)
    package = ASRModel()
    log_probs, _ = package.session.run(
        ["log_probs", "out_lengths"], {"waveform": sound[None], "waveform_lengths": np.array([len(sound)])}
    )
    theirs = np.log(np.exp(log_probs[0]) @ HAMA._measure_shares() + 1e-6)
    assert np.abs(HAMA.listen(sound)[0] - theirs).max() < 0.01


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(MachineError, match=r"layout"):
        read_archive(b"HAMAPK\x07 of the future")
    with pytest.raises(MachineError, match=r"hama==1\.7\.0"):
        build_graph({}, np.zeros((1, 1), np.float32), 1e-6, NO_EAR)
