"""The newsroom's store: everything that is known happens in a transaction, and what it queued is sent on after it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property

from sqlalchemy import Connection, Engine

from vivavoce.storage.articles import ArticleRows
from vivavoce.storage.audit import AuditRows
from vivavoce.storage.database import migrate, open_database
from vivavoce.storage.hooks import HookRows
from vivavoce.storage.house_lexicon import LexiconRows
from vivavoce.storage.jobs import JobRows
from vivavoce.storage.ledger import LedgerRows
from vivavoce.storage.people import PeopleRows
from vivavoce.storage.plays import PlayRows
from vivavoce.storage.records import Job
from vivavoce.storage.versions import EditionRows

Send = Callable[[Job], None]
"""Carries a job that waits to a worker."""


class Transaction:
    """One look at the store, or one change to it, which happens whole or not at all."""

    def __init__(self, connection: Connection) -> None:
        """Look through an open connection."""
        self.connection = connection
        self.to_send: list[Job] = []

    @cached_property
    def articles(self) -> ArticleRows:
        """Articles, submissions, revisions."""
        return ArticleRows(self.connection)

    @cached_property
    def editions(self) -> EditionRows:
        """Editions, versions, files, approvals."""
        return EditionRows(self.connection)

    @cached_property
    def jobs(self) -> JobRows:
        """Jobs; see `queue` for adding one."""
        return JobRows(self.connection)

    @cached_property
    def people(self) -> PeopleRows:
        """Users, sessions, tokens."""
        return PeopleRows(self.connection)

    @cached_property
    def hooks(self) -> HookRows:
        """Webhooks in and out."""
        return HookRows(self.connection)

    @cached_property
    def lexicon(self) -> LexiconRows:
        """The houses' lexicons."""
        return LexiconRows(self.connection)

    @cached_property
    def plays(self) -> PlayRows:
        """How often editions were played."""
        return PlayRows(self.connection)

    @cached_property
    def ledger(self) -> LedgerRows:
        """What is done of back catalogues."""
        return LedgerRows(self.connection)

    @cached_property
    def audit(self) -> AuditRows:
        """Who did what."""
        return AuditRows(self.connection)

    def queue(self, job: Job) -> Job:
        """Add a job; or give the one that waits for the same subject, made as urgent as this and told its detail."""
        if self.jobs.add(job):
            self.to_send.append(job)
            return job
        waits = self.jobs.find_waiting(job.kind, job.subject)
        if waits is None:  # a worker has just taken it: what we want comes after it
            return self.queue(job)
        return self._hasten(waits, job)

    def _hasten(self, waits: Job, wanted: Job) -> Job:
        urgent = replace(
            waits,
            detail=wanted.detail,
            priority=max(waits.priority, wanted.priority),
            not_before=min(waits.not_before, wanted.not_before),
        )
        changed = urgent != waits and self.jobs.change_waiting(urgent)
        if changed and (urgent.priority, urgent.not_before) != (waits.priority, waits.not_before):
            self.to_send.append(urgent)
        return urgent


class Store:
    """Articles, editions, jobs, people, webhooks, lexicon and audit log in one database."""

    def __init__(self, engine: Engine, *, send: Send = lambda _job: None) -> None:
        """Use an open database.

        Args:
            engine: At the newest schema.
            send: Told of each job that a transaction has queued, once the transaction has happened.
        """
        self._engine = engine
        self._send = send

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Look, at one moment of the store."""
        with self._engine.connect().execution_options(reads_only=True) as connection, connection.begin():
            yield Transaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Change; nothing has happened if the block raises."""
        with self._engine.begin() as connection:
            transaction = Transaction(connection)
            yield transaction
        self._send_all(transaction.to_send)

    def _send_all(self, queued: Sequence[Job]) -> None:
        for job in queued:
            self._send(job)

    def sending(self, send: Send) -> "Store":
        """Give the same store with another way for its jobs."""
        return Store(self._engine, send=send)

    @property
    def engine(self) -> Engine:
        """The database itself: for backups."""
        return self._engine

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def open_store(url: str, *, send: Send = lambda _job: None) -> Store:
    """Open the newsroom's store at the newest schema.

    Raises:
        UsageError: The address is none that we know.
        MachineError: The database can't be reached.
    """
    engine = open_database(url)
    migrate(engine)
    return Store(engine, send=send)
