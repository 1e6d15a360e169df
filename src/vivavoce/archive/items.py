"""What goes into an archive's run and what comes of it, as values that travel between machines."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property

from vivavoce.types import Capture


@dataclass(frozen=True)
class ArchiveItem:
    """One article of a back catalogue."""

    source_id: str
    """What stays the same when the article changes: the system's id, else its address, else a digest of its text."""
    capture: Capture | None = None
    """The article as the catalogue holds it; None where only its address is known."""
    url: str | None = None
    """Where a worker fetches it, when there is no capture."""
    revision: str = ""
    """What a listing says of its version, for items that are fetched: a sitemap's lastmod."""
    where: str = ""
    """Where the catalogue holds it, for people: "articles.jsonl, line 4"."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that an edition can follow from."""
        parts = [self.source_id, self.url or "", self.revision]
        if self.capture:
            parts += [self.capture.media_type or "", self.capture.url or ""]
        digest = hashlib.sha256("\0".join(parts).encode())
        digest.update(self.capture.body if self.capture else b"")
        return digest.hexdigest()

    @property
    def weight(self) -> int:
        """Roughly how much work it is: bytes of text; an item that must be fetched counts as a usual page."""
        return len(self.capture.body) if self.capture else _USUAL_BYTES


_USUAL_BYTES = 6_000


class OutcomeState(StrEnum):
    """How the work on one article ended."""

    MADE = "made"
    """An edition was made."""
    WHOLE = "whole"
    """The very edition was there already."""
    FAILED = "failed"
    """There is none; the reason says why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one article."""

    source_id: str
    state: OutcomeState
    edition: str | None = None
    """Which is current; of a changed article that failed, the one before."""
    guid: str | None = None
    title: str | None = None
    url: str | None = None
    published: str | None = None
    duration_s: float = 0.0
    seconds: float = 0.0
    """Wall time of the work."""
    cpu_s: float = 0.0
    """What the work, or the edition that was there, took of processors."""
    ended: str = ""
    """When that was, in UTC: "2026-03-01T12:00:00+00:00"."""
    worker: str = ""
    """Machine and process that did it: "node7/4711"."""
    bytes: int = 0
    """Of the edition's files."""
    where: str = ""
    """Where the catalogue held it."""
    catalogue: str = ""
    """Which one, as the run was given it."""
    utterances: int = 0
    rendered: int = 0
    findings: tuple[tuple[str, int], ...] = ()
    """(kind, how many)."""
    doubtful_names: tuple[tuple[str, int], ...] = ()
    """(name, how often): names that no lexicon knows, said by a fallback."""
    reason: str = ""
    retryable: bool = False
    """Whether the same article may succeed later with nothing changed."""

    @property
    def clean(self) -> bool:
        """Whether there is an edition that may go out."""
        return self.state is not OutcomeState.FAILED and not self.findings

    def to_json(self) -> str:
        """Write it for the ledger."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_outcome(text: str) -> Outcome:
    """Read what `Outcome.to_json` wrote."""
    values = json.loads(text)
    pairs = {name: tuple((key, count) for key, count in values.pop(name)) for name in ("findings", "doubtful_names")}
    return Outcome(**{**values, **pairs, "state": OutcomeState(values["state"])})


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """An article, and the version of its edition that came before."""

    item: ArchiveItem
    replaces: str | None = None
    guid: str | None = None

    def fail(self, reason: str, *, retryable: bool = False) -> Outcome:
        """Say that no edition was made; one that was there before stays current."""
        item = self.item
        return Outcome(
            item.source_id,
            OutcomeState.FAILED,
            edition=self.replaces,
            guid=self.guid,
            url=item.url or (item.capture.url if item.capture else None),
            ended=datetime.now(UTC).isoformat(timespec="seconds"),
            where=item.where,
            reason=reason,
            retryable=retryable,
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles that one worker takes together."""

    orders: tuple[WorkOrder, ...]
    weight: int = field(default=0)
