"""What the voice engine runs, derived from Kokoro's int8 graph as its packages carry it.

Three files: the graph up to the decoder in fp32, optimised; the decoder's weights in fp32; and the decoder as a graph
that reads the same weights, for machines without our kernels. Where our kernels are, a fourth: the weights packed for
them, which opens in a hundredth of the time. See docs/decisions/0018-kernels.md.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from vivavoce.graphs import cut_graph, dequantise_graph, move_constants, optimise_graph, read_constants
from vivavoce.tensors import map_tensors, write_tensors

FRONT_FILE = "front.fp32.onnx"
DECODER_FILE = "decoder.fp32.onnx"
WEIGHTS_FILE = "decoder.safetensors"
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
    "/decoder/decoder/generator/noise_convs.0/Conv_output_0": "noise0",
    "/decoder/decoder/generator/noise_convs.1/Conv_output_0": "noise1",
}
_PREFIX = "/decoder/decoder/"
_USES = (
    # Which input of which node is which weight.
    (re.compile(r"(.+)/Conv_fp32:1"), r"\1.weight"),
    (re.compile(r"(.+/conv_post)/Conv:1"), r"\1.weight"),
    (re.compile(r"(.+/ups\.\d)/ConvTranspose:1"), r"\1.weight"),
    (re.compile(r"(.+/pool)/ConvTranspose:1"), r"\1.weight"),
    (re.compile(r"(.+/fc)/Gemm_MatMul_fp32:1"), r"\1.weight"),
    (re.compile(r"(.+)/istft/stft/ConvTranspose:1"), r"\1.inverse_basis"),
)
_NAMED = re.compile(r"decoder\.decoder\.(.+\.(?:bias|alpha[12]\.\d))")


def derive_voice_files(int8_graph: bytes, folder: Path) -> None:
    """Write the three files.

    Args:
        int8_graph: Kokoro's graph as its packages carry it, with the durations exposed or not.
        folder: Where they go.
    """
    whole = dequantise_graph(int8_graph)
    front = cut_graph(whole, {DURATIONS_TENSOR: "durations", **_FEATURES})
    optimise_graph(front, folder / FRONT_FILE)
    decoder = cut_graph(whole, {"audio": "samples"}, {**_FEATURES, _STYLE_TENSOR: "decoder_style"})
    constants, uses = read_constants(decoder)
    names = _name_weights(constants, uses)
    places = write_tensors(
        folder / WEIGHTS_FILE, {name: np.asarray(constants[constant]) for name, constant in sorted(names.items())}
    )
    moved = {constant: places[name] for name, constant in names.items() if name.endswith(".weight")}
    (folder / DECODER_FILE).write_bytes(move_constants(decoder, moved, WEIGHTS_FILE))


@cache
def find_own_kernels() -> ModuleType | None:
    """Give the module `vivavoce_kernels`; None where it is not installed, or from before weights could be packed."""
    try:
        ours = import_module("vivavoce_kernels")
    except ImportError:
        return None
    return ours if hasattr(ours, "LAYOUT") else None


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
