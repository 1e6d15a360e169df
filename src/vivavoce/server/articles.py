"""Articles: sent in, listed, read back."""

import json
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Response
from pydantic import Field, model_validator

from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.submit import Outcome, Receipt, Sent, submit
from vivavoce.server.asking import SECURITY, Asker, Reader, Room
from vivavoce.server.problems import COMMON
from vivavoce.server.wire import ArticleOut, JobOut, RevisionOut, Wire
from vivavoce.server.words import Address, Id, Limit, Line, Name, Offset, SourceId, Text, Words
from vivavoce.storage.records import ArticleRecord, Priority, SourceKind
from vivavoce.storage.store import Transaction

router = APIRouter(prefix="/api/v1/articles", tags=["articles"], responses=COMMON, dependencies=SECURITY)
_PRIORITIES = {"breaking": Priority.BREAKING, "normal": Priority.NORMAL, "archive": Priority.ARCHIVE}


class ArticleIn(Wire):
    """An article to narrate: an address, or exactly one of `html`, `text` and `payload`."""

    url: Address | None = None
    """Where it lives; fetched where nothing else is given."""
    html: Text | None = None
    text: Text | None = None
    payload: dict[str, Any] | None = None
    """A post as Ghost, WordPress or another content system gives it."""
    source_id: SourceId | None = None
    """What you call it: the same id is the same article. By default its address, or a digest of its content."""
    title: Line | None = None
    section: Name | None = None
    voice: Name | None = None
    priority: Annotated[Literal["breaking", "normal", "archive"], Field()] = "normal"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("html", "text", "payload") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"send one of html, text and payload, not {' and '.join(given)}")
        if not given and self.url is None:
            raise ValueError("send an url, or one of html, text and payload")
        return self


class ReceiptOut(Wire):
    """What came of sending an article."""

    outcome: Outcome
    article: ArticleOut
    job: JobOut | None


@router.post(
    "",
    status_code=202,
    responses={200: {"model": ReceiptOut, "description": "The same as before: nothing is done"}},
)
def send_article(body: ArticleIn, response: Response, room: Room, actor: Asker) -> ReceiptOut:
    """Send an article to be narrated. The same post sent twice makes one edition, also at the same instant."""
    receipt = submit(room, actor, _sent(body))
    if receipt.outcome is Outcome.UNCHANGED:
        response.status_code = 200
    response.headers["Location"] = f"/api/v1/articles/{receipt.article.id}"
    return _show_receipt(room, receipt)


def _sent(body: ArticleIn) -> Sent:
    kind, content = SourceKind.URL, None
    if body.payload is not None:
        kind, content = SourceKind.PAYLOAD, json.dumps(body.payload, ensure_ascii=True).encode()
    elif body.html is not None:
        kind, content = SourceKind.HTML, body.html.encode()
    elif body.text is not None:
        kind, content = SourceKind.TEXT, body.text.encode()
    return Sent(
        kind=kind,
        body=content,
        url=body.url,
        source_id=body.source_id,
        title=body.title,
        section=body.section,
        voice=body.voice,
        priority=_PRIORITIES[body.priority],
    )


def _show_receipt(room: Newsroom, receipt: Receipt) -> ReceiptOut:
    jobs = [receipt.job] if receipt.job else []
    return ReceiptOut(
        outcome=receipt.outcome,
        article=ArticleOut.of(receipt.article, receipt.edition, jobs, room.public_url),
        job=JobOut.of(receipt.job) if receipt.job else None,
    )


@router.get("")
def list_articles(
    room: Room,
    actor: Reader,
    words: Words = "",
    section: Annotated[Name | None, Query()] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> list[ArticleOut]:
    """List articles, the last changed first; each of several words must be in title, address or source id."""
    with room.store.read() as unit:
        found = unit.articles.search(actor.house, words=words, section=section, limit=limit, offset=offset)
        return show_articles(room, unit, found)


def show_articles(room: Newsroom, unit: Transaction, found: tuple[ArticleRecord, ...]) -> list[ArticleOut]:
    """Show several articles with their editions and open jobs."""
    editions = unit.editions.of_articles([article.id for article in found])
    subjects = [*editions, *(edition.id for edition in editions.values())]
    jobs = unit.jobs.list_open(subjects)
    shown = []
    for article in found:
        edition = editions[article.id]
        mine = [job for job in jobs if job.subject in {article.id, edition.id}]
        shown.append(ArticleOut.of(article, edition, mine, room.public_url))
    return shown


@router.get("/{article_id}")
def get_article(article_id: Id, room: Room, actor: Reader) -> ArticleOut:
    """Give an article."""
    with room.store.read() as unit:
        return show_articles(room, unit, (find_article(unit, actor, article_id),))[0]


@router.get("/{article_id}/revisions")
def list_revisions(article_id: Id, room: Room, actor: Reader) -> list[RevisionOut]:
    """List the texts that an article has had, the oldest first."""
    with room.store.read() as unit:
        article = find_article(unit, actor, article_id)
        return [RevisionOut.of(revision) for revision in unit.articles.list_revisions(article.id)]


def find_article(unit: Transaction, actor: Actor, article_id: str) -> ArticleRecord:
    """Give an article of the asker's house.

    Raises:
        NotThere: There is none such.
    """
    article = unit.articles.find(actor.house, article_id)
    if article is None:
        raise NotThere(f"there is no article {article_id!r}")
    return article
