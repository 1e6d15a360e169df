"""How often editions were played, and how far: counts by day, and nothing about anybody."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from vivavoce.storage.rows import Rows
from vivavoce.storage.tables import editions, plays

REACHED = (0, 25, 50, 75, 100)
"""Percent of a recording; 0 is the start."""


@dataclass(frozen=True, slots=True)
class PlayCount:
    """How many reached a point of an edition on a day."""

    edition_id: str
    day: date
    reached: int
    count: int


class PlayRows(Rows):
    """Counts in one transaction."""

    def add(self, edition_id: str, day: date, reached: int) -> None:
        """Count one more."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        statement = dialect.insert(plays).values(edition_id=edition_id, day=day, reached=reached, count=1)
        self._change(
            statement.on_conflict_do_update(
                index_elements=[plays.c.edition_id, plays.c.day, plays.c.reached],
                set_={"count": plays.c.count + 1},
            )
        )

    def list_days(self, house: str, *, since: date) -> tuple[PlayCount, ...]:
        """List the counts of a house's editions, by day."""
        query = (
            select(plays)
            .join(editions, editions.c.id == plays.c.edition_id)
            .where(editions.c.house == house, plays.c.day >= since)
            .order_by(plays.c.day, plays.c.edition_id, plays.c.reached)
        )
        return self._all(PlayCount, query)

    def total(self, edition_id: str) -> dict[int, int]:
        """Give an edition's counts by how far listeners came."""
        query = (
            select(plays.c.reached, func.sum(plays.c.count))
            .where(plays.c.edition_id == edition_id)
            .group_by(plays.c.reached)
        )
        found = {int(reached): int(count) for reached, count in self._connection.execute(query)}
        return {reached: found.get(reached, 0) for reached in REACHED}
