"""Who asks: every route but the public ones names one of these, so that it is closed by default.

Asker    a program with a token, or a person with a session; what changes something wants the session's CSRF token
Person   a person with a session, for pages
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPBearer

from vivavoce.jobs.booth import Booth
from vivavoce.newsroom.access import admit_session, admit_token, is_csrf
from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.refusals import NotAllowed, Unknown
from vivavoce.newsroom.room import Newsroom
from vivavoce.server.rates import Known, Rate
from vivavoce.storage.records import Scope, Session

COOKIE = "vivavoce_session"
CSRF_HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FAILURES_PER_MINUTE = 30
"""Wrong tokens, cookies and passwords from one address."""

_bearer = HTTPBearer(auto_error=False, description="A token of `vivavoce serve token` or POST /api/v1/tokens.")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description=f"A log-in; changes want {CSRF_HEADER} as well.")


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes work with; `request.app.state.desk`."""

    room: Newsroom
    booth: Booth
    bench: Booth
    """Where sound that came from strangers is opened."""
    asks: Rate
    failures: Rate
    checks: Rate
    """Of recordings, by everybody."""
    inspected: Known


def find_desk(request: Request) -> Desk:
    """Give what this server works with."""
    desk: Desk = request.app.state.desk
    return desk


def find_room(request: Request) -> Newsroom:
    """Give the newsroom that this server is for."""
    return find_desk(request).room


def address_of(request: Request) -> str:
    """Tell where a request came from; a proxy's word for it is taken only where the settings say so."""
    return request.client.host if request.client else ""


def find_person(request: Request) -> tuple[Actor, Session]:
    """Give the person behind a session.

    Raises:
        Unknown: Nobody is logged in.
        TooOften: They ask more than anybody may.
    """
    desk, address = find_desk(request), address_of(request)
    secret = request.cookies.get(COOKIE)
    if not secret:
        raise Unknown("log in first, or send a token")
    try:
        actor, session = admit_session(desk.room, secret, address=address)
    except Unknown:
        desk.failures.take(address)
        raise
    desk.asks.take(actor.who)
    return actor, session


def find_asker(request: Request) -> Actor:
    """Give whoever asks.

    Raises:
        Unknown: Nobody that we know.
        NotAllowed: A browser's request that did not come from our own page.
        TooOften: They ask more than anybody may.
    """
    desk, address = find_desk(request), address_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        try:
            actor = admit_token(desk.room, token.strip(), address=address)
        except Unknown:
            desk.failures.take(address)
            raise
        desk.asks.take(f"{actor.house} {actor.who}")
        return actor
    actor, session = find_person(request)
    if request.method not in _SAFE and not is_csrf(session, request.headers.get(CSRF_HEADER)):
        raise NotAllowed(f"the header {CSRF_HEADER} is missing or wrong; GET /api/v1/session gives it")
    return actor


def with_scope(scope: Scope) -> Callable[[Actor], Actor]:
    """Give a dependency that lets only askers with a right in."""

    def check(actor: Annotated[Actor, Depends(find_asker)]) -> Actor:
        actor.require(scope)
        return actor

    return check


Room = Annotated[Newsroom, Depends(find_room)]
Asker = Annotated[Actor, Depends(find_asker)]
Reader = Annotated[Actor, Depends(with_scope(Scope.READ))]
Editor = Annotated[Actor, Depends(with_scope(Scope.EDIT))]
Administrator = Annotated[Actor, Depends(with_scope(Scope.ADMIN))]
Person = Annotated[tuple[Actor, Session], Depends(find_person)]
SECURITY = [Depends(_bearer), Depends(_cookie)]
"""For the OpenAPI description of closed routers."""
