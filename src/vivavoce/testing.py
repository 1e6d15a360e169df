"""Fakes that we ship, for tests and for trying things without a model."""

import hashlib

import numpy as np

from vivavoce.synthesise import MARKS, Rendering
from vivavoce.types import Role, Utterance, Word

_FRAME = 600
_PAD_FRAMES = 10
_SYMBOLS = "abcdefghijklmnopqrstuvwxyzAIOQTWYæðŋɑɐɒɔəɚɛɜɡɪɹɾʃʊʌʒʔʤʧˈˌᵊᵻθ" + MARKS + " "


class ToneVoice:
    """A voice that says each symbol as 50 ms of a tone of its own and each mark or space as silence."""

    name = "tones"
    engine = "tones"
    kernels = "numpy"
    digest = "tones-1"
    sample_rate_hz = 24_000
    max_symbols = 510
    symbols = frozenset(_SYMBOLS)

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
        pitch_hz = 200 + 10 * (hashlib.sha256(symbol.encode()).digest()[0] % 64)
        time_s = np.arange(length) / self.sample_rate_hz
        return (0.2 * np.sin(2 * np.pi * pitch_hz * time_s) * np.hanning(length)).astype(np.float32)


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
