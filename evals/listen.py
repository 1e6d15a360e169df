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
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from listening.corpus import (
    EDITED,
    RENDERED,
    VOICES,
    CachedVoice,
    Specimen,
    choose_faults,
    make_utterance,
    read_sentences,
    render_specimens,
)
from vivavoce.script import speak_line
from vivavoce.settings import read_places
from vivavoce.studio import open_ears, open_pronouncer, open_voice
from vivavoce.types import Hearing
from vivavoce.verify import Ears, PhonemeRecogniser, Thresholds, WordClip, WordRecogniser, hear_clip, hear_take

SCALES = (0.7, 1.0, 1.4)
MARKERS = ("<!-- figures -->", "<!-- end of figures -->")
FLOORS = {"content": 0.97, "negation": 0.97, "clipped_onset": 0.97, "silence": 0.97, "truncated": 0.9, "click": 0.9}
"""What the held-out half must not fall under; truncation and clicks are to come up to 0.97."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one specimen."""

    kind: str
    held_out: bool
    planned: bool
    scale: float
    found: bool
    placed: bool
    """Whether a finding names the faulty word or one beside it."""


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
            np.save(file, self.inner.listen(samples).astype(np.float16))
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
            self.file.write_text(json.dumps(known), "utf-8")
        return known[question]


def _key(digest: str, samples: NDArray[np.float32]) -> str:
    return hashlib.sha256(digest.encode() + samples.tobytes()).hexdigest()[:32]


# ---------------------------------------------------------------- the run


def make_specimens(folder: Path, count: int, faults: int) -> Iterator[Specimen]:
    """Render the first sentences: each in one voice, clean, with some faults of words and with every edit of sound."""
    places = read_places()
    pronouncer = open_pronouncer("en-US", (), places)
    voices = {name: CachedVoice(open_voice(name, places, threads=1), folder) for name in VOICES}
    for index in sorted(range(len(read_sentences())), key=lambda at: (at * 37) % len(read_sentences()))[:count]:
        text = read_sentences()[index]
        utterance = make_utterance(index, speak_line(text, pronouncer=pronouncer), text)
        name = VOICES[index % len(VOICES)]
        kinds = ("clean", *choose_faults(index, faults), *EDITED)
        yield from render_specimens(index, utterance, name, voices[name], kinds)


def hear_specimen(specimen: Specimen, ears: Ears) -> Iterator[Outcome]:
    """Listen with and without the plan, at every scale of the thresholds."""
    for scale in SCALES:
        scaled = replace(ears, thresholds=scale_thresholds(ears.thresholds, scale))
        take = specimen.take
        for planned in (True, False):
            if planned:
                hearing = hear_take(specimen.utterance, take, ears=scaled)
            else:
                rate_hz = take.sample_rate_hz
                hearing = hear_clip(specimen.utterance, take.samples, sample_rate_hz=rate_hz, ears=scaled)
            yield Outcome(
                specimen.kind,
                specimen.held_out,
                planned,
                scale,
                bool(hearing.findings),
                _names_the_word(specimen, hearing),
            )


def scale_thresholds(limits: Thresholds, scale: float) -> Thresholds:
    """Make all thresholds of words looser (below 1) or stricter."""
    return replace(
        limits,
        dropped_nats=limits.dropped_nats * scale,
        doubled_nats=limits.doubled_nats * scale,
        swapped_nats=limits.swapped_nats * scale,
        other_nats=limits.other_nats * scale,
        other_unheard_nats=limits.other_unheard_nats * scale,
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
    lines += ["", "| thresholds | half | clean with findings | faults of words found | faults of sound found |"]
    lines += ["|---|---|---|---|---|"]
    for scale in SCALES:
        for held_out in (False, True):
            own = [o for o in outcomes if o.scale == scale and o.held_out == held_out and o.planned]
            shares = (
                format_share([o.found for o in own if o.kind in kinds]) for kinds in (("clean",), RENDERED, EDITED)
            )
            lines.append(f"| × {scale} | {'held out' if held_out else 'fitted'} | " + " | ".join(shares) + " |")
    return "\n".join(lines)


def format_share(found: Sequence[bool]) -> str:
    """Write a share with its 95 % confidence interval (Wilson)."""
    if not found:
        return "–"
    n, share, z = len(found), sum(found) / len(found), 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return f"{share:.1%} ({max(0.0, middle - reach):.0%} to {min(1.0, middle + reach):.0%})"


def main() -> None:
    """Run, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=len(read_sentences()))
    parser.add_argument(
        "--faults", type=int, default=1, help="faults of the kinds that fit everywhere, for each sentence"
    )
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    folder = read_places().cache / "listening"
    folder.mkdir(parents=True, exist_ok=True)
    inner = open_ears(read_places())
    ears = Ears(RememberingWords(inner.words, folder), RememberingPhonemes(inner.phonemes, folder))
    outcomes: list[Outcome] = []
    for specimen in make_specimens(folder, asked.sentences, asked.faults):
        outcomes += hear_specimen(specimen, ears)
    figures = format_figures(outcomes)
    print(figures)
    if asked.write:
        text = asked.write.read_text("utf-8")
        before, after = text.split(MARKERS[0])[0], text.split(MARKERS[1])[1]
        asked.write.write_text(f"{before}{MARKERS[0]}\n{figures}\n{MARKERS[1]}{after}", "utf-8")
    shares = defaultdict(list)
    for outcome in outcomes:
        if outcome.planned and outcome.held_out and outcome.scale == 1.0:
            shares[outcome.kind].append(outcome.found)
    for kind, floor in FLOORS.items():
        found = shares[kind]
        assert not found or sum(found) / len(found) >= floor, f"{kind} fell under {floor:.0%}"


if __name__ == "__main__":
    main()
