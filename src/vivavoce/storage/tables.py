"""The newsroom's tables. A change here wants a migration beside it; a test compares the two."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from vivavoce.storage.records import (
    DeliveryState,
    EditionState,
    EventKind,
    InletKind,
    JobKind,
    JobState,
    LedgerState,
    Scope,
    SourceKind,
)
from vivavoce.storage.values import dump_edits, load_edits
from vivavoce.types import Edit


class Moment(TypeDecorator[datetime]):
    """An aware time; databases that know no zones keep UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a time that says not which one it is."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Say that it is UTC."""
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC) if value else None


class Choice(TypeDecorator[StrEnum]):
    """A member of an enumeration, kept by its value; a new member needs no migration."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        """Keep members of this kind."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Keep the value."""
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        """Give the member back."""
        return None if value is None else self.kind(value)


class Choices(TypeDecorator[frozenset[Any]]):
    """Several members of an enumeration, as words with blanks between."""

    impl = String(255)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        """Keep members of this kind."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Iterable[StrEnum] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Keep the values, sorted."""
        return None if value is None else " ".join(sorted(str(self.kind(member)) for member in value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> frozenset[StrEnum] | None:  # noqa: ARG002
        """Give the members back."""
        return None if value is None else frozenset(map(self.kind, value.split()))


class Edits(TypeDecorator[tuple[Edit, ...]]):
    """An editor's changes, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Edit, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write them."""
        return None if value is None else dump_edits(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Edit, ...] | None:  # noqa: ARG002
        """Read them."""
        return None if value is None else load_edits(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


def _house() -> Column[str]:
    return Column("house", String(64), nullable=False)


def _moment(name: str, *, optional: bool = False) -> Column[datetime]:
    return Column(name, Moment, nullable=optional)


def _words(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, Text, nullable=optional)


articles = Table(
    "articles",
    metadata,
    _id(),
    _house(),
    Column("source_id", String(512), nullable=False),
    Column("source_kind", Choice(SourceKind), nullable=False),
    Column("section", String(128)),
    _words("url", optional=True),
    _words("title", optional=True),
    Column("voice", String(64)),
    _moment("created_at"),
    _moment("updated_at"),
    UniqueConstraint("house", "source_id"),
    Index(None, "house", "updated_at"),
)

submissions = Table(
    "submissions",
    metadata,
    _id(),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Choice(SourceKind), nullable=False),
    _words("url", optional=True),
    _words("title", optional=True),
    Column("blob", String(64)),
    Column("digest", String(64), nullable=False),
    _moment("received_at"),
    Index(None, "article_id", "received_at"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    _words("article"),
    Column("submission_id", String(32), nullable=False),
    _moment("created_at"),
)

editions = Table(
    "editions",
    metadata,
    _id(),
    Column("article_id", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False, unique=True),
    _house(),
    Column("state", Choice(EditionState), nullable=False),
    Column("head", Integer, nullable=False),
    Column("published_version", Integer),
    _moment("publish_at", optional=True),
    _moment("first_published_at", optional=True),
    _moment("published_at", optional=True),
    _moment("withdrawn_at", optional=True),
    Column("withdrawn_version", Integer),
    _words("note"),
    Column("edits", Edits, nullable=False),
    _moment("created_at"),
    _moment("updated_at"),
    Index(None, "house", "state", "published_at"),
)

versions = Table(
    "versions",
    metadata,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("script_sha256", String(64), nullable=False),
    _words("title", optional=True),
    Column("language", String(32), nullable=False),
    Column("clean", Boolean, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("copy_of", Integer),
    Column("job_id", String(32)),
    _moment("made_at"),
)

version_files = Table(
    "version_files",
    metadata,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(128), primary_key=True),
    Column("blob", String(64), nullable=False, index=True),
    Column("bytes", Integer, nullable=False),
    Column("media_type", String(128), nullable=False),
)

approvals = Table(
    "approvals",
    metadata,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("script_sha256", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
    Column("who", String(255), nullable=False),
    _moment("at"),
)

jobs = Table(
    "jobs",
    metadata,
    _id(),
    _house(),
    Column("kind", Choice(JobKind), nullable=False),
    Column("subject", String(32), nullable=False),
    Column("detail", String(255), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", Choice(JobState), nullable=False),
    Column("attempts", Integer, nullable=False),
    _moment("not_before"),
    Column("lease", String(32)),
    Column("worker", String(255)),
    _moment("lease_until", optional=True),
    Column("stage", String(64), nullable=False),
    Column("steps_done", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    _words("error"),
    _moment("created_at"),
    _moment("started_at", optional=True),
    _moment("finished_at", optional=True),
    Index(None, "state", "not_before"),
    Index(None, "subject", "created_at"),
)
Index(
    "uq_jobs_waiting",
    jobs.c.kind,
    jobs.c.subject,
    unique=True,
    sqlite_where=jobs.c.state == JobState.QUEUED,
    postgresql_where=jobs.c.state == JobState.QUEUED,
)
"""Of one kind, one job waits for a subject: what is wanted twice is done once."""
Index(
    "uq_jobs_working",
    jobs.c.kind,
    jobs.c.subject,
    unique=True,
    sqlite_where=jobs.c.state == JobState.WORKING,
    postgresql_where=jobs.c.state == JobState.WORKING,
)
"""And one is at work on it."""

tokens = Table(
    "tokens",
    metadata,
    _id(),
    _house(),
    Column("name", String(128), nullable=False),
    Column("scopes", Choices(Scope), nullable=False),
    Column("digest", String(64), nullable=False),
    _moment("created_at"),
    _moment("expires_at", optional=True),
    _moment("last_used_at", optional=True),
    _moment("revoked_at", optional=True),
)

users = Table(
    "users",
    metadata,
    _id(),
    _house(),
    Column("name", String(128), nullable=False, unique=True),
    Column("scopes", Choices(Scope), nullable=False),
    _words("password"),
    Column("failed_logins", Integer, nullable=False),
    _moment("locked_until", optional=True),
    _moment("created_at"),
    _moment("disabled_at", optional=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    _moment("created_at"),
    _moment("seen_at"),
    _moment("expires_at"),
)

setup_links = Table(
    "setup_links",
    metadata,
    Column("digest", String(64), primary_key=True),
    _house(),
    _moment("created_at"),
    _moment("expires_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    _house(),
    _moment("at"),
    Column("who", String(255), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("address", String(64), nullable=False),
    Index(None, "house", "at"),
    Index(None, "subject"),
)

hooks = Table(
    "hooks",
    metadata,
    _id(),
    _house(),
    _words("url"),
    Column("events", Choices(EventKind), nullable=False),
    Column("secret", String(128), nullable=False),
    _moment("created_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    _house(),
    Column("hook_id", ForeignKey("hooks.id", ondelete="CASCADE"), nullable=False),
    Column("event", Choice(EventKind), nullable=False),
    _words("payload"),
    Column("state", Choice(DeliveryState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("status", Integer),
    _words("error"),
    _moment("created_at"),
    _moment("delivered_at", optional=True),
    Index(None, "house", "state", "created_at"),
)

inlets = Table(
    "inlets",
    metadata,
    _id(),
    _house(),
    Column("kind", Choice(InletKind), nullable=False),
    Column("section", String(128)),
    Column("secret", String(128), nullable=False),
    _moment("created_at"),
)

plays = Table(
    "plays",
    metadata,
    Column("edition_id", ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("reached", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)

lexicon = Table(
    "lexicon",
    metadata,
    Column("id", Integer, primary_key=True),
    _house(),
    Column("written", String(255), nullable=False),
    _words("phonemes"),
    _words("alias"),
    Column("case_sensitive", Boolean, nullable=False),
    Column("boundary", String(16), nullable=False),
    Column("language", String(16), nullable=False),
    Column("scope", String(255), nullable=False),
    _words("note"),
    Column("author", String(128), nullable=False),
    Column("added", String(10), nullable=False),
    Index(None, "house", "written"),
)

archive_items = Table(
    "archive_items",
    metadata,
    Column("archive", String(255), primary_key=True),
    Column("source_id", String(512), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("state", Choice(LedgerState), nullable=False),
    Column("driver", String(64), nullable=False),
    _moment("lease_until"),
    Column("outcome", Text, nullable=False),
    _moment("updated_at"),
    Index(None, "archive", "state"),
)
