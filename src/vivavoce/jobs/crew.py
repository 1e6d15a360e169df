"""The worker processes of one server: started, watched, replaced when they die, stopped with it."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog

log = structlog.get_logger()

_QUICK_DEATH_S = 5.0
_LONGEST_PAUSE_S = 30.0
STOP_S = 10.0


class Crew:
    """So many workers, kept up by a thread."""

    def __init__(self, folder: Path, *, workers: int, on_death: Callable[[], None]) -> None:
        """Have so many workers in a newsroom's folder.

        Args:
            folder: The newsroom's.
            workers: How many.
            on_death: Called when one has died, so that what it held goes to another.
        """
        self._folder = folder
        self._workers = workers
        self._on_death = on_death
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start all workers."""
        for number in range(self._workers):
            thread = threading.Thread(target=self._keep_up, args=(number,), daemon=True, name=f"crew-{number}")
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Ask all to stop, and end those that don't."""
        self._stopping.set()
        for process in list(self._processes.values()):
            process.terminate()
        deadline_s = time.monotonic() + STOP_S
        for process in list(self._processes.values()):
            try:
                process.wait(max(0.1, deadline_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()  # safe at any point
                process.wait()
        for thread in self._threads:
            thread.join()

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of those that are alive."""
        return tuple(process.pid for process in list(self._processes.values()) if process.poll() is None)

    def _keep_up(self, number: int) -> None:
        """Start a worker again and again; one that dies at once is given time."""
        pause_s = 0.0
        while not self._stopping.wait(pause_s):
            started_s = time.monotonic()
            command = [sys.executable, "-P", "-m", "vivavoce.jobs.worker", str(self._folder), str(os.getpid())]
            process = subprocess.Popen(command)
            self._processes[number] = process
            if self._stopping.is_set():
                process.terminate()
            code = process.wait()
            if self._stopping.is_set():
                return
            log.warning("worker.died", pid=process.pid, code=code)
            self._on_death()
            lived_s = time.monotonic() - started_s
            pause_s = 0.0 if lived_s > _QUICK_DEATH_S else min(_LONGEST_PAUSE_S, max(0.5, pause_s * 2))
