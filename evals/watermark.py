"""How well the watermark is hidden and read: python evals/watermark.py [--sentences N] [--write docs/provenance.md].

Renders sentences of evals/listening in four voices (kept under VIVAVOCE_CACHE, so that a second run renders nothing),
joins those of a voice with pauses, marks them, and measures: how far the mark lies below the speech; PESQ of pieces of
8 s; from how many pieces of 20 s it is read after what happens to recordings; and how often a mark is read in pieces
that carry none, each tried with a key of its own, so that no two trials are alike.
"""

import argparse
import json
import platform
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from harm import code_mp3, code_opus
from listening.corpus import CachedVoice, make_utterance, read_sentences
from rival_environment import prepare_environment
from vivavoce.audio import Samples, resample
from vivavoce.provenance.mark_code import PUBLIC_KEY
from vivavoce.provenance.mark_reader import MarkReading, read_mark
from vivavoce.provenance.watermark import SpreadSpectrumMarker
from vivavoce.script import speak_line
from vivavoce.settings import read_places
from vivavoce.studio import open_pronouncer, open_voice
from vivavoce.synthesise import synthesise_utterance

MARKERS = ("<!-- watermark -->", "<!-- end of watermark -->")
VOICES = ("am_michael", "af_nova", "bm_daniel", "bf_isabella")
RATE_HZ = 24_000
PAUSE_S = 0.4
PIECE_S = 20
PESQ_S = 8
UNMARKED = 1_000
SEED = 7


def main() -> None:
    """Measure, print, and write where it is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sentences", type=int, default=16, help="sentences for each voice")
    parser.add_argument("--unmarked", type=int, default=UNMARKED, help="pieces without a mark to try")
    parser.add_argument("--write", type=Path, help="a document whose table is replaced")
    asked = parser.parse_args()
    speech = render_speech(asked.sentences)
    marked = {name: mark(samples, name_edition(at)) for at, (name, samples) in enumerate(speech.items())}
    table = write_table(speech, marked, asked.unmarked)
    print(table)
    if asked.write:
        before, rest = asked.write.read_text("utf-8").split(MARKERS[0])
        after = rest.split(MARKERS[1])[1]
        asked.write.write_text(f"{before}{MARKERS[0]}\n\n{table}\n\n{MARKERS[1]}{after}", "utf-8")


# ---------------------------------------------------------------- material


def render_speech(count: int) -> dict[str, Samples]:
    """Let each voice say sentences of its own."""
    places = read_places()
    folder = places.cache / "listening"
    folder.mkdir(parents=True, exist_ok=True)
    pronouncer = open_pronouncer("en-US", (), places)
    pause = np.zeros(round(PAUSE_S * RATE_HZ), np.float32)
    spoken: dict[str, Samples] = {}
    for number, name in enumerate(VOICES):
        voice = CachedVoice(open_voice(name, places, threads=1), folder)
        parts: list[Samples] = []
        for index in range(number * count, (number + 1) * count):
            text = read_sentences()[index % len(read_sentences())]
            utterance = make_utterance(index, speak_line(text, pronouncer=pronouncer), text)
            parts += [synthesise_utterance(utterance, voice=voice).samples, pause]
        spoken[name] = np.concatenate(parts)
    return spoken


def name_edition(number: int) -> str:
    """Give an edition's id, another for each recording."""
    return f"{0x9E3779B1 * (number + 1) % 2**32:08x}" + "0" * 24


def mark(samples: Samples, edition: str) -> Samples:
    """Mark a recording as a house does that has set no key."""
    return np.concatenate(list(SpreadSpectrumMarker().mark([samples], sample_rate_hz=RATE_HZ, edition=edition)))


def read(samples: Samples, key: str = PUBLIC_KEY) -> MarkReading | None:
    """Read a mark as `vivavoce verify` does."""
    return read_mark([samples], sample_rate_hz=RATE_HZ, key=key, length_samples=len(samples))


def cut(samples: Samples, seconds: float, *, every_s: float) -> Iterator[Samples]:
    """Cut whole pieces, beginning off the start so that no piece lies where the mark's period begins."""
    length, step = round(seconds * RATE_HZ), round(every_s * RATE_HZ)
    for start in range(1_371, len(samples) - length, step):
        yield samples[start : start + length]


# ---------------------------------------------------------------- harm


def pass_rate(rate_hz: int) -> Callable[[Samples], Samples]:
    """Bring a recording to another sample rate and back."""
    return lambda samples: resample(resample(samples, from_hz=RATE_HZ, to_hz=rate_hz), from_hz=rate_hz, to_hz=RATE_HZ)


