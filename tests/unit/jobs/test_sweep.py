"""What the sweep puts right: jobs of dead workers, of leases that ran out, messages that were lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from newsroom_at_work import AtWork
from newsroom_values import make_article, make_edition, make_job
from vivavoce.jobs.queue import Queue
from vivavoce.jobs.sweep import MOST_DEATHS, is_dead, name_worker, sweep, take_back
from vivavoce.storage.records import EditionState, Job, JobKind, JobState, Priority, now


@pytest.fixture
def queue(at_work: AtWork) -> Iterator[Queue]:
    opened = Queue(at_work.room.database_url)
    yield opened
    opened.close()


def hold(at_work: AtWork, worker: str, *, lease_s: float = 60.0, attempts: int = 0) -> Job:
    job = make_job(JobKind.RENDER, attempts=attempts)
    with at_work.room.store.write() as unit:
        unit.queue(job)
        held = unit.jobs.claim(job.id, worker=worker, moment=now(), lease_s=lease_s)
    assert held is not None
    return held


def state(at_work: AtWork, job: Job) -> JobState:
    with at_work.room.store.read() as unit:
        found = unit.jobs.find(job.id)
    assert found is not None
    return found.state


def test_a_worker_is_known_by_its_number_and_its_start() -> None:
    mine = name_worker()
    assert not is_dead(mine)
    host, pid, started = mine.rsplit(":", 2)
    assert is_dead(f"{host}:{pid}:{int(started) - 1}"), "another process had this number before"
    assert not is_dead(f"elsewhere:{pid}:1"), "of another machine's nothing is known"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert is_dead(f"{host}:{gone.pid}:1")


def test_what_a_dead_worker_held_waits_again_and_a_living_one_keeps_its_own(at_work: AtWork) -> None:
    mine = hold(at_work, name_worker())
    orphan = hold(at_work, f"{name_worker().rsplit(':', 2)[0]}:{os.getpid()}:1")
    late = hold(at_work, "elsewhere:1:1", lease_s=-1)
    take_back(at_work.room)
    assert [state(at_work, job) for job in (mine, orphan, late)] == [JobState.WORKING, JobState.QUEUED, JobState.QUEUED]


def test_a_job_that_kills_its_workers_is_given_up(at_work: AtWork) -> None:
    job = hold(at_work, "elsewhere:1:1", lease_s=-1, attempts=MOST_DEATHS - 1)
    take_back(at_work.room)
    assert state(at_work, job) is JobState.FAILED


def test_a_message_that_was_lost_is_sent_again_and_no_message_twice(at_work: AtWork, queue: Queue) -> None:
    job = make_job(created_at=now() - timedelta(minutes=1), not_before=now() - timedelta(minutes=1))
    with at_work.room.store.write() as unit:
        unit.queue(job)
    assert queue.list_sent() == frozenset()
    for _ in range(2):
        sweep(at_work.room, queue)
        assert queue.list_sent() == {job.id}
    assert len(queue.huey) == 1


def test_an_embargo_that_ended_unnoticed_is_noticed(at_work: AtWork, queue: Queue) -> None:
    article = make_article()
    due = make_edition(article, state=EditionState.SCHEDULED, publish_at=now() - timedelta(hours=1))
    later = make_article()
    not_due = make_edition(later, state=EditionState.SCHEDULED, publish_at=now() + timedelta(hours=1))
    with at_work.room.store.write() as unit:
        for one, edition in ((article, due), (later, not_due)):
            unit.articles.add(one)
            unit.editions.add(edition)
    for _ in range(2):
        sweep(at_work.room, queue)
    with at_work.room.store.read() as unit:
        (job,) = unit.jobs.search("house")
    assert (job.kind, job.subject, job.priority) == (JobKind.RELEASE, due.id, Priority.BREAKING)
