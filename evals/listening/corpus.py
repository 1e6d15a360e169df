"""The corpus of planted faults: the sentences of sentences.txt, said by several voices, whole and with known faults.

Faults come in two ways. A faulty rendering: the voice is given other phonemes than the sentence's, and the checker is
told the intended ones with the intended rendering's durations, stretched to the faulty sound's length, as if the voice
had said something else than it had planned to. An edit: finished sound is cut, stretched or spoilt.
"""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vivavoce.audio import Samples, freeze
from vivavoce.phonemes import VOWELS, ensure_stress, without_stress
from vivavoce.script.news import fold_accents
from vivavoce.script.spelling import load_spelling_model, sound_out
from vivavoce.synthesise import Rendering, Voice, synthesise_utterance
from vivavoce.types import Role, Take, Utterance, Word

SENTENCES = Path(__file__).parent / "sentences.txt"
UNSEEN = Path(__file__).parent / "unseen.txt"
"""Sentences that came last, when all thresholds were set, for voices that said none of the others."""
UNSEEN_VOICES = ("bf_emma", "am_echo", "af_sarah", "bm_george")
VOICES = ("am_michael", "af_nova", "bf_isabella", "bm_daniel", "af_kore", "am_eric")
COMMON = ("content", "function", "doubled", "garble")
"""Faults that every sentence has a place for; the other kinds are planted wherever they can be."""
RENDERED = ("content", "function", "negation", "doubled", "number", "name", "garble")
EDITED = ("truncated", "clipped_onset", "silence", "click", "noise", "speed_jump")
WAYS = ("letters", "spelling", "vowels")
"""How a name is misread: letter by letter, by the spelling model, or with two other vowels and perhaps a consonant."""

_FUNCTION = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "of",
        "on",
        "to",
        "with",
        "than",
        "that",
        "this",
        "it",
        "its",
        "he",
        "his",
        "she",
        "her",
        "they",
        "their",
        "who",
        "which",
        "is",
        "are",
        "was",
        "were",
        "been",
        "have",
        "has",
        "had",
        "would",
        "will",
    ]
)
_NEGATIONS = frozenset({"not", "no", "never", "cannot", "nobody", "neither", "nor", "nothing"})
_SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_TEENS = ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_CONSONANTS = "bdfhjklmnpstvwzðŋɡɹʃʧʤθ"
_LETTER_SOUNDS = {
    "a": "æ", "b": "b", "c": "k", "d": "d", "e": "ɛ", "f": "f", "g": "ɡ", "h": "h", "i": "ɪ", "j": "ʤ", "k": "k",
    "l": "l", "m": "m", "n": "n", "o": "ɑ", "p": "p", "q": "k", "r": "ɹ", "s": "s", "t": "t", "u": "ʌ", "v": "v",
    "w": "w", "x": "ks", "y": "i", "z": "z", "ch": "ʧ", "sh": "ʃ", "th": "θ", "ph": "f", "ck": "k", "ee": "i",
    "oo": "u", "ea": "i", "ai": "A", "ay": "A", "ei": "A", "ey": "A", "oa": "O", "ow": "W", "ou": "W", "oi": "Y",
    "oy": "Y", "au": "ɔ", "aw": "ɔ", "ew": "u", "ie": "i",
}  # fmt: skip
_NAIVE = {"ʧ": "k", "k": "s", "s": "z", "z": "s", "ʃ": "s", "ʤ": "ɡ", "ɡ": "ʤ", "θ": "t", "ʒ": "ʤ"}


LOOKED_AT = frozenset({17, 23, 35, 51, 57, 85, 113, 119, 147, 153, 159, 181, 187})
"""Sentences of the odd half whose scores were looked at while the thresholds were chosen: they count as fitted."""


class NotRenderedError(LookupError):
    """A rendering is wanted that isn't kept."""


