"""What listens: recognisers behind protocols, and the thresholds that their scores are held against."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

CHECKS = 1
"""Version of the checks; a change of what they find changes it."""


class WordClip(Protocol):
    """A stretch of sound that a word recogniser has taken in."""

    def transcribe(self) -> str:
        """Say what was heard, without digits or symbols; the same clip gives the same words."""
        ...

    def score(self, texts: Sequence[str]) -> tuple[float, ...]:
        """Give the log likelihood, in nats, of each text as what the clip says."""
        ...


class WordRecogniser(Protocol):
    """Hears words."""

    @property
    def rate_hz(self) -> int:
        """Rate of the samples that it takes in."""
        ...

    @property
    def max_s(self) -> float:
        """Longest clip that it takes in."""
        ...

    @property
    def digest(self) -> str:
        """Of the weights and of all else that its answers depend on."""
        ...

    def encode(self, samples: NDArray[np.float32]) -> WordClip:
        """Take in a clip at `rate_hz`."""
        ...


class PhonemeRecogniser(Protocol):
    """Hears sounds."""

    @property
    def rate_hz(self) -> int:
        """Rate of the samples that it takes in."""
        ...

    @property
    def frame_samples(self) -> int:
        """Hop of its answers, at `rate_hz`."""
        ...

    @property
    def sounds(self) -> tuple[str, ...]:
        """What it tells apart; "<blank>" and "<wb>" stand for nothing and for a word boundary."""
        ...

    @property
    def digest(self) -> str:
        """Of the weights and of all else that its answers depend on."""
        ...

    def listen(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the log probability of each sound in each frame, shape (frames, sounds)."""
        ...


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a score becomes a finding. Fitted by `make eval-listen` on planted faults; see docs/proof.md."""

    dropped_nats: float = 2.0
    """A text without the word is a finding when it is less likely than the true text by no more than this."""


@dataclass(frozen=True, slots=True)
class Ears:
    """All that a hearing depends on beside the take and its utterance."""

    words: WordRecogniser
    phonemes: PhonemeRecogniser
    thresholds: Thresholds = Thresholds()

    @property
    def digest(self) -> str:
        """Changes whenever the same take could be heard otherwise."""
        whole = f"{CHECKS} {self.words.digest} {self.phonemes.digest} {self.thresholds}"
        return hashlib.sha256(whole.encode()).hexdigest()
