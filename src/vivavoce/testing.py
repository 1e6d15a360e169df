"""Fakes that we ship, for tests and for trying things without a model."""

import numpy as np

from vivavoce.synthesise import MARKS, Rendering
from vivavoce.types import TEST_ENGINE, Finding, Hearing, Role, Take, Utterance, Word

_FRAME = 600
_PAD_FRAMES = 10
_AUDIBLE = 0.05
_TOLERANCE_HZ = 7.0
_SYMBOLS = "abcdefghijklmnopqrstuvwxyzAIOQTWYæðŋɑɐɒɔəɚɛɜɡɪɹɾʃʊʌʒʔʤʧˈˌᵊᵻθ" + MARKS + " "


class ToneVoice:
    """A voice that says each symbol as 50 ms of a tone of its own and each mark or space as silence."""

    name = "tones"
    engine = TEST_ENGINE
    kernels = "numpy"
    digest = "tones-1"
    sample_rate_hz = 24_000
    max_symbols = 510
    symbols = frozenset(_SYMBOLS)

    def load(self) -> None:
        """Tones want no weights."""

    def render(self, phonemes: str, *, speed: float) -> Rendering:
        """Give tones of exactly known length, at any speed."""
        frames = [_PAD_FRAMES, *(2 for _ in phonemes), _PAD_FRAMES]
        lengths = [round(frame / speed) * _FRAME for frame in frames]
        pieces = [np.zeros(lengths[0], np.float32)]
        pieces += [self._tone(symbol, length) for symbol, length in zip(phonemes, lengths[1:-1], strict=True)]
        pieces.append(np.zeros(lengths[-1], np.float32))
        return Rendering(np.concatenate(pieces), tuple(lengths))

    def _tone(self, symbol: str, length: int) -> np.ndarray:
        if symbol in MARKS + " ":
            return np.zeros(length, np.float32)
        time_s = np.arange(length) / self.sample_rate_hz
        return (0.2 * np.sin(2 * np.pi * _pitch_hz(symbol) * time_s) * np.hanning(length)).astype(np.float32)


class ToneListener:
    """Ears that understand `ToneVoice`: each symbol's place must hold its own tone; meets `pipeline.Listener`."""

    digest = "tones-1"

    def hear(self, utterance: Utterance, take: Take) -> Hearing:
        """Find the words that can't be heard where the take says that they are."""
        symbols = utterance.phonemes
        at, missing = 0, []
        for word in utterance.words:
            places = range(at, at + len(word.phonemes))
            if not all(_sounds_like(symbols[place], take, place) for place in places if symbols[place] != " "):
                missing.append(word)
            at += len(word.phonemes) + len(word.mark) + 1
        findings = tuple(Finding(utterance.id, "word_not_heard", word.text, 1.0, 0.0, 0.0) for word in missing)
        heard = " ".join(word.spoken for word in utterance.words if word not in missing)
        return Hearing(heard, len(utterance.words), len(missing), findings)


def _sounds_like(symbol: str, take: Take, place: int) -> bool:
    start, end = take.symbol_spans[place]
    inside = take.samples[start:end]
    if len(inside) < _FRAME:
        return False
    spectrum = np.abs(np.fft.rfft(inside * np.hanning(len(inside)), 1 << 14))
    strongest_hz = float(spectrum.argmax()) * take.sample_rate_hz / (1 << 14)
    return float(np.abs(inside).max()) > _AUDIBLE and abs(strongest_hz - _pitch_hz(symbol)) < _TOLERANCE_HZ


def _pitch_hz(symbol: str) -> float:
    return 200 + 15 * _SYMBOLS.index(symbol)


def make_utterance(text: str, *, phonemes: str | None = None, identifier: str = "u1") -> Utterance:
    """Make an utterance of plain lower-case words whose phonemes are their letters."""
    words = []
    at = 0
    for printed in text.split():
        bare = printed.rstrip(MARKS)
        words.append(
            Word(bare, bare, phonemes or bare, at, at + len(bare), "plain", "general", 1.0, mark=printed[len(bare) :])
        )
        at += len(printed) + 1
    return Utterance(identifier, Role.BODY, text, tuple(words), 400, 0)
