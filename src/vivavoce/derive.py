"""What the voice engine runs, derived from Kokoro's int8 graph as its packages carry it.

In fp32: the graph up to the harmonic source, optimised, with its weights beside it; the little graph from the
source's spectrum to what the decoder asks for; the decoder's weights; and the decoder, spectrum and all, as a graph
that reads the same weights, for machines without our kernels. Where our kernels are, the weights packed for them as
well, which open in a hundredth of the time. See docs/decisions/0018-kernels.md and 0031-front.md.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from vivavoce.graphs import (
    cut_graph,
    dequantise_graph,
    fold_layers,
    move_constants,
    optimise_graph,
    read_constants,
)
from vivavoce.tensors import map_tensors, write_tensors

FRONT_FILE = "front.onnx"
FRONT_WEIGHTS_FILE = "front.safetensors"
NOISE_FILE = "noise.onnx"
DECODER_FILE = "decoder.onnx"
WEIGHTS_FILE = "decoder.safetensors"
WINDOW = "stft.window"
"""The window of the harmonic source's spectrum, among the front's weights."""
SOURCE_HOP = 5
"""Samples from one window to the next."""
PACKED_PRECISION = "int16"
"""What weights are packed for at install: what `auto` means where our kernels are."""

DURATIONS_TENSOR = "/encoder/Gather_output_0"
"""Frames predicted for each symbol, inside Kokoro's graph; see docs/decisions/0002-voice-engine.md."""

_STYLE_TENSOR = "/decoder/Slice_output_0"
"""The half of a style that the decoder asks for."""
_FEATURES = {
    "/encoder/MatMul_1_output_0": "text",
    "/decoder/decoder/F0_conv/Conv_output_0": "pitch",
    "/decoder/decoder/N_conv/Conv_output_0": "energy",
    "/decoder/decoder/generator/Reshape_3_output_0": "source",
}
_STFT = "/decoder/decoder/generator/STFT"
_NOISE = {f"/decoder/decoder/generator/noise_convs.{stage}/Conv_output_0": f"noise{stage}" for stage in range(2)}
_ALBERT = "/encoder/bert/encoder"
_ALBERT_STATES = (
    # Twelve layers with the same weights.
    f"{_ALBERT}/embedding_hidden_mapping_in/Add_output_0",
    *(
        f"{_ALBERT}/albert_layer_groups.0/albert_layers.0/full_layer_layer_norm{number}/LayerNormalization_output_0"
        for number in ("", *(f"_{layer}" for layer in range(1, 12)))
    ),
)
_LEAST_MOVED_BYTES = 1024
_PREFIX = "/decoder/decoder/"
_USES = (
    # Which input of which node is which weight.
    (re.compile(r"(?!.*noise_convs)(.+)/Conv_fp32:1"), r"\1.weight"),
    (re.compile(r"(.+/conv_post)/Conv:1"), r"\1.weight"),
    (re.compile(r"(.+/ups\.\d)/ConvTranspose:1"), r"\1.weight"),
    (re.compile(r"(.+/pool)/ConvTranspose:1"), r"\1.weight"),
    (re.compile(r"(.+/fc)/Gemm_MatMul_fp32:1"), r"\1.weight"),
    (re.compile(r"(.+)/istft/stft/ConvTranspose:1"), r"\1.inverse_basis"),
)
_NAMED = re.compile(r"decoder\.decoder\.(?!.*noise_convs)(.+\.(?:bias|alpha[12]\.\d))")


def derive_voice_files(int8_graph: bytes, folder: Path) -> None:
    """Write all but the packed weights.

    Args:
        int8_graph: Kokoro's graph as its packages carry it, with the durations exposed or not.
        folder: Where they go.
    """
    whole = dequantise_graph(int8_graph)
    stft = f"{_STFT}_output_0"
    front = fold_layers(optimise_graph(cut_graph(whole, {DURATIONS_TENSOR: "durations", **_FEATURES})), _ALBERT_STATES)
    _write_front(front, whole, folder)
    noise = cut_graph(whole, _NOISE, {stft: "spectrum"})
    (folder / NOISE_FILE).write_bytes(optimise_graph(noise))
    decoder = cut_graph(whole, {"audio": "samples"}, {**_FEATURES, _STYLE_TENSOR: "decoder_style"})
    constants, uses = read_constants(decoder)
    names = _name_weights(constants, uses)
    places = write_tensors(
        folder / WEIGHTS_FILE, {name: np.asarray(constants[constant]) for name, constant in sorted(names.items())}
    )
    moved = {constant: places[name] for name, constant in names.items() if name.endswith(".weight")}
    (folder / DECODER_FILE).write_bytes(move_constants(decoder, moved, WEIGHTS_FILE))


def _write_front(front: bytes, whole: bytes, folder: Path) -> None:
    """Write the graph and, beside it, its weights, which are then mapped and not read."""
    constants, _ = read_constants(front)
    moved = {
        name: values
        for name, values in sorted(constants.items())
        if values.dtype == np.float32 and values.nbytes >= _LEAST_MOVED_BYTES
    }
    of_whole, uses = read_constants(whole)
    places = write_tensors(folder / FRONT_WEIGHTS_FILE, {**moved, WINDOW: of_whole[uses[f"{_STFT}:2"]]})
    places.pop(WINDOW)
    (folder / FRONT_FILE).write_bytes(move_constants(front, places, FRONT_WEIGHTS_FILE))


@cache
def find_own_kernels() -> ModuleType | None:
    """Give the module `vivavoce_kernels`; None where it is not installed, or from before it could do the STFT."""
    try:
        ours = import_module("vivavoce_kernels")
    except ImportError:
        return None
    return ours if hasattr(ours, "transform_signal") else None


def name_packed_file() -> str | None:
    """Name the file of weights packed for our kernels, of which each layout has its own; None without kernels."""
    ours = find_own_kernels()
    return f"decoder.{PACKED_PRECISION}-{ours.LAYOUT}.safetensors" if ours else None


def pack_weights(weights: Path, target: Path) -> None:
    """Write the decoder's weights in the order in which our kernels use them."""
    ours = import_module("vivavoce_kernels")
    packed = ours.pack_decoder(map_tensors(weights), precision=PACKED_PRECISION)
    write_tensors(target, dict(sorted(packed.items())))


def _name_weights(constants: Mapping[str, NDArray[np.float32]], uses: Mapping[str, str]) -> dict[str, str]:
    """Give for each weight the name that our kernels know it by, and its constant's name in the graph.

    Examples:
        "/decoder/decoder/generator/resblocks.1/convs1.0/Conv_fp32:1" → "generator.resblocks.1.convs1.0.weight"
    """
    names = {match[1]: name for name in constants if (match := _NAMED.fullmatch(name))}
    for use, constant in uses.items():
        for pattern, name in _USES:
            if use.startswith(_PREFIX) and (match := pattern.fullmatch(use.removeprefix(_PREFIX))):
                names[match.expand(name).replace("/", ".").replace("asr_res.asr_res", "asr_res")] = constant
    return names
