"""What synthesis alone costs at each precision: python evals/synthesis.py [--rounds N] [--write docs/performance.md].

Each figure comes from a process of its own, and the precisions take turns, so that what else the machine does falls on
all of them; ratios are medians of pairs from one round. Int8 is the graph as its packages carry it in ONNX Runtime
alone, which is what plain kokoro-onnx runs.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from vivavoce.settings import read_places
from vivavoce.studio import open_voice
from vivavoce.synthesise import Precision

MARKERS = ("<!-- synthesis -->", "<!-- end of synthesis -->")
SHORT = "ðə mˈɪnəstəɹ əɹˈIvd ɑn tˈuzdˌA, ænd sˈɛd nˈʌθɪŋ."
SENTENCE = "ðə pɹˈɛzədᵊnt sˈɛd ˌɑn tˈuzdˌA ðæt sˈɪksti wˈʌn bˈɪljᵊn dˈɑləɹz ɪn ˈAd hæd əɹˈIvd."
LONG = " ".join([SENTENCE] * 3)
"""17 seconds."""
REPEATS = 3


@dataclass(frozen=True, slots=True)
class Run:
    """What one process saw."""

    precision: str
    threads: int
    load_s: float
    """Wall time until the model is ready, after Python's own start and imports."""
    first_s: float
    """Wall time of the first short sentence."""
    audio_per_core_s: float
    audio_per_wall_s: float
    peak_mb: float
    """After a sentence of 17 s."""


def measure(precision: str, threads: int) -> Run:
    """Measure in this process."""
    started = time.monotonic()
    voice = open_voice("am_michael", read_places(), threads=threads, precision=Precision(precision))
    voice._run  # type: ignore[attr-defined]  # noqa: B018, SLF001  # loads what the first rendering would load
    load_s = time.monotonic() - started
    started = time.monotonic()
    voice.render(SHORT, speed=1.0)
    first_s = time.monotonic() - started
    wall, cpu, audio = time.monotonic(), time.process_time(), 0.0
    for _ in range(REPEATS):
        audio += len(voice.render(SENTENCE, speed=1.0).samples) / voice.sample_rate_hz
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    voice.render(LONG, speed=1.0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Run(precision, threads, load_s, first_s, audio / cpu, audio / wall, peak)


def measure_apart(precision: str, threads: int) -> Run:
    """Measure in a process of its own."""
    command = [sys.executable, __file__, "--worker", precision, "--threads", str(threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def format_table(runs: list[Run]) -> str:
    """Write medians and paired ratios as a table in Markdown."""
    lines = [
        "| precision | threads | audio s/core-s | against int8 | audio s/wall s | load | 3 s sentence | peak memory |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for precision, threads in dict.fromkeys((run.precision, run.threads) for run in runs):
        own, plain = (
            [run for run in runs if (run.precision, run.threads) == (name, threads)]
            for name in (precision, Precision.INT8.value)
        )
        middle = {
            name: statistics.median(getattr(run, name) for run in own)
            for name in ("audio_per_core_s", "audio_per_wall_s", "load_s", "first_s", "peak_mb")
        }
        ratio = statistics.median(
            run.audio_per_core_s / other.audio_per_core_s for run, other in zip(own, plain, strict=True)
        )
        lines.append(
            f"| {precision} | {threads} | {middle['audio_per_core_s']:.2f} | {ratio:.2f} | "
            f"{middle['audio_per_wall_s']:.2f} | {middle['load_s']:.2f} s | {middle['first_s']:.2f} s | "
            f"{middle['peak_mb']:.0f} MB |"
        )
    return "\n".join(lines)


def main() -> None:
    """Take turns, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precisions", default="int8,int16,fp32,bf16")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.worker:
        print(json.dumps(asdict(measure(asked.worker, asked.threads))))
        return
    runs = []
    for turn in range(asked.rounds):
        for threads in (1, 2):
            runs += [measure_apart(precision, threads) for precision in asked.precisions.split(",")]
        print(f"round {turn + 1} of {asked.rounds}", file=sys.stderr, flush=True)
    load = os.getloadavg()[0]
    text = (
        f"{platform.machine()}, {os.cpu_count()} cores, {asked.rounds} rounds, load average at the end {load:.0f}.\n\n"
        f"{format_table(runs)}"
    )
    print(text)
    if asked.write:
        before, rest = asked.write.read_text("utf-8").split(MARKERS[0])
        after = rest.split(MARKERS[1])[1]
        asked.write.write_text(f"{before}{MARKERS[0]}\n\n{text}\n\n{MARKERS[1]}{after}", "utf-8")


if __name__ == "__main__":
    main()
