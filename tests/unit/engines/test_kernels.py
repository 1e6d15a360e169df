"""Every kernel and every way of computing against numpy, on drawn shapes, lengths, dilations and activations."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

kernels = pytest.importorskip("vivavoce_kernels", reason="vivavoce-kernels are not built here")
native = kernels._native

LINEAR, LEAKY, SNAKE = range(3)
ERROR = {"fp32": 2e-5, "int16": 2e-3, "bf16": 2e-2}
"""Greatest difference from numpy in float64, as a share of the greatest that a sum could be."""


def activate(rows: NDArray[np.float64], kind: int, slope: float, alpha: NDArray[np.float32]) -> NDArray[np.float64]:
    if kind == LEAKY:
        return np.where(rows > 0, rows, rows * slope)
    if kind == SNAKE:
        return rows + np.sin(alpha * rows) ** 2 / alpha
    return rows


def convolve(case: dict[str, Any]) -> NDArray[np.float64]:
    """What the kernels should give, straight from the definition."""
    rows = case["rows"].astype(np.float64) * case["scale"] + case["shift"]
    rows = activate(rows, case["activation"], case["slope"], case["alpha"])
    padding, dilation = case["padding"], case["dilation"]
    rows = np.pad(rows, ((padding, padding), (0, 0)))
    taps = case["weights"].shape[2]
    count = len(rows) - dilation * (taps - 1)
    parts = (rows[tap * dilation : tap * dilation + count] @ case["weights"][:, :, tap].T for tap in range(taps))
    return np.asarray(sum(parts) + case["bias"])


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inputs, outputs = draw(st.integers(1, 70)), draw(st.integers(1, 40))
    taps, dilation = draw(st.sampled_from([1, 2, 3, 7, 11])), draw(st.sampled_from([1, 3, 5]))
    padding = draw(st.integers(0, dilation * (taps - 1)))
    least = max(1, dilation * (taps - 1) - 2 * padding + 1)
    times = draw(st.integers(least, least + 600))
    # Magnitudes as they come in the model, far smaller and far greater.
    size, weight = 10.0 ** draw(st.integers(-4, 4)), 10.0 ** draw(st.integers(-3, 2))

    def values(*shape: int, by: float = 1.0) -> NDArray[np.float32]:
        return (random.standard_normal(shape) * by).astype(np.float32)

    kind = draw(st.sampled_from([LINEAR, LEAKY, SNAKE]))
    return {
        "rows": values(times, inputs, by=size),
        "weights": values(outputs, inputs, taps, by=weight),
        "bias": values(outputs),
        "scale": values(inputs) if kind != SNAKE else values(inputs, by=1 / size),
        "shift": values(inputs),
        "alpha": np.abs(values(inputs)) + np.float32(0.1),
        "activation": kind,
        "slope": draw(st.sampled_from([0.0, 0.1, 0.2])),
        "dilation": dilation,
        "padding": padding,
    }


@pytest.mark.parametrize("precision", kernels.PRECISIONS)
@pytest.mark.parametrize("name", native.list_kernels())
@given(case=cases(), quick=st.booleans(), threads=st.integers(1, 3))
@settings(deadline=None, max_examples=25)
def test_each_kernel_computes_what_numpy_does(
    name: str, precision: str, *, case: dict[str, Any], quick: bool, threads: int
) -> None:
    m = 4 if quick and precision != "bf16" else 1
    got, statistics = native.convolve(**case, m=m, precision=precision, kernels=name, threads=threads)
    wanted = convolve(case)
    assert got.shape == wanted.shape
    # The sums' size, had all products the same sign: what rounding is a share of.
    inputs = activate(
        case["rows"] * np.float64(1) * case["scale"] + case["shift"], case["activation"], case["slope"], case["alpha"]
    )
    bound = np.abs(inputs).max() * np.abs(case["weights"]).sum(axis=(1, 2)).max() + np.abs(case["bias"]).max()
    assert np.abs(got - wanted).max() <= ERROR[precision] * bound
    again, _ = native.convolve(**case, m=m, precision=precision, kernels=name, threads=1)
    assert np.array_equal(got, again)
    mean, variance, low, high = statistics
    assert np.array_equal(low, got.min(0))
    assert np.array_equal(high, got.max(0))
    spread = 1e-5 * np.abs(got).max(0) + 1e-30
    assert (np.abs(mean - got.mean(0, dtype=np.float64)) <= spread).all()
    assert (np.abs(variance - got.var(0, dtype=np.float64)) <= spread * (np.abs(got).max(0) + 1)).all()


@pytest.mark.parametrize("name", native.list_kernels())
@given(
    inputs=st.integers(1, 600),
    taps=st.sampled_from([1, 3, 7, 11]),
    sign=st.sampled_from([-1, 1]),
    m=st.sampled_from([1, 4]),
)
@settings(deadline=None, max_examples=30)
def test_integer_sums_never_overflow_even_where_every_product_is_the_greatest(
    name: str, inputs: int, taps: int, sign: int, m: int
) -> None:
    ones = np.ones(inputs, np.float32)
    rows = np.full((40, inputs), sign * 3.0, np.float32)
    weights = np.full((16, inputs, taps), 0.7, np.float32)
    got, _ = native.convolve(
        rows, weights, np.zeros(16, np.float32), ones, ones * 0, ones,
        activation=LINEAR, slope=0.0, dilation=1, padding=0, m=m, precision="int16", kernels=name, threads=1,
    )  # fmt: skip
    assert np.allclose(got, sign * 3.0 * 0.7 * inputs * taps, rtol=2e-3)


@pytest.mark.parametrize("name", native.list_kernels())
@pytest.mark.parametrize("taps", [3, 7, 11])
def test_integer_inputs_of_any_signs_stay_in_range_where_there_are_many(name: str, taps: int) -> None:
    random = np.random.default_rng(taps)
    inputs = 250  # more than one sum takes, in blocks of the smallest size
    rows = random.choice([-3.0, 3.0], (700, inputs)).astype(np.float32)
    case = {
        "rows": rows,
        "weights": random.choice([-0.7, 0.7], (16, inputs, taps)).astype(np.float32),
        "bias": np.zeros(16, np.float32),
        "scale": np.ones(inputs, np.float32),
        "shift": np.zeros(inputs, np.float32),
        "alpha": np.ones(inputs, np.float32),
        "activation": LINEAR, "slope": 0.0, "dilation": 1, "padding": taps // 2,
    }  # fmt: skip
    got, _ = native.convolve(**case, m=4, precision="int16", kernels=name, threads=1)
    wanted = convolve(case)
    assert np.abs(got - wanted).max() < 3.0 * 0.7 * inputs * taps * ERROR["int16"]


def test_silence_and_zero_weights_give_the_bias() -> None:
    zeros = np.zeros((30, 8), np.float32)
    bias = np.arange(5, dtype=np.float32)
    one = np.ones(8, np.float32)
    for precision in kernels.PRECISIONS:
        got, _ = native.convolve(
            zeros, np.zeros((5, 8, 3), np.float32), bias, one, one * 0, one,
            activation=SNAKE, slope=0.0, dilation=1, padding=1, m=1, precision=precision,
            kernels="portable", threads=1,
        )  # fmt: skip
        assert np.array_equal(got, np.broadcast_to(bias, (30, 5)))


def test_what_does_not_fit_is_refused() -> None:
    one = np.ones(4, np.float32)
    good = {"activation": 0, "slope": 0.0, "dilation": 1, "padding": 0, "m": 1, "threads": 1}
    for wrong in ({"precision": "fp64", "kernels": "portable"}, {"precision": "fp32", "kernels": "mmx"}):
        with pytest.raises(ValueError, match=r"there is no precision|no kernels"):
            native.convolve(
                np.ones((9, 4), np.float32), np.ones((2, 4, 3), np.float32), one[:2], one, one, one, **good, **wrong
            )
    with pytest.raises(ValueError, match="nothing is left"):
        native.convolve(
            np.ones((2, 4), np.float32), np.ones((2, 4, 3), np.float32), one[:2], one, one, one,
            **good, precision="fp32", kernels="portable",
        )  # fmt: skip
    packed = {"asr_res.0.packed": np.zeros(64, np.uint8), "asr_res.0.shape": np.array([16, 1, 1], np.float32)}
    packed |= {f"asr_res.0.{part}": np.zeros(16, np.float32) for part in ("steps", "lanes")}
    with pytest.raises(ValueError, match="hold no"):
        kernels.open_decoder(packed, precision="fp32", threads=1)
    with pytest.raises(ValueError, match="hold no"):
        kernels.open_decoder({}, precision="fp32", threads=1)


def test_the_kernels_in_use_passed_their_test() -> None:
    choice = kernels.choose_kernels()
    assert choice.name == native.list_kernels()[0]
    assert choice.rejected == ()
