"""A job from claim to end: tried again where that may help, done once, kept only by whoever holds it."""

import threading
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from newsroom_at_work import AtWork
from newsroom_values import make_job
from vivavoce.errors import InputError, MachineError, RemoteError
from vivavoce.jobs import work
from vivavoce.jobs.lease import Lease, LeaseLostError, StoppingError
from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.records import Job, JobKind, JobState, now
from vivavoce.storage.store import Transaction


def queue(at_work: AtWork) -> Job:
    job = make_job(JobKind.RELEASE)
    with at_work.room.store.write() as unit:
        unit.queue(job)
    return job


def look(at_work: AtWork, job: Job) -> Job:
    with at_work.room.store.read() as unit:
        found = unit.jobs.find(job.id)
    assert found is not None
    return found


def raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(room: Newsroom, job: Job, lease: Lease) -> work.Keep:
        del room, job, lease
        raise error

    monkeypatch.setitem(work._WORKS, JobKind.RELEASE, fail)


@pytest.mark.parametrize("error", [RemoteError("away"), MachineError("disk full"), OSError("gone")])
def test_what_may_pass_waits_longer_each_time_and_then_fails(
    at_work: AtWork, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    raising(monkeypatch, error)
    job, waits = queue(at_work), []
    for _ in range(work.ATTEMPTS[JobKind.RELEASE] - 1):
        began = now()
        at_work.worker.work(job.id)
        waiting = look(at_work, job)
        assert waiting.state is JobState.QUEUED
        waits.append(waiting.not_before - began)
        with at_work.room.store.write() as unit:
            unit.jobs.change_waiting(replace(waiting, not_before=job.created_at))
    assert all(later > 1.2 * earlier for earlier, later in pairwise(waits))
    assert waits[0] > timedelta(seconds=3)
    at_work.worker.work(job.id)
    assert look(at_work, job).state is JobState.FAILED


def test_what_cannot_pass_fails_at_once_and_says_why(at_work: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(monkeypatch, InputError("there is no text"))
    job = queue(at_work)
    at_work.worker.work(job.id)
    assert (look(at_work, job).state, look(at_work, job).error) == (JobState.FAILED, "there is no text")


def test_a_fault_of_ours_fails_the_job_and_not_the_worker(at_work: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(monkeypatch, ZeroDivisionError())
    job = queue(at_work)
    at_work.worker.work(job.id)
    assert look(at_work, job).state is JobState.FAILED
    assert "ZeroDivisionError" in look(at_work, job).error


def test_a_worker_that_stops_gives_its_job_back_at_once(at_work: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    raising(monkeypatch, StoppingError())
    job = queue(at_work)
    at_work.worker.work(job.id)
    assert look(at_work, job).state is JobState.QUEUED
    assert look(at_work, job).not_before <= now()


def test_what_was_taken_away_meanwhile_is_not_kept(at_work: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[Transaction] = []

    def take_away(room: Newsroom, job: Job, lease: Lease) -> work.Keep:
        del lease
        with room.store.write() as unit:
            unit.jobs.put_back(job, not_before=now(), error="")
        return kept.append

    monkeypatch.setitem(work._WORKS, JobKind.RELEASE, take_away)
    job = queue(at_work)
    at_work.worker.work(job.id)
    assert kept == []
    assert look(at_work, job).state is JobState.QUEUED


def test_many_workers_do_a_job_once(at_work: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[Transaction] = []
    monkeypatch.setitem(work._WORKS, JobKind.RELEASE, lambda *_: done.append)
    job = queue(at_work)
    threads = [threading.Thread(target=at_work.worker.work, args=(job.id,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert look(at_work, job).attempts == 1


def test_a_lost_lease_ends_the_work_at_its_next_step(at_work: AtWork) -> None:
    job = queue(at_work)
    with at_work.room.store.write() as unit:
        held = unit.jobs.claim(job.id, worker="a:1:1", moment=now(), lease_s=60)
        assert held is not None
    lease = Lease(at_work.room.store, held, lease_s=60, stopping=threading.Event())
    lease.watch("speaking", 1, 2)
    assert look(at_work, job).stage == "speaking"
    with at_work.room.store.write() as unit:
        unit.jobs.put_back(held, not_before=now(), error="")
    with pytest.raises(LeaseLostError):
        lease.watch("mastering", 2, 2)


def test_a_lease_is_renewed_while_one_step_takes_long(at_work: AtWork) -> None:
    job = queue(at_work)
    with at_work.room.store.write() as unit:
        held = unit.jobs.claim(job.id, worker="a:1:1", moment=now(), lease_s=0.2)
        assert held is not None
    renewed = threading.Event()
    with Lease(at_work.room.store, held, lease_s=0.2, stopping=threading.Event()).hold():
        for _ in range(200):
            until = look(at_work, job).lease_until
            if until and held.lease_until and until > held.lease_until:
                renewed.set()
                break
            threading.Event().wait(0.05)
    assert renewed.is_set()
