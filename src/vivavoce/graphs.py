"""ONNX graphs rewritten: int8 arithmetic back to fp32, outputs added, a graph cut in two. At install only."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

_AFTER_INTEGER = ("Add", "Cast", "Mul")
"""What follows an integer product: the rounded bias, the way back to floats, both scales."""


def expose_output(graph: bytes, tensor: str, element: int) -> bytes:
    """Add a tensor inside a graph to its outputs.

    Args:
        graph: A serialised ONNX model.
        tensor: The tensor's name.
        element: One of `onnx.TensorProto`'s types.
    """
    import onnx

    model = onnx.load_from_string(graph)
    model.graph.output.append(onnx.helper.make_tensor_value_info(tensor, element, None))
    return bytes(model.SerializeToString(deterministic=True))


def dequantise_graph(graph: bytes) -> bytes:
    """Replace all dynamically quantised arithmetic by the same in fp32.

    `DynamicQuantizeLinear` with `ConvInteger` or `MatMulInteger`, a rounded bias and two scales become `Conv` or
    `MatMul` with weights multiplied out; `DynamicQuantizeLSTM` becomes `LSTM`. The weights keep their rounding, the
    activations lose theirs.

    Args:
        graph: A serialised ONNX model, quantised by ONNX Runtime's `quantize_dynamic`.
    """
    import onnx

    model = onnx.load_from_string(graph)
    edit = _Edit.of(model)
    for node in list(model.graph.node):
        if node.op_type in {"ConvInteger", "MatMulInteger"}:
            _dequantise_product(edit, node)
        elif node.op_type == "DynamicQuantizeLSTM":
            _dequantise_lstm(edit, node)
    edit.finish()
    return bytes(model.SerializeToString(deterministic=True))


def cut_graph(graph: bytes, outputs: Mapping[str, str], inputs: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Keep of a graph only what lies between some of its tensors.

    Args:
        graph: A serialised ONNX model.
        outputs: The tensors that are the new graph's outputs, and the names that they get.
        inputs: float32 tensors that are given from outside, and the names that they get; what makes them is dropped.
            The graph's own inputs stay where they are still needed.
    """
    import onnx

    model = onnx.load_from_string(graph)
    given = {name: node for node in model.graph.node for name in node.output if name in inputs}
    for tensor, name in inputs.items():
        if len(given[tensor].output) > 1:
            _rename(given[tensor], tensor, f"{tensor}/dropped")
        else:
            model.graph.node.remove(given[tensor])
        model.graph.node.append(onnx.helper.make_node("Identity", [name], [tensor], name=f"input/{name}"))
        model.graph.input.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    del model.graph.output[:]
    for tensor, name in outputs.items():
        model.graph.node.append(onnx.helper.make_node("Identity", [tensor], [name], name=f"output/{name}"))
        # ONNX Runtime infers the types; a value without one is allowed to be any.
        model.graph.output.append(onnx.ValueInfoProto(name=name))
    _Edit.of(model).finish()
    return bytes(model.SerializeToString(deterministic=True))


def optimise_graph(graph: bytes) -> bytes:
    """Rewrite a graph as ONNX Runtime does when it loads one, so that it need not when it loads the result.

    Only rewritings that hold on every processor are done.
    """
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.log_severity_level = 3
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "optimised.onnx"
        options.optimized_model_filepath = str(target)
        ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return target.read_bytes()


def fold_layers(graph: bytes, states: Sequence[str]) -> bytes:
    """Make a loop of layers that share their weights, which ONNX Runtime then prepares once, not for each layer.

    Args:
        graph: A serialised ONNX model.
        states: The float32 tensors between the layers: what goes into the first, and what each of them makes.

    Raises:
        ValueError: The layers are not all alike.
    """
    import onnx

    model = onnx.load_from_string(graph)
    edit = _Edit.of(model)
    layers = [_between(edit, *pair) for pair in pairwise(states)]
    for first, last in pairwise(states[1:]):
        if not _alike(edit, states[1], last, {states[0]: first}):
            raise ValueError(f"the layer that ends in {last} is not like the first")
    body = [onnx.NodeProto.FromString(node.SerializeToString()) for node in layers[0]]
    for node in body:
        for at, name in enumerate(node.input):
            node.input[at] = "layer/state" if name == states[0] else name
    make, kinds = onnx.helper, onnx.TensorProto
    body.append(make.make_node("Identity", ["layer/more"], ["layer/goes_on"], name="layer/goes_on"))
    number, more, goes_on = (
        make.make_tensor_value_info(f"layer/{name}", kind, [])
        for name, kind in (("number", kinds.INT64), ("more", kinds.BOOL), ("goes_on", kinds.BOOL))
    )
    state, result = (make.make_tensor_value_info(name, kinds.FLOAT, None) for name in ("layer/state", states[1]))
    loop = make.make_graph(body, "layer", [number, more, state], [goes_on, result])
    count = edit.add_constant("layers", np.array(len(layers), np.int64))
    gone = {name for layer in layers for node in layer for name in node.output}
    kept = [node for node in model.graph.node if not gone.intersection(node.output)]
    del model.graph.node[:]
    model.graph.node.extend(kept)
    model.graph.node.append(make.make_node("Loop", [count, "", states[0]], [states[-1]], name="layers", body=loop))
    edit.finish()
    return bytes(model.SerializeToString(deterministic=True))


