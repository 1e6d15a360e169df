"""Kokoro-82M through ONNX Runtime: phonemes to samples, with the durations that the model predicted."""

import csv
import hashlib
import platform
from functools import cache, cached_property, partial
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime as ort

from vivavoce.errors import MachineError, SynthesisError
from vivavoce.synthesise import Rendering

SAMPLE_RATE_HZ = 24_000
MAX_SYMBOLS = 510
FRAME_SAMPLES = 600
"""The model predicts durations in frames of 25 ms."""
STYLES = 510
STYLE_SIZE = 256
CALMEST_SHORT_STYLE = 40
"""Shorter inputs take the style of this many symbols: their own is clipped and up to 2 dB louder."""


@cache
def read_symbol_ids() -> dict[str, int]:
    """Read the number of each symbol that the model knows."""
    table = resources.files("vivavoce").joinpath("data/kokoro-symbols.tsv").read_text("utf-8").splitlines()
    return {row["symbol"]: int(row["id"]) for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)}


class KokoroVoice:
    """One of Kokoro's voices; meets `synthesise.Voice`."""

    engine = "kokoro-82m-v1.0/int8"
    sample_rate_hz = SAMPLE_RATE_HZ
    max_symbols = MAX_SYMBOLS

    def __init__(self, name: str, *, model: Path, style: Path, threads: int) -> None:
        """Load a voice.

        Args:
            name: The voice's name, for messages and the manifest.
            model: The graph with the predicted durations as its second output.
            style: float32 of shape (510, 1, 256): a style for each number of symbols.
            threads: Processor cores to use; the samples do not depend on it.

        Raises:
            MachineError: One of the files is not what it should be.
        """
        self.name = name
        self.kernels = describe_kernels()
        self.symbols = frozenset(read_symbol_ids())
        self._styles = _read_styles(style)
        self._open = partial(_open_session, model, threads)
        content = hashlib.sha256(model.read_bytes() + style.read_bytes()).hexdigest()
        self.digest = hashlib.sha256(f"{content} {self.engine} {self.kernels}".encode()).hexdigest()

    @cached_property
    def _session(self) -> ort.InferenceSession:
        """Loaded at the first rendering: a run that re-uses every take needs none."""
        return self._open()

    def render(self, phonemes: str, *, speed: float) -> Rendering:
        """Say up to 510 symbols in one pass.

        Raises:
            SynthesisError: There are no symbols, too many, or one that the model does not know.
        """
        if not 0 < len(phonemes) <= MAX_SYMBOLS:
            raise SynthesisError(f"the voice {self.name} wants 1 to {MAX_SYMBOLS} symbols, got {len(phonemes)}")
        ids = read_symbol_ids()
        tokens = np.array([[0, *(ids[symbol] for symbol in phonemes), 0]], np.int64)
        audio, frames = self._session.run(
            None,
            {
                "tokens": tokens,
                "style": self._styles[max(len(phonemes), CALMEST_SHORT_STYLE) - 1],
                "speed": np.array([speed], np.float32),
            },
        )
        samples = np.asarray(audio, np.float32).reshape(-1)
        return Rendering(samples, tuple(int(frame) * FRAME_SAMPLES for frame in np.asarray(frames).reshape(-1)))


def describe_kernels() -> str:
    """Name what computes the samples: library, version, and the kind of processor that its kernels follow from."""
    return f"onnxruntime-{ort.__version__}-cpu/{_processor_kind()}"


def _open_session(model: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Idle threads that spin cost a third of the wall time on a busy machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's exceptions have no common base but this
        raise MachineError(
            f"the voice's model {model} can't be loaded ({error}); run: vivavoce voices install"
        ) from error


def _read_styles(style: Path) -> np.ndarray:
    values = np.fromfile(style, np.float32)
    if values.size != STYLES * STYLE_SIZE:
        raise MachineError(
            f"the voice file {style} holds {values.size} values, wanted {STYLES * STYLE_SIZE}; "
            "run: vivavoce voices install"
        )
    return values.reshape(STYLES, 1, STYLE_SIZE)


def _processor_kind() -> str:
    """What the library's choice of kernels follows from: the same kind gives the same samples."""
    known = ("amx_int8", "avx512_bf16", "avx512_vnni", "avx512f", "avx_vnni", "avx2", "fma", "i8mm", "asimddp")
    try:
        words = set(Path("/proc/cpuinfo").read_text("ascii", errors="replace").split())
    except OSError:
        words = set()
    return "+".join([platform.machine(), *(flag for flag in known if flag in words)])
