"""Webhooks: who is told, what could not be told, and the doors for content systems."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from vivavoce.newsroom import webhooks
from vivavoce.newsroom.refusals import Unknown
from vivavoce.server.asking import SECURITY, Administrator, Room, address_of, find_desk
from vivavoce.server.problems import COMMON
from vivavoce.server.wire import Wire
from vivavoce.server.words import Address, Id, Limit, Name, Offset
from vivavoce.storage.records import Delivery, DeliveryState, EventKind, Hook, Inlet, InletKind

router = APIRouter(prefix="/api/v1", tags=["webhooks"], responses=COMMON, dependencies=SECURITY)
doors = APIRouter(tags=["webhooks"], responses=COMMON)


class HookIn(Wire):
    """Somebody to tell."""

    url: Address
    events: Annotated[
        list[EventKind], Field(min_length=1, max_length=len(EventKind), default_factory=lambda: list(EventKind))
    ]


class HookOut(Wire):
    """Somebody who is told."""

    id: str
    url: str
    events: list[EventKind]
    created_at: datetime
    secret: str | None
    """The key of the signatures; only in the answer that makes it."""

    @classmethod
    def of(cls, hook: Hook, *, secret: bool = False) -> "HookOut":
        """Show a hook."""
        return cls(
            id=hook.id,
            url=hook.url,
            events=sorted(hook.events),
            created_at=hook.created_at,
            secret=hook.secret if secret else None,
        )


class DeliveryOut(Wire):
    """One event on its way to one hook."""

    id: str
    hook_id: str
    event: EventKind
    state: DeliveryState
    attempts: int
    status: int | None
    error: str
    payload: str
    created_at: datetime
    delivered_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryOut":
        """Show a delivery."""
        return cls(**{name: getattr(delivery, name) for name in cls.model_fields})


class InletIn(Wire):
    """A door to open."""

    kind: InletKind
    section: Name | None = None


class InletOut(Wire):
    """A door."""

    id: str
    kind: InletKind
    section: str | None
    created_at: datetime
    url: str
    """Where the content system sends to."""
    secret: str | None

    @classmethod
    def of(cls, inlet: Inlet, public_url: str, *, secret: bool = False) -> "InletOut":
        """Show a door."""
        return cls(
            id=inlet.id,
            kind=inlet.kind,
            section=inlet.section,
            created_at=inlet.created_at,
            url=f"{public_url}/hooks/{inlet.id}",
            secret=inlet.secret if secret else None,
        )


@router.get("/hooks")
def list_hooks(room: Room, actor: Administrator) -> list[HookOut]:
    """List who is told."""
    with room.store.read() as unit:
        return [HookOut.of(hook) for hook in unit.hooks.list(actor.house)]


@router.post("/hooks", status_code=201)
def add_hook(body: HookIn, room: Room, actor: Administrator) -> HookOut:
    """Tell an address of events from now on, signed as Standard Webhooks says; the key is shown this once."""
    return HookOut.of(webhooks.add_hook(room, actor, url=body.url, events=body.events), secret=True)


@router.delete("/hooks/{hook_id}", status_code=204)
def remove_hook(hook_id: Id, room: Room, actor: Administrator) -> None:
    """Tell an address no longer."""
    webhooks.remove_hook(room, actor, hook_id)


@router.get("/deliveries")
def list_deliveries(
    room: Room, actor: Administrator, state: DeliveryState | None = None, limit: Limit = 50, offset: Offset = 0
) -> list[DeliveryOut]:
    """List events on their way, delivered or given up, the newest first."""
    with room.store.read() as unit:
        found = unit.hooks.list_deliveries(actor.house, state=state, limit=limit, offset=offset)
    return [DeliveryOut.of(delivery) for delivery in found]


@router.post("/deliveries/{delivery_id}/again", status_code=202)
def send_again(delivery_id: Id, room: Room, actor: Administrator) -> DeliveryOut:
    """Try an event again that was given up."""
    return DeliveryOut.of(webhooks.send_again(room, actor, delivery_id))


@router.get("/inlets")
def list_inlets(room: Room, actor: Administrator) -> list[InletOut]:
    """List the doors for content systems."""
    with room.store.read() as unit:
        return [InletOut.of(inlet, room.public_url) for inlet in unit.hooks.list_inlets(actor.house)]


@router.post("/inlets", status_code=201)
def add_inlet(body: InletIn, room: Room, actor: Administrator) -> InletOut:
    """Open a door for a content system; its key is shown this once."""
    inlet = webhooks.add_inlet(room, actor, kind=body.kind, section=body.section)
    return InletOut.of(inlet, room.public_url, secret=True)


@router.delete("/inlets/{inlet_id}", status_code=204)
def remove_inlet(inlet_id: Id, room: Room, actor: Administrator) -> None:
    """Close a door."""
    webhooks.remove_inlet(room, actor, inlet_id)


class Taken(Wire):
    """What came of a post."""

    outcome: str
    """"created", "changed", "unchanged", or "ignored" for what is not public."""
    edition: str | None


@doors.post("/hooks/{inlet_id}", status_code=202)
async def receive(inlet_id: Id, request: Request, room: Room) -> Taken:
    """Take a post from a content system, signed with the door's key."""
    address = address_of(request)
    body = await request.body()
    headers = {name.lower(): value for name, value in request.headers.items()}

    def take() -> Taken:
        try:
            receipt = webhooks.receive(room, inlet_id, body=body, headers=headers, address=address)
        except Unknown:
            find_desk(request).failures.take(address)
            raise
        if receipt is None:
            return Taken(outcome="ignored", edition=None)
        return Taken(outcome=str(receipt.outcome), edition=receipt.edition.id)

    return await run_in_threadpool(take)
