"""Taking an article in: one article for each source id, one edition for each article, whatever comes how often."""

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum

from vivavoce.ingest.guard import parse_target
from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.refusals import Conflict, TooBusy
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tasks import new_job
from vivavoce.storage.records import (
    ArticleRecord,
    EditionRow,
    EditionState,
    Job,
    JobKind,
    JobState,
    Priority,
    Scope,
    SourceKind,
    Submission,
    new_id,
    now,
)
from vivavoce.storage.store import Transaction
from vivavoce.storage.values import digest_text
from vivavoce.studio import find_voice

RETRY_AFTER_S = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sends to be narrated."""

    kind: SourceKind
    body: bytes | None = None
    """None for an address alone."""
    url: str | None = None
    source_id: str | None = None
    """What the sender calls it; None: its address, else a digest of its body."""
    title: str | None = None
    section: str | None = None
    voice: str | None = None
    priority: int = Priority.NORMAL


class Outcome(StrEnum):
    """What a submission changed."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of it."""

    outcome: Outcome
    article: ArticleRecord
    edition: EditionRow
    job: Job | None
    """What is under way for it; None where nothing is to be done."""


def submit(room: Newsroom, actor: Actor, sent: Sent) -> Receipt:
    """Take an article in; the same one again changes nothing.

    Raises:
        NotAllowed: Without the right to submit.
        InputError: The address may not be asked.
        UsageError: There is no such voice.
        Conflict: The article was taken down.
        TooBusy: Too much waits already.
    """
    actor.require(Scope.SUBMIT)
    if sent.kind is SourceKind.URL and sent.url:
        parse_target(sent.url)
    if sent.voice:
        find_voice(sent.voice)
    source_id = sent.source_id or sent.url or hashlib.sha256(sent.body or b"").hexdigest()[:32]
    blob = None if sent.body is None else room.blobs.keep_bytes(sent.body)
    with room.store.write() as unit:
        require_room(room, unit, actor.house)
        article, created = _find_or_add(unit, actor, sent, source_id)
        edition = unit.editions.of_article(article.id)
        if edition is None:
            raise LookupError(f"article {article.id} has no edition")
        if edition.state is EditionState.TAKEN_DOWN:
            raise Conflict(f"the article {source_id!r} was taken down; send it under another source id")
        job = _take_in(unit, sent, article, edition, blob)
        outcome = Outcome.CREATED if created else Outcome.CHANGED if job else Outcome.UNCHANGED
        if outcome is not Outcome.UNCHANGED:
            unit.audit.note(
                house=actor.house,
                who=actor.who,
                action=f"article.{outcome}",
                subject=article.id,
                address=actor.address,
                source_id=source_id,
            )
        return Receipt(
            outcome, article, edition, job or next(iter(unit.jobs.list_open([article.id, edition.id])), None)
        )


def require_room(room: Newsroom, unit: Transaction, house: str) -> None:
    """Go on only where another job may wait.

    Raises:
        TooBusy: None may.
    """
    limit = room.house(house).newsroom.max_waiting
    if unit.jobs.count(JobState.QUEUED, house=house) >= limit:
        raise TooBusy(f"{limit} jobs wait already; try again later", retry_after_s=RETRY_AFTER_S)


def _find_or_add(unit: Transaction, actor: Actor, sent: Sent, source_id: str) -> tuple[ArticleRecord, bool]:
    known = unit.articles.lock_source(actor.house, source_id)
    if known is None:
        moment = now()
        fresh = ArticleRecord(
            id=new_id(),
            house=actor.house,
            source_id=source_id,
            source_kind=sent.kind,
            section=sent.section,
            url=sent.url,
            title=sent.title,
            voice=sent.voice,
            created_at=moment,
            updated_at=moment,
        )
        if unit.articles.add(fresh):
            unit.editions.add(_new_edition(fresh))
            return fresh, True
        known = unit.articles.lock_source(actor.house, source_id)
    if known is None:
        raise LookupError(f"article {source_id} came and went")
    return known, False


def _new_edition(article: ArticleRecord) -> EditionRow:
    return EditionRow(
        id=new_id(),
        article_id=article.id,
        house=article.house,
        state=EditionState.DRAFT,
        head=0,
        published_version=None,
        publish_at=None,
        first_published_at=None,
        published_at=None,
        withdrawn_at=None,
        withdrawn_version=None,
        note="",
        edits=(),
        created_at=article.created_at,
        updated_at=article.created_at,
    )


def _take_in(
    unit: Transaction, sent: Sent, article: ArticleRecord, edition: EditionRow, blob: str | None
) -> Job | None:
    """Keep what is new of it; gives the job that it takes, or None."""
    digest = digest_text(sent.kind, sent.url or "", sent.title or "", blob or "")
    newest = unit.articles.newest_submission(article.id)
    changed = _merge(article, sent)
    if changed != article:
        unit.articles.change(changed)
    if newest is None or newest.digest != digest:
        newest = Submission(new_id(), article.id, sent.kind, sent.url, sent.title, blob, digest, now())
        unit.articles.add_submission(newest)
    elif sent.kind is not SourceKind.URL and _is_under_way(unit, article, edition, newest):
        if changed.voice == article.voice and changed.section == article.section:
            return None
        return unit.queue(new_job(article.house, JobKind.RENDER, edition.id, priority=sent.priority))
    return unit.queue(new_job(article.house, JobKind.READ, article.id, detail=newest.id, priority=sent.priority))


def _merge(article: ArticleRecord, sent: Sent) -> ArticleRecord:
    merged = replace(
        article,
        section=sent.section or article.section,
        voice=sent.voice or article.voice,
        url=article.url or sent.url,
        source_kind=sent.kind,
    )
    return merged if merged == article else replace(merged, updated_at=now())


def _is_under_way(unit: Transaction, article: ArticleRecord, edition: EditionRow, newest: Submission) -> bool:
    """Tell whether the newest thing sent has been read, or will be: not where its reading or rendering failed."""
    if unit.jobs.list_open([article.id, edition.id]):
        return True
    revision = unit.articles.newest_revision(article.id)
    if revision is None or not unit.editions.has_rendered(edition.id, revision.number):
        return False
    return revision.submission_id == newest.id or revision.created_at >= newest.received_at
