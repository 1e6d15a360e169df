"""What a run has listed so far, so that two articles with one id are noticed however far apart they stand.

It lies in a database of SQLite's own that the disk holds and that is gone when it is closed: a catalogue of a million
articles takes no more memory than one of a hundred.
"""

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from vivavoce.archive.items import ArchiveItem


@dataclass(frozen=True, slots=True)
class Namesake:
    """An article whose id another one of the same catalogue has."""

    item: ArchiveItem
    name: str
    """What the ledger calls it: "a1 #2" is the second article with the id "a1"."""
    first_at: str
    """Where the first one stands."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Articles as the listing has found them."""

    new: tuple[ArchiveItem, ...]
    namesakes: tuple[Namesake, ...]
    repeated: int
    """How many were listed before, the very same."""


class Listing:
    """Ids, each with where it stands and what of it is known."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._rows = sqlite3.connect("", isolation_level=None)  # "": a file without a name, SQLite's own
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE listed (name TEXT PRIMARY KEY, mark BLOB, at TEXT) WITHOUT ROWID")

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Let it go."""
        self._rows.close()

    def __contains__(self, name: str) -> bool:
        """Tell whether an article was listed under that name."""
        return self._find(name) is not None

    def sort(self, items: Iterable[ArchiveItem]) -> Sorted:
        """Note articles, and tell those that are new from those whose id was there before."""
        new, namesakes, repeated = [], [], 0
        for item in items:
            first = self._find(item.source_id)
            if first is None:
                self._note(item.source_id, item)
                new.append(item)
            elif name := self._name_another(item, first):
                self._note(name, item)
                namesakes.append(Namesake(item, name, first[1]))
            else:
                repeated += 1
        return Sorted(tuple(new), tuple(namesakes), repeated)

    def _name_another(self, item: ArchiveItem, first: tuple[bytes, str]) -> str | None:
        """Give a name that is free; None where one of these is the very article."""
        name, known, number = item.source_id, first, 1
        while known[0] != _mark(item):
            number += 1
            name = f"{item.source_id} #{number}"
            found = self._find(name)
            if found is None:
                return name
            known = found
        return None

    def _find(self, name: str) -> tuple[bytes, str] | None:
        row: tuple[bytes, str] | None = self._rows.execute(
            "SELECT mark, at FROM listed WHERE name = ?", (name,)
        ).fetchone()
        return row

    def _note(self, name: str, item: ArchiveItem) -> None:
        self._rows.execute("INSERT INTO listed VALUES (?, ?, ?)", (name, _mark(item), item.where))


def _mark(item: ArchiveItem) -> bytes:
    """Give what two articles have in common that are one: what they hold, or where they are fetched."""
    return hashlib.sha256((item.digest if item.capture else item.url or "").encode()).digest()[:16]
