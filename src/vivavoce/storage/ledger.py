"""The archive's ledger: which article of a back catalogue is done, at work, or failed. One writer at a time an article.

A driver claims articles before it hands them to workers and renews its claims while it lives; another driver takes
over what is no longer renewed. On SQLite there is one driver, which holds a lock beside the file.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select, update

from vivavoce.storage.records import Claimant, Claims, LedgerEntry, LedgerState
from vivavoce.storage.rows import Rows, to_row
from vivavoce.storage.tables import archive_items

_PAGE = 500
_FINAL = frozenset({LedgerState.DONE, LedgerState.FAILED})


class LedgerRows(Rows):
    """The ledger in one transaction."""

    def claim(self, wanted: Sequence[tuple[str, str]], who: Claimant, *, again: Collection[LedgerState] = ()) -> Claims:
        """Claim articles that want work.

        Args:
            wanted: (source id, digest) of each.
            who: Who claims.
            again: In which of the states that want no work to claim them all the same.
        """
        of_archive = select(archive_items).where(archive_items.c.archive == who.archive)
        names = [name for name, _ in wanted]
        known = {
            entry.source_id: entry
            for at in range(0, len(names), _PAGE)
            for entry in self._all(LedgerEntry, of_archive.where(archive_items.c.source_id.in_(names[at : at + _PAGE])))
        }
        granted: dict[str, LedgerEntry | None] = {}
        failed = 0
        for name, digest in wanted:
            before = known.get(name)
            if before and before.digest == digest and before.state in _FINAL.difference(again):
                failed += before.state is LedgerState.FAILED
            elif name not in granted and self._claim(before, name, digest, who):
                granted[name] = before
        return Claims(granted, failed)

    def _claim(self, before: LedgerEntry | None, name: str, digest: str, who: Claimant) -> bool:
        entry = LedgerEntry(who.archive, name, digest, LedgerState.WORKING, who.driver, who.lease_until, "", who.moment)
        if before is None:
            return self._add_new(archive_items, entry)
        free = (
            (archive_items.c.state != LedgerState.WORKING)
            | (archive_items.c.lease_until < who.moment)
            | (archive_items.c.driver == who.driver)
        )
        # Between our reading and our writing another driver may have ended its work on it, or begun.
        as_read = (archive_items.c.state == before.state) & (archive_items.c.driver == before.driver)
        values = to_row(replace(entry, outcome=before.outcome))
        return bool(self._change(update(archive_items).where(_at(who.archive, name), as_read, free).values(values)))

    def settle(self, who: Claimant, source_id: str, *, state: LedgerState, outcome: str) -> bool:
        """End the work on an article; False where it is no longer ours."""
        ours = (archive_items.c.driver == who.driver) & (archive_items.c.state == LedgerState.WORKING)
        values = {"state": state, "outcome": outcome, "updated_at": who.moment}
        return bool(self._change(update(archive_items).where(_at(who.archive, source_id), ours).values(values)))

    def renew(self, who: Claimant) -> None:
        """Hold what a driver has claimed for longer."""
        ours = (archive_items.c.driver == who.driver) & (archive_items.c.state == LedgerState.WORKING)
        self._change(
            update(archive_items)
            .where(archive_items.c.archive == who.archive, ours)
            .values(lease_until=who.lease_until)
        )

    def release(self, archive: str, moment: datetime) -> None:
        """Put back what drivers held that are known to be gone."""
        self._change(
            update(archive_items)
            .where(archive_items.c.archive == archive, archive_items.c.state == LedgerState.WORKING)
            .values(lease_until=moment, state=LedgerState.POSTPONED)
        )

    def find(self, archive: str, source_id: str) -> LedgerEntry | None:
        """Give what is known of an article."""
        return self._one(LedgerEntry, select(archive_items).where(_at(archive, source_id)))

    def list(self, archive: str, states: Sequence[LedgerState]) -> Iterator[LedgerEntry]:
        """List entries in these states by source id, never all in memory."""
        last = ""
        while page := self._all(LedgerEntry, self._page(archive, states).where(archive_items.c.source_id > last)):
            yield from page
            last = page[-1].source_id

    def count(self, archive: str) -> dict[LedgerState, int]:
        """Count an archive's articles by state."""
        query = select(archive_items.c.state, func.count()).where(archive_items.c.archive == archive)
        rows = self._connection.execute(query.group_by(archive_items.c.state))
        return {LedgerState(state): int(count) for state, count in rows}

    def forget(self, archive: str) -> None:
        """Remove all that is known of an archive."""
        self._change(delete(archive_items).where(archive_items.c.archive == archive))

    def drop(self, archive: str, source_id: str) -> None:
        """Remove what is known of an article."""
        self._change(delete(archive_items).where(_at(archive, source_id)))

    @staticmethod
    def _page(archive: str, states: Sequence[LedgerState]) -> Select[Any]:
        of_archive = select(archive_items).where(
            archive_items.c.archive == archive, archive_items.c.state.in_([str(state) for state in states])
        )
        return of_archive.order_by(archive_items.c.source_id).limit(_PAGE)


def _at(archive: str, source_id: str) -> ColumnElement[bool]:
    return (archive_items.c.archive == archive) & (archive_items.c.source_id == source_id)
