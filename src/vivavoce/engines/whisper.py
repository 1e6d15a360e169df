"""A word recogniser: Whisper through CTranslate2, greedy, on one thread: the same samples give the same words."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vivavoce.errors import MachineError

RATE_HZ = 16000
FILES = ("config.json", "model.bin", "tokenizer.json")

_FRAME_SAMPLES = 400
_HOP_SAMPLES = 160
_TAIL_SAMPLES = 3 * RATE_HZ // 2
"""Silence put after the clip. The encoder was trained on 30 s windows; clip and 1.5 s cost a ninth and read as well."""
_WINDOW_SAMPLES = 30 * RATE_HZ
_LONGEST_TOKENS = 224
_LOOP_TOKENS = 6
"""Decoding sometimes says a sentence over and over; six tokens in the same order twice end it."""
_LOOP_WORDS = 3
"""This many words in the same order twice may begin a loop."""
_LEAST_WORDS = 2
"""Fewest words of a sentence that is said over again as a whole: "no, no" is none."""
_LOOP_SHARE = 0.5
"""They do where, from there to the end, at least this share of the words are those that stand one round before."""
_BEAMS = 5
"""How many sentences are followed at once when the likeliest next word has led into a loop."""
_TOKENS_A_SECOND = 8
_MORE_TOKENS = 16
_DECODING = b"2"
"""Version of what is done with the weights; a change of what is heard changes it."""
_REMEDY = "run `vivavoce voices install`, or name under [proof] the folder of a faster-whisper model on this machine"
_ALIGNED_FRAMES = 8
"""Only the tokens' probabilities are wanted of an alignment, so the alignment itself is kept short."""


class WhisperRecogniser:
    """Meets `verify.WordRecogniser` with any CTranslate2 conversion of an English Whisper."""

    rate_hz = RATE_HZ
    max_s = (_WINDOW_SAMPLES - _TAIL_SAMPLES) / RATE_HZ

    def __init__(self, folder: Path) -> None:
        """Check that a model is there; it loads when something is first listened to.

        Args:
            folder: The model, in the form that faster-whisper takes.

        Raises:
            MachineError: A file of it is missing.
        """
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise MachineError(f"{folder} holds no Whisper to listen with: {missing[0]} is missing; {_REMEDY}")
        self._folder = folder

    @cached_property
    def digest(self) -> str:
        """Digest of the weights, of the tokeniser and of the way of decoding."""
        whole = hashlib.sha256(_DECODING)
        for name in FILES:
            whole.update(hashlib.sha256((self._folder / name).read_bytes()).digest())
        return whole.hexdigest()

    def encode(self, samples: NDArray[np.float32]) -> "WhisperClip":
        """Take in one clip of at most `max_s` at 16 kHz; what it says is then asked of the clip."""
        if len(samples) > _WINDOW_SAMPLES - _TAIL_SAMPLES:
            raise ValueError(f"want at most {self.max_s} s at 16 kHz, got {len(samples) / RATE_HZ:.1f} s")
        return WhisperClip(self._runtime, samples)

    @cached_property
    def _runtime(self) -> "_Runtime":
        return _Runtime(self._folder)


