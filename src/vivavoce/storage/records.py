"""What the newsroom's database knows, as values: each class is a table's row, its field names the columns."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from vivavoce.types import Edit


def new_id() -> str:
    """Give a new public id: 20 hexadecimal digits that nobody can guess."""
    return secrets.token_hex(10)


def now() -> datetime:
    """Give the time, aware, in UTC."""
    return datetime.now(UTC)


# ---------------------------------------------------------------- articles


class SourceKind(StrEnum):
    """How an article came."""

    URL = "url"
    HTML = "html"
    TEXT = "text"
    PAYLOAD = "payload"
    """JSON of a content system."""


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """One article, whatever its text is today."""

    id: str
    house: str
    source_id: str
    """What the sender calls it; the same id is the same article."""
    source_kind: SourceKind
    section: str | None
    url: str | None
    title: str | None
    """Of the newest revision; None until it has been read."""
    voice: str | None
    """None: the house's own."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Submission:
    """A source as it was sent."""

    id: str
    article_id: str
    kind: SourceKind
    url: str | None
    title: str | None
    """The sender's own headline, where the source is bare text."""
    blob: str | None
    """The body; None for an address that has yet to be fetched."""
    digest: str
    """Of all that was sent: an equal one is the same post saved again."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """The text of an article as it once was."""

    article_id: str
    number: int
    """1, 2, … in the order of arrival."""
    digest: str
    article: str
    """`types.Article` as JSON; see `storage.values`."""
    submission_id: str
    created_at: datetime


# ---------------------------------------------------------------- editions


class EditionState(StrEnum):
    """What the public may hear of an edition."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    RETRACTED = "retracted"
    """Withdrawn: players and feed say so. It may be published again."""
    TAKEN_DOWN = "taken_down"
    """Withdrawn, and its files and words are gone for good."""


@dataclass(frozen=True, slots=True)
class EditionRow:
    """An article's audio edition. Its id is the feed's GUID and never changes."""

    id: str
    article_id: str
    house: str
    state: EditionState
    head: int
    """Number of the newest version; 0 before the first."""
    published_version: int | None
    publish_at: datetime | None
    """When it goes out; only while SCHEDULED."""
    first_published_at: datetime | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_version: int | None
    """The version that was out when it was withdrawn; None where it is out or never was."""
    note: str
    """What a tombstone or a correction note tells the public."""
    edits: tuple[Edit, ...]
    """An editor's changes that hold for every later version."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One rendering of an edition; never changed."""

    edition_id: str
    number: int
    digest: str
    """The id that the pipeline gave it: a digest of all its inputs."""
    revision: int
    script_sha256: str
    """Of the words said: what an approval is bound to."""
    title: str | None
    language: str
    clean: bool
    findings: int
    duration_s: float
    copy_of: int | None
    """The earlier version that this one brings back."""
    job_id: str | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class VersionFile:
    """One file of a version."""

    edition_id: str
    number: int
    name: str
    blob: str
    bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody has heard a version and takes responsibility for the words that it says."""

    edition_id: str
    script_sha256: str
    number: int
    """The version that was looked at."""
    who: str
    at: datetime


# ---------------------------------------------------------------- jobs


class JobKind(StrEnum):
    """What a worker does."""

    READ = "read"
    """Submission to revision."""
    RENDER = "render"
    """Revision to version."""
    RELEASE = "release"
    """Publication at its time."""
    DELIVER = "deliver"
    """Telling a webhook."""


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Priority:
    """Who goes first."""

    BREAKING = 30
    NORMAL = 20
    ARCHIVE = 10


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work, as everybody may see it."""

    id: str
    house: str
    kind: JobKind
    subject: str
    """Id of the article, edition or delivery that it works on; two jobs never work on one subject at once."""
    detail: str
    """What to do in particular: the id of a submission; "" where the subject says it all."""
    priority: int
    state: JobState
    attempts: int
    not_before: datetime
    lease: str | None
    """Whoever holds this word may finish the job; nobody else."""
    worker: str | None
    lease_until: datetime | None
    stage: str
    steps_done: int
    steps: int
    error: str
    """One line; of the last attempt that failed."""
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


# ---------------------------------------------------------------- access


class Scope(StrEnum):
    """What a token or a user may do; ADMIN may do everything."""

    READ = "read"
    SUBMIT = "submit"
    EDIT = "edit"
    PUBLISH = "publish"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Token:
    """A program's key; only its digest is kept."""

    id: str
    house: str
    name: str
    scopes: frozenset[Scope]
    digest: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class User:
    """A person at the desk."""

    id: str
    house: str
    name: str
    """For logging in; one of its kind in the whole newsroom."""
    scopes: frozenset[Scope]
    password: str
    """Argon2id."""
    failed_logins: int
    locked_until: datetime | None
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A logged-in browser; only the digest of its cookie is kept."""

    digest: str
    user_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SetupLink:
    """The one-time way to the first user."""

    digest: str
    house: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what, when."""

    id: int
    house: str
    at: datetime
    who: str
    """"user:anna", "token:ghost", "vivavoce" for what happened by itself."""
    action: str
    subject: str
    detail: dict[str, Any]
    address: str
    """Where the request came from; erased after the retention time, as `who` is."""


# ---------------------------------------------------------------- webhooks


class EventKind(StrEnum):
    """What others are told."""

    READY = "edition.ready"
    NEEDS_EDITOR = "edition.needs_editor"
    PUBLISHED = "edition.published"
    CORRECTED = "edition.corrected"
    RETRACTED = "edition.retracted"


@dataclass(frozen=True, slots=True)
class Hook:
    """Somebody who wants to be told."""

    id: str
    house: str
    url: str
    events: frozenset[EventKind]
    secret: str
    """The key of the signature, shown once."""
    created_at: datetime


class DeliveryState(StrEnum):
    """Whether the news has arrived."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Given up; shown until somebody sends it again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one hook."""

    id: str
    house: str
    hook_id: str
    event: EventKind
    payload: str
    """The body, exactly as signed and sent."""
    state: DeliveryState
    attempts: int
    status: int | None
    """HTTP status of the last answer."""
    error: str
    created_at: datetime
    delivered_at: datetime | None


class InletKind(StrEnum):
    """Which system sends us its posts, and so how it signs them."""

    GHOST = "ghost"
    WORDPRESS = "wordpress"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Inlet:
    """A door for one content system's webhooks."""

    id: str
    house: str
    kind: InletKind
    section: str | None
    secret: str
    created_at: datetime


# ---------------------------------------------------------------- the archive


class LedgerState(StrEnum):
    """Where the work on an article of a back catalogue stands."""

    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    """For good, as long as neither the article nor the settings change."""
    POSTPONED = "postponed"
    """Failed in a way that may pass, or put back; the next run takes it up."""


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One article of one archive."""

    archive: str
    """Where the archive's editions stand."""
    source_id: str
    digest: str
    """Of the article and the settings."""
    state: LedgerState
    driver: str
    """Who claimed it last."""
    lease_until: datetime
    outcome: str
    """JSON; empty while there is none. A new claim keeps the outcome before it."""
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Claims:
    """What a driver got of the articles that it wanted."""

    granted: Mapping[str, LedgerEntry | None]
    """For each that is its own now, what the ledger said before."""
    failed: int
    """How many it did not get because they failed before and have not changed."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims articles of an archive, and for how long."""

    archive: str
    driver: str
    moment: datetime
    lease_until: datetime
