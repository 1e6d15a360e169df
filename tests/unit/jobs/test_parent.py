"""A process that ends with its parent."""

import os
import subprocess
import sys
import time
from pathlib import Path

_CHILD = (
    "import os, sys, time; from vivavoce.jobs.parent import end_with_parent; "
    "end_with_parent(int(sys.argv[1])); print(os.getpid(), flush=True); time.sleep(600)"
)
_PARENT = (
    "import os, subprocess, sys, time; "
    "subprocess.Popen([sys.executable, '-c', sys.argv[1], str(os.getpid())]); time.sleep(600)"
)


def test_a_child_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT, _CHILD], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        for _ in range(600):
            if not _is_alive(child):
                break
            time.sleep(0.1)
        assert not _is_alive(child)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_whose_parent_is_gone_before_it_begins_ends_too() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(gone.pid)], stdout=subprocess.DEVNULL)
    assert child.wait(60) == 1
    assert os.getpid() != gone.pid