class _Runtime:
    """The loaded weights and what follows from the tokeniser."""

    def __init__(self, folder: Path) -> None:
        import ctranslate2
        from tokenizers import Tokenizer

        try:
            self.model: Any = ctranslate2.models.Whisper(str(folder), compute_type="int8", intra_threads=1)
            tokeniser: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # neither library has a base of its own for what a damaged file brings about
            raise MachineError(f"the Whisper in {folder} can't be loaded ({error}); {_REMEDY}") from error
        self.tokeniser = tokeniser
        self.start: int = tokeniser.token_to_id("<|startoftranscript|>")
        tasks = ("<|en|>", "<|transcribe|>") if self.model.is_multilingual else ()
        self.opening: list[int] = [self.start, *(tokeniser.token_to_id(task) for task in tasks)]
        """What every transcript begins with."""
        self.no_times: int = tokeniser.token_to_id("<|notimestamps|>")
        self.unspoken = [-1, *self._list_unspoken()]

    def _list_unspoken(self) -> Iterator[int]:
        """Tokens with a digit or a symbol: without them the recogniser must spell what it hears."""
        for token in range(self.start):
            if any(c.isdigit() or c in "$£€%&+=#@°" for c in self.tokeniser.decode([token])):
                yield token

    def encode(self, samples: NDArray[np.float32], *, tail_samples: int) -> NDArray[np.float32]:
        """Take in samples with so much silence after them, as far as the window has room for it."""
        length = min(len(samples) + tail_samples, _WINDOW_SAMPLES)
        features = log_mel(np.pad(samples, (0, length - len(samples))), bands=self.model.n_mels)
        even = features[None, :, : features.shape[1] // 2 * 2]
        return np.asarray(self.model.encode(_view(even), to_cpu=True))

    def decode(self, encoded: NDArray[np.float32], *, beams: int, most_tokens: int) -> str:
        """Write the likeliest sentence without digits."""
        result = self.model.generate(
            _view(encoded),
            [[*self.opening, self.no_times]],
            beam_size=beams,
            max_length=min(_LONGEST_TOKENS, most_tokens),
            no_repeat_ngram_size=_LOOP_TOKENS,
            suppress_tokens=self.unspoken,
        )[0]
        return str(self.tokeniser.decode(result.sequences_ids[0])).strip()


class WhisperClip:
    """One clip as the recogniser took it in."""

    def __init__(self, runtime: _Runtime, samples: NDArray[np.float32]) -> None:
        self._runtime = runtime
        self._samples = samples
        self._encoded = runtime.encode(samples, tail_samples=_TAIL_SAMPLES)

    def transcribe(self) -> str:
        """Say what was heard, as a sentence without digits.

        Where the likeliest next word leads into a loop, it is asked again with more silence after the clip and with
        several sentences followed at once; a loop that is written even then is cut.
        """
        most = int(_MORE_TOKENS + _TOKENS_A_SECOND * len(self._samples) / RATE_HZ)
        text = self._runtime.decode(self._encoded, beams=1, most_tokens=most)
        if find_loop(text) is None:
            return text
        encoded = self._runtime.encode(self._samples, tail_samples=2 * _TAIL_SAMPLES)
        return cut_loop(self._runtime.decode(encoded, beams=_BEAMS, most_tokens=most))

    def score(self, texts: Sequence[str]) -> tuple[float, ...]:
        """Give the log likelihood, in nats, of each text as what the clip says."""
        scores = self._score_tokens([self._tokenise(text).ids for text in texts])
        return tuple(float(np.sum(tokens)) for tokens in scores)

    def _tokenise(self, text: str) -> Any:
        return self._runtime.tokeniser.encode(f" {text}", add_special_tokens=False)

    def _score_tokens(self, texts: Sequence[Sequence[int]]) -> list[NDArray[np.float64]]:
        batch = np.repeat(self._encoded, len(texts), axis=0)
        run = self._runtime
        results = run.model.align(_view(batch), run.opening, texts, [_ALIGNED_FRAMES] * len(texts))
        return [np.log(np.maximum(result.text_token_probs, 1e-10)) for result in results]


def cut_loop(text: str) -> str:
    """Cut where the recogniser began to say its own words over again.

    "Rain fell on the town. Rain fell on the, on the town." → "Rain fell on the town."
    """
    loop = find_loop(text)
    return text if loop is None else " ".join(text.split()[:loop])


def find_loop(text: str) -> int | None:
    """Find the word at which a sentence begins to go round; None where it doesn't.

    It does where three words come again and what follows to the end is mostly what followed them before. A phrase that
    only comes twice, and then goes on otherwise, is no loop. A whole sentence of two words or more over again is one.
    """
    words = [re.sub(r"\W", "", word.lower()) for word in text.split()]
    for length in range(_LEAST_WORDS, len(words) // 2 + 1):
        if words[length:] == words[:-length]:
            return length
    for at in range(_LOOP_WORDS, len(words) - _LOOP_WORDS + 1):
        for before in range(at - _LOOP_WORDS + 1):
            if words[at : at + _LOOP_WORDS] != words[before : before + _LOOP_WORDS]:
                continue
            again = sum(one == other for one, other in zip(words[at:], words[before:], strict=False))
            if again >= _LOOP_SHARE * (len(words) - at):
                return at
    return None


def _view(values: NDArray[np.float32]) -> Any:
    import ctranslate2

    return ctranslate2.StorageView.from_array(np.ascontiguousarray(values))


def log_mel(samples: NDArray[np.float32], *, bands: int = 80) -> NDArray[np.float32]:
    """Measure the log-mel spectrogram that Whisper was trained on.

    Args:
        samples: Mono at 16 kHz.
        bands: 80 for most Whispers, 128 for the largest.

    Returns:
        Shape (bands, frames), 100 frames a second.

    Source:
        OpenAI Whisper `audio.py` (MIT): Hann window of 25 ms, hop 10 ms, Slaney mel bands, floor 8 decades under the
        loudest.
    """
    padded = np.pad(samples, _FRAME_SAMPLES // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME_SAMPLES)[::_HOP_SAMPLES][:-1]
    power = np.abs(np.fft.rfft(frames * _hann(), axis=1)) ** 2
    log_power = np.log10(np.maximum(_mel_bands(bands) @ power.T, 1e-10))
    floored = np.maximum(log_power, log_power.max() - 8.0)
    return np.asarray((floored + 4.0) / 4.0, np.float32)


@lru_cache(maxsize=1)
def _hann() -> NDArray[np.float64]:
    return np.asarray(np.hanning(_FRAME_SAMPLES + 1)[:-1])


@lru_cache(maxsize=2)
def _mel_bands(bands: int) -> NDArray[np.float64]:
    """Build triangular bands of equal area, linear below 1 kHz and logarithmic above (Slaney's Auditory Toolbox)."""
    bins_hz = np.fft.rfftfreq(_FRAME_SAMPLES, 1 / RATE_HZ)
    edges_hz = _mel_to_hz(np.linspace(0.0, _hz_to_mel(RATE_HZ / 2), bands + 2))
    ramps = edges_hz[:, None] - bins_hz[None, :]
    widths = np.diff(edges_hz)
    triangles = np.minimum(-ramps[:-2] / widths[:-1, None], ramps[2:] / widths[1:, None])
    return np.maximum(0.0, triangles) * (2.0 / (edges_hz[2:] - edges_hz[:-2]))[:, None]


_LINEAR_HZ = 200.0 / 3.0
_CORNER_HZ = 1000.0
_LOG_STEP = np.log(6.4) / 27.0


def _hz_to_mel(hz: float) -> float:
    return float(_CORNER_HZ / _LINEAR_HZ + np.log(hz / _CORNER_HZ) / _LOG_STEP)


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    corner = _CORNER_HZ / _LINEAR_HZ
    return np.where(mel < corner, mel * _LINEAR_HZ, _CORNER_HZ * np.exp(_LOG_STEP * (mel - corner)))
