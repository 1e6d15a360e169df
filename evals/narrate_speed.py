"""How fast `vivavoce narrate` is, beside plain kokoro-onnx with the same weights on the same text, in alternating runs.

Usage: make bench, or python evals/narrate_speed.py [--runs N] [--source FILE] [--json FILE]

Each run is a process of its own with a cold cache. The rival lives in an environment of its own, because it depends on
GPL programs; it only speaks, while vivavoce also reads, listens back, masters, encodes and writes the pages.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rival_environment import prepare_environment

ROOT = Path(__file__).parents[1]
RIVAL_HOME = ROOT / "build" / "rivals" / "kokoro-onnx-weights"
RIVAL_PACKAGES = ("kokoro-onnx==0.6.1",)
POLL_S = 0.01


@dataclass(frozen=True, slots=True)
class Run:
    """What one process did."""

    name: str
    audio_s: float
    wall_s: float
    cpu_s: float
    first_audio_s: float
    peak_mb: float
    stage_cpu_s: dict[str, float]

    @property
    def faster(self) -> float:
        """Times faster than real time."""
        return self.audio_s / self.wall_s

    @property
    def per_core_second(self) -> float:
        """Seconds of audio for a second of one core."""
        return self.audio_s / self.cpu_s


def run_vivavoce(source: Path, voice: str, scratch: Path) -> Run:
    """Narrate with a cold cache; the first audio is there when the cache holds its first take."""
    cache = scratch / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir()
    command = [sys.executable, "-m", "vivavoce", "narrate", str(source), "-o", str(scratch / "edition"), "--quiet"]
    shutil.rmtree(scratch / "edition", ignore_errors=True)
    started = time.monotonic()
    process = subprocess.Popen(
        [*command, "--voice", voice], stdout=subprocess.DEVNULL, env={**os.environ, "VIVAVOCE_CACHE": str(cache)}
    )
    first_audio_s = 0.0
    while process.poll() is None:
        if not first_audio_s and next(cache.glob("*/*.npz"), None):
            first_audio_s = time.monotonic() - started
            break
        time.sleep(POLL_S)
    wall_s, cpu_s, peak_mb = _wait(process.pid, started)
    manifest = json.loads((scratch / "edition" / "edition.json").read_text("utf-8"))
    audio_s = manifest["audio"][0]["duration_s"]
    return Run("vivavoce", audio_s, wall_s, cpu_s, first_audio_s, peak_mb, manifest["made"]["stage_cpu_s"])


def run_rival(python: Path, sentences: Path, voice: str, scratch: Path) -> Run:
    """Speak the same sentences with kokoro-onnx, one call a sentence."""
    report = scratch / "rival.json"
    started = time.monotonic()
    process = subprocess.Popen([python, ROOT / "evals/rival_narrate.py", RIVAL_HOME, sentences, voice, report])
    wall_s, cpu_s, peak_mb = _wait(process.pid, started)
    said = json.loads(report.read_text("utf-8"))
    return Run("kokoro-onnx", said["audio_s"], wall_s, cpu_s, said["first_audio_s"], peak_mb, {})


def _wait(pid: int, started: float) -> tuple[float, float, float]:
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"process {pid} ended with status {status}; run it by hand to see why")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def prepare_rival(models: Path) -> Path:
    """Make the rival's environment and give it the very same weights; gives its Python."""
    RIVAL_HOME.mkdir(parents=True, exist_ok=True)
    shutil.copy(models / "kokoro-82m/model.int8.onnx", RIVAL_HOME / "model.onnx")
    shutil.copytree(models / "kokoro-82m/voices", RIVAL_HOME / "voices", dirs_exist_ok=True)
    return prepare_environment("kokoro-onnx", RIVAL_PACKAGES)


def write_sentences(source: Path, scratch: Path) -> Path:
    """Give the rival what vivavoce says, a sentence a line, as printed."""
    done = subprocess.run(
        [sys.executable, "-m", "vivavoce", "script", str(source), "--json"], capture_output=True, text=True, check=True
    )
    target = scratch / "sentences.txt"
    lines = [utterance["display"].replace("\n", " ") for utterance in json.loads(done.stdout)["utterances"]]
    target.write_text("\n".join(lines), "utf-8")
    return target


def print_table(runs: list[Run]) -> None:
    """Print medians, and the ratio pair by pair."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'':<14}{'audio s':>9}{'× real time':>13}{'audio s/core-s':>16}{'first audio s':>15}{'peak MB':>9}")
    for name in dict.fromkeys(run.name for run in runs):
        own = [run for run in runs if run.name == name]
        figures = [
            statistics.median(getattr(run, field) for run in own)
            for field in ("audio_s", "faster", "per_core_second", "first_audio_s", "peak_mb")
        ]
        print(f"{name:<14}" + "{:>9.1f}{:>13.2f}{:>16.2f}{:>15.2f}{:>9.0f}".format(*figures))
    ours = [run for run in runs if run.name == "vivavoce"]
    rivals = [run for run in runs if run.name != "vivavoce"]
    if rivals:
        ratio = statistics.median(a.faster / b.faster for a, b in zip(ours, rivals, strict=True))
        print(f"vivavoce / kokoro-onnx, wall time, median of {len(ours)} pairs: {ratio:.2f}")
    total = sum(ours[-1].stage_cpu_s.values())
    shares = ", ".join(f"{stage} {spent / total:.0%}" for stage, spent in ours[-1].stage_cpu_s.items())
    print(f"CPU time by stage: {shares}")


def main() -> None:
    """Run the pairs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--source", type=Path, default=ROOT / "examples" / "harbour-deal.txt")
    parser.add_argument("--voice", default="am_michael")
    parser.add_argument("--no-rival", action="store_true")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    from vivavoce.settings import read_places

    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if not asked.no_rival:
            rival = prepare_rival(read_places().models)
            sentences = write_sentences(asked.source, scratch)
        for _ in range(asked.runs):
            runs.append(run_vivavoce(asked.source, asked.voice, scratch))
            if not asked.no_rival:
                runs.append(run_rival(rival, sentences, asked.voice, scratch))
    print_table(runs)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(run) for run in runs], indent=1), "utf-8")


if __name__ == "__main__":
    main()
