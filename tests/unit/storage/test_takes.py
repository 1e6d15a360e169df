import os
from pathlib import Path

import numpy as np

from vivavoce.storage.takes import TakeFolder
from vivavoce.types import Finding, Hearing, Take


def make_take() -> Take:
    return Take(np.linspace(-1, 1, 1000, dtype=np.float32), np.array([[0, 10], [10, 20]]), 24000, "plain")


def test_a_kept_take_comes_back_bit_for_bit(tmp_path: Path) -> None:
    store = TakeFolder(tmp_path)
    store.keep_take("ab12", make_take())
    path = store.find_take("ab12")
    assert path is not None
    take = store.load_take(path)
    assert take is not None
    assert take.samples.tobytes() == make_take().samples.tobytes()
    assert take.symbol_spans.tolist() == [[0, 10], [10, 20]]
    assert (take.sample_rate_hz, take.recipe) == (24000, "plain")


def test_a_damaged_take_is_as_good_as_none(tmp_path: Path) -> None:
    store = TakeFolder(tmp_path)
    path = store.keep_take("ab12", make_take())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    assert store.find_take("ab12") is None


def test_hearings_come_back_equal(tmp_path: Path) -> None:
    store = TakeFolder(tmp_path)
    hearing = Hearing("one two", 3, 1, (Finding("u1", "word_not_heard", "three", 0.9, 0.1, 0.2),))
    store.keep_hearing("cd34", hearing)
    assert store.find_hearing("cd34") == hearing
    assert store.find_hearing("cd35") is None


def test_pruning_removes_what_was_used_longest_ago(tmp_path: Path) -> None:
    store = TakeFolder(tmp_path)
    for age, digest in enumerate(("aa1", "bb2", "cc3")):
        os.utime(store.keep_take(digest, make_take()), (1000 - age, 1000 - age))
    size = store.size_bytes() // 3
    assert store.prune(size * 2) == (1, size)
    assert store.find_take("cc3") is None
    assert store.find_take("aa1") is not None
    assert store.prune(0)[0] == 2
