"""Graphs are rewritten without a change of meaning: each rewriting is compared by running both."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from vivavoce.graphs import cut_graph, dequantise_graph, fold_layers, move_constants, optimise_graph, read_constants
from vivavoce.tensors import write_tensors

RANDOM = np.random.default_rng(3)
STEPS, CHANNELS = 20, 6


def draw(*shape: int) -> NDArray[np.float32]:
    return RANDOM.standard_normal(shape).astype(np.float32)


def make_graph() -> bytes:
    """A convolution with bias, one without, a product of matrices, an LSTM; small weights: nothing saturates."""
    constants: dict[str, NDArray[Any]] = {
        "w": draw(8, CHANNELS, 3), "b": draw(8), "w1": draw(8, 8, 1), "m": draw(8, 5),
        "i": draw(2, 16, 5), "r": draw(2, 16, 4), "lb": draw(2, 32), "shape": np.array([STEPS, 1, 5], np.int64),
    }  # fmt: skip
    constants = {name: values if name == "shape" else values * np.float32(0.3) for name, values in constants.items()}
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["c"], "conv", pads=[1, 1], kernel_shape=[3]),
        helper.make_node("Conv", ["c", "w1"], ["d"], "conv1x1", kernel_shape=[1]),
        helper.make_node("Transpose", ["d"], ["t"], "turn", perm=[0, 2, 1]),
        helper.make_node("MatMul", ["t", "m"], ["p"], "product"),
        helper.make_node("Reshape", ["p", "shape"], ["s"], "shape"),
        helper.make_node("LSTM", ["s", "i", "r", "lb"], ["y"], "lstm", hidden_size=4, direction="bidirectional"),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, CHANNELS, STEPS])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    return bytes(model.SerializeToString())


def run(graph: bytes | str, **inputs: NDArray[Any]) -> NDArray[Any]:
    options = ort.SessionOptions()
    options.log_severity_level = 4
    session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, inputs)[0])


@pytest.fixture
def graph() -> bytes:
    return make_graph()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_quantised_arithmetic_becomes_fp32_with_the_rounded_weights(graph: bytes, tmp_path: Path) -> None:
    (tmp_path / "fp32.onnx").write_bytes(graph)
    quantize_dynamic(
        tmp_path / "fp32.onnx",
        tmp_path / "int8.onnx",
        weight_type=QuantType.QUInt8,
        op_types_to_quantize=["Conv", "MatMul", "LSTM"],
    )
    quantised = (tmp_path / "int8.onnx").read_bytes()
    kinds = {node.op_type for node in onnx.load_from_string(quantised).graph.node}
    assert {"ConvInteger", "MatMulInteger", "DynamicQuantizeLSTM"} <= kinds
    restored = dequantise_graph(quantised)
    kinds = {node.op_type for node in onnx.load_from_string(restored).graph.node}
    assert {"Conv", "MatMul", "LSTM"} <= kinds
    assert not kinds & {"ConvInteger", "MatMulInteger", "DynamicQuantizeLSTM", "DynamicQuantizeLinear"}
    x = draw(1, CHANNELS, STEPS)
    true, int8, fp32 = run(graph, x=x), run(quantised, x=x), run(restored, x=x)
    assert np.abs(fp32 - true).max() < np.abs(int8 - true).max() < 0.2
    # Only the weights are rounded still: one part in 255 of each tensor's range.
    assert np.abs(fp32 - true).max() < 0.05


def test_two_cuts_of_a_graph_do_together_what_it_did(graph: bytes) -> None:
    first, last = cut_graph(graph, {"d": "half"}), cut_graph(graph, {"y": "end"}, {"d": "half"})
    assert [value.name for value in onnx.load_from_string(last).graph.input] == ["half"]
    assert {"w", "w1", "b"} == set(read_constants(first)[0])
    x = draw(1, CHANNELS, STEPS)
    assert np.allclose(run(last, half=run(first, x=x)), run(graph, x=x), atol=1e-6)


def test_an_optimised_graph_gives_the_same(graph: bytes) -> None:
    x = draw(1, CHANNELS, STEPS)
    assert np.allclose(run(optimise_graph(graph), x=x), run(graph, x=x), atol=1e-6)


def make_layers(*scales: float) -> bytes:
    """Layers that share a matrix and what is added, which comes of an input; the scales are constants of their own."""
    nodes = [helper.make_node("Neg", ["mask"], ["hidden"], "hide")]
    for number in range(len(scales)):
        state = f"s{number}"
        nodes += [
            helper.make_node("MatMul", [state, "w"], [f"p{number}"], f"product{number}"),
            helper.make_node("Mul", [f"p{number}", f"c{number}"], [f"m{number}"], f"scale{number}"),
            helper.make_node("Add", [f"m{number}", "hidden"], [f"a{number}"], f"mask{number}"),
            helper.make_node("Add", [f"a{number}", state], [f"s{number + 1}"], f"skip{number}"),
        ]
    nodes.append(helper.make_node("Tanh", [f"s{len(scales)}"], ["y"], "end"))
    values = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, None, 5]) for name in ("s0", "mask")]
    constants = {f"c{number}": np.full(1, scale, np.float32) for number, scale in enumerate(scales)}
    graph = helper.make_graph(
        nodes,
        "layers",
        values,
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in {"w": draw(5, 5), **constants}.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    return bytes(model.SerializeToString())


def test_layers_that_are_alike_become_a_loop_of_one() -> None:
    graph = make_layers(0.5, 0.5, 0.5)
    folded = fold_layers(graph, ["s0", "s1", "s2", "s3"])
    nodes = onnx.load_from_string(folded).graph.node
    assert [node.op_type for node in nodes] == ["Neg", "Loop", "Tanh"]
    assert set(read_constants(folded)[0]) == {"w", "c0", "layers"}
    for length in (1, 9):
        inputs = {"s0": draw(1, length, 5), "mask": draw(1, length, 5)}
        assert np.array_equal(run(folded, **inputs), run(graph, **inputs))


def test_layers_that_differ_are_not_made_a_loop() -> None:
    with pytest.raises(ValueError, match="ends in s3 is not like the first"):
        fold_layers(make_layers(0.5, 0.5, 0.25), ["s0", "s1", "s2", "s3"])


def test_constants_may_lie_in_a_file_beside_the_graph(graph: bytes, tmp_path: Path) -> None:
    constants, uses = read_constants(graph)
    assert uses["conv:1"] == "w"
    places = write_tensors(tmp_path / "some.safetensors", {"w": constants["w"]})
    (tmp_path / "moved.onnx").write_bytes(move_constants(graph, places, "some.safetensors"))
    x = draw(1, CHANNELS, STEPS)
    assert np.array_equal(run(str(tmp_path / "moved.onnx"), x=x), run(graph, x=x))
