"""A phoneme recogniser: hama's, 4.7 MB, whose weights come inside its package.

It writes IPA in pieces of its own. `data/hama-symbols.tsv` says how often it writes which piece for each of the voice's
sounds, counted on our own clean renderings, so that its
answers can be given for the sounds that scripts are written in.
"""

import csv
import hashlib
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SILENT = ("<blank>", "<wb>")
_FLOOR = 1e-6
"""Smallest probability of a sound in a frame: nothing is ever quite ruled out."""
_SPREAD = 0.01
"""Share given to pieces that were never counted for a sound."""


class HamaRecogniser:
    """Meets `verify.PhonemeRecogniser`."""

    rate_hz = 16_000
    frame_samples = 320

    @cached_property
    def digest(self) -> str:
        """Digest of the weights and of the table of sounds."""
        weights = resources.files("hama.assets").joinpath("asr_waveform.hama").read_bytes()
        return hashlib.sha256(weights + _read_table().encode()).hexdigest()

    @cached_property
    def sounds(self) -> tuple[str, ...]:
        """Silence as "", then the voice's sounds, of one symbol or two."""
        return ("", *dict.fromkeys(row["sound"] for row in _read_rows()))

    @cached_property
    def _model(self) -> Any:
        from hama.asr import ASRModel

        return ASRModel()

    @cached_property
    def _shares(self) -> NDArray[np.float32]:
        """Shape (pieces, sounds): how probably each piece is written for each sound."""
        pieces = list(self._model.decoder_tokens)
        shares = np.full((len(pieces), len(self.sounds)), _SPREAD / len(pieces), np.float32)
        for row in _read_rows():
            shares[pieces.index(row["heard"]), self.sounds.index(row["sound"])] += (1 - _SPREAD) * float(row["share"])
        shares[:, 0] = [piece in _SILENT for piece in pieces]
        return shares

    def listen(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the log probability of each sound in each frame of 20 ms, shape (frames, sounds)."""
        names = ["log_probs", "out_lengths"]
        feeds = {"waveform": samples[None], "waveform_lengths": np.array([len(samples)], np.int64)}
        log_probs, lengths = self._model.session.run(names, feeds)
        return np.asarray(np.log(np.exp(log_probs[0, : int(lengths[0])]) @ self._shares + _FLOOR), np.float32)


def _read_table() -> str:
    return resources.files("vivavoce").joinpath("data/hama-symbols.tsv").read_text("utf-8")


def _read_rows() -> list[dict[str, str]]:
    return list(csv.DictReader(_read_table().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
