"""The transforms in the kernels are those that the generator derives, and they do convolve."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

NATIVE = Path(__file__).parents[3] / "native"

spec = importlib.util.spec_from_file_location("toom", NATIVE / "tools/toom.py")
assert spec
assert spec.loader
toom = importlib.util.module_from_spec(spec)
spec.loader.exec_module(toom)

whole = st.integers(-1000, 1000)


def test_header_is_what_the_generator_makes() -> None:
    assert (NATIVE / "src/toom4.h").read_text("utf-8") == toom.write_header()


@given(st.lists(whole, min_size=7, max_size=7), st.lists(whole, min_size=4, max_size=4))
def test_transforms_give_the_correlation_exactly(inputs: list[int], taps: list[int]) -> None:
    into, kernel, out = (np.array(matrix, object) for matrix in toom.derive_transforms())
    products = (kernel @ np.array(taps, object)) * (into @ np.array(inputs, object))
    assert list(out @ products) == [sum(inputs[i + k] * taps[k] for k in range(4)) for i in range(4)]


def test_transformed_inputs_never_exceed_the_inputs() -> None:
    inputs, _, _ = toom.derive_transforms()
    assert [sum(map(abs, row)) for row in inputs] == pytest.approx([1] * 7, abs=0)
