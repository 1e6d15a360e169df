"""One article of a back catalogue → an edition on the shelf. What a worker does; it knows no cluster and no ledger."""

import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from vivavoce.archive.items import ArchiveItem, Outcome, OutcomeState, WorkOrder
from vivavoce.archive.shelf import Shelf
from vivavoce.errors import MachineError, VivavoceError
from vivavoce.ingest import fetch_capture
from vivavoce.pipeline import StageClock
from vivavoce.settings import Places, read_places
from vivavoce.studio import EditionPlan, NarrateRequest, carry_out, plan_edition, read_capture
from vivavoce.types import Article, EditionRecord


@dataclass(frozen=True, slots=True)
class WorkSettings:
    """What all workers of a run have in common; travels to each."""

    request: NarrateRequest
    """Its source is empty; the house's lexicon is among its entries, for nodes that have none."""
    output: str
    certificate_sha256: str
    """Of the key that signs; a node with other keys than the driver's makes nothing."""


class Narrator:
    """A worker: voice, ears and dictionaries load once, at the first article."""

    def __init__(self, settings: WorkSettings, places: Places | None = None) -> None:
        """Work by these settings, with what lies on this machine."""
        self._settings = settings
        self._places = places or read_places()
        self._shelf = Shelf(settings.output)

    def narrate(self, orders: Sequence[WorkOrder]) -> tuple[Outcome, ...]:
        """Work on articles one after another; each has its outcome, and a failure is one too."""
        return tuple(map(self._narrate, orders))

    def _narrate(self, order: WorkOrder) -> Outcome:
        started_s, cpu_s = time.monotonic(), _cpu_so_far_s()
        try:
            outcome = self._make(order)
        except VivavoceError as error:
            outcome = order.fail(str(error), retryable=error.retryable or isinstance(error, MachineError))
        except Exception as error:  # noqa: BLE001  # a worker's outermost frame: one article never stops the rest
            outcome = order.fail(f"a fault of ours: {type(error).__name__}: {error}")
        if outcome.state is OutcomeState.WHOLE:
            return outcome
        return replace(
            outcome,
            seconds=round(time.monotonic() - started_s, 3),
            cpu_s=round(_cpu_so_far_s() - cpu_s, 3),
            ended=datetime.now(UTC).isoformat(timespec="seconds"),
            worker=f"{os.uname().nodename}/{os.getpid()}",
        )

    def _make(self, order: WorkOrder) -> Outcome:
        request, clock = self._settings.request, StageClock()
        with clock.stage("extract"):
            article = read_item(order.item, request)
        plan = plan_edition(article, request, self._places, clock, _nobody)
        self._check_keys(plan)
        record = self._shelf.find(plan.identity)
        if record is not None:
            return self._describe_standing(order.item, record)
        with TemporaryDirectory(prefix="vivavoce-archive-") as scratch:
            folder = Path(scratch) / "edition"
            folder.mkdir()
            record = carry_out(plan, folder, replaces=order.replaces, guid=order.guid, clock=clock, watch=_nobody)
            size = self._shelf.keep(folder, plan.identity)
        return replace(describe_edition(order.item, record, state=OutcomeState.MADE), bytes=size)

    def _describe_standing(self, item: ArchiveItem, record: EditionRecord) -> Outcome:
        """Say of an edition that was there when it was made and what it took, as if we had just made it."""
        made, (size, moment) = record.made, self._shelf.measure(record.id)
        return replace(
            describe_edition(item, record, state=OutcomeState.WHOLE),
            seconds=round(made.seconds, 3),
            cpu_s=round(sum(spent_s for _, spent_s in made.stage_cpu_s), 3),
            ended=moment.astimezone(UTC).isoformat(timespec="seconds"),
            bytes=size,
        )

    def _check_keys(self, plan: EditionPlan) -> None:
        found = plan.equipment.seal.signer.certificate_sha256
        if found != self._settings.certificate_sha256:
            raise MachineError(
                f"{os.uname().nodename} signs with other keys than the machine that started the run; let all of them "
                "use one folder of keys, see [signing] in vivavoce.toml"
            )


def read_item(item: ArchiveItem, request: NarrateRequest) -> Article:
    """Read an item's article, fetching it where only its address is known.

    Raises:
        VivavoceError: As its class says.
    """
    capture = item.capture or fetch_capture(item.url or "", limits=request.fetch)
    return read_capture(capture, request)


def describe_edition(item: ArchiveItem, record: EditionRecord, *, state: OutcomeState) -> Outcome:
    """Say what came of an article, from its edition's record."""
    article, made = record.article, record.made
    return Outcome(
        source_id=item.source_id,
        state=state,
        edition=record.id,
        guid=record.guid,
        title=article.title,
        url=article.url,
        published=article.published.isoformat() if article.published else None,
        duration_s=round(record.length_samples / record.sample_rate_hz, 3),
        utterances=len(record.script.utterances),
        rendered=made.rendered_utterances if state is OutcomeState.MADE else 0,
        where=item.where,
        findings=tuple(sorted(Counter(finding.kind for finding in record.report.findings).items())),
        doubtful_names=tuple(sorted(_count_doubtful(record).items())),
    )


def _count_doubtful(record: EditionRecord) -> Counter[str]:
    words = (word for utterance in record.script.utterances for word in utterance.words)
    return Counter(word.text for word in words if word.is_guessed_name and word.text)


def _cpu_so_far_s() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _nobody(_stage: str, _done: int, _total: int) -> None:
    """Nobody watches a worker; the driver counts outcomes."""
