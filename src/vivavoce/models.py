"""Weights and voices: what there is, where it comes from, and whether a file is still what it was.

The table `data/weights.tsv` names each file with size, SHA-256, origin and licence. Installing fetches each origin,
checks each file, derives the graph that the voice engine runs, and records the digest of all that lies installed, so
that a damaged file is noticed. A file is read through when it is first opened and whenever its size, times or inode are
others than then; `vivavoce doctor` always reads all of them. Nothing is run from a fetched package.
"""

import contextlib
import csv
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock

from vivavoce.derive import (
    DECODER_FILE,
    DURATIONS_TENSOR,
    FRONT_FILE,
    FRONT_WEIGHTS_FILE,
    NOISE_FILE,
    PACKED_PRECISION,
    WEIGHTS_FILE,
    derive_voice_files,
    name_packed_file,
    pack_weights,
)
from vivavoce.errors import MachineError, RemoteError, UsageError
from vivavoce.graphs import expose_output

RECORD = "installed.tsv"
CHECKED = ".checked.tsv"
"""For each file that was found whole: its digest, and by what it would be known to have changed since."""
MODEL_FILE = "kokoro-82m/model.int8.onnx"
VOICES_FOLDER = "kokoro-82m/voices"
RECOGNISER_FOLDER = "whisper-tiny.en"
KOKORO_FOLDER = "kokoro-82m"
DERIVED_FILES = tuple(
    f"{KOKORO_FOLDER}/{file}" for file in (FRONT_FILE, FRONT_WEIGHTS_FILE, NOISE_FILE, DECODER_FILE, WEIGHTS_FILE)
)
"""Made from the int8 graph at install; see `derive`."""
MEND = "run: vivavoce voices install"
_FETCH_TIMEOUT_S = 1800
_CHUNK = 1 << 20
_SETTLED_NS = 2_000_000_000
"""A file younger than this may change again within one tick of the clock that stamps it."""


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file as its package carries it."""

    file: str
    """Path under the models folder; a graph that comes in parts has them as `.1`, `.2`, …"""
    bytes: int
    sha256: str
    origin: str
    """`pypi:NAME==VERSION:MEMBER` or `npm:NAME@VERSION:MEMBER`."""
    licence: str

    @property
    def package(self) -> str:
        """The package manager and the pinned package, without the member."""
        return self.origin.rsplit(":", 1)[0]

    @property
    def member(self) -> str:
        """Path inside the package."""
        return self.origin.rsplit(":", 1)[1]


def read_weight_table() -> tuple[WeightFile, ...]:
    """Read the table of all default weights."""
    table = resources.files("vivavoce").joinpath("data/weights.tsv").read_text("utf-8").splitlines()
    return tuple(
        WeightFile(row["file"], int(row["bytes"]), row["sha256"], row["origin"], row["licence"])
        for row in csv.DictReader(table, delimiter="\t")
    )


# ---------------------------------------------------------------- what lies installed


def open_weights(root: Path, file: str) -> Path:
    """Give the path of an installed file after checking that it is what was installed.

    It is read through only where it is not the very file that was read through before.

    Args:
        root: The models folder.
        file: Path under it.

    Raises:
        MachineError: The file is missing, or its SHA-256 is not the recorded one.
    """
    record, path = _read_record(root), root / file
    if file in record and path.is_file() and _read_table(root / CHECKED).get(file) == _stamp(path, record[file]):
        return path
    problem = _find_problem(root, file, record)
    if problem:
        raise MachineError(problem)
    _remember_whole(root, file, _stamp(path, record[file]))
    return path


def find_packed_weights(root: Path) -> str | None:
    """Name the installed file of weights packed for our kernels; None without kernels, or where none were packed."""
    name = _packed_name()
    return name if name and name in _read_record(root) and (root / name).is_file() else None


def digest_of(root: Path, file: str) -> str:
    """Give the recorded SHA-256 of an installed file; "" where it is not installed."""
    return _read_record(root).get(file, "")


def find_problems(root: Path) -> tuple[str, ...]:
    """List every missing or damaged file, a line each that ends with the command that mends it."""
    record = _read_record(root)
    packed = find_packed_weights(root)
    names = (*_installed_names(), *((packed,) if packed else ()))
    return tuple(filter(None, (_find_problem(root, file, record) for file in names)))


def list_voices(root: Path) -> tuple[str, ...]:
    """Name the voices that lie installed, in alphabetical order."""
    return tuple(sorted(path.stem for path in (root / VOICES_FOLDER).glob("*.bin")))


def _find_problem(root: Path, file: str, record: dict[str, str]) -> str | None:
    path = root / file
    if not path.is_file():
        return f"the model file {path} is missing; {MEND}"
    if file not in record:
        return f"the model file {path} was not put there by vivavoce; {MEND}"
    if sha256_of(path) != record[file]:
        return f"the model file {path} is damaged (its SHA-256 is not the recorded one); {MEND}"
    return None


def _installed_names() -> tuple[str, ...]:
    names = (MODEL_FILE if weight.file.startswith(MODEL_FILE) else weight.file for weight in read_weight_table())
    return (*dict.fromkeys(names), *DERIVED_FILES)


def _packed_name() -> str | None:
    name = name_packed_file()
    return f"{KOKORO_FOLDER}/{name}" if name else None


def _read_record(root: Path) -> dict[str, str]:
    return _read_table(root / RECORD)


def _read_table(table: Path) -> dict[str, str]:
    try:
        lines = table.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("\t") for line in lines if line.count("\t") == 1)


def _write_table(table: Path, rows: dict[str, str]) -> None:
    staged = table.with_name(f".{table.name}.{os.getpid()}-{threading.get_ident()}")
    staged.write_text("".join(f"{file}\t{value}\n" for file, value in sorted(rows.items())), "utf-8")
    staged.replace(table)


def _stamp(path: Path, digest: str) -> str:
    """Give what a file with this digest is known by; no write leaves all of it as it was."""
    of = path.stat()
    return f"{digest} {of.st_size} {of.st_mtime_ns} {of.st_ctime_ns} {of.st_dev}:{of.st_ino}"


def _remember_whole(root: Path, file: str, stamp: str) -> None:
    if time.time_ns() - (root / file).stat().st_ctime_ns < _SETTLED_NS:
        return
    with contextlib.suppress(OSError):  # a folder that can't be written only costs the time of reading again
        _write_table(root / CHECKED, {**_read_table(root / CHECKED), file: stamp})


def sha256_of(path: Path) -> str:
    """Compute the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# ---------------------------------------------------------------- installing