HARM: dict[str, Callable[[Samples], Samples]] = {
    "nothing but the cut": lambda samples: samples,
    "MP3, 64 kbit/s": code_mp3,
    "Opus, 24 kbit/s": code_opus,
    "resampled to 16 kHz and back": pass_rate(16_000),
    "resampled to 44.1 kHz and back": pass_rate(44_100),
    "6 dB louder": lambda samples: samples * np.float32(2),
    "6 dB softer": lambda samples: samples * np.float32(0.5),
    "MP3 of MP3, 6 dB softer": lambda samples: code_mp3(code_mp3(samples) * np.float32(0.5)),
}


# ---------------------------------------------------------------- figures


def measure_below_db(plain: Samples, marked: Samples) -> float:
    """Say by how many decibels the mark lies below the speech."""
    noise = np.sum((marked - plain).astype(np.float64) ** 2)
    return float(10 * np.log10(np.sum(plain.astype(np.float64) ** 2) / noise))


def measure_pesq(pairs: list[tuple[Samples, Samples]]) -> list[float]:
    """Score pairs of plain and marked pieces."""
    python = prepare_environment("pesq", ("pesq==0.0.4",), build_tools=("numpy", "cython", "setuptools", "wheel"))
    with TemporaryDirectory(prefix="vivavoce-pesq-") as folder:
        files = [Path(folder) / f"{number}.npz" for number in range(len(pairs))]
        for file, (plain, marked) in zip(files, pairs, strict=True):
            down = [resample(samples, from_hz=RATE_HZ, to_hz=16_000) for samples in (plain, marked)]
            np.savez(file, plain=down[0], marked=down[1])
        command = [python, Path(__file__).with_name("judge_pesq.py")]
        given = "\n".join(map(str, files))
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    scores: list[float] = json.loads(done.stdout)
    return scores


def count_read(marked: dict[str, Samples], harm: Callable[[Samples], Samples]) -> tuple[int, int, int]:
    """Count pieces from which the right id was read, those that named another, and all."""
    right = wrong = tried = 0
    for number, samples in enumerate(marked.values()):
        for piece in cut(harm(samples), PIECE_S, every_s=PIECE_S / 2):
            found = read(piece)
            tried += 1
            right += found is not None and name_edition(number).startswith(found.edition)
            wrong += found is not None and not name_edition(number).startswith(found.edition)
    return right, wrong, tried


def count_false(speech: dict[str, Samples], trials: int) -> int:
    """Count marks that are read where there is none."""
    random = np.random.default_rng(SEED)
    recordings = list(speech.values())
    false = 0
    for number in range(trials):
        recording = recordings[number % len(recordings)]
        start = int(random.integers(0, len(recording) - PIECE_S * RATE_HZ))
        piece = recording[start : start + PIECE_S * RATE_HZ]
        false += read(piece, PUBLIC_KEY if number < len(recordings) else f"trial {number}") is not None
    return false


def write_table(speech: dict[str, Samples], marked: dict[str, Samples], trials: int) -> str:
    """Measure all there is and write it as Markdown."""
    total_s = sum(map(len, speech.values())) / RATE_HZ
    pairs = [
        pair
        for name in speech
        for pair in zip(
            cut(speech[name], PESQ_S, every_s=PESQ_S), cut(marked[name], PESQ_S, every_s=PESQ_S), strict=True
        )
    ]
    below = [measure_below_db(speech[name], marked[name]) for name in speech]
    piecewise = [measure_below_db(*pair) for pair in pairs]
    scores = measure_pesq(pairs)
    started = time.process_time()
    for number, samples in enumerate(speech.values()):
        mark(samples, name_edition(number))
    cost_s = (time.process_time() - started) / total_s * 60
    when = f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {platform.system()}"
    lines = [
        f"{when}: {total_s:.0f} s of {len(speech)} voices ({', '.join(speech)}), by `python evals/watermark.py`.",
        "",
        "| what | figure |",
        "|---|---|",
        f"| below the speech | {np.mean(below):.1f} dB; by voice {min(below):.1f} at the least |",
        f"| the same, pieces of {PESQ_S} s | {min(piecewise):.1f} dB at the least |",
        f"| PESQ, wide band, pieces of {PESQ_S} s | {np.mean(scores):.2f}; {min(scores):.2f} at the least |",
        f"| processor time | {cost_s:.2f} s a minute |",
    ]
    for name, harm in HARM.items():
        right, wrong, tried = count_read(marked, harm)
        more = f", another id from {wrong}" if wrong else ""
        lines.append(f"| read from pieces of {PIECE_S} s after: {name} | {right} of {tried}{more} |")
    false = count_false(speech, trials)
    lines.append(f"| read in pieces of {PIECE_S} s without a mark | {false} of {trials} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
