"""The archive's long forms, run by `make soak`: many kills, a machine cut off, S3 and PostgreSQL, two workers and one.

Each adds its figures to build/archive-figures.jsonl; docs/archive.md has the last ones.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from archive_at_work import check_archive, list_takes, write_news
from postgres import make_database
from ray_at_work import RayCluster, open_cluster, start_cluster, start_head, wait_for
from vivavoce.archive.shelf import Shelf
from vivavoce.models import MODEL_FILE
from vivavoce.settings import read_places

pytestmark = [pytest.mark.soak, pytest.mark.timeout(6 * 3600)]

_FIGURES = Path(__file__).parents[2] / "build" / "archive-figures.jsonl"
_LONG_S = 2 * 3600.0
_PROBE_S = 2.0


class Drive:
    """`vivavoce archive` in a process of its own."""

    def __init__(self, cluster: RayCluster, *arguments: object, cache: Path, prefix: tuple[str, ...] = ()) -> None:
        command = [*prefix, sys.executable, "-m", "vivavoce", "archive", *map(str, arguments)]
        self.process = subprocess.Popen(
            [*command, "--address", cluster.address, "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**cluster.environment, "VIVAVOCE_CACHE": str(cache)},
        )

    def finish(self) -> dict[str, Any]:
        """Wait for its end, which must be a good one."""
        out, err = self.process.communicate(timeout=_LONG_S)
        assert self.process.returncode == 0, err
        told: dict[str, Any] = json.loads(out)
        return told

    def kill(self) -> None:
        """Kill it and wait until it is gone."""
        self.process.kill()
        self.process.communicate()


def count_editions(archive: Path) -> int:
    return sum(1 for _ in archive.glob("editions/*/edition.json"))


def wait_for_editions(archive: Path, count: int) -> None:
    wait_for(lambda: count_editions(archive) >= count, f"{count} editions", _LONG_S)


def find_another(cluster: RayCluster, known: set[int]) -> int | None:
    return next((pid for pid in cluster.list_workers() if pid not in known), None)


def report_figures(**figures: object) -> None:
    _FIGURES.parent.mkdir(exist_ok=True)
    with _FIGURES.open("a", encoding="utf-8") as file:
        file.write(
            json.dumps({"date": datetime.now(UTC).date().isoformat(), "load": os.getloadavg(), **figures}) + "\n"
        )


def read_memory_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


@contextmanager
def watch_memory(pids: dict[str, int], archive: Path) -> Iterator[list[tuple[int, dict[str, int]]]]:
    """Note how much memory processes hold, with the number of editions at that moment."""
    notes: list[tuple[int, dict[str, int]]] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(_PROBE_S):
            try:
                notes.append((count_editions(archive), {name: read_memory_kb(pid) for name, pid in pids.items()}))
            except FileNotFoundError:
                return  # the driver has ended

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield notes
    finally:
        ended.set()
        thread.join()


def test_300_articles_survive_three_killed_workers_and_a_killed_driver_in_flat_memory(tmp_path: Path) -> None:
    count, archive, cache = 300, tmp_path / "archive", tmp_path / "cache"
    catalogue = write_news(tmp_path / "catalogue.jsonl", count)
    arguments = (catalogue, "-o", archive, "--voice", "tones")
    started_s = time.monotonic()
    with start_cluster(dashboard=True) as cluster:
        first = Drive(cluster, *arguments, cache=cache)
        wait_for_editions(archive, 8)
        first.kill()
        standing, takes = count_editions(archive), list_takes(cache)

        second = Drive(cluster, *arguments, cache=cache)
        wait_for_editions(archive, standing + 4)
        spared, victim = wait_for(lambda: workers if len(workers := cluster.list_workers()) == 2 else (), "two workers")
        with watch_memory({"driver": second.process.pid, "worker": spared}, archive) as memory:
            for at in (60, 120, 180):
                wait_for_editions(archive, at)
                os.kill(victim, signal.SIGKILL)
                victim = wait_for(partial(find_another, cluster, {spared, victim}), "another worker")
            told = second.finish()
        pass_on = {"Authorization": f"Bearer {cluster.environment['RAY_AUTH_TOKEN']}"}
        assert "Ray Dashboard" in httpx.get(told["progress"]["dashboard"], headers=pass_on, timeout=60).text
    assert (told["editions"], told["failed"]) == (count, [])
    assert told["progress"]["made"] <= count - standing
    assert takes.items() <= list_takes(cache).items(), "a sentence was rendered again"
    check_archive(archive, {f"n{number}" for number in range(count)})
    growth = {}
    for name in ("driver", "worker"):
        early = max(note[name] for editions, note in memory if editions <= 45)
        late = max(note[name] for editions, note in memory if editions > count - 60)
        growth[name] = {"early_mb": early // 1024, "late_mb": late // 1024}
    report_figures(form="kills", articles=count, minutes=round((time.monotonic() - started_s) / 60, 1), memory=growth)
    for name, figures in growth.items():
        assert figures["late_mb"] < 1.1 * figures["early_mb"] + 10, (name, figures)


@pytest.mark.real_voice
def test_two_workers_are_worth_one_and_eight_tenths(tmp_path: Path) -> None:
    if not (read_places().models / MODEL_FILE).exists():
        pytest.skip("no voice is installed: run vivavoce voices install")
    count = 40
    catalogue = write_news(tmp_path / "catalogue.jsonl", count)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    with start_cluster() as cluster:
        for turn, workers in enumerate((1, 2, 2, 1)):
            archive = tmp_path / f"archive{turn}"
            drive = Drive(cluster, catalogue, "-o", archive, "--workers", workers, cache=tmp_path / f"cache{turn}")
            told = drive.finish()
            assert (told["editions"], told["failed"]) == (count, [])
            seconds[workers].append(told["progress"]["seconds"])
    gain = median(seconds[1]) / median(seconds[2])
    report_figures(form="two against one", articles=count, seconds=seconds, gain=round(gain, 2))
    assert gain >= 1.8, seconds


def test_two_drivers_share_a_postgresql_ledger_and_an_s3_store(
    tmp_path: Path, postgres_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 3 * 64
    catalogue = write_news(tmp_path / "catalogue.jsonl", count)
    ledger = make_database(postgres_server)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        credentials = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        for name, value in credentials.items():
            monkeypatch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="archive")
        arguments = (catalogue, "-o", "s3://archive/back", "--voice", "tones", "--ledger", ledger, "--workers", 1)
        with start_cluster() as cluster:
            drives = [Drive(cluster, *arguments, cache=tmp_path / "cache") for _ in range(2)]
            shares = [drive.finish()["progress"] for drive in drives]
            again = Drive(cluster, *arguments, cache=tmp_path / "cache").finish()
        assert sum(share["made"] for share in shares) == count, "each article once"
        assert min(share["made"] for share in shares) > 0
        assert (again["progress"]["made"], again["progress"]["skipped"], again["editions"]) == (0, count, count)
        assert len(list(Shelf("s3://archive/back").list())) == count
        report_figures(form="two drivers", articles=count, made=[share["made"] for share in shares])
    finally:
        server.stop()


@contextmanager
def open_machines(count: int) -> Iterator[list[str]]:
    """Give network namespaces on one bridge, each with an address of its own: 10.77.0.1, 10.77.0.2, …"""

    def run(*command: str) -> None:
        subprocess.run(["ip", *command], check=True, capture_output=True)

    names = [f"vvn{number}" for number in range(1, count + 1)]
    try:
        run("link", "add", "vvbridge", "type", "bridge")
        run("link", "set", "vvbridge", "up")
        for number, name in enumerate(names, 1):
            run("netns", "add", name)
            run("link", "add", f"vvout{number}", "type", "veth", "peer", "name", "eth0", "netns", name)
            run("link", "set", f"vvout{number}", "master", "vvbridge", "up")
            run("-n", name, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            run("-n", name, "link", "set", "eth0", "up")
            run("-n", name, "link", "set", "lo", "up")
        yield names
    finally:
        for number, name in enumerate(names, 1):
            subprocess.run(["ip", "link", "delete", f"vvout{number}"], check=False, capture_output=True)
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)
        subprocess.run(["ip", "link", "delete", "vvbridge"], check=False, capture_output=True)


def test_a_cluster_finishes_when_one_of_three_machines_is_cut_off(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("network namespaces want root")
    count, archive, cache = 24, tmp_path / "archive", tmp_path / "cache"
    catalogue = write_news(tmp_path / "catalogue.jsonl", count)
    with open_machines(3) as machines, open_cluster("10.77.0.1") as cluster:
        head, *others = (("ip", "netns", "exec", machine) for machine in machines)
        start_head(cluster, 0, prefix=head)
        hosts = ("10.77.0.2", "10.77.0.3")
        for host, inside in zip(hosts, others, strict=True):
            cluster.start(f"--address={cluster.address}", f"--node-ip-address={host}", "--num-cpus=1", prefix=inside)
        arguments = (catalogue, "-o", archive, "--voice", "tones", "--workers", 2)
        drive = Drive(cluster, *arguments, cache=cache, prefix=head)
        for host in hosts:
            wait_for(partial(cluster.list_workers, host), f"a worker on {host}")
        wait_for_editions(archive, 6)
        cut_s = time.monotonic()
        subprocess.run(["ip", "link", "set", "vvout3", "down"], check=True)
        told = drive.finish()
        report_figures(form="cut off", articles=count, seconds_after_the_cut=round(time.monotonic() - cut_s))
    assert (told["editions"], told["failed"]) == (count, [])
    check_archive(archive, {f"n{number}" for number in range(count)})
