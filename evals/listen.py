"""How well listening back finds planted faults: python evals/listen.py [--sentences N] [--write docs/proof.md].

Renders the corpus of evals/listening (kept under VIVAVOCE_CACHE, so that a second run renders nothing), listens to each
specimen with the voice's plan and without it, and prints for the held-out half, the sentences that no threshold was
fitted on: the share of faulty specimens with a finding, by kind of fault, with its 95 % confidence interval, and the
share of clean ones with a finding; then the same at looser and stricter thresholds, on both halves.
"""

import argparse
import hashlib
import json
import math
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from listening.corpus import (
    EDITED,
    RENDERED,
    SENTENCES,
    UNSEEN,
    UNSEEN_VOICES,
    VOICES,
    WAYS,
    CachedVoice,
    NotRenderedError,
    Specimen,
    choose_edits,
    choose_faults,
    make_utterance,
    read_sentences,
    render_specimens,
)
from vivavoce.script import speak_line
from vivavoce.settings import read_places
from vivavoce.studio import open_ears, open_pronouncer, open_voice
from vivavoce.synthesise import RECIPES, Voice, synthesise_utterance
from vivavoce.types import Hearing
from vivavoce.verify import Ears, PhonemeRecogniser, Thresholds, WordClip, WordRecogniser, hear_clip, hear_take

SCALES = (0.5, 1.0, 2.0)
ARTICLES, UTTERANCES = 100, 20
MARKERS = ("<!-- figures -->", "<!-- end of figures -->")
LIMITS = Path(__file__).parents[1] / "src/vivavoce/data/proof-limits.tsv"
FAULTS = {
    "clean": "Nothing planted: false findings in clean sentences",
    "content": "A content word dropped",
    "negation": "A “not” dropped",
    "function": "A small word dropped",
    "doubled": "A word said twice",
    "number": "Another number",
    "name": "A name misread",
    "garble": "A word garbled",
    "truncated": "The end cut off",
    "clipped_onset": "The start cut off",
    "silence": "A long silence",
    "click": "A click",
    "noise": "A burst of noise",
    "speed_jump": "A change of speed",
}
FLOORS = {
    "content": 0.97, "negation": 0.97, "truncated": 0.97, "clipped_onset": 0.97, "silence": 0.97, "click": 0.97,
    "number": 0.9, "doubled": 0.9, "name": 0.75, "function": 0.75, "garble": 0.6, "noise": 0.6,
}  # fmt: skip
"""What the held-out half must not fall under with the plan."""
BLIND_FLOORS = {
    "content": 0.9, "negation": 0.9, "number": 0.9, "truncated": 0.95, "clipped_onset": 0.95, "silence": 0.95,
}  # fmt: skip
"""The same with nothing but audio and text."""
MOST_FALSE, MOST_FALSE_BLIND = 0.01, 0.02
"""The largest share of clean sentences with a finding."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one specimen."""

    kind: str
    sentence: int
    held_out: bool
    planned: bool
    scale: float
    found: bool
    placed: bool
    """Whether a finding names the faulty word or one beside it."""
    way: str = ""
    """How a name was misread; see `corpus.WAYS`."""


# ---------------------------------------------------------------- recognisers that remember