def install_models(root: Path, *, mirror: str | None = None, say: Callable[[str], None] = lambda _line: None) -> None:
    """Fetch what is missing or damaged; leave what is whole. Safe to interrupt and to run twice at once.

    Args:
        root: The models folder; made where it is missing.
        mirror: None for the packages of the table; else a folder, or the base address of a model hub or web server,
            under which the files of the table lie by their names. Digests are checked all the same.
        say: Told a line for each thing that is fetched.

    Raises:
        RemoteError: An origin could not be reached or refused.
        MachineError: The folder can't be written, a package manager is missing, or a fetched file has another digest.
        UsageError: `mirror` is neither a folder nor an http(s) address.
    """
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / ".install.lock"):
        record = _read_record(root)
        packed = _packed_name()
        names = (*_installed_names(), *((packed,) if packed else ()))
        wanted = {name for name in names if _find_problem(root, name, record)}
        groups = groupby(
            (weight for weight in read_weight_table() if _installed_name(weight) in wanted), key=_installed_name
        )
        parts = {name: tuple(weights) for name, weights in groups}
        with tempfile.TemporaryDirectory(prefix=".install-", dir=root) as scratch:
            fetch = _MirrorFetcher(mirror) if mirror else _PackageFetcher(Path(scratch), say)
            for name, weights in parts.items():
                record[name] = _install_file(root, name, [fetch(weight) for weight in weights], Path(scratch))
                _write_table(root / RECORD, record)
            if MODEL_FILE in parts or not wanted.isdisjoint(DERIVED_FILES):
                say("making the fp32 model of the int8 one")
                record |= _install_derived(root, Path(scratch))
                _write_table(root / RECORD, record)
                wanted |= {packed} if packed else set()
            if packed and packed in wanted:
                say("packing its weights for this version's kernels")
                record[packed] = _install_packed(root, packed, Path(scratch))
                _write_table(root / RECORD, record)
    if wanted:
        say(f"installed {len(wanted)} files in {root}")


def _installed_name(weight: WeightFile) -> str:
    return MODEL_FILE if weight.file.startswith(MODEL_FILE) else weight.file


def _install_file(root: Path, name: str, parts: Iterable[bytes], scratch: Path) -> str:
    """Join, derive, and move into place; gives the digest of what now lies there."""
    data = b"".join(parts)
    if name == MODEL_FILE:
        data = _expose_durations(data)
    staged = scratch / "staged"
    staged.write_bytes(data)
    target = root / name
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)
    return hashlib.sha256(data).hexdigest()


