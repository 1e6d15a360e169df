"""The child process and its limits, with hostile pages of real size."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vivavoce.errors import InputError, MachineError
from vivavoce.extract import ExtractOptions, extract_article, extract_here, sandbox
from vivavoce.types import Capture

PROSE = "<p>The bridge over the river Lenn was closed on Monday morning after engineers had found cracks in it.</p>"
HOSTILE = {
    "attributes": "<html><body><p " + " ".join(f"a{n}=1" for n in range(100_000)) + f">x</p>{PROSE * 3}",
    "depth": "<html><body>" + "<div>" * 100_000 + PROSE * 50,
    "inline depth": "<html><body><p>" + "<b>" * 100_000 + PROSE * 50,
    "elements": "<html><body>" + "<b>x</b>" * 550_000,
    "table": "<html><body><table>" + "<tr><td>x" * 200_000,
    "one tag": "<html><body><p " + "a" * 2_000_000 + ">" + PROSE,
    "unclosed": "<" * 3_000_000,
    "entities": "<html><body>" + "&amp;" * 900_000,
    "comments": "<html><body>" + "<!--" * 1_000_000,
    "style": "<html><head><style>" + "a{" * 1_000_000 + "</style></head><body>" + PROSE * 3,
    "json": '<html><head><script type="application/ld+json">' + "[" * 1_000_000 + "</script></head><body>" + PROSE * 3,
    "NULs": "<html><body>" + PROSE.replace("bridge", "br\0idge") * 3 + "\0" * 200_000,
}


LAUNCHER = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "vivavoce", "extract", sys.argv[1]], capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_maxrss, done.stderr.decode().count(chr(10)), int(used.ru_utime + used.ru_stime))
"""
"""A process of its own: the peak of a child counts its parent's memory at the fork."""


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_page_ends_in_time_and_memory(attack: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(HOSTILE[attack], encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, str(page)], capture_output=True, text=True, env=environment, check=True
    )
    code, peak_kb, lines, worked_s = map(int, done.stdout.split())
    assert (code, lines) in {(0, 0), (3, 1)}
    assert worked_s < ExtractOptions().parse_deadline_s + 10
    assert time.monotonic() - start < ExtractOptions().parse_deadline_s + 30  # the machine may be busy
    assert peak_kb < 300_000


def test_what_takes_too_much_work_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_PATIENCE", 600.0)
    capture = Capture(body=(PROSE * 8_000).encode(), address="page", media_type="text/html")
    with pytest.raises(InputError, match=r"1 s of work.*rule: parse-deadline"):
        extract_article(capture, options=ExtractOptions(parse_deadline_s=1))


def test_a_page_is_not_blamed_for_a_machine_that_is_too_busy() -> None:
    capture = Capture(body=(PROSE * 3).encode(), address="page", media_type="text/html")
    with pytest.raises(MachineError, match=r"too busy.*rule: parse-deadline"):
        extract_article(capture, options=ExtractOptions(parse_deadline_s=0.001))


def test_what_takes_too_much_memory_is_ended() -> None:
    capture = Capture(body=(PROSE * 40_000).encode(), address="page", media_type="text/html")
    with pytest.raises(InputError, match=r"rule: (parse-memory|parser)"):
        extract_article(capture, options=ExtractOptions(parse_memory_bytes=60_000_000))


def test_the_child_gives_what_this_process_gives() -> None:
    page = f"<html><head><title>Bridge</title></head><body><h1>Bridge</h1>{PROSE}{PROSE.replace('bridge', 'road')}"
    capture = Capture(
        body=page.encode(),
        address="page",
        media_type="text/html",
        url="https://p.example/a",
        fetched_at=datetime.now(UTC),
    )
    options = ExtractOptions(blocks=("-2",))
    assert extract_article(capture, options=options) == extract_here(capture, options=options)
    assert len(extract_here(capture, options=options).blocks) == 1


def test_a_refusal_crosses_the_border_as_its_own_line() -> None:
    capture = Capture(body=b"<html><body><h1>404</h1><p>Page not found</p></body></html>", address="page x")
    with pytest.raises(InputError, match=r"^page x: this is an error page"):
        extract_article(capture)
