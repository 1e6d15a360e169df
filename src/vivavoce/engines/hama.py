"""A phoneme recogniser: hama's, 4.7 MB, whose weights come inside its package.

It writes IPA in pieces of its own. `data/hama-symbols.tsv` says how often it writes which piece for each of the voice's
sounds, counted on our own clean renderings, so that its
answers can be given for the sounds that scripts are written in. The package gives the weights and the pieces; ONNX
Runtime does the arithmetic, on one thread (`hama_graph`).

Its network heals: a well-known name is written as it should be, however it was said. What its inner layers hold does
not. A layer of our own on them, learnt from renderings of which every sound is known, says what each frame sounds like
(`data/close-ear.npz`, made by evals/fit_names.py).
"""

import csv
import hashlib
from functools import cached_property
from importlib import resources
from io import BytesIO

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from vivavoce.engines.hama_graph import WINDOW_SAMPLES, CloseEar, build_graph, read_archive

_GRAPH = b"2"
"""Version of what is done with the weights; a change of what is heard changes it."""
_AFTER_VOCABULARY = ("<wb>", "<blank>")
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
        """Digest of the weights, of the graph that they are put in, and of the table of sounds."""
        return hashlib.sha256(_GRAPH + _read_weights() + _read_table().encode() + _read_ear()).hexdigest()

    @cached_property
    def sounds(self) -> tuple[str, ...]:
        """Silence as "", then the voice's sounds, of one symbol or two."""
        return ("", *dict.fromkeys(row["sound"] for row in _read_rows()))

    @cached_property
    def _session(self) -> ort.InferenceSession:
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        graph = build_graph(read_archive(_read_weights()), self._measure_shares(), _FLOOR, _open_ear())
        return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def _measure_shares(self) -> NDArray[np.float32]:
        """Shape (pieces, sounds): how probably each piece is written for each sound."""
        from hama.vocab import Vocabulary

        pieces = [*Vocabulary.load(None).decoder, *_AFTER_VOCABULARY]
        shares = np.full((len(pieces), len(self.sounds)), _SPREAD / len(pieces), np.float32)
        for row in _read_rows():
            shares[pieces.index(row["heard"]), self.sounds.index(row["sound"])] += (1 - _SPREAD) * float(row["share"])
        shares[:, 0] = [piece in _SILENT for piece in pieces]
        return shares

    def listen(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the log probability of each sound in each frame of 20 ms, shape (2, frames, sounds)."""
        return np.stack(self._ask(samples, "log_probs", "close"))

    def feel(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give what our own layer hears by, shape (frames, channels)."""
        return self._ask(samples, "inner")[0]

    def _ask(self, samples: NDArray[np.float32], *outputs: str) -> list[NDArray[np.float32]]:
        padded = np.pad(samples, WINDOW_SAMPLES // 2, mode="reflect")
        return [np.asarray(answer) for answer in self._session.run(outputs, {"waveform": padded[None, None]})]


def _read_weights() -> bytes:
    return resources.files("hama.assets").joinpath("asr_waveform.hama").read_bytes()


def _read_table() -> str:
    return resources.files("vivavoce").joinpath("data/hama-symbols.tsv").read_text("utf-8")


def _read_ear() -> bytes:
    return resources.files("vivavoce").joinpath("data/close-ear.npz").read_bytes()


def _open_ear() -> CloseEar:
    with np.load(BytesIO(_read_ear()), allow_pickle=False) as held:
        return CloseEar(**{name: held[name].astype(np.float32) for name in ("mean", "scale", "matrix", "bias")})


def _read_rows() -> list[dict[str, str]]:
    return list(csv.DictReader(_read_table().splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
