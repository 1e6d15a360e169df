"""The archive's list of editions: a Parquet file beside them, one row an article, written from the ledger."""

import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from vivavoce.archive.items import Outcome, read_outcome
from vivavoce.archive.shelf import EDITIONS, Shelf
from vivavoce.errors import MachineError, UsageError
from vivavoce.storage.records import LedgerState
from vivavoce.storage.store import Store

CATALOGUE = "manifest.parquet"
_ROWS_AT_ONCE = 1000


def list_outcomes(store: Store, archive: str, states: tuple[LedgerState, ...]) -> Iterator[Outcome]:
    """Give what the ledger knows of an archive's articles, by their ids; of one at work, what was before."""
    with store.read() as look:
        for entry in look.ledger.list(archive, states):
            if entry.outcome:
                yield read_outcome(entry.outcome)


def read_current(shelf: Shelf) -> Iterator[str]:
    """Give the ids of the editions that an archive's list calls current, each once, never the list's all in memory.

    Raises:
        UsageError: Parquet's library is not installed.
        MachineError: There is no list.
    """
    parquet = _open_parquet()
    file = Path(shelf.root) / CATALOGUE
    if not file.is_file():
        raise MachineError(f"{file} is missing; run the same `vivavoce archive` again, which writes it")
    seen: set[str] = set()
    for batch in parquet.ParquetFile(file).iter_batches(columns=["edition"]):
        for edition in batch.column("edition").to_pylist():
            if edition and edition not in seen:
                seen.add(edition)
                yield edition


def _open_parquet() -> Any:
    try:
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise UsageError("the archive's list wants Parquet: pip install 'vivavoce[archive]'") from error
    return parquet


def write_catalogue(outcomes: Iterable[Outcome], shelf: Shelf) -> int:
    """Write the list; gives the number of its rows.

    Raises:
        UsageError: Parquet's library is not installed.
        MachineError: The place can't be written.
    """
    parquet = _open_parquet()
    import pyarrow as pa

    schema = pa.schema(
        [
            ("source_id", pa.string()),
            ("edition", pa.string()),
            ("guid", pa.string()),
            ("folder", pa.string()),
            ("title", pa.string()),
            ("url", pa.string()),
            ("published", pa.string()),
            ("duration_s", pa.float64()),
            ("clean", pa.bool_()),
            ("findings", pa.int64()),
            ("state", pa.string()),
            ("reason", pa.string()),
            ("ended", pa.string()),
            ("listed_at", pa.string()),
        ]
    )
    rows, remaining = 0, iter(outcomes)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / CATALOGUE
        with parquet.ParquetWriter(file, schema) as writer:
            while page := list(islice(remaining, _ROWS_AT_ONCE)):
                writer.write_table(pa.Table.from_pylist([_to_row(outcome) for outcome in page], schema=schema))
                rows += len(page)
        shelf.write(CATALOGUE, file.read_bytes())
    return rows


def _to_row(outcome: Outcome) -> dict[str, Any]:
    return {
        "source_id": outcome.source_id,
        "edition": outcome.edition,
        "guid": outcome.guid,
        "folder": f"{EDITIONS}/{outcome.edition}" if outcome.edition else None,
        "title": outcome.title,
        "url": outcome.url,
        "published": outcome.published,
        "duration_s": outcome.duration_s,
        "clean": outcome.clean,
        "findings": sum(count for _, count in outcome.findings),
        "state": str(outcome.state),
        "reason": outcome.reason or None,
        "ended": outcome.ended or None,
        "listed_at": outcome.where or None,
    }
