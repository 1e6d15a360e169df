"""Putting back what killed workers held, sending again what was lost on its way, and the newsroom's upkeep."""

import os
import socket
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import structlog

from vivavoce.jobs.queue import Queue
from vivavoce.jobs.work import fail, put_back
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tasks import new_job
from vivavoce.storage.records import Job, JobKind, Priority, now

log = structlog.get_logger()

MOST_DEATHS = 20
"""A job that has been begun so often and was never ended kills its workers."""


def name_worker() -> str:
    """Name this process so that others on this machine can tell whether it lives."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_dead(worker: str) -> bool:
    """Tell whether a worker of this machine is gone; of another machine's nothing is known."""
    host, pid, started = worker.rsplit(":", 2)
    return host == socket.gethostname() and _started(int(pid)) != started


def _started(pid: int) -> str:
    """Give what tells a process from a later one of the same number; "" where there is none such."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except FileNotFoundError:
        return "" if Path("/proc/self").exists() else _started_without_proc(pid)
    return "" if after_name[0] == "Z" else after_name[19]


def _started_without_proc(pid: int) -> str:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "alive"
    return "alive"


def sweep(room: Newsroom, queue: Queue) -> None:
    """Put everything right that a kill at any point may have left; may run anywhere at any time, also twice at once."""
    take_back(room)
    _queue_due(room)
    _send_lost(room, queue)


def take_back(room: Newsroom) -> None:
    """Let the jobs wait again whose workers are gone."""
    moment = now()
    with room.store.read() as unit:
        held = unit.jobs.list_held()
    for job in held:
        if (job.lease_until and job.lease_until < moment) or (job.worker and is_dead(job.worker)):
            _take_back_one(room, job)


def _take_back_one(room: Newsroom, job: Job) -> None:
    log.warning("job.orphan", job=job.id, kind=str(job.kind), worker=job.worker)
    with room.store.write() as unit:
        if job.attempts >= MOST_DEATHS:
            fail(room, unit, job, f"its worker died {job.attempts} times; the log may say why")
        else:
            put_back(unit, job, error="the worker went away", wait_s=0.0)


def _queue_due(room: Newsroom) -> None:
    """Ask again for the publication of what is due; its job was queued when it was scheduled."""
    with room.store.read() as unit:
        due = unit.editions.list_due(now())
        missing = [edition for edition in due if not unit.jobs.list_open([edition.id])]
    if missing:
        with room.store.write() as unit:
            for edition in missing:
                unit.queue(new_job(edition.house, JobKind.RELEASE, edition.id, priority=Priority.BREAKING))


def _send_lost(room: Newsroom, queue: Queue) -> None:
    """Send what waits and is not on its way; what was queued just now may still be about to be sent."""
    with room.store.read() as unit:
        waiting = unit.jobs.list_waiting(now() - timedelta(seconds=1))
    for job in _without(waiting, queue.list_sent()):
        queue.send(job)


def _without(jobs: Iterable[Job], sent: frozenset[str]) -> list[Job]:
    return [job for job in jobs if job.id not in sent]
