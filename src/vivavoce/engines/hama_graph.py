"""Hama's network as an ONNX graph: ONNX Runtime goes through it in a fraction of the time that its own engine takes.

A conformer: log-mel bands, one convolution that halves the rate to a frame of 20 ms, four blocks (half a feed-forward,
attention, a convolution over 31 frames, the other half), and the probabilities of its pieces of IPA. The shapes of the
weights give the network away but for its activations and its four heads: those were chosen by comparing with the
package's own engine, whose answers this gives: within 0.03 nats on 43 s of speech (decision 0029), and a test compares
them (tests/unit/engines/test_hama.py).

Source:
    Conformer: Gulati and others 2020, arXiv:2005.08100. Archive of weights: github.com/hamanlp/hama (Apache-2.0).
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vivavoce.errors import MachineError

WINDOW_SAMPLES = 400
_HOP_SAMPLES = 160
_QUIETEST = 1e-10
_HALF = np.float32(0.5)
_HEADS = 4
_FIRST_STEM, _FIRST_MATRIX = 801, 829
_BLOCKS, _MATRICES = 4, 9
_HEARD_BLOCKS = 2
"""So many of the last blocks are what our own layer hears by."""
EAR_DOUBT = 0.1
"""Share of its answers that our own layer gives evenly to all sounds: no single frame rules one out. Of 0.01 to 0.4
about this parts misread names from clean ones best."""
_OPSET = 20
_IR_VERSION = 10
_MAGIC = b"HAMAPK\x01"
_TYPES: dict[int, np.dtype[Any]] = {0: np.dtype("<f4"), 1: np.dtype("<f2")}

Weights = dict[str, NDArray[np.float32]]


def read_archive(archive: bytes) -> Weights:
    """Read an archive of weights: a table of names, types, shapes and places, then the arrays.

    Raises:
        MachineError: It is of another layout.
    """
    if not archive.startswith(_MAGIC):
        raise MachineError("hama's weights are of a layout that isn't known; run: pip install 'hama==1.7.0'")
    (count,), at = struct.unpack_from("<I", archive, 8), 12
    table = []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", archive, at)
        name, at = archive[at + 2 : at + 2 + length].decode(), at + 2 + length
        kind, rank = archive[at], archive[at + 1]
        shape = struct.unpack_from(f"<{rank}I", archive, at + 2)
        (place, size), at = struct.unpack_from("<QQ", archive, at + 2 + 4 * rank), at + 18 + 4 * rank
        table.append((name, kind, shape, place, size))
    start = -(-at // 16) * 16
    return {
        name: np.frombuffer(archive, _TYPES[kind], size // _TYPES[kind].itemsize, start + place)
        .reshape(shape)
        .astype(np.float32)
        for name, kind, shape, place, size in table
        if kind in _TYPES
    }


@dataclass(frozen=True, eq=False)
class CloseEar:
    """A layer of our own on the network's last two blocks: what each frame sounds like, as learnt from our voices."""

    mean: NDArray[np.float32]
    """Of what the blocks give, shape (channels,)."""
    scale: NDArray[np.float32]
    """What it is multiplied by, shape (channels,)."""
    matrix: NDArray[np.float32]
    """Shape (frames around and with each, channels, sounds)."""
    bias: NDArray[np.float32]
    """Shape (sounds,)."""


def build_graph(weights: Weights, shares: NDArray[np.float32], floor: float, ear: CloseEar) -> bytes:
    """Build the graph.

    Args:
        weights: Of hama 1.7.
        shares: Shape (pieces, sounds): how probably each piece is written for each sound.
        floor: Smallest probability of a sound.
        ear: Our own layer.

    Returns:
        A serialised model: `waveform`, shape (1, 1, samples), mono at 16 kHz with half a window before and after it →
        `log_probs` and `close`, each of shape (frames, sounds), and `inner`, what `close` is made of, shape (frames,
        channels).

    Raises:
        MachineError: The weights are another network's.
    """
    try:
        return _write_graph(weights, shares, floor, ear)
    except KeyError as error:
        raise MachineError(f"hama's weights have no {error}; run: pip install 'hama==1.7.0'") from error


