"""Ray clusters of the tests' own: started by `ray start`, watched through the process table, ended whatever happens."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOON_S = 300.0
"""A busy machine is no failure."""
_TRIES = 6
_STORE_BYTES = 120_000_000
_LOCALHOST = "127.0.0.1"


def wait_for(found: Callable[[], Any], what: str, soon_s: float = SOON_S) -> Any:
    """Wait until something is there."""
    deadline = time.monotonic() + soon_s
    while not (it := found()):
        assert time.monotonic() < deadline, f"not within {soon_s:.0f} s: {what}"
        time.sleep(0.05)
    return it


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    command: bytes
    environment: bytes


@dataclass(frozen=True)
class RayCluster:
    """A cluster, and what a driver's environment must say to join it."""

    folder: Path
    """Of sockets and logs; its name tells this cluster's processes from those of others."""
    address: str
    environment: dict[str, str]

    def start(self, *arguments: str, prefix: tuple[str, ...] = ()) -> None:
        """Run `ray start`, which leaves a machine's processes behind.

        It waits half a minute for them and no longer, too short on a busy machine: then it is run again.
        """
        command = [*prefix, str(Path(sys.executable).parent / "ray"), "start", "--disable-usage-stats", *arguments]
        command += [f"--object-store-memory={_STORE_BYTES}", "--include-log-monitor=false"]
        log = self.folder / "log"
        before = set(self._list_ours())
        for _ in range(_TRIES):
            with log.open("wb") as sink:  # a pipe would be held by the processes left behind
                done = subprocess.run(command, check=False, stdout=sink, stderr=sink, env=self.environment)
            if done.returncode == 0:
                return
            self._end(spared=before)
        raise AssertionError(log.read_text("utf-8", "replace"))

    def list_workers(self, host: str = "") -> list[int]:
        """List the processes of our workers that are there, on all machines or one."""
        processes = self._list_ours()
        return [
            one.pid
            for one in processes.values()
            if one.command.startswith(b"ray::Worker")
            and one.parent in processes
            and f"node_ip_address={host}".encode() in processes[one.parent].command
        ]

    def stop(self) -> None:
        """End all processes; Ray's own `ray stop` would end other clusters, too."""
        self._end(spared=set())

    def _end(self, *, spared: set[int]) -> None:
        while pids := set(self._list_ours()) - spared:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)

    def _list_ours(self) -> dict[int, _Process]:
        marks = (str(self.folder).encode(), self.environment["RAY_AUTH_TOKEN"].encode())
        processes = {one.pid: one for one in _list_processes()}

        def is_ours(one: _Process) -> bool:
            if any(mark in one.command or mark in one.environment for mark in marks):
                return True
            return one.parent in processes and is_ours(processes[one.parent])

        return {pid: one for pid, one in processes.items() if pid != os.getpid() and is_ours(one)}


@contextmanager
def open_cluster(host: str = _LOCALHOST) -> Iterator[RayCluster]:
    """Give a cluster without machines; those that a test starts end with the block."""
    folder = Path(tempfile.mkdtemp(prefix="vr-", dir="/tmp"))  # a socket's path must be short
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
    }
    (port,) = find_ports(1)
    cluster = RayCluster(folder, f"{host}:{port}", environment)
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def start_cluster(workers: int = 2, *, dashboard: bool = False) -> Iterator[RayCluster]:
    """Run a cluster of one machine on ports of its own."""
    with open_cluster() as cluster:
        start_head(cluster, workers, dashboard=dashboard)
        yield cluster


def start_head(cluster: RayCluster, workers: int, *, dashboard: bool = False, prefix: tuple[str, ...] = ()) -> None:
    """Start a cluster's first machine."""
    host, _, port = cluster.address.partition(":")
    client, agent, page = find_ports(3)
    cluster.start(
        "--head",
        f"--node-ip-address={host}",
        f"--port={port}",
        f"--ray-client-server-port={client}",
        f"--dashboard-agent-listen-port={agent}",
        f"--dashboard-port={page}",
        f"--include-dashboard={str(dashboard).lower()}",
        f"--temp-dir={cluster.folder}",
        f"--num-cpus={workers}",
        prefix=prefix,
    )


def find_ports(count: int) -> list[int]:
    """Find ports that nobody has, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((_LOCALHOST, 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _list_processes() -> Iterator[_Process]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    command, environment = ((entry / name).read_bytes() for name in ("cmdline", "environ"))
                    yield _Process(int(entry.name), int(parent), command, environment)
