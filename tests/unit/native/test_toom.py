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


@pytest.mark.parametrize("name", toom.HEADERS)
def test_header_is_what_the_generator_makes(name: str) -> None:
    assert (NATIVE / "src" / name).read_text("utf-8") == toom.write_header(*toom.HEADERS[name])


@pytest.mark.parametrize(("results", "taps"), toom.HEADERS.values())
@given(data=st.data())
def test_transforms_give_the_correlation_exactly(results: int, taps: int, data: st.DataObject) -> None:
    count = results + taps - 1
    inputs, kernel = (data.draw(st.lists(whole, min_size=size, max_size=size)) for size in (count, taps))
    into, of_kernel, out = (np.array(matrix, object) for matrix in toom.derive_transforms(results, taps))
    products = (of_kernel @ np.array(kernel, object)) * (into @ np.array(inputs, object))
    assert list(out @ products) == [sum(inputs[i + k] * kernel[k] for k in range(taps)) for i in range(results)]


@pytest.mark.parametrize(("results", "taps"), toom.HEADERS.values())
def test_transformed_inputs_never_exceed_the_inputs(results: int, taps: int) -> None:
    inputs, _, _ = toom.derive_transforms(results, taps)
    assert [sum(map(abs, row)) for row in inputs] == pytest.approx([1] * len(inputs), abs=0)
