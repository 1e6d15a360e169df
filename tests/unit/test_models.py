import hashlib
import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import onnx
import pytest

from vivavoce import models
from vivavoce.derive import DURATIONS_TENSOR
from vivavoce.errors import MachineError, RemoteError, UsageError
from vivavoce.models import MODEL_FILE, WeightFile, find_problems, install_models, list_voices, open_weights

VOICE = f"{models.VOICES_FOLDER}/af_test.bin"


def make_graph() -> bytes:
    """A graph with one inner tensor that bears the name of Kokoro's predicted durations."""
    node = onnx.helper.make_node("Identity", ["tokens"], [DURATIONS_TENSOR])
    last = onnx.helper.make_node("Identity", [DURATIONS_TENSOR], ["audio"])
    value = partial(onnx.helper.make_tensor_value_info, elem_type=onnx.TensorProto.INT64, shape=[1])
    graph = onnx.helper.make_graph([node, last], "tiny", [value("tokens")], [value("audio")])
    model: bytes = onnx.helper.make_model(graph).SerializeToString()
    return model


def derive_small_files(graph: bytes, folder: Path) -> None:
    for name in models.DERIVED_FILES:
        (folder / Path(name).name).write_bytes(b"derived of " + hashlib.sha256(graph).digest())


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that holds small files, and a table that names them."""
    graph = make_graph()
    files = {f"{MODEL_FILE}.1": graph[:30], f"{MODEL_FILE}.2": graph[30:], VOICE: b"a style"}
    table = []
    for name, data in files.items():
        path = tmp_path / "mirror" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        table.append(WeightFile(name, len(data), hashlib.sha256(data).hexdigest(), "pypi:none==0:x", "MIT"))
    monkeypatch.setattr(models, "read_weight_table", lambda: tuple(table))
    monkeypatch.setattr(models, "derive_voice_files", derive_small_files)
    monkeypatch.setattr(models, "name_packed_file", lambda: "decoder.int16-7.safetensors")
    monkeypatch.setattr(models, "pack_weights", lambda weights, target: target.write_bytes(b"!" + weights.read_bytes()))
    return tmp_path / "mirror"


@pytest.fixture
def server(mirror: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(mirror))) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}"
        httpd.shutdown()


def test_the_table_names_every_file_once_with_a_pinned_origin() -> None:
    table = models.read_weight_table()
    assert len({weight.file for weight in table}) == len(table)
    assert all(len(weight.sha256) == 64 and weight.licence for weight in table)
    assert all("==" in weight.package or "@" in weight.package for weight in table)


def test_installing_joins_checks_and_exposes_the_durations(mirror: Path, tmp_path: Path) -> None:
    root = tmp_path / "models"
    assert len(find_problems(root)) == 2 + len(models.DERIVED_FILES)
    install_models(root, mirror=str(mirror))
    assert find_problems(root) == ()
    assert list_voices(root) == ("af_test",)
    outputs = [output.name for output in onnx.load(open_weights(root, MODEL_FILE)).graph.output]
    assert outputs == ["audio", DURATIONS_TENSOR]


def test_installing_again_fetches_only_what_is_damaged(mirror: Path, tmp_path: Path) -> None:
    root = tmp_path / "models"
    install_models(root, mirror=str(mirror))
    before = (root / MODEL_FILE).stat().st_mtime_ns
    (root / VOICE).write_bytes(b"damaged")
    with pytest.raises(MachineError, match=r"damaged.*vivavoce voices install"):
        open_weights(root, VOICE)
    install_models(root, mirror=str(mirror))
    assert find_problems(root) == ()
    assert (root / MODEL_FILE).stat().st_mtime_ns == before


def test_what_is_derived_is_made_again_when_it_is_damaged_and_only_then(mirror: Path, tmp_path: Path) -> None:
    root = tmp_path / "models"
    install_models(root, mirror=str(mirror))
    derived = root / models.DERIVED_FILES[0]
    before = derived.stat().st_mtime_ns
    install_models(root, mirror=str(mirror))
    assert derived.stat().st_mtime_ns == before
    derived.write_bytes(b"damaged")
    assert len(find_problems(root)) == 1
    install_models(root, mirror=str(mirror))
    assert find_problems(root) == ()


def test_packed_weights_follow_what_they_were_packed_of(mirror: Path, tmp_path: Path) -> None:
    root = tmp_path / "models"
    assert models.find_packed_weights(root) is None
    install_models(root, mirror=str(mirror))
    packed = models.find_packed_weights(root)
    assert packed == "kokoro-82m/decoder.int16-7.safetensors"
    assert (root / packed).read_bytes() == b"!" + (root / models.DERIVED_FILES[-1]).read_bytes()
    (root / packed).write_bytes(b"damaged")
    assert len(find_problems(root)) == 1
    install_models(root, mirror=str(mirror))
    assert find_problems(root) == ()


def test_weights_packed_for_another_layout_go_when_new_ones_come(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "models"
    install_models(root, mirror=str(mirror))
    monkeypatch.setattr(models, "name_packed_file", lambda: "decoder.int16-8.safetensors")
    assert models.find_packed_weights(root) is None
    assert find_problems(root) == ()
    install_models(root, mirror=str(mirror))
    assert [path.name for path in (root / "kokoro-82m").glob("decoder.int16-*")] == ["decoder.int16-8.safetensors"]


def test_a_file_found_whole_is_read_again_only_when_it_changed(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "models"
    install_models(root, mirror=str(mirror))
    read: list[Path] = []
    digest_of = models.sha256_of

    def note_and_digest(path: Path) -> str:
        read.append(path)
        return digest_of(path)

    monkeypatch.setattr(models, "sha256_of", note_and_digest)
    monkeypatch.setattr(models, "_SETTLED_NS", 0)
    for _ in range(3):
        open_weights(root, VOICE)
    assert read == [root / VOICE]
    # Another file of the same size and modification time, as a copy over it would be.
    before = (root / VOICE).stat()
    (root / VOICE).write_bytes(b"a stile")
    os.utime(root / VOICE, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(MachineError, match="damaged"):
        open_weights(root, VOICE)
    (root / VOICE).write_bytes(b"a style")
    assert open_weights(root, VOICE) == root / VOICE
    assert find_problems(root) == ()


def test_a_file_that_may_still_change_unnoticed_is_read_each_time(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "models"
    install_models(root, mirror=str(mirror))
    monkeypatch.setattr(models, "_SETTLED_NS", 10**15)
    open_weights(root, VOICE)
    assert not (root / models.CHECKED).exists()


def test_a_file_with_another_digest_is_refused(mirror: Path, tmp_path: Path) -> None:
    (mirror / VOICE).write_bytes(b"another style")
    with pytest.raises(MachineError, match="not the file that was asked for"):
        install_models(tmp_path / "models", mirror=str(mirror))
    assert not (tmp_path / "models" / VOICE).exists()


def test_two_installations_at_once_leave_whole_files(mirror: Path, tmp_path: Path) -> None:
    root = tmp_path / "models"
    both = [threading.Thread(target=install_models, args=(root,), kwargs={"mirror": str(mirror)}) for _ in range(4)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert find_problems(root) == ()


def test_a_web_server_may_be_the_mirror(server: str, tmp_path: Path) -> None:
    install_models(tmp_path / "models", mirror=server)
    assert find_problems(tmp_path / "models") == ()


def test_a_server_that_has_not_the_file_is_named(server: str, mirror: Path, tmp_path: Path) -> None:
    (mirror / VOICE).unlink()
    with pytest.raises(RemoteError, match="404"):
        install_models(tmp_path / "models", mirror=server)


def test_a_mirror_that_is_nothing_is_wrong_usage(mirror: Path, tmp_path: Path) -> None:  # noqa: ARG001  # sets the table
    with pytest.raises(UsageError, match="--from"):
        install_models(tmp_path / "models", mirror="nowhere")
