"""Every attack through the command line, as a newsroom would meet it: the exit code, the time, the memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hostile import play_attacks

pytest.importorskip("resource", reason="this system doesn't count a process's memory")

MOST_MEMORY_KB = 300_000
DEADLINE_S = 1.5
SLOWEST_S = 25.0
"""The deadline and two Pythons' start on a busy machine; still less than the server would drip or be silent."""
EXIT_CODES = {
    "/bomb": 4, "/twice-packed": 4, "/endless": 4, "/claims-more": 4, "/drip-head": 4, "/drip-body": 4, "/silent": 4,
    "/loop": 4, "/to-metadata": 4, "/to-private": 4, "/to-file": 3, "/to-credentials": 3, "/not-http": 4, "/headers": 4,
    "/long-header": 4, "/bad-chunks": 4, "/half-chunks": 4, "/closes": 4, "/half-gzip": 4, "/not-gzip": 4, "/brotli": 4,
    "/missing": 4, "/login": 4, "/broken": 4, "/image": 3, "/pdf": 3, "/deep": 3, "/nothing-but-nul": 3, "/entities": 3,
    "/outside": 3,
}  # fmt: skip
LAUNCHER = """
import json, resource, subprocess, sys, time
from concurrent.futures import ThreadPoolExecutor

def attack(url):
    start = time.monotonic()
    command = [sys.executable, "-m", "vivavoce", "extract", url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr, time.monotonic() - start

with ThreadPoolExecutor(4) as pool:
    ends = list(pool.map(attack, sys.argv[1:]))
print(json.dumps({"ends": ends, "most_kb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}))
"""
"""A small process of its own: a child's peak counts its parent's memory at the fork, and pytest's is large."""


def test_each_attack_ends_with_its_code_in_time_and_in_little_memory(tmp_path: Path) -> None:
    house = tmp_path / "vivavoce.toml"
    house.write_text(f'[ingest]\nallowed_hosts = ["127.0.0.1"]\ndeadline_s = {DEADLINE_S}\n')
    environment = {**os.environ, "VIVAVOCE_CONFIG": str(house), "PYTHONPATH": os.pathsep.join(sys.path)}
    with play_attacks() as address:
        urls = [address + path for path in EXIT_CODES]
        command = [sys.executable, "-c", LAUNCHER, *urls]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300, env=environment)
    report = json.loads(done.stdout)
    seen = {path: code for path, (code, *_) in zip(EXIT_CODES, report["ends"], strict=True)}
    assert seen == EXIT_CODES
    for path, (_, said, error, seconds) in zip(EXIT_CODES, report["ends"], strict=True):
        assert not said, path
        assert error.strip().count("\n") == 0, (path, error)
        assert seconds < SLOWEST_S, path
    assert report["most_kb"] < MOST_MEMORY_KB
