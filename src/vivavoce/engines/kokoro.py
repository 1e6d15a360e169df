"""Kokoro-82M: phonemes to samples, with the durations that the model predicted.

Two ways lead there. The int8 graph runs in ONNX Runtime as its packages carry it. All else runs the graph up to the
decoder in fp32, so that durations never depend on the precision, and then the decoder: in our own kernels, or, in fp32
alone, in ONNX Runtime.
"""

import csv
import hashlib
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, partial
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from vivavoce.derive import SOURCE_HOP, WINDOW, find_own_kernels
from vivavoce.errors import MachineError, SynthesisError, UsageError
from vivavoce.synthesise import Precision, Rendering
from vivavoce.tensors import map_tensors

SAMPLE_RATE_HZ = 24_000
MAX_SYMBOLS = 510
FRAME_SAMPLES = 600
"""The model predicts durations in frames of 25 ms."""
STYLES = 510
STYLE_SIZE = 256
DECODER_STYLE = 128
"""The decoder asks for the first half of a style."""
LONG_SYMBOLS = 150
"""Ten seconds of speech."""
CALMEST_SHORT_STYLE = 40
"""Shorter inputs take the style of this many symbols: their own is clipped and up to 2 dB louder."""
FASTEST_FAITHFUL = Precision.INT16
"""What `auto` means where our kernels are."""

_BETTER = "vivavoce-kernels would sound better and take half the time: have a C++ compiler and run `make setup` again"

Run = Callable[[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]], tuple[np.ndarray, np.ndarray]]
"""From tokens, style and speed to samples and frames."""


@cache
def read_symbol_ids() -> dict[str, int]:
    """Read the number of each symbol that the model knows."""
    table = resources.files("vivavoce").joinpath("data/kokoro-symbols.tsv").read_text("utf-8").splitlines()
    return {row["symbol"]: int(row["id"]) for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)}


@dataclass(frozen=True, slots=True)
class KokoroFiles:
    """Where the model lies."""

    digest: str
    """Of all of it."""
    whole: Path
    """The int8 graph, with the predicted durations as its second output."""
    front: Path
    """The fp32 graph up to the harmonic source."""
    front_weights: Path
    """Its weights, and the window of the source's spectrum."""
    noise: Path
    """The fp32 graph from the source's spectrum to what our kernels ask for."""
    decoder: Path
    """The fp32 decoder as a graph, from the source on; its weights lie in `decoder.safetensors` beside it."""
    weights: Path
    """The decoder's weights for our kernels, packed for the precision or not."""


class KokoroVoice:
    """One of Kokoro's voices; meets `synthesise.Voice`."""

    sample_rate_hz = SAMPLE_RATE_HZ
    max_symbols = MAX_SYMBOLS

    def __init__(self, name: str, *, files: KokoroFiles, style: Path, precision: Precision, threads: int) -> None:
        """Load a voice.

        Args:
            name: The voice's name, for messages and the manifest.
            files: The model.
            style: float32 of shape (510, 1, 256): a style for each number of symbols.
            precision: How the decoder computes; `auto` as `choose_precision` says.
            threads: Processor cores to use, 0 for all; the samples do not depend on it.

        Raises:
            MachineError: One of the files is not what it should be, or the precision wants kernels that are not there.
        """
        precision = choose_precision(precision)
        self.name = name
        self.engine = f"kokoro-82m-v1.0/{precision}"
        self.kernels = describe_kernels(precision)
        self.symbols = frozenset(read_symbol_ids())
        self._styles = _read_styles(style)
        self._open = partial(_open_run, files, precision, threads or len(os.sched_getaffinity(0)))
        content = hashlib.sha256(style.read_bytes()).hexdigest()
        self.digest = hashlib.sha256(f"{files.digest} {content} {self.engine} {self.kernels}".encode()).hexdigest()

    @cached_property
    def _run(self) -> Run:
        """Loaded at the first rendering: a run that re-uses every take needs none."""
        return self._open()

    def load(self) -> None:
        """Load the weights now.

        Raises:
            MachineError: They can't be loaded.
        """
        _ = self._run

    def render(self, phonemes: str, *, speed: float) -> Rendering:
        """Say up to 510 symbols in one pass.

        Raises:
            SynthesisError: There are no symbols, too many, or one that the model does not know.
        """
        if not 0 < len(phonemes) <= MAX_SYMBOLS:
            raise SynthesisError(f"the voice {self.name} wants 1 to {MAX_SYMBOLS} symbols, got {len(phonemes)}")
        ids = read_symbol_ids()
        tokens = np.array([[0, *(ids[symbol] for symbol in phonemes), 0]], np.int64)
        style = self._styles[max(len(phonemes), CALMEST_SHORT_STYLE) - 1]
        audio, frames = self._run(tokens, style, np.array([speed], np.float32))
        samples = np.asarray(audio, np.float32).reshape(-1)
        return Rendering(samples, tuple(int(frame) * FRAME_SAMPLES for frame in np.asarray(frames).reshape(-1)))


