from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vivavoce.tensors import map_tensors, write_tensors


def test_arrays_come_back_as_they_were_and_lie_where_it_was_said(tmp_path: Path) -> None:
    file = tmp_path / "some.safetensors"
    random = np.random.default_rng(1)
    tensors: dict[str, NDArray[np.generic]] = {
        name: random.standard_normal(shape).astype(np.float32)
        for name, shape in {"a.weight": (3, 5, 7), "a.bias": (3,), "lone": (1, 1), "big": (64, 16)}.items()
    }
    tensors["bytes"] = random.integers(0, 256, 77).astype(np.uint8)
    places = write_tensors(file, tensors)
    mapped = map_tensors(file)
    assert mapped["bytes"].dtype == np.uint8
    assert mapped.keys() == tensors.keys()
    data = file.read_bytes()
    for name, values in tensors.items():
        assert np.array_equal(mapped[name], values)
        offset, length = places[name]
        assert offset % 64 == 0
        assert data[offset : offset + length] == values.tobytes()
        assert not mapped[name].flags.writeable