@dataclass(frozen=True, eq=False)
class Specimen:
    """A sentence in a voice, and what was done to it."""

    sentence: int
    voice: str
    kind: str
    """ "clean" or the fault's kind."""
    place: int | None
    """Index of the faulty word, for faults of words."""
    utterance: Utterance
    """What should have been said."""
    take: Take
    way: str = ""
    """Of a name, which of the `WAYS` it was misread in."""

    @property
    def held_out(self) -> bool:
        """Whether the specimen is kept from fitting: every second sentence, and with it three of the six voices."""
        return self.sentence % 2 == 1 and self.sentence not in LOOKED_AT


@dataclass(frozen=True, slots=True)
class CachedVoice:
    """A voice whose renderings are kept on disk, 16-bit."""

    voice: Voice
    folder: Path
    kept_only: bool = False
    """Refuse what is not there yet."""

    def __getattr__(self, name: str) -> Any:
        """Answer everything but `render` as the voice does."""
        return getattr(self.voice, name)

    def render(self, phonemes: str, *, speed: float) -> Rendering:
        """Render, or read what was rendered before."""
        key = hashlib.sha256(f"{self.voice.digest} {speed} {phonemes}".encode()).hexdigest()[:32]
        file = self.folder / f"{key}.npz"
        if not file.exists():
            if self.kept_only:
                raise NotRenderedError(phonemes)
            made = self.voice.render(phonemes, speed=speed)
            pcm = np.round(np.clip(made.samples, -1, 1) * 32767).astype(np.int16)
            np.savez(file.with_suffix(".part.npz"), pcm=pcm, frames=made.frames)
            file.with_suffix(".part.npz").replace(file)
        with np.load(file) as kept:
            return Rendering((kept["pcm"] / 32767).astype(np.float32), tuple(kept["frames"].tolist()))


def make_utterance(index: int, words: Sequence[Word], text: str) -> Utterance:
    """Put a sentence's words into an utterance."""
    return Utterance(f"u{index + 1}", Role.BODY, text, tuple(words), 400, 0)


