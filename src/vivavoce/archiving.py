"""A back catalogue meets its cluster: settings, keys, ledger and crew are opened, and what came of it is written."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from vivavoce.archive.catalogue import list_outcomes, read_current, write_catalogue
from vivavoce.archive.crew import ClusterOptions, open_crew
from vivavoce.archive.items import OutcomeState
from vivavoce.archive.listing import Listing
from vivavoce.archive.plan import Forecast, plan_archive
from vivavoce.archive.report import REPORT, Summary, summarise, write_report
from vivavoce.archive.run import Progress, RunOptions, Tell, run_archive
from vivavoce.archive.shelf import EDITIONS, Shelf
from vivavoce.archive.sources import read_items
from vivavoce.archive.touch_up import find_known_names
from vivavoce.archive.work import WorkSettings
from vivavoce.errors import UsageError, VivavoceError
from vivavoce.lexicon import join_lexicons, read_lexicon
from vivavoce.settings import Places
from vivavoce.storage.records import LedgerState
from vivavoce.storage.store import Store, open_store
from vivavoce.studio import NarrateRequest, open_seal, read_house_lexicon

LEDGER = "ledger.sqlite"


@dataclass(frozen=True, slots=True)
class ArchiveRequest:
    """What a user asks of `archive`."""

    source: str
    output: str
    narrate: NarrateRequest
    """The house's ways; its source is empty."""
    cluster: ClusterOptions
    ledger: str | None = None
    """A database; None: an SQLite file in the output folder."""
    limit: int = 0
    touch_up: bool = False
    retry: bool = False
    """Try again what failed before, though nothing has changed."""


@dataclass(frozen=True, slots=True)
class ArchiveResult:
    """What came of it."""

    progress: Progress
    summary: Summary


def forecast_archive(request: ArchiveRequest, places: Places) -> Forecast:
    """Sample the catalogue and say what it will take.

    Raises:
        VivavoceError: As its class says.
    """
    items = read_items(request.source, request.narrate.fetch)
    return plan_archive(items, settings=prepare_work(request, places), places=places)


def narrate_archive(request: ArchiveRequest, places: Places, tell: Tell) -> ArchiveResult:
    """Narrate what is not narrated yet, and write the list and the report.

    Raises:
        UsageError: Another driver is at work on an SQLite ledger; an option makes no sense.
        VivavoceError: As its class says; what was finished is kept.
    """
    settings, shelf = prepare_work(request, places), Shelf(request.output)
    progress = Progress()

    def note(current: Progress) -> None:
        nonlocal progress
        progress = current
        tell(current)

    with _open_ledger(request, shelf) as store, Listing() as listing, open_crew(settings, request.cluster) as crew:
        names = _find_known_names(store, request, settings) if request.touch_up else frozenset()
        options = RunOptions(names, request.limit, retry=request.retry, catalogue=request.source)
        try:
            if names or not request.touch_up:
                items = read_items(request.source, request.narrate.fetch)
                run_archive(
                    items, settings=settings, crew=crew, store=store, listing=listing, options=options, tell=note
                )
            if not (request.touch_up or request.limit):
                _forget_gone(store, request, listing)
        except BaseException:  # interrupted, or the listing broke: what stands is told all the same
            if progress.listed:
                with suppress(VivavoceError):
                    _write_account(store, request, shelf, progress)
            raise
        return ArchiveResult(progress, _write_account(store, request, shelf, progress))


def _write_account(store: Store, request: ArchiveRequest, shelf: Shelf, progress: Progress) -> Summary:
    """Write the list and the report of all that the ledger knows, what is at work as it was before."""
    summary = summarise(list_outcomes(store, request.output, tuple(LedgerState)))
    write_catalogue(list_outcomes(store, request.output, tuple(LedgerState)), shelf)
    shelf.write(REPORT, write_report(summary, progress, archive=request.output).encode())
    return summary


def _forget_gone(store: Store, request: ArchiveRequest, listing: Listing) -> None:
    """Forget failures of articles that this catalogue held once and does not hold any more."""
    gone = [
        outcome.source_id
        for outcome in list_outcomes(store, request.output, (LedgerState.FAILED, LedgerState.POSTPONED))
        if outcome.state is OutcomeState.FAILED
        and outcome.edition is None
        and outcome.catalogue == request.source
        and outcome.source_id not in listing
    ]
    with store.write() as change:
        for name in gone:
            change.ledger.drop(request.output, name)


def list_edition_folders(output: str) -> list[Path]:
    """Give the folders of an archive's current editions, for `publishing`; those that newer ones replaced are left out.

    Raises:
        UsageError: The archive does not lie on this machine.
        MachineError: It has no list.
    """
    shelf = Shelf(output)
    if not shelf.is_local:
        raise UsageError(f"a site is made of editions on this machine; copy {output} here first, or mount it")
    return [Path(shelf.root) / EDITIONS / name for name in read_current(shelf)]


def prepare_work(request: ArchiveRequest, places: Places) -> WorkSettings:
    """Put into one value what a node may not have: the house's lexicon, and which key signs."""
    narrate = request.narrate
    lexicons = join_lexicons([read_house_lexicon(places), *map(read_lexicon, narrate.lexicons), narrate.entries])
    seal = open_seal(narrate, places)
    wordings = dict(narrate.wordings)  # a read-only view does not travel
    travelling = replace(narrate, lexicons=(), entries=lexicons, wordings=wordings, threads=1)
    return WorkSettings(travelling, request.output, seal.signer.certificate_sha256)


@contextmanager
def _open_ledger(request: ArchiveRequest, shelf: Shelf) -> Iterator[Store]:
    if request.ledger:
        store = open_store(request.ledger)
        try:
            yield store
        finally:
            store.close()
        return
    if not shelf.is_local:
        raise UsageError("an archive elsewhere wants a ledger here: give --ledger sqlite:///FILE or postgresql://…")
    file = Path(shelf.root) / LEDGER
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{file}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UsageError(
            f"another run is at work on {request.output}; wait for it, or share a PostgreSQL --ledger"
        ) from None
    store = open_store(f"sqlite:///{file}")
    try:
        with store.write() as change:
            change.ledger.release(request.output, datetime.now(UTC))  # we hold the lock: no other driver lives
        yield store
    finally:
        store.close()
        lock.release()


def _find_known_names(store: Store, request: ArchiveRequest, settings: WorkSettings) -> frozenset[str]:
    """Give the archive's doubtful names that the lexicon knows by now."""
    outcomes = list_outcomes(store, request.output, (LedgerState.DONE,))
    names = {name for outcome in outcomes for name, _ in outcome.doubtful_names}
    return find_known_names(names, settings.request.entries)