def read_constants(graph: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Read the constants of a graph.

    Returns:
        The constants by their names; and for each use of one, as "NODE:INPUT NUMBER", the constant's name.
    """
    import onnx

    model = onnx.load_from_string(graph)
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    uses = {
        f"{node.name}:{position}": name
        for node in model.graph.node
        for position, name in enumerate(node.input)
        if name in constants
    }
    return constants, uses


def move_constants(graph: bytes, places: Mapping[str, tuple[int, int]], file: str) -> bytes:
    """Let a graph read some of its constants from a file beside it.

    Args:
        graph: A serialised ONNX model.
        places: Names of constants with offset and length in bytes.
        file: The file's name.
    """
    import onnx

    model = onnx.load_from_string(graph)
    for tensor in model.graph.initializer:
        if tensor.name in places:
            offset, length = places[tensor.name]
            onnx.external_data_helper.set_external_data(tensor, file, offset=offset, length=length)
            tensor.ClearField("raw_data")
    return bytes(model.SerializeToString(deterministic=True))


def _rename(node: Any, old: str, new: str) -> None:
    names = [new if name == old else name for name in node.output]
    del node.output[:]
    node.output.extend(names)


@dataclass(frozen=True, slots=True)
class _Edit:
    """A model while its nodes are exchanged."""

    model: Any
    makers: dict[str, Any]
    """The node that makes each tensor."""
    users: dict[str, list[Any]]
    constants: dict[str, Any]
    removed: set[str] = field(default_factory=set)
    """Names of the nodes that go."""

    @classmethod
    def of(cls, model: Any) -> "_Edit":
        makers = {name: node for node in model.graph.node for name in node.output}
        users: dict[str, list[Any]] = {}
        for node in model.graph.node:
            for name in node.input:
                users.setdefault(name, []).append(node)
        return cls(model, makers, users, {tensor.name: tensor for tensor in model.graph.initializer})

    def value(self, name: str) -> NDArray[Any]:
        import onnx

        return np.asarray(onnx.numpy_helper.to_array(self.constants[name]))

    def add_constant(self, name: str, values: NDArray[Any]) -> str:
        import onnx

        tensor = onnx.numpy_helper.from_array(np.ascontiguousarray(values), name)
        self.model.graph.initializer.append(tensor)
        self.constants[name] = tensor
        return name

    def add_node(self, kind: str, inputs: Sequence[str], like: Any, output: Sequence[str], **attributes: Any) -> None:
        import onnx

        node = onnx.helper.make_node(
            kind, inputs, output, name=f"{like.name.removesuffix('_quant')}_fp32", **attributes
        )
        self.model.graph.node.append(node)

    def finish(self) -> None:
        """Drop what nothing needs any more, and put the nodes in an order in which each follows its inputs."""
        graph = self.model.graph
        nodes = [node for node in graph.node if node.name not in self.removed]
        makers = {name: node for node in nodes for name in node.output}
        order = list(_order(makers, [output.name for output in graph.output]))
        del graph.node[:]
        graph.node.extend(order)
        used = {name for node in order for name in _needs(node)}
        needed = [value for value in graph.input if value.name in used]
        del graph.input[:]
        graph.input.extend(needed)
        kept = [tensor for tensor in graph.initializer if tensor.name in used]
        del graph.initializer[:]
        graph.initializer.extend(kept)
        del graph.value_info[:]


def _order(makers: Mapping[str, Any], wanted: Sequence[str]) -> Iterator[Any]:
    done: set[str] = set()
    stack = [(name, False) for name in reversed(wanted)]
    while stack:
        name, ready = stack.pop()
        node = makers.get(name)
        if node is None or node.output[0] in done:
            continue
        if ready:
            done.add(node.output[0])
            yield node
        else:
            stack.append((name, True))
            stack += [(needed, False) for needed in reversed(_needs(node)) if needed]


def _needs(node: Any) -> list[str]:
    """Name the tensors that a node needs, those that the graphs inside it take from outside among them."""
    names = list(node.input)
    for attribute in node.attribute:
        inner = attribute.g
        made = {name for part in inner.node for name in part.output} | {value.name for value in inner.input}
        names += [name for part in inner.node for name in _needs(part) if name not in made]
    return names


def _between(edit: _Edit, first: str, last: str) -> list[Any]:
    """Give the nodes that depend on one tensor and that another depends on, in their order."""
    behind: set[str] = {first}
    for node in edit.model.graph.node:
        if behind.intersection(node.input):
            behind.update(node.output)
    wanted, before = [last], set[str]()
    while wanted:
        name = wanted.pop()
        if name in behind - before - {first}:
            before.add(name)
            wanted += edit.makers[name].input
    return [node for node in edit.model.graph.node if before.intersection(node.output)]


def _alike(edit: _Edit, one: str, other: str, known: dict[str, str]) -> bool:
    """Say if two tensors are made in the same way, where some tensors of the one stand for some of the other."""
    if one in known or one == other:
        return known.get(one, one) == other
    if one in edit.constants and other in edit.constants:
        return np.array_equal(edit.value(one), edit.value(other))
    made, making = edit.makers.get(one), edit.makers.get(other)
    if made is None or making is None or (made.op_type, made.domain) != (making.op_type, making.domain):
        return False
    known[one] = other
    return (
        list(made.attribute) == list(making.attribute)
        and list(made.output).index(one) == list(making.output).index(other)
        and len(made.input) == len(making.input)
        and all(_alike(edit, *pair, known) for pair in zip(made.input, making.input, strict=True))
    )


def _dequantise_product(edit: _Edit, node: Any) -> None:
    quantised, weights, _, zero = node.input
    source = edit.makers[quantised].input[0]
    chain = [node]
    while chain[-1].op_type != "Mul":
        (user,) = edit.users[chain[-1].output[0]]
        if user.op_type not in _AFTER_INTEGER:
            raise ValueError(f"{node.name} is followed by {user.op_type}, wanted one of {_AFTER_INTEGER}")
        chain.append(user)
    scales = edit.makers[next(name for name in chain[-1].input if name not in chain[-2].output)]
    scale = next(name for name in scales.input if name in edit.constants)
    inputs = [source, _multiply_out(edit, weights, scale=scale, zero=zero)]
    if chain[1].op_type == "Add":
        inputs.append(_find_bias(edit, chain[1]))
    attributes = {attribute.name: _attribute(attribute) for attribute in node.attribute}
    edit.removed.update(link.name for link in chain)
    edit.add_node(node.op_type.removesuffix("Integer"), inputs, node, [chain[-1].output[0]], **attributes)


def _multiply_out(edit: _Edit, weights: str, *, scale: str, zero: str) -> str:
    """Give weights as fp32; nodes that share them go on sharing them."""
    name = f"{weights} {zero} {scale}"
    if name not in edit.constants:
        centred = edit.value(weights).astype(np.float32) - edit.value(zero).astype(np.float32)
        edit.add_constant(name, centred * edit.value(scale))
    return name


def _find_bias(edit: _Edit, add: Any) -> str:
    """Walk from the rounded bias back to the fp32 one: Reshape ← Cast ← Floor ← Div(bias, scale)."""
    (at,) = (name for name in add.input if edit.makers[name].op_type == "Reshape")
    while edit.makers[at].op_type != "Div":
        at = edit.makers[at].input[0]
    return str(edit.makers[at].input[0])


def _dequantise_lstm(edit: _Edit, node: Any) -> None:
    weights, recurrent = (
        _spread(edit, node.input[at], scale=node.input[8 + 2 * order], zero=node.input[9 + 2 * order])
        for order, at in enumerate((1, 2))
    )
    inputs = list(node.input[:8])
    inputs[1] = edit.add_constant(f"{node.name}.weight", weights.transpose(0, 2, 1))
    inputs[2] = edit.add_constant(f"{node.name}.recurrent", recurrent.transpose(0, 2, 1))
    attributes = {attribute.name: _attribute(attribute) for attribute in node.attribute}
    edit.removed.add(node.name)
    edit.add_node("LSTM", inputs, node, list(node.output), **attributes)


def _spread(edit: _Edit, name: str, *, scale: str, zero: str) -> NDArray[np.float32]:
    """Multiply out weights of shape (directions, inputs, gates) with a scale for each direction."""
    values = edit.value(name).astype(np.float32)
    centre, factor = (edit.value(part).astype(np.float32).reshape(len(values), 1, -1) for part in (zero, scale))
    return np.asarray((values - centre) * factor, np.float32)


def _attribute(attribute: Any) -> Any:
    import onnx

    return onnx.helper.get_attribute_value(attribute)
