"""What listens: recognisers behind protocols, and the thresholds that their scores are held against."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vivavoce.verify.signal import SignalLimits

CHECKS = 16
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
        """What it tells apart: "" for silence first, then sounds in the symbols of scripts, of one symbol or two."""
        ...

    @property
    def digest(self) -> str:
        """Of the weights and of all else that its answers depend on."""
        ...

    def listen(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the log probability of each sound in each frame, for samples at `rate_hz`.

        Returns:
            Shape (2, frames, sounds): as the recogniser would write them, few frames a sound; and what each frame
            sounds like, whatever is being said.
        """
        ...


class SpellingReader(Protocol):
    """Reads words that it doesn't know by their letters, as someone would who has never heard them."""

    @property
    def digest(self) -> str:
        """Of all that its answers depend on."""
        ...

    def read(self, word: str) -> tuple[str, ...]:
        """Give some readings of a word in lower case, as phonemes, the likeliest first."""
        ...


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a score becomes a finding. Fitted by `make eval-listen` on planted faults; see docs/proof.md."""

    dropped_nats: float = 8.0
    """The sentence without the word fits better by this."""
    doubtful_nats: float = 0.0
    """From here to `dropped_nats` the word recogniser is asked as well."""
    without_nats: float = 1.0
    """The word recogniser finds the sentence without the word less likely by no more than this."""
    doubled_nats: float = 4.0
    """The sentence with the word twice fits better by this."""
    swapped_nats: float = 2.5
    """The sentence with another number fits better by this."""
    other_nats: float = 6.5
    """Any other sounds in the word's place fit better by this; see `PartScores.other`."""
    other_unheard_nats: float = 4.5
    """The same for a word that the word recogniser didn't write either."""
    misread_nats: float = 4.5
    """What speaks for other sounds of a name comes to more than this; see `names.score_name`."""
    cut_nats: float = 6.0
    """The first word without its start, or the last without its end, fits better by this."""
    drift_s: float = 0.25
    """Three words running lie this far from where the voice planned them."""
    signal: SignalLimits = field(default_factory=SignalLimits)


@dataclass(frozen=True, slots=True)
class Ears:
    """All that a hearing depends on beside the take and its utterance."""

    words: WordRecogniser
    phonemes: PhonemeRecogniser
    spelling: SpellingReader
    """Whose readings of a name are held against what should be said."""
    thresholds: Thresholds = Thresholds()

    @property
    def digest(self) -> str:
        """Changes whenever the same take could be heard otherwise."""
        whole = f"{CHECKS} {self.words.digest} {self.phonemes.digest} {self.spelling.digest} {self.thresholds}"
        return hashlib.sha256(whole.encode()).hexdigest()
