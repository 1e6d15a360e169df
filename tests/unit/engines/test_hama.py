import numpy as np

from vivavoce.engines.hama import HamaRecogniser
from vivavoce.phonemes import AMERICAN, BRITISH, STRESSES

HAMA = HamaRecogniser()


def test_every_sound_of_our_scripts_is_known() -> None:
    assert HAMA.sounds[0] == ""
    assert not (AMERICAN | BRITISH) - STRESSES - set("ː") - set("".join(HAMA.sounds))


def test_silence_is_heard_as_silence() -> None:
    frames = HAMA.listen(np.zeros(16_000, np.float32))
    assert frames.shape[1] == len(HAMA.sounds)
    assert abs(frames.shape[0] - 50) <= 1
    assert (frames.argmax(axis=1) == 0).all()
    assert (np.exp(frames) < 1.01).all()
