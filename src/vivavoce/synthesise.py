"""One utterance to one take: what the voice is given, and where each symbol lies in what it gave back.

A whole sentence goes to the voice in one pass, because a sentence cut at a space sounds worse and lasts up to twice as
long. Only what exceeds the voice's limit is cut, at the best phrase boundary. The voice's own lead-in and tail are cut
by its predicted frames, never into sound, so that the pauses of an edition are the script's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vivavoce.audio import fade_edges, freeze
from vivavoce.errors import SynthesisError
from vivavoce.types import Take, Utterance

EDGE_MS = 40
"""Kept before the first and after the last predicted sound."""
FADE_MS = 5
QUIET_RATIO = 0.003
"""A cut is moved outwards while 5 ms there hold more than this share of the take's peak (-50 dB)."""
PASSAGE_PAUSE_MS = 60
"""Between the passages of an utterance that the voice's limit forced apart where no punctuation stands."""
MARKED_PASSAGE_PAUSE_MS = 180
"""The same where punctuation stands."""
MIN_PASSAGE_SYMBOLS = 40
OPENING_SYMBOLS = 60
"""A stream's listener waits for its first phrase: four seconds of sound, rendered in about one on two cores."""
PHRASE_GROWTH = 2
"""Each phrase may be this many times as long as the one that is heard while it is rendered."""
MARKS = ",.!?;:—…"

_STRONG_BREAK = re.compile(r"(?<=[.!?;:…])\s|(?<=—)\s")
_COMMA_BREAK = re.compile(r"(?<=,)\s")
_ANY_BREAK = re.compile(r"\s")


class Precision(StrEnum):
    """How a voice computes."""

    AUTO = "auto"
    """The fastest whose sound can't be told from fp32's on this machine."""
    FP32 = "fp32"
    BF16 = "bf16"
    INT16 = "int16"
    INT8 = "int8"


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a voice gives for one passage."""

    samples: NDArray[np.float32]
    """Mono, shape (n,)."""
    frames: tuple[int, ...]
    """Length in samples of the lead-in, of each symbol, and of the tail: they add up to n."""


class Voice(Protocol):
    """A voice that says phonemes and knows how long it takes for each."""

    name: str
    engine: str
    kernels: str
    digest: str
    """Of all that its samples depend on: weights, style, engine, kernels."""
    sample_rate_hz: int
    max_symbols: int
    symbols: frozenset[str]

    def load(self) -> None:
        """Load what the first rendering would otherwise wait for."""
        ...

    def render(self, phonemes: str, *, speed: float) -> Rendering:
        """Say up to `max_symbols` symbols; the same input gives the same samples."""
        ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """A way to render an utterance. The plain one comes first; the others are tried when a take fails its hearing.

    The same input gives the same samples, so each changes something that the voice is given.
    """

    name: str
    speed: float = 1.0
    passages: int = 1
    """Smallest number of passages to cut the utterance into."""
    cut: int = 0
    """0 cuts at the best boundary, 1 at the next best."""
    pause: bool = False
    """Breathe at a word boundary where the script has no mark."""
    variant: bool = False
    """Give careful sounds for hurried ones; see `CAREFUL`."""


PLAIN = Recipe("plain")
RECIPES = (
    PLAIN,
    Recipe("slower", speed=0.95),
    Recipe("split", passages=2),
    Recipe("careful sounds", variant=True),
    Recipe("split elsewhere", passages=2, cut=1),
    Recipe("pause moved", pause=True),
    Recipe("split, slower", speed=0.92, passages=2),
    Recipe("faster", speed=1.05),
)
CAREFUL = str.maketrans({"T": "t", "ɾ": "t", "ᵻ": "ɪ", "ᵊ": "ə", "ɐ": "ə"})
"""Flaps and murmured vowels for the sounds that they stand for: other phonemes of the same word."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an utterance's phonemes that the voice says in one pass."""

    start: int
    end: int
    """[start, end) in the utterance's phonemes."""
    text: str
    """What the voice is given: one symbol for each of the stretch, and perhaps a comma more."""
    comma: int | None
    """Where in `text` that comma stands."""
    speed: float


