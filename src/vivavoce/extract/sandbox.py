"""Taking a foreign file apart in a process of its own, with limits of time and memory.

Whatever a page does to a parser, it does it there: what comes back is JSON, or one line that says why not.
"""

import dataclasses
import json
import math
import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from typing import IO, Any

from vivavoce.errors import InputError, MachineError
from vivavoce.extract.feed import FeedItem, read_feed
from vivavoce.extract.options import ExtractOptions
from vivavoce.extract.wire import read_article, read_items, write_article, write_items
from vivavoce.types import Article, Capture

_REFUSED = 3
_OUT_OF_MEMORY = 7
_PATIENCE = 6.0
"""Wall-clock time that a child may take, in units of its processor time: what a page costs is told apart from what
others on the machine take."""
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")


def extract_in_child(capture: Capture, options: ExtractOptions) -> Article:
    """Extract an article in a child process.

    Raises:
        InputError: The child refused the source, or broke a limit.
        MachineError: The machine was too busy to let it work.
    """
    return read_article(_ask_child("article", capture, options))


def list_in_child(capture: Capture, options: ExtractOptions) -> tuple[FeedItem, ...]:
    """Read a feed's items in a child process.

    Raises:
        VivavoceError: As `extract_in_child`.
    """
    return read_items(_ask_child("items", capture, options))


def _ask_child(task: str, capture: Capture, options: ExtractOptions) -> str:
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "vivavoce.extract.sandbox"],
            input=_pack(task, capture, options),
            capture_output=True,
            timeout=_PATIENCE * options.parse_deadline_s,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MachineError(
            f"{capture.address}: not taken apart after {error.timeout:g} s; the machine is too busy, try again when it "
            "has less to do (rule: parse-deadline)"
        ) from error
    if done.returncode == 0:
        return done.stdout.decode("utf-8")
    if done.returncode == _REFUSED:
        raise InputError(done.stdout.decode("utf-8"))
    if done.returncode == -signal.SIGXCPU:
        raise InputError(
            f"{capture.address}: not taken apart after {options.parse_deadline_s:g} s of work; save it as plain text "
            "(rule: parse-deadline)"
        )
    rule = "parse-memory" if done.returncode == _OUT_OF_MEMORY else "parser"
    raise InputError(f"{capture.address}: the parser gave up on it; save it as plain text (rule: {rule})")


def _environment() -> dict[str, str]:
    """No secrets of ours, no threads of a library's own."""
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}


def _pack(task: str, capture: Capture, options: ExtractOptions) -> bytes:
    values = dataclasses.asdict(dataclasses.replace(capture, body=b""))
    values |= {"body": None, "fetched_at": capture.fetched_at and capture.fetched_at.isoformat()}
    head = json.dumps({"task": task, "capture": values, "options": dataclasses.asdict(options)})
    return head.encode("utf-8") + b"\n" + capture.body


def _unpack(stream: IO[bytes]) -> tuple[str, Capture, ExtractOptions]:
    head: dict[str, Any] = json.loads(stream.readline())
    fetched_at = head["capture"].pop("fetched_at")
    values = head["capture"] | {"body": stream.read()}
    blocks = tuple(head["options"].pop("blocks"))
    return (
        head["task"],
        Capture(**values, fetched_at=datetime.fromisoformat(fetched_at) if fetched_at else None),
        ExtractOptions(**head["options"], blocks=blocks),
    )


def _limit(options: ExtractOptions) -> None:
    """Take the child's leave to grow and to work on; where the system knows no such limits, the deadline is left."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (options.parse_memory_bytes, options.parse_memory_bytes))
    seconds = math.ceil(time.process_time() + options.parse_deadline_s)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Read a packed capture from standard input, write what was asked for or the refusal to standard output."""
    from vivavoce.extract.reader import extract_here

    task, capture, options = _unpack(sys.stdin.buffer)
    _limit(options)
    try:
        if task == "items":
            text, code = write_items(read_feed(capture)), 0
        else:
            text, code = write_article(extract_here(capture, options=options)), 0
    except InputError as error:
        text, code = str(error), _REFUSED
    except MemoryError:
        return _OUT_OF_MEMORY
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
