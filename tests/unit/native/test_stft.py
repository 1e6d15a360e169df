"""The STFT of the harmonic source is ONNX Runtime's, to the bit: noise, tones, constants, zeros, tiny values."""

import platform

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

kernels = pytest.importorskip("vivavoce_kernels", reason="vivavoce-kernels are not built here")

FRAME, HOP = 20, 5
SAME_BITS = platform.machine() in {"x86_64", "AMD64"}
"""Elsewhere ONNX Runtime's own compiler joined products and sums as it liked."""


@pytest.fixture(scope="module")
def reference() -> ort.InferenceSession:
    make = onnx.helper
    constants = [
        onnx.numpy_helper.from_array(np.array(value, np.int64), name)
        for name, value in (("hop", HOP), ("frame", FRAME))
    ]
    floats = onnx.TensorProto.FLOAT
    graph = make.make_graph(
        [make.make_node("STFT", ["signal", "hop", "window", "frame"], ["spectrum"], onesided=1)],
        "stft",
        [
            make.make_tensor_value_info("signal", floats, [1, None]),
            make.make_tensor_value_info("window", floats, [FRAME]),
        ],
        [make.make_tensor_value_info("spectrum", floats, None)],
        constants,
    )
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    return ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def make_piece(kind: str, random: np.random.Generator, count: int) -> NDArray[np.float64]:
    match kind:
        case "noise":
            return random.standard_normal(count)
        case "sparse":
            return random.standard_normal(count) * (random.random(count) < 0.1)
        case "tone":
            return np.asarray(np.sin(np.arange(count) * random.uniform(0, np.pi)))
        case "constant":
            return np.full(count, random.standard_normal())
        case _:
            return np.copysign(0.0, random.standard_normal(count))


@st.composite
def signals(draw: st.DrawFn) -> NDArray[np.float32]:
    """Pieces one after another, as the source is: noise, tones, a constant, zeros of both signs."""
    pieces = []
    for _ in range(draw(st.integers(1, 4))):
        random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        kind = draw(st.sampled_from(["noise", "sparse", "tone", "constant", "zeros"]))
        pieces.append(make_piece(kind, random, draw(st.integers(FRAME, 150))) * 10.0 ** draw(st.integers(-44, 3)))
    return np.concatenate(pieces).astype(np.float32)


@given(signal=signals(), periodic=st.booleans())
@settings(deadline=None, max_examples=150)
def test_the_spectrum_is_that_of_onnx_runtime(
    reference: ort.InferenceSession, *, signal: NDArray[np.float32], periodic: bool
) -> None:
    window = np.hanning(FRAME + periodic)[:FRAME].astype(np.float32)
    (wanted,) = reference.run(None, {"signal": signal[None], "window": window})
    got = kernels._native.transform_signal(signal, window, HOP)
    if SAME_BITS:
        assert np.array_equal(got.view(np.uint32), wanted[0].view(np.uint32))
    else:
        assert np.allclose(got, wanted[0], atol=1e-5 * np.abs(signal).max())


@given(signal=signals())
@settings(deadline=None, max_examples=25)
def test_the_spectrum_is_what_numpy_says(signal: NDArray[np.float32]) -> None:
    window = np.hanning(FRAME + 1)[:FRAME].astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(signal.astype(np.float64), FRAME)[::HOP]
    wanted = np.fft.rfft(frames * window, axis=1)
    got = kernels._native.transform_signal(signal, window, HOP)
    bound = 5e-5 * np.abs(signal).max() + 1e-40
    assert np.abs(got[..., 0] - wanted.real).max() <= bound
    assert np.abs(got[..., 1] - wanted.imag).max() <= bound


def test_what_is_shorter_than_a_frame_is_refused() -> None:
    window = np.ones(FRAME, np.float32)
    for signal, hop in ((np.ones(FRAME - 1, np.float32), HOP), (np.ones(FRAME, np.float32), 0)):
        with pytest.raises(ValueError, match="a frame or more"):
            kernels._native.transform_signal(signal, window, hop)