def _install_derived(root: Path, scratch: Path) -> dict[str, str]:
    """Derive the fp32 files and move them into place; gives their digests."""
    derive_voice_files((root / MODEL_FILE).read_bytes(), scratch)
    digests = {}
    for name in DERIVED_FILES:
        staged = scratch / Path(name).name
        digests[name] = sha256_of(staged)
        staged.replace(root / name)
    return digests


def _install_packed(root: Path, name: str, scratch: Path) -> str:
    """Pack the weights, move them into place and remove those of other layouts; gives the digest."""
    target = root / name
    staged = scratch / target.name
    pack_weights(root / KOKORO_FOLDER / WEIGHTS_FILE, staged)
    digest = sha256_of(staged)
    staged.replace(target)
    for other in target.parent.glob(f"decoder.{PACKED_PRECISION}-*"):
        if other != target:
            other.unlink()
    return digest


def _expose_durations(graph: bytes) -> bytes:
    import onnx

    return expose_output(graph, DURATIONS_TENSOR, onnx.TensorProto.INT64)


def _check(weight: WeightFile, data: bytes, where: str) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    if digest != weight.sha256:
        raise MachineError(
            f"{weight.file} from {where} is not the file that was asked for (SHA-256 {digest[:12]}…, "
            f"wanted {weight.sha256[:12]}…); try again, or from another mirror"
        )
    return data


class _MirrorFetcher:
    """Reads the table's files by name from a folder, a web server or a model hub."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")
        is_address = urlsplit(base).scheme in {"http", "https"}
        if not is_address and not Path(base).is_dir():
            raise UsageError(f"--from wants a folder or an http(s) address, got {base!r}")
        self._read = self._download if is_address else self._copy

    def __call__(self, weight: WeightFile) -> bytes:
        return _check(weight, self._read(weight), self._base)

    def _copy(self, weight: WeightFile) -> bytes:
        path = Path(self._base) / weight.file
        if not path.is_file():
            raise MachineError(f"{path} is missing in the folder given with --from; copy it there")
        return path.read_bytes()

    def _download(self, weight: WeightFile) -> bytes:
        import requests

        address = f"{self._base}/{weight.file}"
        try:
            with requests.get(address, stream=True, timeout=(10, 60)) as answer:
                answer.raise_for_status()
                return _read_at_most(answer.iter_content(_CHUNK), weight.bytes)
        except requests.RequestException as error:
            raise RemoteError(f"{address} could not be fetched ({error}); try again") from error


def _read_at_most(chunks: Iterator[bytes], limit: int) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > limit:
            break
    return bytes(data)


class _PackageFetcher:
    """Reads the table's files out of the packages that carry them, each fetched once by its own client."""

    def __init__(self, scratch: Path, say: Callable[[str], None]) -> None:
        self._scratch = scratch
        self._say = say
        self._archives: dict[str, Path] = {}

    def __call__(self, weight: WeightFile) -> bytes:
        if weight.package not in self._archives:
            self._archives[weight.package] = self._fetch(weight.package)
        archive = self._archives[weight.package]
        return _check(weight, _read_member(archive, weight.member), weight.package)

    def _fetch(self, package: str) -> Path:
        self._say(f"fetching {package}")
        manager, pinned = package.split(":", 1)
        folder = Path(tempfile.mkdtemp(dir=self._scratch))
        if manager == "pypi":
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            _run([*command, "--disable-pip-version-check", "--dest", str(folder), pinned])
        else:
            _run([_find_npm(), "pack", "--silent", "--pack-destination", str(folder), pinned])
        return next(folder.iterdir())


def _find_npm() -> str:
    npm = shutil.which("npm")
    if npm is None:
        raise MachineError("npm is missing, which fetches the voices; install Node 18 or newer with npm and try again")
    return npm


def _run(command: list[str]) -> None:
    environment = {**os.environ, "PIP_NO_INPUT": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_FETCH_TIMEOUT_S, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise RemoteError(f"{command[-1]} did not arrive within {_FETCH_TIMEOUT_S} s; try again") from error
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise RemoteError(f"{command[-1]} could not be fetched: {reason}; check the network and try again")


def _read_member(archive: Path, member: str) -> bytes:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(member)
    with tarfile.open(archive) as tarball:
        file = tarball.extractfile(member)
        if file is None:
            raise MachineError(f"{archive.name} holds no file {member}; {MEND}")
        return file.read()
