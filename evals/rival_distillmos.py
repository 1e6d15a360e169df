"""Run inside DistillMOS's own environment: score each of the recordings named on standard input, at 16 kHz, as JSON."""

import contextlib
import json
import sys
import types

import numpy as np

# Only its command line needs torchaudio, whose wheels ask for CUDA.
sys.modules["torchaudio"] = types.ModuleType("torchaudio")

import distillmos  # noqa: E402  # after the line above
import torch  # noqa: E402  # after the stand-in for torchaudio


def main() -> None:
    """Print a list of scores, 1 to 5."""
    torch.set_num_threads(1)
    with contextlib.redirect_stdout(sys.stderr):
        judge = distillmos.ConvTransformerSQAModel()
    judge.eval()
    scores = []
    with torch.no_grad():
        for line in sys.stdin:
            samples = torch.from_numpy(np.load(line.strip()))[None]
            scores.append(float(judge(samples)))
    json.dump(scores, sys.stdout)


if __name__ == "__main__":
    main()
