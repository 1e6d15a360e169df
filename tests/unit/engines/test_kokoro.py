"""The installed voice in every precision that this machine has."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vivavoce import models
from vivavoce.derive import WEIGHTS_FILE, find_own_kernels, pack_weights
from vivavoce.engines import kokoro
from vivavoce.engines.kokoro import choose_precision, describe_kernels, examine_kernels
from vivavoce.errors import UsageError
from vivavoce.settings import read_places
from vivavoce.studio import open_voice
from vivavoce.synthesise import Precision, Rendering
from vivavoce.tensors import map_tensors

PHONEMES = "ðə mˈɪnəstəɹ əɹˈIvd ɑn tˈuzdˌA, ænd sˈɛd nˈʌθɪŋ."
OURS = find_own_kernels()
FAITHFUL = [Precision.FP32, *([Precision.INT16, Precision.BF16] if OURS else [])]
LEAST_SNR_DB = {Precision.FP32: 75.0, Precision.INT16: 35.0, Precision.BF16: 35.0}
"""From ONNX Runtime's fp32: 79, 36 and 46 measured; int16 since decision 33, which gives 5 dB for speed."""

needs_ours = pytest.mark.skipif(not OURS, reason="vivavoce-kernels are not built here")


@cache
def render(precision: Precision, threads: int) -> Rendering:
    return open_voice("am_michael", read_places(), threads=threads, precision=precision).render(PHONEMES, speed=1.0)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without our kernels."""
    monkeypatch.setattr(kokoro, "find_own_kernels", lambda: None)


@pytest.fixture(scope="module")
def reference() -> Rendering:
    """fp32 in ONNX Runtime alone."""
    patch = pytest.MonkeyPatch()
    with patch.context() as machine:
        machine.setattr(kokoro, "find_own_kernels", lambda: None)
        open_voice.cache_clear()
        places = read_places()
        if models.find_problems(places.models):
            pytest.skip("the models are not installed")
        rendering = open_voice("am_michael", places, threads=2, precision=Precision.FP32).render(PHONEMES, speed=1.0)
    open_voice.cache_clear()
    return rendering


@pytest.mark.real_voice
@pytest.mark.parametrize("precision", FAITHFUL)
def test_each_precision_keeps_the_durations_and_stays_near_fp32(precision: Precision, reference: Rendering) -> None:
    rendering = render(precision, 1)
    assert rendering.frames == reference.frames
    assert sum(rendering.frames) == len(rendering.samples)
    noise = rendering.samples - reference.samples
    snr_db = 10 * np.log10(np.mean(reference.samples**2) / max(1e-20, float(np.mean(noise**2))))
    assert snr_db > LEAST_SNR_DB[precision]


@pytest.mark.real_voice
@pytest.mark.parametrize("precision", [*FAITHFUL, Precision.INT8])
@pytest.mark.usefixtures("reference")
def test_the_samples_do_not_depend_on_the_number_of_threads(precision: Precision) -> None:
    assert np.array_equal(render(precision, 1).samples, render(precision, 2).samples)


@pytest.mark.usefixtures("plain")
def test_without_our_kernels_auto_is_int8_as_it_comes_and_the_doctor_says_so() -> None:
    assert choose_precision(Precision.AUTO) is Precision.INT8
    assert choose_precision(Precision.FP32) is Precision.FP32
    with pytest.raises(UsageError, match="vivavoce-kernels"):
        choose_precision(Precision.INT16)
    assert describe_kernels(Precision.FP32).startswith("onnxruntime-")
    assert "ONNX Runtime alone" in examine_kernels()[0]


def test_kernels_that_compute_wrongly_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = SimpleNamespace(
        __version__="9", choose_kernels=lambda: SimpleNamespace(name="portable", rejected=("avx512",))
    )
    monkeypatch.setattr(kokoro, "find_own_kernels", lambda: broken)
    said, problem = examine_kernels()
    assert said.endswith("portable")
    assert problem is not None
    assert "avx512" in problem


@needs_ours
def test_the_kernels_are_part_of_what_a_take_depends_on() -> None:
    kernels = describe_kernels(Precision.INT16)
    assert kernels.startswith("vivavoce-kernels-")
    assert describe_kernels(Precision.INT8) != kernels


@needs_ours
@pytest.mark.real_voice
@pytest.mark.usefixtures("reference")
def test_packed_weights_give_the_samples_of_weights_packed_when_they_are_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert OURS
    rendering = render(Precision.INT16, 1)
    folder = read_places().models / models.KOKORO_FOLDER
    pack_weights(folder / WEIGHTS_FILE, tmp_path / "packed.safetensors")
    opened = OURS.open_decoder
    for weights in (tmp_path / "packed.safetensors", folder / WEIGHTS_FILE):

        def open_these(_: object, weights: Path = weights, **options: Any) -> Any:
            return opened(map_tensors(weights), **options)

        with monkeypatch.context() as patch:
            patch.setattr(OURS, "open_decoder", open_these)
            open_voice.cache_clear()
            voice = open_voice("am_michael", read_places(), threads=1, precision=Precision.INT16)
            assert np.array_equal(voice.render(PHONEMES, speed=1.0).samples, rendering.samples)
    open_voice.cache_clear()
