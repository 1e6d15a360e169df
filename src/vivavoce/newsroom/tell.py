"""Telling others what has happened: an event becomes one delivery, and one job, for each hook that wants it."""

import json

from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tasks import new_job
from vivavoce.storage.records import (
    Delivery,
    DeliveryState,
    EditionRow,
    EventKind,
    JobKind,
    Priority,
    VersionRow,
    new_id,
    now,
)
from vivavoce.storage.store import Transaction


def tell(
    room: Newsroom,
    unit: Transaction,
    event: EventKind,
    edition: EditionRow,
    version: VersionRow | None,
    *,
    reason: str = "",
) -> None:
    """Queue an event for every hook of the edition's house that asked for its kind."""
    hooks = [hook for hook in unit.hooks.list(edition.house) if event in hook.events]
    if not hooks:
        return
    payload = json.dumps(_describe(room, unit, event, edition, version, reason), ensure_ascii=False)
    for hook in hooks:
        delivery = Delivery(
            id=new_id(),
            house=edition.house,
            hook_id=hook.id,
            event=event,
            payload=payload,
            state=DeliveryState.WAITING,
            attempts=0,
            status=None,
            error="",
            created_at=now(),
            delivered_at=None,
        )
        unit.hooks.add_delivery(delivery)
        unit.queue(new_job(edition.house, JobKind.DELIVER, delivery.id, priority=Priority.BREAKING))


def _describe(
    room: Newsroom, unit: Transaction, event: EventKind, edition: EditionRow, version: VersionRow | None, reason: str
) -> dict[str, object]:
    """Write the event as Standard Webhooks lays it out: type, timestamp, data."""
    article = unit.articles.get(edition.article_id)
    public = f"{room.public_url}/e/{edition.id}"
    return {
        "type": str(event),
        "timestamp": now().isoformat(),
        "data": {
            "edition": edition.id,
            "state": str(edition.state),
            "version": version.number if version else None,
            "title": version.title if version else article.title,
            "clean": version.clean if version else None,
            "findings": version.findings if version else None,
            "reason": reason,
            "note": edition.note,
            "article": {"id": article.id, "source_id": article.source_id, "url": article.url},
            "links": {"page": public, "embed": f"{public}/embed", "audio": f"{public}/audio"},
        },
    }
