"""A phoneme recogniser: hama's, 4.7 MB, whose weights come inside its package."""

import hashlib
from functools import cached_property
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray


class HamaRecogniser:
    """Meets `verify.PhonemeRecogniser`."""

    rate_hz = 16_000
    frame_samples = 320

    @cached_property
    def digest(self) -> str:
        """Digest of the weights."""
        return hashlib.sha256(resources.files("hama.assets").joinpath("asr_waveform.hama").read_bytes()).hexdigest()

    @cached_property
    def sounds(self) -> tuple[str, ...]:
        """What hama writes: IPA in pieces, "<wb>" and "<blank>"."""
        return tuple(self._model.decoder_tokens)

    @cached_property
    def _model(self) -> Any:
        from hama.asr import ASRModel

        return ASRModel()

    def listen(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the log probability of each sound in each frame of 20 ms, shape (frames, sounds)."""
        names = ["log_probs", "out_lengths"]
        feeds = {"waveform": samples[None], "waveform_lengths": np.array([len(samples)], np.int64)}
        log_probs, lengths = self._model.session.run(names, feeds)
        return np.asarray(log_probs[0, : int(lengths[0])], np.float32)
