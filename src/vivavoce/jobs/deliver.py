"""Telling one hook of one event: signed as Standard Webhooks says, tried until it arrives or is given up."""

import time
from dataclasses import dataclass, replace

from vivavoce.errors import InputError, RemoteError
from vivavoce.ingest.send import send_message
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.signatures import sign
from vivavoce.storage.records import Delivery, DeliveryState, Job, now
from vivavoce.storage.store import Transaction

DEADLINE_S = 15.0
_GONE = 410


@dataclass(frozen=True, slots=True)
class Delivered:
    """An event that has arrived."""

    delivery: Delivery


def deliver(room: Newsroom, job: Job) -> Delivered | None:
    """Send an event; None where it has no hook any more.

    Raises:
        RemoteError: It did not arrive; that may pass.
        InputError: It never will.
    """
    with room.store.read() as unit:
        delivery = unit.hooks.get_delivery(job.subject)
        hook = unit.hooks.get(delivery.hook_id) if delivery else None
    if delivery is None or hook is None or delivery.state is not DeliveryState.WAITING:
        return None
    body = delivery.payload.encode()
    timestamp_s = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": sign(hook.secret, message_id=delivery.id, timestamp_s=timestamp_s, body=body),
    }
    limits = replace(room.house(job.house).fetch, deadline_s=DEADLINE_S)
    status = None
    try:
        status = send_message(hook.url, body, headers=headers, limits=limits)
        _require_ok(hook.url, status)
    except (RemoteError, InputError) as error:
        _note_try(room, delivery, status, str(error))
        raise
    tried = replace(delivery, attempts=delivery.attempts + 1, status=status, error="")
    return Delivered(replace(tried, state=DeliveryState.DELIVERED, delivered_at=now()))


def _require_ok(url: str, status: int) -> None:
    if status == _GONE:
        raise InputError(f"{url} answered 410: it wants no more of this; remove the hook")
    if not 200 <= status < 300:  # noqa: PLR2004  # HTTP's own classes
        raise RemoteError(f"{url} answered {status}")


def _note_try(room: Newsroom, delivery: Delivery, status: int | None, error: str) -> None:
    with room.store.write() as unit:
        unit.hooks.change_delivery(replace(delivery, attempts=delivery.attempts + 1, status=status, error=error))


def keep_delivery(unit: Transaction, delivered: Delivered) -> None:
    """Note that an event has arrived."""
    unit.hooks.change_delivery(delivered.delivery)


def give_up(unit: Transaction, job: Job, error: str) -> None:
    """Put an event that can't be delivered where everybody sees it."""
    delivery = unit.hooks.get_delivery(job.subject)
    if delivery is not None:
        unit.hooks.change_delivery(replace(delivery, state=DeliveryState.DEAD, error=error))
