"""What each precision costs in sound: python evals/precision.py [--sentences N] [--write docs/performance.md].

Renders sentences of the listening corpus in turn by six voices at each precision. Against fp32, sentence by sentence:
DistillMOS (in an environment of its own), the distance of the log-mel spectra, the ratio of signal to difference where
the durations agree, and the words that the recogniser did not hear.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from listening.corpus import VOICES, make_utterance, read_sentences
from rival_environment import prepare_environment
from vivavoce.audio import resample
from vivavoce.engines.kokoro import describe_kernels
from vivavoce.script import speak_line
from vivavoce.settings import read_places
from vivavoce.studio import open_ears, open_pronouncer, open_voice
from vivavoce.synthesise import Precision, synthesise_utterance
from vivavoce.types import Take, Utterance
from vivavoce.verify import hear_take

MARKERS = ("<!-- precision -->", "<!-- end of precision -->")
JUDGE_PACKAGES = ("torch==2.13.0", "distillmos==0.9.1", "numpy")
JUDGE_HZ = 16_000
LEAST_SAME_MOS = 0.05
WINDOW, HOP, BANDS = 1024, 256, 80


@dataclass(frozen=True, slots=True)
class Quality:
    """One precision's figures over all sentences."""

    precision: Precision
    mos: float
    mos_difference: float
    """Against fp32, mean of the pairs."""
    mos_error: float
    """Standard error of that."""
    mel_db: float
    snr_db: float
    not_heard: int
    words: int


def write_utterances(count: int) -> list[tuple[str, Utterance]]:
    """Give each sentence to one of the voices."""
    places = read_places()
    pronouncers = {variety: open_pronouncer(variety, (), places) for variety in ("en-US", "en-GB")}
    chosen = []
    for index, text in enumerate(read_sentences()[:count]):
        voice = VOICES[index % len(VOICES)]
        words = speak_line(text, pronouncer=pronouncers["en-GB" if voice.startswith("b") else "en-US"])
        chosen.append((voice, make_utterance(index, words, text)))
    return chosen


def render_all(utterances: list[tuple[str, Utterance]], precision: Precision) -> list[Take]:
    """Render every sentence by its voice."""
    places = read_places()
    takes: dict[int, Take] = {}
    for name in VOICES:  # voice by voice: two stay open at a time
        voice = open_voice(name, places, threads=1, precision=precision)
        for index, (owner, utterance) in enumerate(utterances):
            if owner == name:
                takes[index] = synthesise_utterance(utterance, voice=voice)
    print(f"{precision}: rendered {sum(take.duration_s for take in takes.values()):.0f} s", file=sys.stderr, flush=True)
    return [takes[index] for index in range(len(utterances))]


def judge_all(takes: list[Take], python: Path, scratch: Path) -> list[float]:
    """Let DistillMOS score every take."""
    names = []
    for index, take in enumerate(takes):
        names.append(scratch / f"{index}.npy")
        np.save(names[-1], resample(take.samples, from_hz=take.sample_rate_hz, to_hz=JUDGE_HZ))
    done = subprocess.run(
        [python, Path(__file__).with_name("rival_distillmos.py")],
        input="\n".join(map(str, names)),
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(score) for score in json.loads(done.stdout)]


def measure_mel_distance(one: Take, other: Take) -> float:
    """Mean difference of the log-mel spectra in dB, in frames that are within 50 dB of the loudest."""
    first, second = (_log_mel(take.samples) for take in (one, other))
    frames = min(len(first), len(second))
    first, second = first[:frames], second[:frames]
    loud = first.mean(1) > first.mean(1).max() - 50
    return float(np.abs(first[loud] - second[loud]).mean())


def _log_mel(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 12000 / 700), BANDS + 2) / 2595) - 1)
    bins = np.fft.rfftfreq(WINDOW, 1 / 24000)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(10 * np.log10(power @ np.maximum(0, np.minimum(rising, falling)).T + 1e-9))


def measure_snr(reference: Take, take: Take) -> float | None:
    """Ratio of signal to difference in dB; None where the takes have other lengths."""
    if len(reference.samples) != len(take.samples):
        return None
    difference = take.samples - reference.samples
    return float(10 * np.log10(np.mean(reference.samples**2) / max(1e-20, float(np.mean(difference**2)))))


def compare(
    utterances: list[tuple[str, Utterance]],
    precision: Precision,
    takes: list[Take],
    scores: list[float],
    reference: tuple[list[Take], list[float]],
) -> Quality:
    """Put one precision's figures together."""
    ears = open_ears(read_places())
    hearings = [hear_take(utterance, take, ears=ears) for (_, utterance), take in zip(utterances, takes, strict=True)]
    differences = [score - other for score, other in zip(scores, reference[1], strict=True)]
    ratios = [ratio for pair in zip(reference[0], takes, strict=True) if (ratio := measure_snr(*pair)) is not None]
    return Quality(
        precision,
        statistics.mean(scores),
        statistics.mean(differences),
        statistics.stdev(differences) / len(differences) ** 0.5,
        statistics.mean(measure_mel_distance(*pair) for pair in zip(reference[0], takes, strict=True)),
        statistics.median(ratios) if ratios else float("nan"),
        sum(hearing.words_not_heard for hearing in hearings),
        sum(hearing.words for hearing in hearings),
    )


def format_table(rows: list[Quality]) -> str:
    """Write the figures as a table in Markdown."""
    lines = [
        "| precision | DistillMOS | against fp32 | log-mel distance | signal to difference | words not heard |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        same = row.precision is Precision.FP32
        against = "" if same else f"{row.mos_difference:+.3f} ± {row.mos_error:.3f}"
        mel, snr = ("", "") if same else (f"{row.mel_db:.2f} dB", f"{row.snr_db:.0f} dB")
        if not same and np.isnan(row.snr_db):
            snr = "other durations"
        lines.append(
            f"| {row.precision} | {row.mos:.3f} | {against} | {mel} | {snr} | {row.not_heard} of {row.words} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Render, judge, print; leave with 1 where the default precision does not sound like fp32."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=60)
    parser.add_argument("--precisions", default="int16,bf16,int8")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    os.nice(5)
    python = prepare_environment("distillmos", JUDGE_PACKAGES)
    utterances = write_utterances(asked.sentences)
    rows: list[Quality] = []
    reference: tuple[list[Take], list[float]] | None = None
    with tempfile.TemporaryDirectory() as folder:
        for name in ("fp32", *asked.precisions.split(",")):
            precision = Precision(name)
            takes = render_all(utterances, precision)
            scores = judge_all(takes, python, Path(folder))
            reference = reference or (takes, scores)
            rows.append(compare(utterances, precision, takes, scores, reference))
            print(format_table(rows[-1:]).splitlines()[-1], file=sys.stderr, flush=True)
    kernels = describe_kernels(Precision.FP32)
    text = f"{len(utterances)} sentences, {len(VOICES)} voices; {kernels}.\n\n{format_table(rows)}"
    print(text)
    if asked.write:
        before, rest = asked.write.read_text("utf-8").split(MARKERS[0])
        after = rest.split(MARKERS[1])[1]
        asked.write.write_text(f"{before}{MARKERS[0]}\n\n{text}\n\n{MARKERS[1]}{after}", "utf-8")
    worse = [row for row in rows if row.precision is Precision.INT16 and row.mos_difference < -LEAST_SAME_MOS]
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
