"""The house lexicon as the newsroom keeps it: a row an entry, the later one of a key wins."""

from datetime import date

from sqlalchemy import delete, insert, select

from vivavoce.lexicon import Boundary, Entry, Lexicon
from vivavoce.storage.rows import Rows
from vivavoce.storage.tables import lexicon


class LexiconRows(Rows):
    """A house's lexicon in one transaction."""

    def read(self, house: str) -> Lexicon:
        """Give all entries in the order in which they were made."""
        rows = self._connection.execute(select(lexicon).where(lexicon.c.house == house).order_by(lexicon.c.id))
        return Lexicon(
            tuple(
                Entry(
                    written=row.written,
                    phonemes=row.phonemes,
                    alias=row.alias,
                    case_sensitive=row.case_sensitive,
                    boundary=Boundary(row.boundary),
                    language=row.language,
                    scope=row.scope,
                    note=row.note,
                    author=row.author,
                    added=date.fromisoformat(row.added) if row.added else None,
                )
                for row in rows
            )
        )

    def add(self, house: str, entry: Entry) -> None:
        """Add an entry in the place of one with the same key."""
        for row in self._connection.execute(select(lexicon).where(lexicon.c.house == house)):
            case = row.written if row.case_sensitive else row.written.casefold()
            if (case, row.language, row.scope, Boundary(row.boundary)) == entry.key:
                self._change(delete(lexicon).where(lexicon.c.id == row.id))
        values = {
            "written": entry.written,
            "phonemes": entry.phonemes,
            "alias": entry.alias,
            "case_sensitive": entry.case_sensitive,
            "boundary": str(entry.boundary),
            "language": entry.language,
            "scope": entry.scope,
            "note": entry.note,
            "author": entry.author,
            "added": entry.added.isoformat() if entry.added else "",
        }
        self._change(insert(lexicon).values(house=house, **values))

    def remove(self, house: str, written: str) -> int:
        """Remove all entries for a written form; gives how many there were."""
        return self._change(delete(lexicon).where(lexicon.c.house == house, lexicon.c.written == written))