def _write_graph(weights: Weights, shares: NDArray[np.float32], floor: float, ear: CloseEar) -> bytes:
    graph = _Graph()
    x = _add_front(graph, weights)
    given = []
    for block in range(_BLOCKS):
        x = _add_block(graph, weights, block, x)
        given.append(x)
    inner = graph.add("Concat", given[-_HEARD_BLOCKS:], axis=1)
    project = weights["acoustic_model.model.proj.weight"][:, :, 0].T
    x = graph.multiply(x, project, weights["acoustic_model.model.proj.bias"])
    x = graph.add("MatMul", [graph.add("Softmax", [x], axis=1), graph.keep(shares)])
    log_probs = graph.add("Log", [graph.add("Add", [x, graph.keep(np.float32(floor))])])
    return graph.finish({"log_probs": log_probs, "close": _add_ear(graph, ear, inner), "inner": inner})


class _Graph:
    """A graph being written: each call adds a node and gives the name of what it makes."""

    def __init__(self) -> None:
        import onnx

        self._onnx: Any = onnx
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def keep(self, values: NDArray[Any] | np.generic) -> str:
        """Add a constant."""
        name = f"c{len(self._constants)}"
        self._constants.append(self._onnx.numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node of one output."""
        return self.split(kind, inputs, 1, **attributes)[0]

    def split(self, kind: str, inputs: Sequence[str], count: int, **attributes: Any) -> list[str]:
        """Add a node of several outputs."""
        names = [f"n{len(self._nodes)}.{at}" for at in range(count)]
        self._nodes.append(self._onnx.helper.make_node(kind, inputs, names, **attributes))
        return names

    def multiply(self, x: str, matrix: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """Add a product with a matrix, shape (from, to), and a bias."""
        return self.add("Gemm", [x, self.keep(matrix), self.keep(bias)])

    def normalise(self, x: str, weights: Weights, name: str) -> str:
        """Add a layer's normalisation."""
        return self.add(
            "LayerNormalization",
            [x, self.keep(weights[f"{name}.weight"]), self.keep(weights[f"{name}.bias"])],
            axis=1,
            epsilon=1e-5,
        )

    def swish(self, x: str) -> str:
        """Add x · sigmoid(x)."""
        return self.add("Mul", [x, self.add("Sigmoid", [x])])

    def finish(self, outputs: Mapping[str, str]) -> bytes:
        """Write the model."""
        helper, kind = self._onnx.helper, self._onnx.TensorProto.FLOAT
        self._nodes += [helper.make_node("Identity", [made], [name]) for name, made in outputs.items()]
        graph = helper.make_graph(
            self._nodes,
            "hama",
            [helper.make_tensor_value_info("waveform", kind, [1, 1, None])],
            [helper.make_tensor_value_info(name, kind, [None, None]) for name in outputs],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
        return bytes(model.SerializeToString(deterministic=True))


def _add_ear(graph: _Graph, ear: CloseEar, inner: str) -> str:
    """From the blocks' channels to log probabilities; none is ever less likely than one in five hundred."""
    x = graph.add("Mul", [graph.add("Sub", [inner, graph.keep(ear.mean)]), graph.keep(ear.scale)])
    x = graph.add("Unsqueeze", [graph.add("Transpose", [x], perm=[1, 0]), graph.keep(np.array([0]))])
    reach = len(ear.matrix) // 2
    taps = graph.keep(ear.matrix.transpose(2, 1, 0))
    x = graph.add("Conv", [x, taps, graph.keep(ear.bias)], pads=[reach, reach])
    x = graph.add("Transpose", [graph.add("Squeeze", [x, graph.keep(np.array([0]))])], perm=[1, 0])
    likely = graph.add("Mul", [graph.add("Softmax", [x], axis=1), graph.keep(np.float32(1 - EAR_DOUBT))])
    return graph.add("Log", [graph.add("Add", [likely, graph.keep(np.float32(EAR_DOUBT / len(ear.bias)))])])


def _add_front(graph: _Graph, weights: Weights) -> str:
    """From samples to frames of 20 ms, shape (frames, channels). The logarithms are rounded as in training."""
    waves = np.concatenate([weights["stft_real_kernel"], weights["stft_imag_kernel"]])
    bands = np.concatenate([weights["mel_fb"], weights["mel_fb"]]).T
    float16, float32 = 10, 1
    x = graph.add("Conv", ["waveform", graph.keep(waves)], strides=[_HOP_SAMPLES])
    x = graph.add("MatMul", [graph.keep(bands), graph.add("Mul", [x, x])])
    x = graph.add("Log", [graph.add("Max", [x, graph.keep(np.float32(_QUIETEST))])])
    x = graph.add("Cast", [graph.add("Cast", [x], to=float16)], to=float32)
    stem, bias = (graph.keep(weights[f"onnx::Conv_{_FIRST_STEM + at}"]) for at in range(2))
    x = graph.add("Gelu", [graph.add("Conv", [x, stem, bias], strides=[2], pads=[1, 1])])
    return graph.add("Transpose", [graph.add("Squeeze", [x, graph.keep(np.array([0]))])], perm=[1, 0])


def _add_block(graph: _Graph, weights: Weights, block: int, x: str) -> str:
    name = f"acoustic_model.model.blocks.{block}"
    matrices = [_FIRST_MATRIX + _MATRICES * block + at for at in (0, 1, 2, 6, 7, 8)]
    up, down, mix, out, up_again, down_again = (weights[f"onnx::MatMul_{at}"] for at in matrices)
    x = _add_half(graph, weights, f"{name}.ffn1", (up, down), x)
    x = _add_attention(graph, weights, name, (mix, out), x)
    x = _add_convolution(graph, weights, name, block, x)
    x = _add_half(graph, weights, f"{name}.ffn2", (up_again, down_again), x)
    return graph.normalise(x, weights, f"{name}.norm")


def _add_half(
    graph: _Graph, weights: Weights, name: str, matrices: tuple[NDArray[np.float32], NDArray[np.float32]], x: str
) -> str:
    up, down = matrices
    y = graph.multiply(graph.normalise(x, weights, f"{name}.norm"), up, weights[f"{name}.fc1.bias"])
    return graph.add("Add", [x, graph.multiply(graph.swish(y), down * _HALF, weights[f"{name}.fc2.bias"] * _HALF)])


def _add_attention(
    graph: _Graph, weights: Weights, name: str, matrices: tuple[NDArray[np.float32], NDArray[np.float32]], x: str
) -> str:
    mix, out = matrices
    width = len(out)
    scale = np.repeat(np.array([(width // _HEADS) ** -0.5, 1, 1], np.float32), width)
    y = graph.normalise(x, weights, f"{name}.attn_norm")
    y = graph.multiply(y, mix * scale, weights[f"{name}.attn.in_proj_bias"] * scale)
    heads = graph.keep(np.array([0, 3, _HEADS, width // _HEADS]))
    apart = graph.add("Reshape", [y, heads])
    ask, answer, give = (
        graph.add("Squeeze", [part, graph.keep(np.array([1]))])
        for part in graph.split("Split", [apart], 3, axis=1, num_outputs=3)
    )
    fit = graph.add(
        "MatMul",
        [graph.add("Transpose", [ask], perm=[1, 0, 2]), graph.add("Transpose", [answer], perm=[1, 2, 0])],
    )
    said = graph.add("MatMul", [graph.add("Softmax", [fit]), graph.add("Transpose", [give], perm=[1, 0, 2])])
    together = graph.add("Reshape", [graph.add("Transpose", [said], perm=[1, 0, 2]), graph.keep(np.array([0, width]))])
    return graph.add("Add", [x, graph.multiply(together, out, weights[f"{name}.attn.out_proj.bias"])])


def _add_convolution(graph: _Graph, weights: Weights, name: str, block: int, x: str) -> str:
    along, bias = (weights[f"onnx::Conv_{_FIRST_STEM + 3 + 3 * block + at}"] for at in range(2))
    into, outof = (weights[f"{name}.conv.pointwise{at}.weight"][:, :, 0].T for at in (1, 2))
    y = graph.normalise(x, weights, f"{name}.conv.norm")
    y = graph.multiply(y, into, weights[f"{name}.conv.pointwise1.bias"])
    values, gates = graph.split("Split", [y], 2, axis=1, num_outputs=2)
    y = graph.add("Mul", [values, graph.add("Sigmoid", [gates])])
    y = graph.add("Unsqueeze", [graph.add("Transpose", [y], perm=[1, 0]), graph.keep(np.array([0]))])
    reach = along.shape[2] // 2
    y = graph.add("Conv", [y, graph.keep(along), graph.keep(bias)], group=len(along), pads=[reach, reach])
    y = graph.add("Transpose", [graph.add("Squeeze", [graph.swish(y), graph.keep(np.array([0]))])], perm=[1, 0])
    return graph.add("Add", [x, graph.multiply(y, outof, weights[f"{name}.conv.pointwise2.bias"])])
