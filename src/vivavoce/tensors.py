"""Arrays of float32 and bytes in one file, in the layout of safetensors: mapped into memory, not read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ALIGNMENT = 64
"""Each array begins at a multiple of this, so that vectors can be loaded from where it lies."""


_TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype(np.float32), "U8": np.dtype(np.uint8)}
_NAMES = {kind: name for name, kind in _TYPES.items()}
_PADDING = "padding/"


def write_tensors(target: Path, tensors: Mapping[str, NDArray[np.generic]]) -> dict[str, tuple[int, int]]:
    """Write arrays into one file.

    Args:
        target: The file; overwritten.
        tensors: Arrays of float32 or uint8, of any shape.

    Returns:
        For each array its offset and length in bytes, from the file's beginning.
    """
    header: dict[str, Any] = {}
    at = 0
    for name, values in tensors.items():
        header[name] = {
            "dtype": _NAMES[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [at, at + values.nbytes],
        }
        at += values.nbytes
        if padding := -at % _ALIGNMENT:
            # The layout allows no holes; what fills them is an array too.
            header[f"{_PADDING}{name}"] = {"dtype": "U8", "shape": [padding], "data_offsets": [at, at + padding]}
            at += padding
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 8) % _ALIGNMENT)
    start = 8 + len(text)
    with target.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for values in tensors.values():
            file.write(np.ascontiguousarray(values).tobytes())
            file.write(b"\0" * (-values.nbytes % _ALIGNMENT))
    return {name: (start + header[name]["data_offsets"][0], values.nbytes) for name, values in tensors.items()}


def map_tensors(file: Path) -> dict[str, NDArray[Any]]:
    """Map a file of arrays into memory, read-only.

    Raises:
        ValueError: The file is not of this layout.
        OSError: It can't be read.
    """
    everything = np.memmap(file, np.uint8, "r")
    size = int.from_bytes(everything[:8].tobytes(), "little")
    header = json.loads(everything[8 : 8 + size].tobytes())
    data = everything[8 + size :]
    return {
        name: data[slice(*entry["data_offsets"])].view(_TYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
        if not name.startswith(_PADDING)
    }
