"""Run inside PESQ's own environment: score pairs of 16 kHz recordings, an .npz a line on standard input, as JSON."""

import json
import sys

import numpy as np
from pesq import pesq


def main() -> None:
    """Print a list of wide-band scores (ITU-T P.862.2)."""
    scores = []
    for line in sys.stdin:
        with np.load(line.strip()) as pair:
            scores.append(float(pesq(16_000, pair["plain"], pair["marked"], "wb")))
    json.dump(scores, sys.stdout)


if __name__ == "__main__":
    main()
