"""The library that carries jobs to workers: huey, in the newsroom's own database.

What a job is and where it stands is known by the store alone. A message only says "look at job so-and-so": one too
many does nothing, and one that is lost is sent again by the sweep.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from typing import Any

from huey import Huey
from huey.contrib.sql_huey import SqlHuey
from peewee import Database, PostgresqlDatabase, SqliteDatabase
from sqlalchemy import make_url

from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.database import BUSY_TIMEOUT_S
from vivavoce.storage.records import Job, now

NAME = "vivavoce"
TASK = "work"
Carry = Callable[[Job], None]


class Queue:
    """Messages to workers."""

    def __init__(self, database_url: str) -> None:
        """Open the queue in a database; its tables are made where they are missing."""
        self._database = _open_database(database_url)
        self._receiver: Callable[[str], None] | None = None
        self.huey: Huey = SqlHuey(NAME, database=self._database, results=False, utc=True)
        self._work = self.huey.task(name=TASK)(self._receive)

    def send(self, job: Job) -> None:
        """Send a job to a worker: the most urgent first, and none before its time."""
        delay_s = (job.not_before - now()).total_seconds()
        eta = job.not_before.astimezone(UTC).replace(tzinfo=None) if delay_s > 0 else None
        try:
            if eta is None:
                self.huey.enqueue(self._work.s(job.id, priority=job.priority))
            else:
                self._work.schedule((job.id,), eta=eta, priority=job.priority)
        finally:
            self.huey.storage.close()

    def list_sent(self) -> frozenset[str]:
        """Give the ids of the jobs that are on their way."""
        try:
            return frozenset(str(task.args[0]) for task in (*self.huey.pending(), *self.huey.scheduled()))
        finally:
            self.huey.storage.close()

    def receive(self, work: Callable[[str], None]) -> Huey:
        """Give the library's own object, set to call this with each job's id."""
        self._receiver = work
        return self.huey

    def _receive(self, job_id: str) -> None:
        if self._receiver is None:
            raise RuntimeError("a message came to a process that only sends")
        self._receiver(job_id)

    def close(self) -> None:
        """Let go of the database."""
        self.huey.storage.close()


def sending(room: Newsroom, queue: Queue) -> Newsroom:
    """Give the same newsroom, whose jobs are sent through a queue as soon as they are known."""
    return replace(room, store=room.store.sending(queue.send))


def _open_database(url: str) -> Database:
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        pragmas = {"journal_mode": "wal", "synchronous": "normal"}
        return SqliteDatabase(address.database, timeout=BUSY_TIMEOUT_S, pragmas=pragmas)
    query: dict[str, Any] = dict(address.query)
    return PostgresqlDatabase(
        address.database,
        user=address.username,
        password=address.password,
        host=address.host or query.pop("host", None),
        port=address.port,
        prefer_psycopg3=True,
        **query,
    )
