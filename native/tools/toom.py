"""Write the Toom-Cook transforms that the kernels use: `python native/tools/toom.py > native/src/toom4.h`.

Four outputs of a convolution of four taps take seven products: inputs and taps are polynomials, evaluated at six points
and at infinity, multiplied there, and interpolated. Each row of the input transform is scaled so that its magnitudes
sum to one, so that transformed int16 inputs still fit int16; the kernel's row takes the inverse.

Source:
    S. Winograd, Arithmetic Complexity of Computations, SIAM 1980: the algorithm F(4, 4).
"""

import sys
from fractions import Fraction
from math import prod

OUTPUTS = 4
TAPS = 4
POINTS = tuple(map(Fraction, ("0", "1", "-1", "2", "-2", "1/2")))
"""Small, so that the transforms lose little; infinity is the seventh."""

Matrix = list[list[Fraction]]


def derive_transforms() -> tuple[Matrix, Matrix, Matrix]:
    """Derive the transforms of inputs (7, 7), kernel (7, 4) and outputs (4, 7), exact.

    For inputs d and taps g, `outputs @ ((kernel @ g) * (inputs @ d))` is the valid correlation of d and g.
    """
    others = [[root for root in POINTS if root != point] for point in POINTS]
    inputs = [[*_expand(roots), Fraction(0)] for roots in others] + [_expand(POINTS)]
    spreads = [
        prod((point - root for root in roots), start=Fraction(1)) for point, roots in zip(POINTS, others, strict=True)
    ]
    kernel = [[point**tap / spread for tap in range(TAPS)] for point, spread in zip(POINTS, spreads, strict=True)]
    kernel.append([Fraction(tap == TAPS - 1) for tap in range(TAPS)])
    outputs = [[*(point**power for point in POINTS), Fraction(power == OUTPUTS - 1)] for power in range(OUTPUTS)]
    scales = [sum(map(abs, row), Fraction(0)) for row in inputs]
    return (
        [[value / scale for value in row] for row, scale in zip(inputs, scales, strict=True)],
        [[value * scale for value in row] for row, scale in zip(kernel, scales, strict=True)],
        outputs,
    )


def write_header() -> str:
    """Write the transforms as C++."""
    head = "  // Made by native/tools/toom.py: inputs, kernel and outputs of the algorithm for 4 outputs and 4 taps.\n"
    tables = zip(("kIn", "kKernel", "kOut"), derive_transforms(), strict=True)
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
    sys.stdout.write(write_header())
