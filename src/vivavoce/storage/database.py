"""Opening the newsroom's database, SQLite or PostgreSQL, at the newest schema."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from vivavoce.errors import MachineError, UsageError

log = logging.getLogger(__name__)
BUSY_TIMEOUT_S = 60
"""How long a writer of SQLite waits for its turn."""
_CONNECTIONS = 20
_MIGRATION_LOCK = 0x76697661
"""PostgreSQL's advisory lock under which one process at a time migrates."""
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def open_database(url: str) -> Engine:
    """Open a database; "sqlite:///FILE" or "postgresql://USER:PASSWORD@HOST/NAME".

    Raises:
        UsageError: The address is none that we know, or its driver is not installed.
        MachineError: The database can't be reached.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise UsageError(f"{url!r} is no database; give sqlite:///FILE or postgresql://USER@HOST/NAME") from error
    kind = address.get_backend_name()
    if kind not in _DRIVERS:
        raise UsageError(f"{url!r}: there is sqlite and postgresql")
    address = address.set(drivername=_DRIVERS[kind])
    try:
        if kind == "sqlite":
            if address.database:
                Path(address.database).parent.mkdir(parents=True, exist_ok=True)
            engine = _open_sqlite(address)
        else:
            engine = create_engine(address, pool_size=_CONNECTIONS, max_overflow=_CONNECTIONS, pool_pre_ping=True)
        with engine.connect():
            return engine
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is missing; install it with: pip install 'vivavoce[postgres]'") from error
    except OperationalError as error:
        shown = address.render_as_string(hide_password=True)
        raise MachineError(f"the database {shown} can't be opened: {error.orig}") from error


def _open_sqlite(address: Any) -> Engine:
    engine = create_engine(
        address,
        pool_size=_CONNECTIONS,
        max_overflow=_CONNECTIONS,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, below
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_S}000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        """Take the writer's place at once, so that no transaction fails half-way for want of it."""
        reads = connection.get_execution_options().get("reads_only")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


# ---------------------------------------------------------------- migrations


def migrate(engine: Engine) -> None:
    """Bring the schema to what this version wants. A newer one is left: migrations only add, so old code runs on it."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        revision = current_revision(connection)
        if not _is_known(revision):
            log.warning("the database has the newer schema %s; this version of vivavoce runs beside it", revision)
            return
        command.upgrade(_config(connection), "head")


def migrate_to(connection: Connection, revision: str) -> None:
    """Bring an empty schema to a revision, or to the newest.

    Raises:
        UsageError: This version does not know it.
    """
    if not _is_known(revision):
        raise UsageError(f"schema {revision} is newer than this vivavoce; upgrade it first")
    command.upgrade(_config(connection), revision)


def current_revision(connection: Connection) -> str | None:
    """Name the schema's revision; None where the database is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def _is_known(revision: str | None) -> bool:
    if revision is None or revision == "head":
        return True
    with suppress(CommandError):
        return ScriptDirectory.from_config(_config(None)).get_revision(revision) is not None
    return False


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config