@dataclass(frozen=True)
class RememberingPhonemes:
    """A phoneme recogniser whose answers are kept on disk."""

    inner: PhonemeRecogniser
    folder: Path

    def __getattr__(self, name: str) -> Any:
        """Answer everything but `listen` as the recogniser does."""
        return getattr(self.inner, name)

    def listen(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Listen, or tell what was heard before."""
        file = self.folder / f"{_key(self.inner.digest, samples)}.npy"
        if not file.exists():
            np.save(part := file.with_suffix(".part.npy"), self.inner.listen(samples).astype(np.float16))
            part.replace(file)
        return np.asarray(np.load(file), np.float32)


@dataclass(frozen=True)
class RememberingWords:
    """A word recogniser whose answers are kept on disk."""

    inner: WordRecogniser
    folder: Path

    def __getattr__(self, name: str) -> Any:
        """Answer everything but `encode` as the recogniser does."""
        return getattr(self.inner, name)

    def encode(self, samples: NDArray[np.float32]) -> "RememberingClip":
        """Take in a clip when it is first needed."""
        return RememberingClip(self.inner, samples, self.folder / f"{_key(self.inner.digest, samples)}.json")


@dataclass(frozen=True)
class RememberingClip:
    """A clip whose sentence and scores are kept on disk."""

    inner: WordRecogniser
    samples: NDArray[np.float32]
    file: Path

    def transcribe(self) -> str:
        """Give the sentence."""
        return str(self._remember("", lambda clip: clip.transcribe()))

    def score(self, texts: Sequence[str]) -> tuple[float, ...]:
        """Give the scores."""
        return tuple(self._remember(json.dumps(texts), lambda clip: clip.score(texts)))

    def _remember(self, question: str, ask: Callable[[WordClip], Any]) -> Any:
        known = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}
        if question not in known:
            known[question] = ask(self.inner.encode(self.samples))
            (part := self.file.with_suffix(".part")).write_text(json.dumps(known), "utf-8")
            part.replace(self.file)
        return known[question]


def _key(digest: str, samples: NDArray[np.float32]) -> str:
    return hashlib.sha256(digest.encode() + samples.tobytes()).hexdigest()[:32]


# ---------------------------------------------------------------- the run


def hear_sentence(index: int, asked: argparse.Namespace) -> list[Outcome]:
    """Render a sentence in one voice, clean, with some faults of words and some edits of sound, and listen to each."""
    places = read_places()
    voices = UNSEEN_VOICES if asked.unseen else VOICES
    folder, name = places.cache / "listening", voices[index % len(voices)]
    text = read_sentences(UNSEEN if asked.unseen else SENTENCES)[index]
    ears, voice = _open_remembering(folder), CachedVoice(_open_voice(name), folder, kept_only=asked.kept)
    utterance = make_utterance(index, speak_line(text, pronouncer=open_pronouncer("en-US", (), places)), text)
    outcomes: list[Outcome] = []
    for kind in ("clean", *choose_faults(index, asked.faults), *choose_edits(index, asked.edits)):
        with suppress(NotRenderedError):
            for specimen in render_specimens(index, utterance, name, voice, (kind,)):
                outcomes += hear_specimen(specimen, ears)
                if kind == "clean":
                    first = next(outcome for outcome in outcomes if outcome.planned and outcome.scale == 1.0)
                    still = first.found and not _can_be_mended(specimen, replace(voice, kept_only=False), ears)
                    outcomes.append(replace(outcomes[-1], kind="retaken", planned=True, found=still))
    return [replace(outcome, held_out=True) for outcome in outcomes] if asked.unseen else outcomes


def _can_be_mended(specimen: Specimen, voice: CachedVoice, ears: Ears) -> bool:
    """Whether one of the re-takes that a narration makes passes its hearing."""
    takes = (synthesise_utterance(specimen.utterance, voice=voice, recipe=recipe) for recipe in RECIPES[1:])
    return any(not hear_take(specimen.utterance, take, ears=ears).findings for take in takes)


@cache
def _open_remembering(folder: Path) -> Ears:
    folder.mkdir(parents=True, exist_ok=True)
    inner = open_ears(read_places())
    return Ears(RememberingWords(inner.words, folder), RememberingPhonemes(inner.phonemes, folder), inner.spelling)


@cache
def _open_voice(name: str) -> Voice:
    return open_voice(name, read_places(), threads=1)


def hear_specimen(specimen: Specimen, ears: Ears) -> Iterator[Outcome]:
    """Listen with the plan, at every scale of the thresholds where they are of words, and without it."""
    take = specimen.take
    for scale in SCALES if specimen.kind not in EDITED else (1.0,):
        scaled = replace(ears, thresholds=scale_thresholds(ears.thresholds, scale))
        yield _judge(specimen, hear_take(specimen.utterance, take, ears=scaled), scale, planned=True)
    blind = hear_clip(specimen.utterance, take.samples, sample_rate_hz=take.sample_rate_hz, ears=ears)
    yield _judge(specimen, blind, 1.0, planned=False)


def _judge(specimen: Specimen, hearing: Hearing, scale: float, *, planned: bool) -> Outcome:
    found, placed = bool(hearing.findings), _names_the_word(specimen, hearing)
    if found == (specimen.kind == "clean") and scale == 1.0:
        given = ", ".join(f"{finding.kind} {finding.word} {finding.confidence:.2f}" for finding in hearing.findings)
        print(
            specimen.kind,
            specimen.sentence,
            specimen.voice,
            "plan" if planned else "blind",
            given or "missed",
            flush=True,
        )
    return Outcome(specimen.kind, specimen.sentence, specimen.held_out, planned, scale, found, placed, specimen.way)


def scale_thresholds(limits: Thresholds, scale: float) -> Thresholds:
    """Make all thresholds of words looser (below 1) or stricter."""
    return replace(
        limits,
        dropped_nats=limits.dropped_nats * scale,
        doubled_nats=limits.doubled_nats * scale,
        swapped_nats=limits.swapped_nats * scale,
        other_nats=limits.other_nats * scale,
        other_unheard_nats=limits.other_unheard_nats * scale,
        misread_nats=limits.misread_nats * scale,
        cut_nats=limits.cut_nats * scale,
        drift_s=limits.drift_s * scale,
    )


def _names_the_word(specimen: Specimen, hearing: Hearing) -> bool:
    if specimen.place is None:
        return bool(hearing.findings)
    near = specimen.utterance.words[max(0, specimen.place - 1) : specimen.place + 2]
    return any(finding.word in {word.text or word.spoken for word in near} for finding in hearing.findings)


# ---------------------------------------------------------------- the figures


def format_figures(outcomes: Sequence[Outcome]) -> str:
    """Write the tables of docs/proof.md."""
    lines = ["| fault | specimens | found with the plan | at the word | found blind |", "|---|---|---|---|---|"]
    for kind in ("clean", *RENDERED, *EDITED):
        own = [o for o in outcomes if o.kind == kind and o.held_out and o.scale == 1.0]
        planned, blind = ([o for o in own if o.planned == with_plan] for with_plan in (True, False))
        if planned:
            cells = (
                format_share([o.found for o in planned]),
                format_share([o.placed for o in planned]) if kind in RENDERED else "",
                format_share([o.found for o in blind]),
            )
            lines.append(f"| {kind} | {len(planned)} | " + " | ".join(cells) + " |")
    lines += ["", "| a name misread | specimens | found with the plan | found blind |", "|---|---|---|---|"]
    for way, how in zip(WAYS, ("by its letters", "by the spelling model", "with other vowels"), strict=True):
        own = [o for o in outcomes if o.way == way and o.held_out and o.scale == 1.0]
        shares = [format_share([o.found for o in own if o.planned == with_plan]) for with_plan in (True, False)]
        lines.append(f"| {how} | {len(own) // 2} | " + " | ".join(shares) + " |")
    lines += ["", "| thresholds of words | half | clean with findings | faults of words found |", "|---|---|---|---|"]
    for scale in SCALES:
        for held_out in (False, True):
            own = [o for o in outcomes if o.scale == scale and o.held_out == held_out and o.planned]
            shares = (format_share([o.found for o in own if o.kind in kinds]) for kinds in (("clean",), RENDERED))
            lines.append(f"| × {scale} | {'held out' if held_out else 'fitted'} | " + " | ".join(shares) + " |")
    return "\n".join([*lines, "", describe_articles(outcomes)])


def describe_articles(outcomes: Sequence[Outcome]) -> str:
    """Join clean sentences of both halves to articles, and say how many have a finding before and after re-takes."""
    own = [outcome for outcome in outcomes if outcome.planned and outcome.scale == 1.0]
    first, last = ({o.sentence: o.found for o in own if o.kind == kind} for kind in ("clean", "retaken"))
    if not first:
        return ""
    chance = random.Random(0)  # noqa: S311  # the same articles each time
    articles = [chance.choices(sorted(first), k=UTTERANCES) for _ in range(ARTICLES)]
    flagged, kept = (sum(any(found[at] for at in article) for article in articles) for found in (first, last))
    return (
        f"Of {ARTICLES} articles, each of {UTTERANCES} clean sentences drawn from {len(first)}, {flagged} have a "
        f"finding at the first take, and {kept} still after the re-takes: those would end as `clean: false`."
    )


def write_limits(outcomes: Sequence[Outcome], file: Path) -> None:
    """Write what the proof sheet shows: the held-out half, with the plan."""
    lines = ["fault\tplanted\tshare\tlow\thigh"]
    for kind, name in FAULTS.items():
        found = [o.found for o in outcomes if o.kind == kind and o.held_out and o.planned and o.scale == 1.0]
        if found:
            share, low, high = measure_share(found)
            lines.append(f"{name}\t{len(found)}\t{100 * share:.0f}\t{100 * low:.0f}\t{100 * high:.0f}")
    file.write_text("\n".join(lines) + "\n", "utf-8")


def measure_share(found: Sequence[bool]) -> tuple[float, float, float]:
    """Give a share with its 95 % confidence interval (Wilson)."""
    n, share, z = len(found), sum(found) / len(found), 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return share, max(0.0, middle - reach), min(1.0, middle + reach)


def format_share(found: Sequence[bool]) -> str:
    """Write a share with its 95 % confidence interval (Wilson)."""
    if not found:
        return "–"
    share, low, high = measure_share(found)
    return f"{share:.1%} ({low:.0%} to {high:.0%})"


def main() -> None:
    """Run, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=len(read_sentences()))
    parser.add_argument(
        "--faults", type=int, default=1, help="faults of the kinds that fit everywhere, for each sentence"
    )
    parser.add_argument("--edits", type=int, default=3, help="faults of sound a sentence, at most 6")
    parser.add_argument("--half", choices=("both", "fitted", "held-out"), default="both", help="which sentences")
    parser.add_argument("--jobs", type=int, default=1, help="sentences worked on at once")
    parser.add_argument("--kept", action="store_true", help="only what is rendered already")
    parser.add_argument("--unseen", action="store_true", help="other sentences by other voices; nothing is written")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    count = len(read_sentences(UNSEEN if asked.unseen else SENTENCES))
    order = sorted(range(count), key=lambda at: (at * 37) % count)
    halves = {"fitted": (0,), "held-out": (1,), "both": (0, 1)}[asked.half]
    chosen = [index for index in order[: asked.sentences] if index % 2 in halves]
    with ProcessPoolExecutor(asked.jobs, get_context("spawn")) as pool:
        heard = pool.map(partial(hear_sentence, asked=asked), chosen)
        outcomes = [outcome for sentence in heard for outcome in sentence]
    figures = format_figures(outcomes)
    print(figures)
    if asked.write and not asked.unseen:
        text = asked.write.read_text("utf-8")
        before, after = text.split(MARKERS[0])[0], text.split(MARKERS[1])[1]
        asked.write.write_text(f"{before}{MARKERS[0]}\n{figures}\n{MARKERS[1]}{after}", "utf-8")
        write_limits(outcomes, LIMITS)
    for complaint in (complaints := list_shortfalls(outcomes)):
        print(complaint)
    sys.exit(1 if complaints else 0)


def list_shortfalls(outcomes: Sequence[Outcome]) -> list[str]:
    """Say which share of the held-out half lies on the wrong side of its limit."""
    said = []
    for planned, floors, most in ((True, FLOORS, MOST_FALSE), (False, BLIND_FLOORS, MOST_FALSE_BLIND)):
        shares = defaultdict(list)
        for outcome in outcomes:
            if outcome.planned == planned and outcome.held_out and outcome.scale == 1.0:
                shares[outcome.kind].append(outcome.found)
        way = "with the plan" if planned else "blind"
        said += [
            f"{kind}, {way}: {format_share(found)} found, want {floors[kind]:.0%}"
            for kind, found in shares.items()
            if sum(found) / len(found) < floors.get(kind, 0.0)
        ]
        if shares["clean"] and sum(shares["clean"]) / len(shares["clean"]) > most:
            said.append(f"clean, {way}: {format_share(shares['clean'])} with findings, want at most {most:.0%}")
    return said


if __name__ == "__main__":
    main()
