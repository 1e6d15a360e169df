"""The whole newsroom in one file, and back: every table as of one moment, and every blob that a row holds on to.

The file is a tar with tables as JSON lines, so it goes from SQLite to PostgreSQL and back. The queue is left out: the
sweep fills it again.
"""

import io
import json
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text

from vivavoce import __version__
from vivavoce.errors import InputError, UsageError
from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.database import current_revision, migrate, migrate_to, open_database
from vivavoce.storage.records import now
from vivavoce.storage.tables import Choice, Choices, Edits, Moment, metadata

HEAD = "backup.json"
_BATCH = 500


def back_up(room: Newsroom, file: Path) -> int:
    """Write the newsroom into a file, whole or not at all, while it works on; gives the number of blobs.

    Raises:
        UsageError: The newsroom is empty, so that it is likely to be another than was meant.
        LookupError: A blob that a row refers to is missing.
        OSError: The file can't be written.
    """
    if _is_empty(room):
        raise UsageError(f"the newsroom in {room.folder} is empty; name the folder of the one you mean with --folder")
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as draft:
        path = Path(draft.name)
        try:
            with tarfile.open(fileobj=draft, mode="w") as tar:
                count = _write(room, tar)
            path.replace(file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return count


def _is_empty(room: Newsroom) -> bool:
    with room.store.read() as unit:
        return not unit.people.count_users() and not any(unit.articles.search(house, limit=1) for house in room.houses)


def _write(room: Newsroom, tar: tarfile.TarFile) -> int:
    engine = room.store.engine
    options = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {"reads_only": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        head = {"vivavoce": __version__, "schema": current_revision(connection), "made": now().isoformat()}
        _add(tar, HEAD, json.dumps(head).encode())
        for table in metadata.sorted_tables:
            lines = b"".join(json.dumps(row).encode() + b"\n" for row in _dump(connection, table))
            _add(tar, f"tables/{table.name}.jsonl", lines)
        versions, sent = metadata.tables["version_files"], metadata.tables["submissions"]
        held = {str(blob) for blob in connection.execute(select(versions.c.blob)).scalars()}
        held |= {str(blob) for blob in connection.execute(select(sent.c.blob)).scalars() if blob}
    for digest in sorted(held):
        tar.add(room.blobs.fetch(digest), arcname=f"blobs/{digest}")
    return len(held)


def restore(file: Path, room: Newsroom) -> int:
    """Fill an empty newsroom from a backup; gives the number of blobs. Its schema is brought up to date.

    Raises:
        UsageError: The newsroom is not empty, or the backup is of a newer vivavoce.
        InputError: The file is no backup, or damaged.
    """
    if not _is_empty(room):
        raise UsageError(f"the newsroom in {room.folder} is not empty; restore into a new folder with --folder")
    try:
        with tarfile.open(file) as tar:
            count = _restore_blobs(tar, room)
            _restore_tables(tar, room.database_url)
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise InputError(f"{file} is no backup of a newsroom, or is damaged ({error})") from error
    return count


def _restore_blobs(tar: tarfile.TarFile, room: Newsroom) -> int:
    count = 0
    for member in tar:
        folder, _, digest = member.name.partition("/")
        body = tar.extractfile(member) if folder == "blobs" and member.isfile() else None
        if body is None:
            continue
        with NamedTemporaryFile(prefix="vivavoce-restore-") as copy:
            while piece := body.read(1 << 20):
                copy.write(piece)
            copy.flush()
            if room.blobs.keep_file(Path(copy.name)) != digest:
                raise InputError(f"the blob {digest} is damaged in this backup")
        count += 1
    return count


def _restore_tables(tar: tarfile.TarFile, database_url: str) -> None:
    head = json.loads(_read(tar, HEAD))
    engine = open_database(database_url)
    try:
        with engine.begin() as connection:
            current = current_revision(connection)
            if current is None:
                migrate_to(connection, head["schema"])
            elif current != head["schema"]:
                raise UsageError(
                    f"the backup has schema {head['schema']} and this vivavoce {current}: restore it with the version "
                    f"that made it ({head['vivavoce']}), then upgrade"
                )
            for table in metadata.sorted_tables:
                _fill(connection, table, _read(tar, f"tables/{table.name}.jsonl"))
        migrate(engine)
    finally:
        engine.dispose()


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    body = tar.extractfile(name)
    if body is None:
        raise InputError(f"the backup holds no {name}")
    return body.read()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = 0o600
    tar.addfile(member, io.BytesIO(content))


# ---------------------------------------------------------------- rows


def _dump(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    for row in connection.execute(select(table)).mappings():
        yield {column.name: _to_plain(row[column.name], column.type, connection) for column in table.columns}


def _to_plain(value: Any, kind: Any, connection: Connection) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(kind, Choice | Choices | Edits):
        return kind.process_bind_param(value, connection.dialect)
    return value


def _fill(connection: Connection, table: Table, lines: bytes) -> None:
    rows = [
        {column.name: _from_plain(row.get(column.name), column.type, connection) for column in table.columns}
        for row in map(json.loads, lines.splitlines())
    ]
    for start in range(0, len(rows), _BATCH):
        connection.execute(insert(table), rows[start : start + _BATCH])
    ids = table.columns.get("id")
    if rows and ids is not None and ids.type.python_type is int and connection.dialect.name == "postgresql":
        sequence = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), (SELECT max(id) FROM {table.name}))"  # noqa: S608  # our own names
        connection.execute(text(sequence))


def _from_plain(value: Any, kind: Any, connection: Connection) -> Any:
    if isinstance(kind, Moment):
        return datetime.fromisoformat(value) if value else None
    if isinstance(kind, Choice | Choices | Edits):
        return kind.process_result_value(value, connection.dialect)
    return value
