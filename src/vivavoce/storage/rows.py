"""What the tables have in common: a row becomes a value, a value becomes a row."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row, Table, insert
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")


class Rows:
    """Tables seen through one open transaction."""

    def __init__(self, connection: Connection) -> None:
        """Look through this transaction."""
        self._connection = connection

    def _one(self, kind: type[T], query: Executable) -> T | None:
        row = self._connection.execute(query).one_or_none()
        return None if row is None else from_row(kind, row)

    def _all(self, kind: type[T], query: Executable) -> tuple[T, ...]:
        return tuple(from_row(kind, row) for row in self._connection.execute(query))

    def _number(self, query: Executable) -> int:
        return int(self._connection.execute(query).scalar_one() or 0)

    def _texts(self, query: Executable) -> tuple[str, ...]:
        return tuple(str(text) for text in self._connection.execute(query).scalars())

    def _add(self, table: Table, *values: object) -> None:
        if values:
            self._connection.execute(insert(table), [to_row(value) for value in values])

    def _add_new(self, table: Table, value: object) -> bool:
        """Add a row unless a unique one like it is there; tells whether it was added."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(table).values(to_row(value)).on_conflict_do_nothing()
        return self._connection.execute(statement.returning(*table.primary_key.columns)).first() is not None

    def _change(self, statement: Executable) -> int:
        """Run an update or a delete; gives the number of rows it met."""
        return self._connection.execute(statement).rowcount


def from_row(kind: type[T], row: Row[Any]) -> T:
    """Make a value of a row; columns that the value does not know are passed over."""
    columns = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for the row by column
    return kind(**{field.name: columns[field.name] for field in fields(kind)})  # type: ignore[arg-type]  # a dataclass


def to_row(value: object) -> dict[str, Any]:
    """Give a value's fields by column."""
    return {field.name: getattr(value, field.name) for field in fields(value)}  # type: ignore[arg-type]  # a dataclass


def page(query: Any, *, limit: int, offset: int) -> Any:
    """Cut a list to one page."""
    return query.limit(limit).offset(offset)


def names(values: Sequence[object]) -> list[str]:
    """Give the values of enumeration members, for an IN."""
    return [str(value) for value in values]
