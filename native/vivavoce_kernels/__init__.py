"""Kokoro's decoder as fused kernels for the processor at hand.

    decoder = open_decoder(weights, precision="int16", threads=2)
    samples = decoder.render(text, pitch, energy, style, noise0, noise1)

Packing the weights takes a second; `pack_decoder` does it once, and its arrays, mapped from a file, open at once.

Each kind of processor has kernels of its own; before they are used they are compared with the portable ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from vivavoce_kernels import _native
from vivavoce_kernels._native import Vocoder, transform_signal

__version__ = "0.5.0"
__all__ = [
    "LAYOUT",
    "PRECISIONS",
    "Choice",
    "Vocoder",
    "choose_kernels",
    "open_decoder",
    "pack_decoder",
    "transform_signal",
]

PRECISIONS = ("fp32", "bf16", "int16")
LAYOUT = 3
"""Of packed weights: another number cannot be opened. The same for all kernels."""
_PACKED = ".packed"
_PARTS = ("packed", "steps", "lanes", "shape")
"""Of a packed convolution: weights, what a step of each is worth, biases; outputs, inputs and taps."""
_TAPS = (3, 7, 11)
"""Of the decoder's convolutions, each computed by an algorithm of its own."""
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


def open_decoder(weights: Mapping[str, NDArray[np.generic]], *, precision: str, threads: int) -> Vocoder:
    """Open the decoder.

    Args:
        weights: float32 by the names that vivavoce's `derive` module gives them, which are packed and then not needed;
            or what `pack_decoder` gave for this precision, which is used where it lies.
        precision: "fp32", "bf16" or "int16": how the convolutions are computed.
        threads: 1 or more; the samples do not depend on it.

    Raises:
        ValueError: A weight is missing or has another shape than its layer, or there is no such precision.
    """
    names = [name.removesuffix(_PACKED) for name in weights if name.endswith(_PACKED)]
    packed = {
        name: (
            tuple(int(size) for size in weights[f"{name}.shape"]),
            *(weights[f"{name}.{part}"] for part in ("packed", "steps", "lanes")),
        )
        for name in names
    }
    parts = {f"{name}.{part}" for name in names for part in _PARTS}
    plain = {name: values for name, values in weights.items() if name not in parts}
    return _native.open_vocoder(plain, packed, precision, threads, choose_kernels().name)


def pack_decoder(weights: Mapping[str, NDArray[np.float32]], *, precision: str) -> dict[str, NDArray[np.generic]]:
    """Pack the decoder's weights in the order in which the kernels use them.

    Args:
        weights: As `open_decoder` takes them.
        precision: "fp32", "bf16" or "int16".

    Returns:
        One-dimensional arrays of float32 and uint8; each must lie at an address that is a multiple of 64 when they are
        opened.

    Raises:
        ValueError: A weight is missing or has another shape than its layer, or there is no such precision.
    """
    listed = open_decoder(weights, precision=precision, threads=1).list_packed()
    unpacked = {f"{name}.{part}" for name in listed for part in ("weight", "bias")}
    packed: dict[str, NDArray[np.generic]] = {n: values for n, values in weights.items() if n not in unpacked}
    for name, (shape, data, steps, lanes) in listed.items():
        parts = (np.frombuffer(data, np.uint8), steps, lanes, np.array(shape, np.float32))
        packed |= {f"{name}.{part}": values for part, values in zip(_PARTS, parts, strict=True)}
    return packed


def _agrees(name: str, precision: str) -> bool:
    random = np.random.default_rng(1)

    def draw(*shape: int) -> NDArray[np.float32]:
        return random.standard_normal(shape).astype(np.float32)

    def convolve(kernels: str, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        return _native.convolve(
            rows, weights, bias, scale, shift, np.abs(scale) + np.float32(0.5),
            activation=2, slope=0.0, dilation=3, padding=9, m=1 if precision == "bf16" else 4,
            precision=precision, kernels=kernels, threads=1,
        )[0]  # fmt: skip

    rows, bias, scale, shift = draw(70, 20), draw(24), draw(20), draw(20)
    for taps in _TAPS:
        weights = draw(24, 20, taps)
        got, wanted = (convolve(kernels, weights) for kernels in (name, "portable"))
        if np.abs(got - wanted).max() > _TOLERANCE[precision] * np.abs(wanted).max():
            return False
    return True
