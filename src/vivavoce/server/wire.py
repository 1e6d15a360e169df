"""What goes over the wire, as the OpenAPI description tells it; rows of the store become these, in one place each."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from vivavoce.storage.records import (
    ArticleRecord,
    EditionRow,
    EditionState,
    Job,
    JobKind,
    JobState,
    Revision,
    SourceKind,
    VersionFile,
    VersionRow,
)
from vivavoce.storage.values import load_article
from vivavoce.types import Edit, EditAction


class Wire(BaseModel):
    """Anything that comes or goes; what comes may hold nothing unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class JobOut(Wire):
    """A piece of work and how far it is."""

    id: str
    kind: JobKind
    subject: str
    state: JobState
    priority: int
    attempts: int
    stage: str
    steps_done: int
    steps: int
    error: str
    not_before: datetime
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, job: Job) -> Self:
        """Show a job."""
        return cls(**{name: getattr(job, name) for name in cls.model_fields})


class EditOut(Wire):
    """An editor's change that holds."""

    number: int
    """Its place in the list, from 1."""
    action: EditAction
    exact: str
    alias: str
    phonemes: str
    pause_ms: int | None
    take: int | None

    @classmethod
    def of(cls, number: int, edit: Edit) -> Self:
        """Show a change."""
        return cls(
            number=number,
            action=edit.action,
            exact=edit.place.exact,
            alias=edit.alias,
            phonemes=edit.phonemes,
            pause_ms=edit.pause_ms,
            take=edit.take,
        )


class EditionOut(Wire):
    """An article's audio edition; its id is the feed's GUID and never changes."""

    id: str
    article: str
    state: EditionState
    head: int
    published_version: int | None
    publish_at: datetime | None
    first_published_at: datetime | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_version: int | None
    """The version that was out when it was withdrawn; None where it is out or never was."""
    note: str
    edits: list[EditOut]
    url: str
    """The public page."""
    updated_at: datetime

    @classmethod
    def of(cls, edition: EditionRow, public_url: str) -> Self:
        """Show an edition."""
        same = (
            "id",
            "state",
            "head",
            "published_version",
            "publish_at",
            "first_published_at",
            "published_at",
            "withdrawn_at",
            "withdrawn_version",
            "note",
            "updated_at",
        )
        return cls(
            **{name: getattr(edition, name) for name in same},
            article=edition.article_id,
            edits=[EditOut.of(number, edit) for number, edit in enumerate(edition.edits, start=1)],
            url=f"{public_url}/e/{edition.id}",
        )


class VersionOut(Wire):
    """One rendering of an edition."""

    number: int
    digest: str
    revision: int
    title: str | None
    language: str
    clean: bool
    findings: int
    duration_s: float
    copy_of: int | None
    made_at: datetime
    approved_by: str | None

    @classmethod
    def of(cls, version: VersionRow, approved_by: str | None) -> Self:
        """Show a version."""
        same = {name: getattr(version, name) for name in cls.model_fields if name != "approved_by"}
        return cls(**same, approved_by=approved_by)


class FileOut(Wire):
    """One file of a version."""

    name: str
    bytes: int
    media_type: str
    sha256: str

    @classmethod
    def of(cls, file: VersionFile) -> Self:
        """Show a file."""
        return cls(name=file.name, bytes=file.bytes, media_type=file.media_type, sha256=file.blob)


class ArticleOut(Wire):
    """An article, and how its edition stands."""

    id: str
    source_id: str
    source_kind: SourceKind
    section: str | None
    url: str | None
    title: str | None
    voice: str | None
    created_at: datetime
    updated_at: datetime
    edition: EditionOut
    jobs: list[JobOut]
    """What waits or is at work for it."""

    @classmethod
    def of(cls, article: ArticleRecord, edition: EditionRow, jobs: list[Job], public_url: str) -> Self:
        """Show an article."""
        computed = {"edition", "jobs"}
        return cls(
            **{name: getattr(article, name) for name in cls.model_fields if name not in computed},
            edition=EditionOut.of(edition, public_url),
            jobs=[JobOut.of(job) for job in jobs],
        )


class BlockOut(Wire):
    """One block of a text."""

    kind: str
    text: str


class RevisionOut(Wire):
    """A text that an article has or had."""

    number: int
    created_at: datetime
    title: str | None
    byline: list[str]
    published: str | None
    language: str
    blocks: list[BlockOut]
    omitted: list[dict[str, str]]
    warnings: list[str]

    @classmethod
    def of(cls, revision: Revision) -> Self:
        """Show a text."""
        article = load_article(revision.article)
        return cls(
            number=revision.number,
            created_at=revision.created_at,
            title=article.title,
            byline=list(article.byline),
            published=article.published.isoformat() if article.published else None,
            language=article.language,
            blocks=[BlockOut(kind=block.kind, text=block.text) for block in article.blocks],
            omitted=[{"text": omission.text, "reason": omission.reason} for omission in article.omitted],
            warnings=list(article.warnings),
        )
