"""The list: what is new, in work, wants a look, is published."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response

from vivavoce.server.pages.visit import Reading, Visit
from vivavoce.storage.records import (
    ArticleRecord,
    EditionRow,
    EditionState,
    Job,
    JobState,
    VersionRow,
)
from vivavoce.storage.store import Transaction

router = APIRouter(include_in_schema=False)
_MOST = 200


class Stand(StrEnum):
    """How a story stands at the desk."""

    WORK = "in work"
    LOOK = "wants a look"
    FAILED = "failed"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Line:
    """One story of the list."""

    article: ArticleRecord
    edition: EditionRow
    version: VersionRow | None
    job: Job | None
    stand: Stand
    error: str

    @property
    def percent(self) -> int:
        """How far the work is."""
        return round(100 * self.job.steps_done / self.job.steps) if self.job and self.job.steps else 0


@router.get("/desk")
def show_list(visit: Reading, show: Stand | None = None, words: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show the stories, the last changed first."""
    with visit.room.store.read() as unit:
        lines = _lines(unit, visit, words)
    counts = Counter(line.stand for line in lines)
    shown = [line for line in lines if show is None or line.stand is show]
    return visit.render("list.html", lines=shown, counts=counts, stands=list(Stand), show=show, words=words)


def _lines(unit: Transaction, visit: Visit, words: str) -> list[Line]:
    articles = unit.articles.search(visit.actor.house, words=words, limit=_MOST)
    editions = unit.editions.of_articles([article.id for article in articles])
    subjects = [*editions, *(edition.id for edition in editions.values())]
    jobs = {job.subject: job for job in unit.jobs.list_open(subjects)}
    lines = []
    for article in articles:
        edition = editions[article.id]
        job = jobs.get(edition.id) or jobs.get(article.id)
        lines.append(_line(unit, visit.actor.house, article, edition, job))
    return lines


def _line(unit: Transaction, house: str, article: ArticleRecord, edition: EditionRow, job: Job | None) -> Line:
    version = unit.editions.find_version(edition.id, edition.head) if edition.head else None
    failed = () if job else _failures(unit, house, article, edition)
    stand = _stand(edition, version, job)
    if failed and stand in {Stand.NEW, Stand.LOOK}:
        stand = Stand.FAILED
    return Line(article, edition, version, job, stand, failed[0].error if failed else "")


def _failures(unit: Transaction, house: str, article: ArticleRecord, edition: EditionRow) -> tuple[Job, ...]:
    """Give the last job of the article and of its edition, where it failed."""
    last = [job for subject in (edition.id, article.id) for job in unit.jobs.search(house, subject=subject, limit=1)]
    newest = sorted(last, key=lambda job: job.created_at, reverse=True)[:1]
    return tuple(job for job in newest if job.state is JobState.FAILED)


def _stand(edition: EditionRow, version: VersionRow | None, job: Job | None) -> Stand:
    if edition.state in {EditionState.RETRACTED, EditionState.TAKEN_DOWN}:
        return Stand.WITHDRAWN
    if job is not None and edition.state is not EditionState.SCHEDULED:
        return Stand.WORK
    if version is None:
        return Stand.NEW
    if edition.state is EditionState.SCHEDULED:
        return Stand.SCHEDULED
    if edition.state is EditionState.PUBLISHED and edition.published_version == version.number:
        return Stand.PUBLISHED
    return Stand.LOOK
