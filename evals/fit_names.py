"""Learn to hear names: python evals/fit_names.py [--lessons 340]. Half an hour, then quick.

Renders sentences full of names, half of them misread (evals/listening/names.py), and learns from them, in this order:

- the layer that says what each frame of hama's inner answers sounds like (`data/close-ear.npz`, which is written anew):
  multinomial regression on the sounds that the voice was given, frame by frame;
- how what speaks for a misread name is weighed (`verify.names.WEIGHTS`, printed): logistic regression, on the scores of
  layers that were learnt from other voices;
- from which sum on a name counts as misread (`Thresholds.misread_nats`, printed): a table of false alarms and finds.

None of the sentences, and none of the voices, is in the held-out half of `make eval-listen`.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from listening.corpus import CachedVoice
from listening.names import Lesson, list_teachers, make_lesson
from vivavoce.audio import resample
from vivavoce.engines.hama import HamaRecogniser
from vivavoce.engines.hama_graph import EAR_DOUBT, CloseEar
from vivavoce.phonemes import STRESSES
from vivavoce.script.spelling import NaiveReader
from vivavoce.settings import read_places
from vivavoce.studio import open_pronouncer, open_voice
from vivavoce.synthesise import synthesise_utterance
from vivavoce.types import Take
from vivavoce.verify.lattice import Lattice
from vivavoce.verify.names import score_misreading, score_readings, score_vowels
from vivavoce.verify.sounds import spell_sounds, split_parts

EAR = Path(__file__).parents[1] / "src/vivavoce/data/close-ear.npz"
REACH = 2
"""Frames before and after each that count for it."""
PARTS = 5
"""Of the voices: what each says is judged by a layer learnt from the others."""
EPOCHS, BATCH, RATE, DECAY, DROPPED = 5, 256, 1e-3, 1e-3, 0.2
_PAUSE_S = 0.08
"""A blank or a mark that lasts longer is heard as silence."""
_EDGE_S = 0.02

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
HAMA = HamaRecogniser()


@dataclass(frozen=True, eq=False)
class Heard:
    """A lesson and how it sounded."""

    lesson: Lesson
    inner: Floats
    """Shape (frames, channels)."""
    written: Floats
    """Shape (frames, sounds), log probabilities."""
    labels: Labels
    """The sound of each frame, -1 where there is none to learn from."""


def hear_lesson(lesson: Lesson) -> Heard:
    """Render a lesson and let hama take it in."""
    places = read_places()
    (folder := places.cache / "listening").mkdir(parents=True, exist_ok=True)
    voice = CachedVoice(open_voice(lesson.voice, places, threads=1), folder)
    return take_in(lesson, synthesise_utterance(lesson.said, voice=voice))


def take_in(lesson: Lesson, take: Take) -> Heard:
    """Let hama take in a take."""
    samples = resample(take.samples, from_hz=take.sample_rate_hz, to_hz=HAMA.rate_hz)
    inner = HAMA.feel(samples)
    spans_s = take.symbol_spans / take.sample_rate_hz
    return Heard(lesson, inner, HAMA.listen(samples)[0], label_frames(lesson.said.phonemes, spans_s, len(inner)))


def label_frames(phonemes: str, spans_s: NDArray[np.float64], count: int) -> Labels:
    """Give the sound that the voice planned for each frame; marks of stress and length belong to their vowel."""
    labels = np.full(count, -1, np.int64)
    frame_s = HAMA.frame_samples / HAMA.rate_hz
    at, waiting = 0, None
    while at < len(phonemes):
        length = 2 if phonemes[at : at + 2] in HAMA.sounds else 1
        symbol = phonemes[at : at + length]
        start_s, end_s = spans_s[at, 0], spans_s[at + length - 1, 1]
        if symbol in STRESSES:
            waiting = start_s
        elif symbol in HAMA.sounds:
            while phonemes[at + length : at + length + 1] == "ː":
                end_s, length = spans_s[at + length, 1], length + 1
            first = round((start_s if waiting is None else waiting) / frame_s)
            labels[first : max(round(end_s / frame_s), first + 1)] = HAMA.sounds.index(symbol)
            waiting = None
        elif end_s - start_s > _PAUSE_S:
            labels[round((start_s + _EDGE_S) / frame_s) : round((end_s - _EDGE_S) / frame_s)] = 0
        at += length
    return labels


# ---------------------------------------------------------------- the layer


def learn_ear(heard: Sequence[Heard]) -> CloseEar:
    """Fit the layer by Adam, with part of its inputs dropped at random."""
    inner = np.concatenate([one.inner for one in heard])
    mean, scale = inner.mean(axis=0), 1 / (inner.std(axis=0) + 1e-3)
    known = [one.labels >= 0 for one in heard]
    inputs = np.concatenate([_surround(one, mean, scale)[own] for one, own in zip(heard, known, strict=True)])
    labels = np.concatenate([one.labels[own] for one, own in zip(heard, known, strict=True)])
    weights = _regress(inputs, labels)
    matrix = weights[:-1].reshape(2 * REACH + 1, len(mean), -1)
    return CloseEar(mean, scale, matrix, weights[-1])


def _surround(heard: Heard, mean: Floats, scale: Floats) -> Floats:
    """Put each frame between those around it; beyond the edges there is nothing."""
    padded = np.pad((heard.inner - mean) * scale, ((REACH, REACH), (0, 0)))
    count = len(heard.inner)
    return np.concatenate([padded[at : at + count] for at in range(2 * REACH + 1)], axis=1)


def _regress(inputs: Floats, labels: Labels) -> Floats:
    """Shape (inputs and one more for the bias, sounds)."""
    chance = np.random.default_rng(1)
    weights = np.zeros((inputs.shape[1] + 1, len(HAMA.sounds)), np.float32)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    step, steps = 0, EPOCHS * (len(labels) // BATCH)
    for _ in range(EPOCHS):
        for chosen in np.array_split(chance.permutation(len(labels)), len(labels) // BATCH):
            step += 1
            kept = inputs[chosen] * (chance.random((len(chosen), inputs.shape[1]), np.float32) > DROPPED)
            x = np.concatenate([kept, np.ones((len(chosen), 1), np.float32)], axis=1)
            error = _soften(x @ weights)
            error[np.arange(len(chosen)), labels[chosen]] -= 1
            slope = x.T @ error / len(chosen)
            slope[:-1] += DECAY * weights[:-1] * 0.1
            first += 0.1 * (slope - first)
            second += 0.001 * (slope**2 - second)
            rate = RATE * (1 - step / (steps + EPOCHS))
            weights -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


def _soften(x: Floats) -> Floats:
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def ask_ear(heard: Heard, ear: CloseEar) -> Floats:
    """Give what the graph's output `close` would be."""
    likely = _soften(_surround(heard, ear.mean, ear.scale) @ ear.matrix.reshape(-1, len(ear.bias)) + ear.bias)
    return np.asarray(np.log(likely * (1 - EAR_DOUBT) + EAR_DOUBT / len(ear.bias)))