def choose_faults(index: int, common: int) -> tuple[str, ...]:
    """Choose the faults of words for a sentence: each of the rarer kinds, and some of those that fit everywhere."""
    chosen = (COMMON[(index // 2 + at * 3) % len(COMMON)] for at in range(common))
    return ("negation", "number", "name", *chosen)


def choose_edits(index: int, count: int) -> tuple[str, ...]:
    """Choose some of the faults of sound for a sentence, so that each kind comes up equally often."""
    return tuple(EDITED[(index // 2 + at * 2) % len(EDITED)] for at in range(min(count, 3))) + tuple(
        EDITED[(index // 2 + at * 2 + 1) % len(EDITED)] for at in range(count - 3)
    )


def render_specimens(
    index: int, utterance: Utterance, name: str, voice: Voice, kinds: Sequence[str]
) -> Iterator[Specimen]:
    """Render a sentence clean and with each kind of fault that it has a place for."""
    clean = synthesise_utterance(utterance, voice=voice)
    for kind in kinds:
        chance = random.Random(f"{index} {kind}")  # noqa: S311  # a corpus that comes out the same each time
        if kind == "clean":
            yield Specimen(index, name, kind, None, utterance, clean)
        elif kind in EDITED:
            yield Specimen(index, name, kind, None, utterance, edit_take(kind, clean, utterance, chance))
        else:
            planted = plant_fault(kind, utterance, chance)
            if planted is not None:
                place, faulty = planted
                take = synthesise_utterance(faulty, voice=voice)
                way = name_way(utterance.words[place], faulty.words[place]) if kind == "name" else ""
                yield Specimen(index, name, kind, place, utterance, _plan_as(clean, take), way)


def _plan_as(intended: Take, said: Take) -> Take:
    """The faulty sound with its own plan where that has as many symbols, else the intended one, stretched."""
    if len(said.symbol_spans) == len(intended.symbol_spans):
        return said
    return _stretch_plan(intended, said)


def _stretch_plan(intended: Take, said: Take) -> Take:
    stretch = len(said.samples) / len(intended.samples)
    return Take(said.samples, np.round(intended.symbol_spans * stretch).astype(np.int64), said.sample_rate_hz, "faulty")


# ---------------------------------------------------------------- faults of words


def plant_fault(kind: str, utterance: Utterance, chance: random.Random) -> tuple[int, Utterance] | None:
    """Plant one fault; None where the sentence has no place for it."""
    wanted, change = _FAULTS[kind]
    places = [place for place, word in enumerate(utterance.words) if wanted(word)]
    if not places:
        return None
    place = chance.choice(places)
    words = utterance.words
    changed = change(words[place], chance)
    return place, replace(utterance, words=(*words[:place], *changed, *words[place + 1 :]))


def _is_content(word: Word) -> bool:
    plain = not word.is_name and word.spoken not in _FUNCTION | _NEGATIONS
    return plain and " " not in word.spoken and len(word.phonemes) > 3


def is_plain_name(word: Word) -> bool:
    """Whether a word is a name, in one piece, that can be misread."""
    named = word.is_name or (word.text[:1].isupper() and bool(word.start))
    return (
        named
        and word.text.isalpha()
        and " " not in word.spoken
        and sum(symbol in VOWELS for symbol in word.phonemes) > 1
    )


def _has_number(word: Word) -> bool:
    return any(part in {*_SMALL, *_TEENS, *_TENS} for part in word.spoken.split())


def _drop(word: Word, _chance: random.Random) -> tuple[Word, ...]:
    del word
    return ()


def _double(word: Word, _chance: random.Random) -> tuple[Word, ...]:
    return replace(word, mark=""), word


def _swap_number(word: Word, chance: random.Random) -> tuple[Word, ...]:
    parts, sounds = word.spoken.split(), word.phonemes.split()
    places = [place for place, part in enumerate(parts) if part in {*_SMALL, *_TEENS, *_TENS}]
    place = chance.choice(places)
    sounds[place] = _NUMBER_SOUNDS[chance.choice(_confusable(parts[place], chance))]
    return (replace(word, phonemes=" ".join(sounds)),)


def _confusable(part: str, chance: random.Random) -> list[str]:
    """The teen's ten or the ten's teen in half of the cases, else another number of its kind."""
    for group, twins in ((_TEENS, _TENS), (_TENS, _TEENS)):
        if part in group:
            return [twins[group.index(part)]] if chance.random() < 0.5 else [n for n in group if n != part]
    return [n for n in _SMALL if n != part]


def _misname(word: Word, chance: random.Random) -> tuple[Word, ...]:
    """Read a name as someone would who never heard it: by its letters, or with other vowels and consonants."""
    wrong = [reading for reading, _ in list_wrong_readings(word)]
    return (replace(word, phonemes=chance.choice(wrong) if wrong else change_vowels(word, chance)),)


def list_wrong_readings(word: Word) -> list[tuple[str, str]]:
    """List how a name is read by who never heard it, where two sounds differ at least: (phonemes, way)."""
    readings = (
        (sound_out(word.text.lower(), load_spelling_model()), "spelling"),
        (_read_letters(word.text), "letters"),
    )
    return [(said, way) for said, way in readings if _count_other_sounds(said, word.phonemes) > 1]


def name_way(meant: Word, said: Word) -> str:
    """Say in which of the `WAYS` a name was misread."""
    return dict(list_wrong_readings(meant)).get(said.phonemes, "vowels")


def _read_letters(text: str) -> str:
    """Read a word letter by letter: "Merz" → "mˈɛɹz", "Nairobi" → "nˈAɹɑbɪ"."""
    spelt, at, folded = "", 0, fold_accents(text).lower()
    while at < len(folded):
        length = 2 if folded[at : at + 2] in _LETTER_SOUNDS else 1
        sound = _LETTER_SOUNDS.get(folded[at : at + length], "")
        spelt += "" if spelt.endswith(sound) else sound
        at += length
    return ensure_stress(spelt)


def _count_other_sounds(one: str, other: str) -> int:
    """Count how many sounds must be changed to make one reading of the other; stress doesn't count."""
    one, other = without_stress(one), without_stress(other)
    row = list(range(len(other) + 1))
    for at, symbol in enumerate(one):
        previous, row[0] = row[0], at + 1
        for place, its in enumerate(other):
            previous, row[place + 1] = (
                row[place + 1],
                min(previous + (symbol != its), row[place] + 1, row[place + 1] + 1),
            )
    return row[-1]


def change_vowels(word: Word, chance: random.Random) -> str:
    """Change two vowels of a word, and perhaps a consonant that is often misread."""
    symbols = list(word.phonemes)
    vowels = [place for place, symbol in enumerate(symbols) if symbol in VOWELS]
    for place in chance.sample(vowels, 2):
        symbols[place] = chance.choice("AIOiæɑɔɛɪʌ".replace(symbols[place], ""))
    hard = [place for place, symbol in enumerate(symbols) if symbol in _NAIVE]
    if hard and chance.random() < 0.5:
        place = chance.choice(hard)
        symbols[place] = _NAIVE[symbols[place]]
    return "".join(symbols)


def _garble(word: Word, chance: random.Random) -> tuple[Word, ...]:
    """Change most sounds of a word into others of their kind."""
    return (replace(word, phonemes="".join(_garbled(symbol, chance) for symbol in word.phonemes)),)


def _garbled(symbol: str, chance: random.Random) -> str:
    if chance.random() < 0.2:
        return symbol
    for kind in ("AIOWYiuæɑɔəɛɪʊʌ", _CONSONANTS):
        if symbol in kind:
            return chance.choice(kind.replace(symbol, ""))
    return symbol


_Change = Callable[[Word, random.Random], tuple[Word, ...]]
_FAULTS: dict[str, tuple[Callable[[Word], bool], _Change]] = {
    "content": (_is_content, _drop),
    "function": (lambda word: word.spoken in _FUNCTION, _drop),
    "negation": (lambda word: word.spoken in _NEGATIONS, _drop),
    "doubled": (_is_content, _double),
    "number": (_has_number, _swap_number),
    "name": (is_plain_name, _misname),
    "garble": (_is_content, _garble),
}
_NUMBER_SOUNDS = {
    "one": "wˈʌn", "two": "tˈu", "three": "θɹˈi", "four": "fˈɔɹ", "five": "fˈIv", "six": "sˈɪks", "seven": "sˈɛvən",
    "eight": "ˈAt", "nine": "nˈIn", "ten": "tˈɛn", "eleven": "ᵻlˈɛvən", "twelve": "twˈɛlv", "thirteen": "θˌɜɹtˈin",
    "fourteen": "fˌɔɹtˈin", "fifteen": "fˌɪftˈin", "sixteen": "sˌɪkstˈin", "seventeen": "sˌɛvəntˈin",
    "eighteen": "ˌAtˈin", "nineteen": "nˌIntˈin", "thirty": "θˈɜɹTi", "forty": "fˈɔɹTi", "fifty": "fˈɪfti",
    "sixty": "sˈɪksti", "seventy": "sˈɛvənTi", "eighty": "ˈATi", "ninety": "nˈInTi",
}  # fmt: skip


# ---------------------------------------------------------------- edits of finished sound


def edit_take(kind: str, take: Take, utterance: Utterance, chance: random.Random) -> Take:
    """Spoil a take's sound; the plan stays what it was, stretched where the length changes."""
    samples = _EDITS[kind](take.samples, _word_spans(utterance, take), chance)
    edited = Take(freeze(samples), take.symbol_spans, take.sample_rate_hz, "edited")
    return _stretch_plan(take, edited)


def _word_spans(utterance: Utterance, take: Take) -> NDArray[np.int64]:
    spans, at = [], 0
    for word in utterance.words:
        spans.append((take.symbol_spans[at, 0], take.symbol_spans[at + len(word.phonemes) - 1, 1]))
        at += len(word.phonemes) + len(word.mark) + 1
    return np.array(spans, np.int64)


def _truncate(samples: Samples, spans: NDArray[np.int64], chance: random.Random) -> Samples:
    """Cut off the end within the last word as it is heard: a voice plans its fading silence as part of it."""
    start, end = spans[-1, 0], _find_end_of_sound(samples)
    return samples[: int(start + (end - start) * chance.uniform(0.2, 0.8))]


def _find_end_of_sound(samples: Samples) -> int:
    """Find where the last 10 ms end that are within 45 dB of the loudest."""
    power = np.mean(np.square(samples[: len(samples) // 240 * 240].reshape(-1, 240), dtype=np.float64), axis=1)
    return int(np.flatnonzero(power > power.max() * 10**-4.5)[-1] + 1) * 240


def _clip_onset(samples: Samples, spans: NDArray[np.int64], chance: random.Random) -> Samples:
    """Cut off the start, somewhere within the first word."""
    start, end = spans[0]
    return samples[int(start + max(1200, (end - start) * chance.uniform(0.3, 0.7))) :]


def _insert_silence(samples: Samples, spans: NDArray[np.int64], chance: random.Random) -> Samples:
    at = int(spans[chance.randrange(1, len(spans)), 0])
    return np.concatenate([samples[:at], np.zeros(int(24000 * chance.uniform(1.0, 2.5)), np.float32), samples[at:]])


def _click(samples: Samples, _spans: NDArray[np.int64], chance: random.Random) -> Samples:
    spoilt = samples.copy()
    at = chance.randrange(len(samples) // 10, len(samples) * 9 // 10)
    spoilt[at : at + chance.randrange(1, 5)] += chance.choice((-1, 1)) * chance.uniform(0.4, 0.9)
    return np.clip(spoilt, -1, 1)


def _burst(samples: Samples, _spans: NDArray[np.int64], chance: random.Random) -> Samples:
    spoilt = samples.copy()
    length = int(24000 * chance.uniform(0.08, 0.3))
    at = chance.randrange(len(samples) // 10, len(samples) * 9 // 10 - length)
    level = float(np.sqrt(np.mean(samples**2))) * 10 ** (chance.uniform(-6, 6) / 20)
    spoilt[at : at + length] += np.random.default_rng(chance.randrange(2**32)).normal(0, level, length)
    return np.clip(spoilt, -1, 1).astype(np.float32)


def _jump_speed(samples: Samples, spans: NDArray[np.int64], chance: random.Random) -> Samples:
    """Play a third of the sentence at another speed, as a tape would."""
    first = chance.randrange(1, max(2, len(spans) * 2 // 3))
    start, end = int(spans[first, 0]), int(spans[min(len(spans) - 1, first + len(spans) // 3), 1])
    speed = chance.choice((0.65, 0.75, 1.35, 1.5))
    at = np.arange(start, end - 1, speed)
    played = np.interp(at, np.arange(start, end), samples[start:end]).astype(np.float32)
    return np.concatenate([samples[:start], played, samples[end:]])


_EDITS: dict[str, Callable[[Samples, NDArray[np.int64], random.Random], Samples]] = {
    "truncated": _truncate,
    "clipped_onset": _clip_onset,
    "silence": _insert_silence,
    "click": _click,
    "noise": _burst,
    "speed_jump": _jump_speed,
}


@cache
def read_sentences(file: Path = SENTENCES) -> tuple[str, ...]:
    """Read the corpus's sentences."""
    return tuple(file.read_text("utf-8").splitlines())
