"""The run: items are listed lazily, claimed in the ledger, worked on, and settled. Nothing is done twice."""

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import uuid4

import vivavoce
from vivavoce.archive.crew import Crew, poisoned
from vivavoce.archive.items import ArchiveItem, Batch, Outcome, OutcomeState, WorkOrder, read_outcome
from vivavoce.archive.listing import Listing, Namesake
from vivavoce.archive.work import WorkSettings
from vivavoce.storage.records import Claimant, LedgerEntry, LedgerState
from vivavoce.storage.store import Store

LOOK_AHEAD = 64
"""So many items are claimed together and sorted by length, so that the long ones don't come last."""
BATCH_WEIGHT = 12_000
"""Bytes of text that a worker takes at once, at most: about ten minutes of audio."""
_SHARES = 4
"""A batch is at most this share, for each worker, of what is left of a claim (guided self-scheduling, Polychronopoulos
and Kuck 1987): batches get smaller, the last ones are single articles, and workers end together."""
LONG_WEIGHT = 300_000
"""Bytes of an article that keeps a worker for an hour or more: fifty thousand words, more than five hours of audio."""
LEASE_S = 120.0
_RENEW_S = 30.0
_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    listed: int = 0
    skipped: int = 0
    """Whole already, another driver's, or listed twice."""
    made: int = 0
    whole: int = 0
    failed: int = 0
    """In this run."""
    failed_before: int = 0
    """Passed over: they failed in a run before, and neither they nor the settings have changed."""
    audio_s: float = 0.0
    seconds: float = 0.0
    """Wall time of the run so far."""
    dashboard: str | None = None
    """Where the cluster shows itself, once there is one."""
    long: str | None = None
    """The longest article that a worker has, where it is one for hours: "a17 (5.0 MB)"."""

    def add(self, outcome: Outcome) -> "Progress":
        """Count an outcome."""
        return replace(
            self,
            made=self.made + (outcome.state is OutcomeState.MADE),
            whole=self.whole + (outcome.state is OutcomeState.WHOLE),
            failed=self.failed + (outcome.state is OutcomeState.FAILED),
            audio_s=self.audio_s + (outcome.duration_s if outcome.state is OutcomeState.MADE else 0.0),
        )

    @property
    def settled(self) -> int:
        """Articles that this run is done with."""
        return self.skipped + self.made + self.whole + self.failed + self.failed_before


Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a run does."""

    touch_up: frozenset[str] = frozenset()
    """Names; only editions that say one of these by a fallback are made anew. Empty: everything that wants work."""
    limit: int = 0
    """List no more items than this; 0: all."""
    retry: bool = False
    """Try again what failed before, though nothing has changed."""
    catalogue: str = ""
    """Which one is listed: outcomes are marked with it."""


def digest_settings(settings: WorkSettings) -> str:
    """Give a digest of all that editions follow from beside their articles."""
    text = json.dumps([vivavoce.__version__, asdict(settings.request)], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def run_archive(
    items: Iterable[ArchiveItem],
    *,
    settings: WorkSettings,
    crew: Crew,
    store: Store,
    listing: Listing,
    options: RunOptions,
    tell: Tell,
) -> Progress:
    """Narrate what is not narrated yet.

    Args:
        items: The back catalogue, read as it is needed.
        settings: What all workers have in common.
        crew: The workers.
        store: Holds the ledger.
        listing: Takes down what is listed.
        options: What to do.
        tell: Told of progress after each batch.

    Raises:
        VivavoceError: The listing failed; what was claimed before is settled first.
    """
    return _Run(settings, crew, store, listing, options, tell).drive(items)


class _Run:
    def __init__(
        self, settings: WorkSettings, crew: Crew, store: Store, listing: Listing, options: RunOptions, tell: Tell
    ) -> None:
        self._settings, self._crew, self._store, self._options, self._tell = settings, crew, store, options, tell
        self._listing = listing
        self._driver = uuid4().hex
        self._settings_digest = digest_settings(settings)
        self._progress = Progress()
        self._again: deque[Batch] = deque()
        """What goes to the workers once more: their machine was lost, or one article of a batch is to blame."""
        self._long: dict[str, int] = {}
        """Long articles that workers have, with their weights."""
        self._started_s = self._renewed_s = time.monotonic()

    def drive(self, items: Iterable[ArchiveItem]) -> Progress:
        for batch in self._batches(items):
            self._hand_over(batch)
        while self._crew.in_flight or self._again:
            self._settle()
            while self._again:
                self._hand_over(self._again.popleft())
        return self._progress

    def _hand_over(self, batch: Batch) -> None:
        while not self._crew.has_room:
            self._settle()
        self._crew.submit(batch)
        long = {order.item.source_id: order.item.weight for order in batch.orders if order.item.weight >= LONG_WEIGHT}
        if long:
            self._long |= long
            self._report()

    def _batches(self, items: Iterable[ArchiveItem]) -> Iterator[Batch]:
        remaining = iter(items if not self._options.limit else islice(items, self._options.limit))
        while listed := tuple(islice(remaining, LOOK_AHEAD)):
            if orders := self._claim(listed):
                yield from batch_by_length(orders, workers=self._crew.size)

    def _claim(self, listed: tuple[ArchiveItem, ...]) -> list[WorkOrder]:
        found = self._listing.sort(listed)
        wanted = [(item.source_id, self._digest(item)) for item in found.new]
        touch, again = self._options.touch_up, {LedgerState.FAILED} if self._options.retry else set()
        with self._store.write() as change:
            if touch:
                again.add(LedgerState.DONE)
                wanted = [pair for pair in wanted if self._says(change.ledger.find(self._settings.output, pair[0]))]
            claims = change.ledger.claim(wanted, self._claimant(), again=again)
        orders = [
            _order(item, claims.granted[item.source_id]) for item in found.new if item.source_id in claims.granted
        ]
        namesakes = () if touch else found.namesakes
        self._count(listed=len(listed), skipped=len(listed) - len(namesakes) - len(orders), failed=claims.failed)
        self._refuse(namesakes)
        self._report()
        return orders

    def _count(self, *, listed: int = 0, skipped: int, failed: int) -> None:
        """Count what no worker gets; of the skipped some failed before."""
        progress = self._progress
        self._progress = replace(
            progress,
            listed=progress.listed + listed,
            skipped=progress.skipped + skipped - failed,
            failed_before=progress.failed_before + failed,
        )

    def _refuse(self, namesakes: Sequence[Namesake]) -> None:
        """List articles with an id that another one has as failed."""
        if not namesakes:
            return
        outcomes = {namesake.name: _refuse_namesake(namesake) for namesake in namesakes}
        wanted = [(name, hashlib.sha256(outcome.reason.encode()).hexdigest()) for name, outcome in outcomes.items()]
        with self._store.write() as change:
            claims = change.ledger.claim(wanted, self._claimant())
        self._count(skipped=len(wanted) - len(claims.granted), failed=claims.failed)
        self._keep(outcomes[name] for name in claims.granted)

    def _says(self, entry: object) -> bool:
        """Tell whether an edition says one of the wanted names by a fallback."""
        text = getattr(entry, "outcome", "")
        return bool(text) and any(name in self._options.touch_up for name, _ in read_outcome(text).doubtful_names)

    def _digest(self, item: ArchiveItem) -> str:
        return hashlib.sha256(f"{self._settings_digest}{item.digest}".encode()).hexdigest()

    def _claimant(self) -> Claimant:
        now = datetime.now(UTC)
        return Claimant(self._settings.output, self._driver, now, now + timedelta(seconds=LEASE_S))

    def _settle(self) -> None:
        if time.monotonic() - self._renewed_s > _RENEW_S:
            with self._store.write() as change:
                change.ledger.renew(self._claimant())
            self._renewed_s = time.monotonic()
        for ended in self._crew.collect(timeout_s=_WAIT_S):
            orders = ended.batch.orders
            if ended.outcomes is not None:
                self._keep(ended.outcomes)
            elif not ended.to_blame:
                self._again.append(ended.batch)
            elif len(orders) == 1:
                self._keep((poisoned(ended.batch),))
            else:  # one of them kills its worker: each alone, so that the others are done
                self._again.extend(Batch((order,), order.item.weight) for order in orders)

    def _keep(self, outcomes: Iterable[Outcome]) -> None:
        who = self._claimant()
        with self._store.write() as change:
            for outcome in outcomes:
                text = replace(outcome, catalogue=self._options.catalogue).to_json()
                change.ledger.settle(who, outcome.source_id, state=_state_of(outcome), outcome=text)
                self._progress = self._progress.add(outcome)
                self._long.pop(outcome.source_id, None)
        self._report()

    def _report(self) -> None:
        seconds = time.monotonic() - self._started_s
        name = max(self._long, key=self._long.__getitem__, default=None)
        long = f"{name} ({self._long[name] / 1e6:.1f} MB)" if name else None
        self._progress = replace(self._progress, seconds=seconds, dashboard=self._crew.dashboard, long=long)
        self._tell(self._progress)


def _order(item: ArchiveItem, before: LedgerEntry | None) -> WorkOrder:
    outcome = read_outcome(before.outcome) if before and before.outcome else None
    return WorkOrder(item, outcome.edition, outcome.guid) if outcome else WorkOrder(item)


def _refuse_namesake(namesake: Namesake) -> Outcome:
    item = namesake.item
    reason = f"{item.where}: the same id {item.source_id!r} as {namesake.first_at}; ids must be unique: give it its own"
    return WorkOrder(replace(item, source_id=namesake.name)).fail(reason)


def _state_of(outcome: Outcome) -> LedgerState:
    if outcome.state is not OutcomeState.FAILED:
        return LedgerState.DONE
    return LedgerState.POSTPONED if outcome.retryable else LedgerState.FAILED


def batch_by_length(orders: Iterable[WorkOrder], *, workers: int) -> Iterator[Batch]:
    """Put articles together, the longest first, up to a share of what is left; a long one goes alone."""
    waiting = deque(sorted(orders, key=lambda order: -order.item.weight))
    remaining = sum(order.item.weight for order in waiting)
    while waiting:
        limit = min(BATCH_WEIGHT, remaining // (_SHARES * workers))
        batch = [waiting.popleft()]
        weight = batch[0].item.weight
        while waiting and weight + waiting[0].item.weight <= limit:
            batch.append(waiting.popleft())
            weight += batch[-1].item.weight
        remaining -= weight
        yield Batch(tuple(batch), weight)