# ---------------------------------------------------------------- the weights


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a misread name, and whether it is."""

    word: str
    nats: tuple[float, float, float]
    misread: bool


def gather_evidence(heard: Heard, ear: CloseEar) -> Iterator[Evidence]:
    """Score the names of a lesson; clean ones beside a misread one are left out."""
    lesson, sounds, reader = heard.lesson, HAMA.sounds, NaiveReader()
    parts = split_parts(lesson.meant.words, sounds)
    written, close = (
        Lattice(frames, [part.sounds for part in parts]) for frames in (heard.written, ask_ear(heard, ear))
    )
    for place, part in enumerate(parts):
        if written.possible and part.word in lesson.misread | lesson.clean:
            readings = [spell_sounds(way, sounds) for way in reader.read(part.text)]
            nats = (
                score_misreading(written, place, part.sounds, sounds)[0],
                score_vowels(close, place, part.sounds, sounds)[0],
                score_readings(close, place, part.sounds, readings, sounds)[0],
            )
            yield Evidence(part.text, nats, part.word in lesson.misread)


def fit_weights(evidence: Sequence[Evidence]) -> tuple[NDArray[np.float64], float]:
    """Fit weights of the square roots, and the constant, by Newton's method."""
    x = np.array([[*map(math.sqrt, one.nats), 1.0] for one in evidence])
    y = np.array([one.misread for one in evidence])
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        likely = 1 / (1 + np.exp(-x @ weights))
        weights += np.linalg.solve(
            (x.T * (likely * (1 - likely))) @ x + 0.1 * np.eye(len(weights)), x.T @ (y - likely) - 0.1 * weights
        )
    return weights[:-1], float(weights[-1])


def main() -> None:
    """Learn, write the layer, print the rest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lessons", type=int, default=340)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    pronouncers = {variety: open_pronouncer(variety, (), read_places()) for variety in ("en-US", "en-GB")}
    lessons = [make_lesson(index, pronouncers) for index in range(asked.lessons)]
    with ProcessPoolExecutor(asked.jobs, get_context("spawn")) as pool:
        fit(list(pool.map(hear_lesson, lessons)))


def fit(heard: Sequence[Heard]) -> None:
    """Learn from lessons that were heard."""
    evidence: list[Evidence] = []
    for part in (frozenset(list_teachers()[at::PARTS]) for at in range(PARTS)):
        ear = learn_ear([one for one in heard if one.lesson.voice not in part])
        evidence += [item for one in heard if one.lesson.voice in part for item in gather_evidence(one, ear)]
    ear = learn_ear(heard)
    np.savez_compressed(EAR, mean=ear.mean, scale=ear.scale, matrix=ear.matrix.astype(np.float16), bias=ear.bias)
    weights, constant = fit_weights(evidence)
    print(f"{len(evidence)} names. WEIGHTS = {tuple(weights.round(2).tolist())}, constant {constant:.2f}")
    sums = np.array([np.dot(weights, np.sqrt(one.nats)) for one in evidence])
    misread = np.array([one.misread for one in evidence])
    print("limit  clean names flagged  misread names found")
    for limit in np.arange(2.0, 6.01, 0.5):
        print(f"{limit:5.1f}  {(sums[~misread] > limit).mean():19.2%}  {(sums[misread] > limit).mean():19.1%}")


if __name__ == "__main__":
    main()
