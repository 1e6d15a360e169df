"""Rows of an invented newsroom."""

from dataclasses import replace
from typing import Any

from vivavoce.house import DEFAULT_HOUSE
from vivavoce.storage.records import (
    ArticleRecord,
    EditionRow,
    EditionState,
    Job,
    JobKind,
    JobState,
    Priority,
    Revision,
    SourceKind,
    Submission,
    VersionFile,
    VersionRow,
    new_id,
    now,
)

HOUSE = DEFAULT_HOUSE


def make_article(**changes: Any) -> ArticleRecord:
    """Give an article that came as text."""
    moment = now()
    article = ArticleRecord(
        new_id(), HOUSE, f"source-{new_id()}", SourceKind.TEXT, None, None, "Wall to be rebuilt", None, moment, moment
    )
    return replace(article, **changes)


def make_submission(article: ArticleRecord, **changes: Any) -> Submission:
    """Give something that was sent for an article."""
    sent = Submission(new_id(), article.id, SourceKind.TEXT, None, None, "ab" * 32, "cd" * 32, now())
    return replace(sent, **changes)


def make_revision(article: ArticleRecord, **changes: Any) -> Revision:
    """Give a text of an article."""
    return replace(Revision(article.id, 0, "ef" * 32, "{}", new_id(), now()), **changes)


def make_edition(article: ArticleRecord, **changes: Any) -> EditionRow:
    """Give an article's edition before its first version."""
    moment = now()
    edition = EditionRow(
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
        created_at=moment,
        updated_at=moment,
    )
    return replace(edition, **changes)


def make_version(edition: EditionRow, number: int = 1, **changes: Any) -> VersionRow:
    """Give a clean version."""
    version = VersionRow(edition.id, number, "12" * 16, 1, "34" * 32, "Wall", "en-US", True, 0, 61.5, None, None, now())
    return replace(version, **changes)


def make_file(edition: EditionRow, number: int = 1, name: str = "audio.mp3") -> VersionFile:
    """Give a version's file."""
    return VersionFile(edition.id, number, name, "56" * 32, 4_096, "audio/mpeg")


def make_job(kind: JobKind = JobKind.RENDER, subject: str | None = None, **changes: Any) -> Job:
    """Give a job that waits."""
    moment = now()
    job = Job(
        id=new_id(),
        house=HOUSE,
        kind=kind,
        subject=subject or new_id(),
        detail="",
        priority=Priority.NORMAL,
        state=JobState.QUEUED,
        attempts=0,
        not_before=moment,
        lease=None,
        worker=None,
        lease_until=None,
        stage="",
        steps_done=0,
        steps=0,
        error="",
        created_at=moment,
        started_at=None,
        finished_at=None,
    )
    return replace(job, **changes)
