"""Webhooks: who is told of what, the doors through which content systems send, and how each signs.

Sources:
    Ghost: X-Ghost-Signature is "sha256=HEX, t=MILLISECONDS", HMAC-SHA256 over the body and the time.
    WebSub and many WordPress plug-ins: X-Hub-Signature-256 is "sha256=HEX" over the body.
    Standard Webhooks 1.0: as `jobs.deliver` signs.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from vivavoce.errors import InputError, RemoteError
from vivavoce.ingest.send import check_address
from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.publish import withdraw
from vivavoce.newsroom.refusals import Conflict, NotThere, Unknown
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.signatures import new_secret, sign
from vivavoce.newsroom.submit import Receipt, Sent, submit
from vivavoce.newsroom.tasks import new_job
from vivavoce.storage.records import (
    Delivery,
    DeliveryState,
    EditionState,
    EventKind,
    Hook,
    Inlet,
    InletKind,
    JobKind,
    Scope,
    SourceKind,
    new_id,
    now,
)
from vivavoce.storage.store import Transaction

LONGEST_AGE_S = 300
"""A signed message that is older is one that somebody has kept and sends again."""
_GHOST = re.compile(r"^sha256=([0-9a-f]{64}), ?t=([0-9]{10,13})$")
_OUT = frozenset({"published", "publish", ""})
_WITHDRAWN = frozenset({"draft", "trash", "private", "deleted"})


def add_hook(room: Newsroom, actor: Actor, *, url: str, events: Iterable[EventKind]) -> Hook:
    """Tell an address from now on; its secret is shown this once.

    Raises:
        NotAllowed: Without the right to administer.
        InputError: The address may not be asked, or is not public.
    """
    try:
        check_address(url, limits=room.house(actor.house).fetch)
    except RemoteError as error:
        raise InputError(str(error)) from error
    hook = Hook(new_id(), actor.house, url, frozenset(events), new_secret(), now())
    with _administering(room, actor, "hook.add", hook.id, url=url) as unit:
        unit.hooks.add(hook)
    return hook


def remove_hook(room: Newsroom, actor: Actor, hook_id: str) -> None:
    """Tell an address no longer.

    Raises:
        NotAllowed: Without the right to administer.
        NotThere: The house has none such.
    """
    with _administering(room, actor, "hook.remove", hook_id) as unit:
        if not unit.hooks.remove(actor.house, hook_id):
            raise NotThere(f"there is no hook {hook_id!r}")


def send_again(room: Newsroom, actor: Actor, delivery_id: str) -> Delivery:
    """Try an event again that was given up.

    Raises:
        NotAllowed: Without the right to administer.
        NotThere: The house has none such.
        Conflict: It was not given up.
    """
    with _administering(room, actor, "delivery.again", delivery_id) as unit:
        delivery = unit.hooks.find_delivery(actor.house, delivery_id)
        if delivery is None:
            raise NotThere(f"there is no delivery {delivery_id!r}")
        if delivery.state is not DeliveryState.DEAD:
            raise Conflict(f"the delivery is not dead but {delivery.state}")
        waiting = replace(delivery, state=DeliveryState.WAITING)
        unit.hooks.change_delivery(waiting)
        unit.queue(new_job(actor.house, JobKind.DELIVER, delivery.id))
        return waiting


def add_inlet(room: Newsroom, actor: Actor, *, kind: InletKind, section: str | None) -> Inlet:
    """Open a door for a content system; its secret is shown this once.

    Raises:
        NotAllowed: Without the right to administer.
    """
    inlet = Inlet(new_id(), actor.house, kind, section, new_secret(), now())
    with _administering(room, actor, "inlet.add", inlet.id, kind=kind) as unit:
        unit.hooks.add_inlet(inlet)
    return inlet


def remove_inlet(room: Newsroom, actor: Actor, inlet_id: str) -> None:
    """Close a door.

    Raises:
        NotAllowed: Without the right to administer.
        NotThere: The house has none such.
    """
    with _administering(room, actor, "inlet.remove", inlet_id) as unit:
        if not unit.hooks.remove_inlet(actor.house, inlet_id):
            raise NotThere(f"there is no inlet {inlet_id!r}")


@contextmanager
def _administering(room: Newsroom, actor: Actor, action: str, subject: str, **detail: object) -> Iterator[Transaction]:
    """Let an administrator change something, and note it in the same transaction."""
    actor.require(Scope.ADMIN)
    with room.store.write() as unit:
        yield unit
        unit.audit.note(
            house=actor.house, who=actor.who, action=action, subject=subject, address=actor.address, **detail
        )


# ---------------------------------------------------------------- what comes in


def receive(room: Newsroom, inlet_id: str, *, body: bytes, headers: Mapping[str, str], address: str) -> Receipt | None:
    """Take what a content system sends; None where it says of a post that it is not, or no longer, public.

    Raises:
        Unknown: No such door, or the signature is wrong.
        InputError: It is no post.
        TooBusy: Too much waits already.
    """
    with room.store.read() as unit:
        inlet = unit.hooks.get_inlet(inlet_id)
    if inlet is None or inlet.house not in room.houses or not _is_signed(inlet, body, headers):
        raise Unknown("no such door, or the signature is wrong")
    post = _read_post(body)
    actor = Actor(inlet.house, f"inlet:{inlet.kind}", frozenset({Scope.SUBMIT}), address)
    source_id, status = _identify(post)
    if status not in _OUT:
        if status in _WITHDRAWN:
            _retract(room, actor, source_id)
        return None
    sent = Sent(SourceKind.PAYLOAD, body=body, source_id=source_id, section=inlet.section)
    return submit(room, actor, sent)


def _is_signed(inlet: Inlet, body: bytes, headers: Mapping[str, str]) -> bool:
    if inlet.kind is InletKind.GHOST:
        return _is_signed_by_ghost(inlet.secret, body, headers.get("x-ghost-signature", ""))
    if "webhook-signature" in headers:
        return _is_signed_by_standard(inlet.secret, body, headers)
    if "x-hub-signature-256" in headers:
        wanted = "sha256=" + hmac.new(inlet.secret.encode(), body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(wanted, headers["x-hub-signature-256"])
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), inlet.secret.encode())


def _is_signed_by_ghost(secret: str, body: bytes, given: str) -> bool:
    match = _GHOST.match(given)
    if match is None or not _is_fresh(int(match[2]) / (1000 if len(match[2]) > 10 else 1)):  # noqa: PLR2004  # ms or s
        return False
    wanted = hmac.new(secret.encode(), body + match[2].encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, match[1])


def _is_signed_by_standard(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    message_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not moment.isdecimal() or not _is_fresh(int(moment)):
        return False
    wanted = sign(secret, message_id=message_id, timestamp_s=int(moment), body=body)
    return any(hmac.compare_digest(wanted.encode(), given.encode()) for given in headers["webhook-signature"].split())


def _is_fresh(moment_s: float) -> bool:
    return abs(time.time() - moment_s) < LONGEST_AGE_S


def _read_post(body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InputError("this is no JSON; send the post as JSON") from error
    if not isinstance(payload, dict):
        raise InputError("this is no post but a list or value; send one post as an object")
    return payload


def _identify(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Give the post's own id and its status, as Ghost, WordPress and plain senders write them."""
    post = payload.get("post")
    current = post.get("current") if isinstance(post, dict) else None
    places = [place for place in (current or None, post, payload) if isinstance(place, dict)]
    if isinstance(post, dict) and current == {} and isinstance(post.get("previous"), dict):
        return _first([post["previous"], *places], "id"), "deleted"
    source_id = _first(places, "source_id", "id", "ID", "post_id", "url", "link")
    if not source_id:
        raise InputError("the post has no id; send id, post_id, source_id or url")
    return source_id, _first(places, "status", "post_status")


def _first(places: Iterable[Mapping[str, Any]], *names: str) -> str:
    for place in places:
        for name in names:
            value = place.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip("\x00 "):
                return str(value).replace("\x00", "")[:512]
    return ""


def _retract(room: Newsroom, actor: Actor, source_id: str) -> None:
    """Withdraw the audio of a post that its own site has withdrawn."""
    with room.store.write() as unit:
        article = unit.articles.lock_source(actor.house, source_id)
        edition = unit.editions.of_article(article.id) if article else None
        if edition is not None and edition.state in {EditionState.PUBLISHED, EditionState.SCHEDULED}:
            locked = unit.editions.lock(edition.id)
            withdraw(room, unit, actor, locked, EditionState.RETRACTED, "The article was withdrawn.")