# ---------------------------------------------------------------- precision and kernels


def choose_precision(wanted: Precision) -> Precision:
    """Find the precision to compute in.

    Returns:
        `wanted`, or for `auto` the fastest that is faithful to fp32; without our kernels int8 as it comes.

    Raises:
        UsageError: The precision needs our kernels, and they are not installed.
    """
    ours = find_own_kernels()
    if wanted is Precision.AUTO:
        return FASTEST_FAITHFUL if ours else Precision.INT8
    if wanted in {Precision.BF16, Precision.INT16} and not ours:
        raise UsageError(
            f"the precision {wanted} needs vivavoce-kernels, which are not installed; have a C++ compiler and run "
            "`pip install ./native`, or choose fp32, int8 or auto"
        )
    return wanted


def describe_kernels(precision: Precision) -> str:
    """Name what computes the samples: libraries, versions, and the kind of processor that their kernels follow from."""
    general = f"onnxruntime-{ort.__version__}-cpu/{_processor_kind()}"
    ours = find_own_kernels()
    if precision is Precision.INT8 or not ours:
        return general
    return f"vivavoce-kernels-{ours.__version__}/{ours.choose_kernels().name} {general}"


def examine_kernels() -> tuple[str, str | None]:
    """Say which kernels compute on this machine, and what is wrong with them, if anything."""
    ours = find_own_kernels()
    if not ours:
        return f"synthesis by ONNX Runtime alone; {_BETTER}", None
    choice = ours.choose_kernels()
    problem = f"kernels gave wrong results on this processor and are not used: {', '.join(choice.rejected)}"
    return f"synthesis by vivavoce-kernels {ours.__version__}, {choice.name}", problem if choice.rejected else None


# ---------------------------------------------------------------- running


def _open_run(files: KokoroFiles, precision: Precision, threads: int) -> Run:
    if precision is Precision.INT8:
        return _open_whole(files.whole, threads)
    return _open_parts(files, precision, threads)


def _open_whole(model: Path, threads: int) -> Run:
    session = _open_session(model, threads)

    def run(
        tokens: NDArray[np.int64], style: NDArray[np.float32], speed: NDArray[np.float32]
    ) -> tuple[np.ndarray, np.ndarray]:
        audio, frames = session.run(None, {"tokens": tokens, "style": style, "speed": speed})
        return audio, frames

    return run


def _open_parts(files: KokoroFiles, precision: Precision, threads: int) -> Run:
    front = _open_session(files.front, threads, optimised=True)
    shrink = ort.RunOptions()
    shrink.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    decode = _open_decoder(files, precision, threads)

    def run(
        tokens: NDArray[np.int64], style: NDArray[np.float32], speed: NDArray[np.float32]
    ) -> tuple[np.ndarray, np.ndarray]:
        # What a long sentence took is given back before the decoder takes as much; for others it is not worth the time.
        options = shrink if tokens.size > LONG_SYMBOLS else None
        frames, *features = front.run(None, {"tokens": tokens, "style": style, "speed": speed}, options)
        return decode(features, np.ascontiguousarray(style[:, :DECODER_STYLE])), frames

    return run


def _open_decoder(
    files: KokoroFiles, precision: Precision, threads: int
) -> Callable[[list[np.ndarray], NDArray[np.float32]], np.ndarray]:
    """Give what turns text, pitch, energy and the harmonic source, and a style, into samples."""
    ours = find_own_kernels()
    if ours:
        noise = _open_session(files.noise, threads, optimised=True)
        window = map_tensors(files.front_weights)[WINDOW]
        transform = ours.transform_signal
        decoder = ours.open_decoder(map_tensors(files.weights), precision=precision.value, threads=threads)

        def decode(features: list[np.ndarray], style: NDArray[np.float32]) -> np.ndarray:
            text, pitch, energy, source = features
            noise0, noise1 = noise.run(None, {"spectrum": transform(source[0], window, SOURCE_HOP)[None]})
            samples = decoder.render(text[0], pitch.reshape(-1), energy.reshape(-1), style[0], noise0[0], noise1[0])
            return np.asarray(samples)

        return decode
    session = _open_session(files.decoder, threads)
    names = ("text", "pitch", "energy", "source", "decoder_style")
    return lambda features, style: np.asarray(session.run(None, dict(zip(names, [*features, style], strict=True)))[0])


def _open_session(model: Path, threads: int, *, optimised: bool = False) -> ort.InferenceSession:
    options = ort.SessionOptions()
    if optimised:  # at install
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
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
