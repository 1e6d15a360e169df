"""From what was sent to a text: the READ job."""

from dataclasses import replace

from vivavoce.errors import InputError
from vivavoce.ingest import FetchLimits
from vivavoce.ingest.web import fetch_page
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tasks import new_job
from vivavoce.pipeline import Watch
from vivavoce.storage.records import Job, JobKind, Revision, SourceKind, Submission, now
from vivavoce.storage.store import Transaction
from vivavoce.storage.values import digest_text, dump_article
from vivavoce.studio import prepare_request, read_capture
from vivavoce.types import Article, Capture

_MEDIA_TYPES = {
    SourceKind.HTML: "text/html",
    SourceKind.TEXT: "text/plain",
    SourceKind.PAYLOAD: "application/json",
}


def read_submission(room: Newsroom, job: Job, watch: Watch) -> Article:
    """Fetch and read what was sent.

    Raises:
        InputError: It is no article, or gone.
        RemoteError: Its address could not be fetched.
    """
    watch("reading", 0, 1)
    house = room.house(job.house)
    with room.store.read() as unit:
        submission = unit.articles.find_submission(job.detail)
    if submission is None:
        raise InputError("what was sent is gone; send it again")
    request = replace(prepare_request("", house), title=submission.title)
    return read_capture(_receive(room, submission, request.fetch), request)


def _receive(room: Newsroom, submission: Submission, limits: FetchLimits) -> Capture:
    if submission.blob is None:
        return fetch_page(submission.url or "", limits=limits)
    return Capture(
        body=room.blobs.read(submission.blob),
        address="what was sent",
        media_type=_MEDIA_TYPES.get(submission.kind),
        charset="utf-8",
        url=submission.url,
    )


def keep_text(unit: Transaction, job: Job, article: Article) -> None:
    """Keep a text as the article's newest, if it is new, and ask for what is missing of its edition."""
    record = unit.articles.get(job.subject)
    text = dump_article(article)
    digest = digest_text(text)
    revision = unit.articles.newest_revision(record.id)
    if revision is None or revision.digest != digest:
        revision = unit.articles.add_revision(Revision(record.id, 0, digest, text, job.detail, now()))
    unit.articles.change(
        replace(record, title=article.title or record.title, url=record.url or article.url, updated_at=now())
    )
    edition = unit.editions.of_article(record.id)
    if edition is None:
        raise LookupError(f"article {record.id} has no edition")
    if not unit.editions.has_rendered(edition.id, revision.number):
        unit.queue(new_job(job.house, JobKind.RENDER, edition.id, priority=job.priority))
