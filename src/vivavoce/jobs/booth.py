"""The booth: one warm process in which a few words are said at once, beside the workers and their long jobs."""

import copyreg
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from vivavoce.errors import MachineError
from vivavoce.house import House
from vivavoce.jobs.parent import end_with_parent
from vivavoce.live import rehearse
from vivavoce.newsroom.refusals import TooBusy
from vivavoce.settings import Places
from vivavoce.studio import NarrateRequest, open_trust, say_text

if TYPE_CHECKING:
    from vivavoce.provenance.inspect import Inspection

MOST_WAITING = 8
RETRY_AFTER_S = 2

P = ParamSpec("P")
T = TypeVar("T")


def _freeze(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


copyreg.pickle(MappingProxyType, lambda frozen: (_freeze, (dict(frozen),)))
"""Settings hold read-only mappings, which Python itself does not send to another process."""


class Booth:
    """Says few words at a time; a second asker waits for the first."""

    def __init__(self) -> None:
        """Have a booth; its process starts when it is first needed."""
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._warmed: set[tuple[object, ...]] = set()
        self._seats = threading.BoundedSemaphore(MOST_WAITING)

    def run(self, work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """Do something in the booth, and wait for it.

        Raises:
            TooBusy: Too many are waiting.
            MachineError: The booth broke down, twice in a row.
        """
        if not self._seats.acquire(blocking=False):
            raise TooBusy("many are listening already; try again in a moment", retry_after_s=RETRY_AFTER_S)
        return self._run_seated(work, *arguments, **options)

    def go_on(self, work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """Do the next part of something that was begun: it is not refused any more, but waits for its turn.

        Raises:
            MachineError: The booth broke down, twice in a row.
        """
        self._seats.acquire()
        return self._run_seated(work, *arguments, **options)

    def _run_seated(self, work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        try:
            for _ in range(2):
                pool = self._open()
                try:
                    return pool.submit(work, *arguments, **options).result()
                except BrokenProcessPool:
                    self._discard(pool)
            raise MachineError("the process that says single sentences dies; the server's log may say why")
        finally:
            self._seats.release()

    def warm(self, request: NarrateRequest, places: Places) -> None:
        """Load what will be needed, without waiting for it; what is loaded already is not loaded again."""
        wanted = (request.voice, request.precision, request.threads, places)
        pool = self._open()
        with self._lock:
            is_new = wanted not in self._warmed
            self._warmed.add(wanted)
        if is_new:
            pool.submit(rehearse, request, places)

    def close(self) -> None:
        """End the booth's process."""
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = None

    def _open(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._warmed.clear()
                self._pool = ProcessPoolExecutor(
                    1,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=end_with_parent,
                    initargs=(os.getpid(),),
                )
            return self._pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)


# ---------------------------------------------------------------- in the booth's process


def say(request: NarrateRequest, places: Places, suffix: str) -> Path:
    """Say a text; gives a file in a folder of its own, which the caller removes."""
    file = Path(mkdtemp(prefix="vivavoce-booth-")) / f"speech.{suffix}"
    say_text(request, places, output=file)
    return file


def inspect_sound(path: Path, house: House, places: Places) -> "Inspection":
    """Read what a sound file says of its origin."""
    from vivavoce.provenance.inspect import inspect_file

    return inspect_file(path, trust=open_trust(house, places))
