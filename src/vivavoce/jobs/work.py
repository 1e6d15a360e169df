"""One job, from claim to end: what it takes, what may be tried again, and what is kept of it."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

from vivavoce.errors import MachineError, VivavoceError
from vivavoce.jobs.deliver import Delivered, deliver, give_up, keep_delivery
from vivavoce.jobs.lease import Lease, LeaseLostError, StoppingError
from vivavoce.newsroom.actors import itself
from vivavoce.newsroom.publish import release
from vivavoce.newsroom.read import keep_text, read_submission
from vivavoce.newsroom.render import keep_version, render_version
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tell import tell
from vivavoce.storage.records import EventKind, Job, JobKind, now
from vivavoce.storage.store import Transaction

log = structlog.get_logger()

ATTEMPTS = {JobKind.READ: 6, JobKind.RENDER: 6, JobKind.RELEASE: 6, JobKind.DELIVER: 10}
"""How often what can pass is tried: the network, the disk."""
FIRST_WAIT_S = 5.0
LONGEST_WAIT_S = 3600.0

Keep = Callable[[Transaction], None]
"""Makes a job's result known; runs in the transaction that ends the job."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who does jobs."""

    room: Newsroom
    name: str
    stopping: threading.Event

    def work(self, job_id: str) -> None:
        """Do a job, if it waits and nobody else has it."""
        job = self._claim(job_id)
        if job is None:
            return
        lease = Lease(self.room.store, job, lease_s=self.room.options.lease_s, stopping=self.stopping)
        with structlog.contextvars.bound_contextvars(job=job.id, kind=str(job.kind), subject=job.subject):
            self._carry_through(job, lease)

    def _claim(self, job_id: str) -> Job | None:
        try:
            with self.room.store.write() as unit:
                return unit.jobs.claim(job_id, worker=self.name, moment=now(), lease_s=self.room.options.lease_s)
        except IntegrityError:
            return None  # one of its kind is at work on the same subject; whoever ends that one sends this one again

    def _carry_through(self, job: Job, lease: Lease) -> None:
        log.info("job.begin", attempt=job.attempts)
        try:
            with lease.hold():
                keep = _WORKS[job.kind](self.room, job, lease)
            self._finish(job, keep)
            log.info("job.done")
        except LeaseLostError:
            log.warning("job.lost")
        except StoppingError:
            self._put_back(job, "the worker stopped", wait_s=0.0)
        except VivavoceError as error:
            self._fail_or_wait(job, str(error), may_pass=error.retryable or isinstance(error, MachineError))
        except (OSError, MemoryError, OperationalError) as error:
            self._fail_or_wait(job, f"{type(error).__name__}: {error}", may_pass=True)
        except Exception as error:
            log.exception("job.fault")
            self._fail(job, f"a fault of ours ({type(error).__name__}); the log has the report")

    def _finish(self, job: Job, keep: Keep) -> None:
        with self.room.store.write() as unit:
            if not unit.jobs.finish(job, now()):
                raise LeaseLostError
            keep(unit)
            send_next(unit, job)

    def _fail_or_wait(self, job: Job, error: str, *, may_pass: bool) -> None:
        line = " ".join(error.split())
        if may_pass and job.attempts < ATTEMPTS[job.kind]:
            wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (job.attempts - 1))
            self._put_back(job, line, wait_s=wait_s * random.uniform(0.8, 1.2))  # noqa: S311  # spreads retries
        else:
            self._fail(job, line)

    def _put_back(self, job: Job, error: str, *, wait_s: float) -> None:
        log.info("job.put_back", error=error, wait_s=round(wait_s, 1))
        with self.room.store.write() as unit:
            put_back(unit, job, error=error, wait_s=wait_s)

    def _fail(self, job: Job, error: str) -> None:
        log.warning("job.failed", error=error)
        with self.room.store.write() as unit:
            fail(self.room, unit, job, error)


def put_back(unit: Transaction, job: Job, *, error: str, wait_s: float) -> None:
    """Let a job wait again, and send it when its time has come."""
    unit.jobs.put_back(job, not_before=now() + timedelta(seconds=wait_s), error=error)
    send_next(unit, job)


def fail(room: Newsroom, unit: Transaction, job: Job, error: str) -> None:
    """End a job for good, and tell those who should know."""
    if not unit.jobs.fail(job, now(), error):
        return
    if job.kind is JobKind.DELIVER:
        give_up(unit, job, error)
    elif job.kind in {JobKind.READ, JobKind.RENDER}:
        edition = (
            unit.editions.of_article(job.subject)
            if job.kind is JobKind.READ
            else unit.editions.find(job.house, job.subject)
        )
        if edition is not None:
            tell(room, unit, EventKind.NEEDS_EDITOR, edition, None, reason=error)
    send_next(unit, job)


def send_next(unit: Transaction, job: Job) -> None:
    """Send what waits for the subject that a job leaves."""
    waits = unit.jobs.find_waiting(job.kind, job.subject)
    if waits is not None:
        unit.to_send.append(waits)


# ---------------------------------------------------------------- the kinds of work


def _read(room: Newsroom, job: Job, lease: Lease) -> Keep:
    article = read_submission(room, job, lease.watch)
    return lambda unit: keep_text(unit, job, article)


def _render(room: Newsroom, job: Job, lease: Lease) -> Keep:
    rendered = render_version(room, job, lease.watch)
    return lambda unit: keep_version(room, unit, rendered) if rendered else None


def _release(room: Newsroom, job: Job, lease: Lease) -> Keep:
    lease.watch("publishing", 0, 1)

    def keep(unit: Transaction) -> None:
        edition = unit.editions.find(job.house, job.subject)
        if edition is not None:
            release(room, unit, itself(job.house), unit.editions.lock(edition.id))

    return keep


def _deliver(room: Newsroom, job: Job, lease: Lease) -> Keep:
    lease.watch("telling", 0, 1)
    delivered: Delivered | None = deliver(room, job)
    return lambda unit: keep_delivery(unit, delivered) if delivered else None


_WORKS: dict[JobKind, Callable[[Newsroom, Job, Lease], Keep]] = {
    JobKind.READ: _read,
    JobKind.RENDER: _render,
    JobKind.RELEASE: _release,
    JobKind.DELIVER: _deliver,
}
