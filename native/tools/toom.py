"""Write the Toom-Cook transforms that the kernels use: `python native/tools/toom.py` (into native/src).

Four outputs of a convolution of four taps take seven products: inputs and taps are polynomials, evaluated at six points
and at infinity, multiplied there, and interpolated. Longer kernels are two or three pieces of four taps, which convolve
tiles of four as taps convolve samples: four products give three tiles of two pieces, six give four tiles of three.
Each row of the input transform is scaled so that its magnitudes sum to one, so that transformed int16 inputs still fit
int16; the kernel's row takes the inverse.

Source:
    S. Winograd, Arithmetic Complexity of Computations, SIAM 1980: the algorithms F(4, 4), F(3, 2) and F(4, 3).
"""

from fractions import Fraction
from math import prod
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "src"
HEADERS = {"toom4.h": (4, 4), "pieces2.h": (3, 2), "pieces3.h": (4, 3)}
"""Outputs and taps."""
POINTS = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2")))
"""Small, so that the transforms lose little; infinity is always the last.

The kernels rely on the order: 0, then opposite points in pairs, then what has no opposite.
"""

Matrix = list[list[Fraction]]


def derive_transforms(results: int, taps: int) -> tuple[Matrix, Matrix, Matrix]:
    """Derive the transforms of inputs (n, n), kernel (n, taps) and outputs (results, n) for n points, exact.

    For inputs d and taps g, `outputs @ ((kernel @ g) * (inputs @ d))` is the valid correlation of d and g.
    """
    points = POINTS[: results + taps - 2]
    others = [[root for root in points if root != point] for point in points]
    inputs = [[*_expand(roots), Fraction(0)] for roots in others] + [_expand(points)]
    spreads = [
        prod((point - root for root in roots), start=Fraction(1)) for point, roots in zip(points, others, strict=True)
    ]
    kernel = [[point**tap / spread for tap in range(taps)] for point, spread in zip(points, spreads, strict=True)]
    kernel.append([Fraction(tap == taps - 1) for tap in range(taps)])
    outputs = [[*(point**power for point in points), Fraction(power == results - 1)] for power in range(results)]
    scales = [sum(map(abs, row), Fraction(0)) for row in inputs]
    return (
        [[value / scale for value in row] for row, scale in zip(inputs, scales, strict=True)],
        [[value * scale for value in row] for row, scale in zip(kernel, scales, strict=True)],
        outputs,
    )


def write_header(results: int, taps: int) -> str:
    """Write the transforms as C++."""
    what = f"the algorithm for {results} outputs and {taps} taps"
    head = f"  // Made by native/tools/toom.py: inputs, kernel and outputs of {what}.\n"
    tables = zip(("kIn", "kKernel", "kOut"), derive_transforms(results, taps), strict=True)
    return head + "".join(_write_matrix(name, matrix) for name, matrix in tables)


def _expand(roots: tuple[Fraction, ...] | list[Fraction]) -> list[Fraction]:
    """Give the coefficients, lowest first, of the polynomial with these roots: (1, 2) → 2, -3, 1."""
    coefficients = [Fraction(1)]
    for root in roots:
        raised = [Fraction(0), *coefficients]
        lowered = [*(root * value for value in coefficients), Fraction(0)]
        coefficients = [high - low for high, low in zip(raised, lowered, strict=True)]
    return coefficients


def _write_matrix(name: str, matrix: Matrix) -> str:
    rows = "".join(f"      {{{', '.join(map(_write_number, row))}}},\n" for row in matrix)
    return f"  static constexpr float {name}[{len(matrix)}][{len(matrix[0])}] = {{\n{rows}  }};\n"


def _write_number(value: Fraction) -> str:
    """Write a float's nine digits: 1/3 → 0.333333333f, 2 → 2."""
    digits = f"{float(value):.9g}"
    return digits if value.denominator == 1 else f"{digits}f"


if __name__ == "__main__":
    for name, sizes in HEADERS.items():
        (SOURCES / name).write_text(write_header(*sizes), "utf-8")
