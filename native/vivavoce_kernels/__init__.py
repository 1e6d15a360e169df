"""Kokoro's decoder as fused kernels for the processor at hand.

    decoder = open_decoder(weights, precision="int16", threads=2)
    samples = decoder.render(text, pitch, energy, style, noise0, noise1)

Each kind of processor has kernels of its own; before they are used they are compared with the portable ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vivavoce_kernels import _native
from vivavoce_kernels._native import Vocoder

__version__ = "0.1.0"
__all__ = ["PRECISIONS", "Choice", "Vocoder", "choose_kernels", "open_decoder"]

PRECISIONS = ("fp32", "bf16", "int16")
_TOLERANCE = {"fp32": 1e-4, "bf16": 2e-2, "int16": 5e-3}
"""Greatest difference between two kernels' results, as a share of the greatest value: they round in other places."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The kernels that this process uses."""

    name: str
    """avx512, avx2 or portable."""
    rejected: tuple[str, ...]
    """Kernels that this processor should be able to run, but whose results were wrong."""


@cache
def choose_kernels() -> Choice:
    """Choose the fastest kernels that pass a test on this processor; takes some milliseconds, once."""
    usable = _native.list_kernels()
    rejected = []
    for name in usable[:-1]:
        if all(_agrees(name, precision) for precision in PRECISIONS):
            return Choice(name, tuple(rejected))
        rejected.append(name)
    return Choice(usable[-1], tuple(rejected))


def open_decoder(weights: Mapping[str, NDArray[np.float32]], *, precision: str, threads: int) -> Vocoder:
    """Pack the decoder's weights.

    Args:
        weights: By the names that vivavoce's `derive` module gives them; not needed afterwards.
        precision: "fp32", "bf16" or "int16": how the convolutions are computed.
        threads: 1 or more; the samples do not depend on it.

    Raises:
        ValueError: A weight is missing or has another shape than its layer, or there is no such precision.
    """
    return _native.open_vocoder(dict(weights), precision, threads, choose_kernels().name)


def _agrees(name: str, precision: str) -> bool:
    random = np.random.default_rng(1)

    def draw(*shape: int) -> NDArray[np.float32]:
        return random.standard_normal(shape).astype(np.float32)

    rows, weights, bias, scale, shift = draw(70, 20), draw(24, 20, 7), draw(24), draw(20), draw(20)
    results = [
        _native.convolve(
            rows, weights, bias, scale, shift, np.abs(scale) + np.float32(0.5),
            activation=2, slope=0.0, dilation=3, padding=9, m=1 if precision == "bf16" else 4,
            precision=precision, kernels=kernels, threads=1,
        )[0]
        for kernels in (name, "portable")
    ]  # fmt: skip
    return bool(np.abs(results[0] - results[1]).max() <= _TOLERANCE[precision] * np.abs(results[1]).max())
