"""How far the manifest's word timings lie from an independent recogniser's.

Usage: python evals/timings.py EDITION

faster-whisper gives the start of each word that it hears in the delivered file; it knows nothing of the durations that
the voice predicted. Words that both have in the same order are compared. Printed: how many, bias, median and 90th
percentile of the distance of their starts.
"""

import json
import re
import statistics
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path

from rival_environment import prepare_environment
from vivavoce.models import RECOGNISER_FOLDER
from vivavoce.settings import read_places

PACKAGES = ("faster-whisper==1.2.1",)


def read_said(edition: Path) -> list[tuple[str, float]]:
    """Give the words of the manifest that are one spoken word, with their starts in seconds."""
    manifest = json.loads((edition / "edition.json").read_text("utf-8"))
    rate = manifest["sample_rate_hz"]
    words = [word for utterance in manifest["script"]["utterances"] for word in utterance["words"]]
    return [(_fold(word["spoken"]), word["start_samples"] / rate) for word in words]


def read_heard(edition: Path) -> list[tuple[str, float]]:
    """Give the words that the recogniser hears, with their starts in seconds."""
    python = prepare_environment("faster-whisper", PACKAGES)
    script = Path(__file__).with_name("rival_word_times.py")
    model, audio = read_places().models / RECOGNISER_FOLDER, edition / "audio.mp3"
    done = subprocess.run([python, script, model, audio], capture_output=True, text=True, check=True)
    return [(_fold(word), start) for word, start in json.loads(done.stdout)]


def _fold(word: str) -> str:
    return re.sub(r"[^a-z]", "", word.lower())


def main() -> None:
    """Compare and print."""
    edition = Path(sys.argv[1])
    said, heard = read_said(edition), read_heard(edition)
    blocks = SequenceMatcher(None, [w for w, _ in said], [w for w, _ in heard], autojunk=False).get_matching_blocks()
    apart_ms = [1000 * (said[block.a + at][1] - heard[block.b + at][1]) for block in blocks for at in range(block.size)]
    distances_ms = sorted(map(abs, apart_ms))
    print(
        f"{len(apart_ms)} of {len(said)} words compared: bias {statistics.median(apart_ms):+.0f} ms, "
        f"median distance {statistics.median(distances_ms):.0f} ms, "
        f"90th percentile {distances_ms[len(distances_ms) * 9 // 10]:.0f} ms"
    )


if __name__ == "__main__":
    main()
