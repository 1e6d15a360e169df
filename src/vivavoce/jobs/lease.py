"""Holding a job while it is worked on: signs of life, and the end of the work when the job is somebody else's."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from vivavoce.storage.records import Job, now
from vivavoce.storage.store import Store

REPORT_EVERY_S = 0.5
_BEATS_PER_LEASE = 4


class LeaseLostError(Exception):
    """The job is another worker's by now, or was cancelled: nothing of this work may be kept."""


class StoppingError(Exception):
    """This worker was asked to stop: the job goes back."""


class Lease:
    """One held job."""

    def __init__(self, store: Store, job: Job, *, lease_s: float, stopping: threading.Event) -> None:
        """Hold a job that has been claimed."""
        self.job = job
        self._store = store
        self._lease_s = lease_s
        self._stopping = stopping
        self._lost = threading.Event()
        self._reported_s = 0.0
        self._reported_stage = ""

    def watch(self, stage: str, done: int, steps: int) -> None:
        """Say how far the work is; meets `pipeline.Watch`.

        Raises:
            LeaseLostError: The job is no longer ours.
            StoppingError: The worker is to stop.
        """
        if self._stopping.is_set():
            raise StoppingError
        if self._lost.is_set():
            raise LeaseLostError
        moment_s = time.monotonic()
        if stage == self._reported_stage and moment_s - self._reported_s < REPORT_EVERY_S:
            return
        self._reported_stage, self._reported_s = stage, moment_s
        with self._store.write() as unit:
            if not unit.jobs.report(self.job, stage=stage, done=done, steps=steps, until=self._until()):
                raise LeaseLostError

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Give signs of life while the block runs, however long one step of it takes."""
        done = threading.Event()
        beat = threading.Thread(target=self._beat, args=(done,), daemon=True, name="lease")
        beat.start()
        try:
            yield
        finally:
            done.set()
            beat.join()

    def _beat(self, done: threading.Event) -> None:
        while not done.wait(self._lease_s / _BEATS_PER_LEASE):
            with self._store.write() as unit:
                if not unit.jobs.renew(self.job, until=self._until()):
                    self._lost.set()
                    return

    def _until(self) -> datetime:
        return now() + timedelta(seconds=self._lease_s)