def plan_passages(phonemes: str, recipe: Recipe, *, limit: int) -> tuple[Passage, ...]:
    """Say what a voice would be given; recipes with the same answer give the same take."""
    return tuple(
        _plan_passage(phonemes, start, end, recipe, limit)
        for start, end in split_passages(phonemes, limit=limit, at_least=recipe.passages, skip=recipe.cut)
    )


def _plan_passage(phonemes: str, start: int, end: int, recipe: Recipe, limit: int) -> Passage:
    text = phonemes[start:end]
    if recipe.variant:
        text = text.translate(CAREFUL)
    comma = _choose_breath(text) if recipe.pause and len(text) < limit else None
    if comma is not None:
        text = f"{text[:comma]},{text[comma:]}"
    return Passage(start, end, text, comma, recipe.speed)


def _choose_breath(text: str) -> int | None:
    """The space nearest to two fifths of the way that follows no mark."""
    spaces = [at for at, symbol in enumerate(text) if symbol == " " and text[at - 1] not in MARKS]
    return min(spaces, key=lambda at: abs(at - len(text) * 2 // 5), default=None)


def synthesise_utterance(utterance: Utterance, *, voice: Voice, recipe: Recipe = PLAIN) -> Take:
    """Render one utterance.

    Returns:
        A take whose `symbol_spans` has a row for each symbol of `utterance.phonemes`.

    Raises:
        SynthesisError: A symbol is not the voice's, or what the voice gave does not add up.
    """
    return synthesise_phonemes(utterance.phonemes, voice=voice, recipe=recipe, asked_in=f"utterance {utterance.id}")


def synthesise_phonemes(phonemes: str, *, voice: Voice, recipe: Recipe = PLAIN, asked_in: str) -> Take:
    """Render symbols of one utterance, or of a phrase of it; `asked_in` names it in errors.

    Raises:
        SynthesisError: As `synthesise_utterance`.
    """
    unknown = sorted(set(phonemes) - voice.symbols)
    if unknown:
        raise SynthesisError(f"the voice {voice.name} has no symbol {unknown[0]!r}, asked for in {asked_in}")
    pieces: list[NDArray[np.float32]] = []
    spans = np.zeros((len(phonemes), 2), np.int64)
    at = 0
    for planned in plan_passages(phonemes, recipe, limit=voice.max_symbols):
        passage = _render_passage(planned, phonemes[planned.start : planned.end], asked_in, voice)
        if pieces:
            pause = _samples(pause_between(phonemes[: planned.start]), voice)
            pieces.append(np.zeros(pause, np.float32))
            at += pause
        spans[planned.start : planned.end] = passage.symbol_spans + at
        pieces.append(passage.samples)
        at += len(passage.samples)
    _close_gaps(spans, phonemes)
    return Take(freeze(np.concatenate(pieces)), spans, voice.sample_rate_hz, recipe.name)


def split_passages(phonemes: str, *, limit: int, at_least: int = 1, skip: int = 0) -> Iterator[tuple[int, int]]:
    """Cut phonemes into passages of at most `limit` symbols, half-open, at the best boundaries, or the next best.

    Passages cover all but the single spaces that they were cut at. A sentence's or clause's end is better than a
    comma, a comma better than a space; a boundary near the middle of what remains is better than one near its ends.
    """
    wanted = max(at_least, -(-len(phonemes) // limit))
    start = 0
    while start < len(phonemes):
        rest = len(phonemes) - start
        if wanted <= 1 and rest <= limit:
            yield start, len(phonemes)
            return
        cut = _best_cut(phonemes, start, ideal=rest // max(wanted, 2), limit=limit, skip=skip)
        if cut is None:
            yield start, len(phonemes)
            return
        yield start, cut
        start = cut + (phonemes[cut : cut + 1] == " ")
        wanted -= 1


def split_phrases(phonemes: str, *, limit: int) -> Iterator[tuple[int, int]]:
    """Cut phonemes into phrases, half-open, so that the first is soon said and each is said while another is heard.

    They are cut where passages are: at the last good boundary that keeps them short enough. What remains stays whole
    where it is little longer than that, because each cut costs some of a sentence's melody.
    """
    start, longest = 0, OPENING_SYMBOLS
    while start < len(phonemes):
        rest = len(phonemes) - start
        cut = None
        if rest > min(longest * 3 // 2, limit):
            cut = _best_cut(phonemes, start, ideal=longest, limit=longest, skip=0)
        end = len(phonemes) if cut is None else cut
        yield start, end
        start = end + (phonemes[end : end + 1] == " ")
        longest = min(longest * PHRASE_GROWTH, limit)


def pause_between(before: str) -> int:
    """Give the pause in ms where an utterance is cut after these phonemes."""
    return MARKED_PASSAGE_PAUSE_MS if before.rstrip()[-1] in MARKS else PASSAGE_PAUSE_MS


def _best_cut(phonemes: str, start: int, *, ideal: int, limit: int, skip: int) -> int | None:
    """The end of the next passage; None where what remains neither must nor can be cut."""
    rest = len(phonemes) - start
    least = min(MIN_PASSAGE_SYMBOLS, rest // 3)
    window = phonemes[start : start + limit + 1]
    ranked: list[int] = []
    for pattern in (_STRONG_BREAK, _COMMA_BREAK, _ANY_BREAK):
        cuts = {m.start() for m in pattern.finditer(window) if m.start() >= least and rest - m.start() >= least}
        ranked += sorted(cuts - set(ranked), key=lambda cut: abs(cut - ideal))
    if ranked:
        return start + ranked[min(skip, len(ranked) - 1)]
    return start + limit if rest > limit else None


def _render_passage(planned: Passage, phonemes: str, asked_in: str, voice: Voice) -> Take:
    rendering = voice.render(planned.text, speed=planned.speed)
    if len(rendering.frames) != len(planned.text) + 2 or sum(rendering.frames) != len(rendering.samples):
        raise SynthesisError(
            f"the voice {voice.name} gave {len(rendering.samples)} samples for {sum(rendering.frames)} predicted ones "
            f"in {asked_in}; report this with the article"
        )
    if not np.isfinite(rendering.samples).all():
        raise SynthesisError(f"the voice {voice.name} gave samples that are no numbers in {asked_in}")
    return _trim(_without_comma(rendering, planned.comma), phonemes, voice)


def _without_comma(rendering: Rendering, comma: int | None) -> Rendering:
    """Count a comma that the script does not have to the space after it."""
    if comma is None:
        return rendering
    frames = list(rendering.frames)
    breath = frames.pop(comma + 1)
    frames[comma + 1] += breath
    return Rendering(rendering.samples, tuple(frames))


def _trim(rendering: Rendering, phonemes: str, voice: Voice) -> Take:
    """Cut lead-in and tail by the predicted frames, but never into sound."""
    ends = np.cumsum(rendering.frames)
    spans = np.stack([ends[:-2], ends[1:-1]], axis=1)
    sounding = [index for index, symbol in enumerate(phonemes) if symbol not in MARKS + " "] or [0]
    edge = _samples(EDGE_MS, voice)
    first = max(0, int(spans[sounding[0], 0]) - edge)
    last = min(len(rendering.samples), int(spans[sounding[-1], 1]) + edge)
    first, last = _spare_sound(rendering.samples, first, last, _samples(5, voice))
    samples = fade_edges(rendering.samples[first:last], fade_samples=_samples(FADE_MS, voice))
    return Take(samples, np.clip(spans - first, 0, last - first), voice.sample_rate_hz, "passage")


def _spare_sound(samples: NDArray[np.float32], first: int, last: int, step: int) -> tuple[int, int]:
    quiet = QUIET_RATIO * float(np.max(np.abs(samples), initial=0.0))
    while first >= step and np.abs(samples[first - step : first]).max() > quiet:
        first -= step
    while last + step <= len(samples) and np.abs(samples[last : last + step]).max() > quiet:
        last += step
    return first, last


def _close_gaps(spans: NDArray[np.int64], phonemes: str) -> None:
    """Give the spaces at which passages were cut the silence between them."""
    for index in range(1, len(phonemes) - 1):
        if phonemes[index] == " " and spans[index, 1] == 0:
            spans[index] = spans[index - 1, 1], spans[index + 1, 0]


def _samples(ms: int, voice: Voice) -> int:
    return ms * voice.sample_rate_hz // 1000
