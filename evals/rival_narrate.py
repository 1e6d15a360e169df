"""Run by narrate_speed.py inside the rival's own environment: speak a file's lines and report the times."""

import json
import sys
import time
from pathlib import Path

import numpy as np
from kokoro_onnx import Kokoro


def main() -> None:
    """Speak every line; the report holds seconds of audio and the time to the first."""
    started = time.monotonic()
    home, sentences, voice, report = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    styles = {path.stem: np.fromfile(path, np.float32).reshape(510, 1, 256) for path in (home / "voices").glob("*.bin")}
    np.savez(home / "voices.npz", **styles)
    kokoro = Kokoro(str(home / "model.onnx"), str(home / "voices.npz"))
    audio_s = first_audio_s = 0.0
    for line in sentences.read_text("utf-8").splitlines():
        samples, rate = kokoro.create(line, voice=voice, lang="en-us")
        first_audio_s = first_audio_s or time.monotonic() - started
        audio_s += len(samples) / rate
    report.write_text(json.dumps({"audio_s": audio_s, "first_audio_s": first_audio_s}), "utf-8")


if __name__ == "__main__":
    main()
