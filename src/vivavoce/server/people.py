"""Log-in and log-out, the first user, users, tokens, and the audit log."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, Field

from vivavoce.newsroom import access
from vivavoce.newsroom.refusals import NotAllowed
from vivavoce.newsroom.room import Newsroom
from vivavoce.server.asking import (
    COOKIE,
    CSRF_HEADER,
    SECURITY,
    Administrator,
    Person,
    Room,
    address_of,
    find_desk,
)
from vivavoce.server.problems import COMMON
from vivavoce.server.wire import Wire
from vivavoce.server.words import Id, Limit, Name, Offset, Password
from vivavoce.storage.records import Scope, Session, Token, User

doors = APIRouter(prefix="/api/v1", tags=["access"], responses=COMMON)
router = APIRouter(prefix="/api/v1", tags=["access"], responses=COMMON, dependencies=SECURITY)


class LogIn(Wire):
    """Name and password."""

    name: Name
    password: Password


class SetUp(LogIn):
    """The first user, by the one-time link."""

    secret: Annotated[str, Field(min_length=1, max_length=100)]


class SessionOut(Wire):
    """Who is logged in, and what their page sends with each change."""

    name: str
    house: str
    scopes: list[Scope]
    csrf: str
    expires_at: datetime


class UserOut(Wire):
    """Somebody who may log in."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    disabled_at: datetime | None

    @classmethod
    def of(cls, user: User) -> "UserOut":
        """Show a user."""
        return cls(
            id=user.id,
            name=user.name,
            scopes=sorted(user.scopes),
            created_at=user.created_at,
            disabled_at=user.disabled_at,
        )


def set_cookie(response: Response, room: Newsroom, session: Session, secret: str) -> None:
    """Let a browser keep its session: out of scripts' reach, never sent with another site's requests."""
    response.set_cookie(
        COOKIE,
        secret,
        expires=session.expires_at,
        httponly=True,
        samesite="lax",
        secure=room.public_url.startswith("https:"),
        path="/",
    )


@doors.post("/session")
def log_in(body: LogIn, request: Request, response: Response, room: Room) -> SessionOut:
    """Log in; the session is a cookie, its CSRF token goes with every change."""
    address = address_of(request)
    find_desk(request).failures.take(address)
    user, session, secret = access.log_in(room, name=body.name, password=body.password, address=address)
    set_cookie(response, room, session, secret)
    return _show(user.name, user.house, user.scopes, session)


@doors.post("/setup", status_code=201)
def set_up(body: SetUp, request: Request, room: Room) -> UserOut:
    """Make the first user with the link that the server printed."""
    address = address_of(request)
    find_desk(request).failures.take(address)
    user = access.use_setup_link(room, secret=body.secret, name=body.name, password=body.password, address=address)
    return UserOut.of(user)


@router.get("/session")
def get_session(person: Person) -> SessionOut:
    """Tell who is logged in."""
    actor, session = person
    return _show(actor.who.removeprefix("user:"), actor.house, actor.scopes, session)


@router.delete("/session", status_code=204)
def log_out(request: Request, response: Response, room: Room, person: Person) -> None:
    """Log out."""
    _, session = person
    if not access.is_csrf(session, request.headers.get(CSRF_HEADER)):
        raise NotAllowed(f"the header {CSRF_HEADER} is missing or wrong")
    access.log_out(room, session)
    response.delete_cookie(COOKIE, path="/")


def _show(name: str, house: str, scopes: frozenset[Scope], session: Session) -> SessionOut:
    return SessionOut(name=name, house=house, scopes=sorted(scopes), csrf=session.csrf, expires_at=session.expires_at)


# ---------------------------------------------------------------- users


class UserIn(LogIn):
    """Somebody new."""

    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]


@router.get("/users")
def list_users(room: Room, actor: Administrator) -> list[UserOut]:
    """List the people of the house."""
    with room.store.read() as unit:
        return [UserOut.of(user) for user in unit.people.list_users(actor.house)]


@router.post("/users", status_code=201)
def add_user(body: UserIn, room: Room, actor: Administrator) -> UserOut:
    """Let somebody in from now on."""
    return UserOut.of(access.add_user(room, actor, name=body.name, password=body.password, scopes=body.scopes))


@router.delete("/users/{user_id}", status_code=204)
def disable_user(user_id: Id, room: Room, actor: Administrator) -> None:
    """Let somebody in no longer; their sessions end at once."""
    access.disable_user(room, actor, user_id)


# ---------------------------------------------------------------- tokens


class TokenIn(Wire):
    """A new key for a program."""

    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
    expires_at: AwareDatetime | None = None


class TokenOut(Wire):
    """A program's key."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    token: str | None
    """The key itself; only in the answer that makes it."""

    @classmethod
    def of(cls, token: Token, secret: str | None = None) -> "TokenOut":
        """Show a key."""
        same = {name: getattr(token, name) for name in cls.model_fields if name not in {"token", "scopes"}}
        return cls(**same, scopes=sorted(token.scopes), token=secret)


@router.get("/tokens")
def list_tokens(room: Room, actor: Administrator) -> list[TokenOut]:
    """List the programs' keys."""
    with room.store.read() as unit:
        return [TokenOut.of(token) for token in unit.people.list_tokens(actor.house)]


@router.post("/tokens", status_code=201)
def issue_token(body: TokenIn, room: Room, actor: Administrator) -> TokenOut:
    """Make a key; it is shown this once."""
    token, secret = access.issue_token(room, actor, name=body.name, scopes=body.scopes, expires_at=body.expires_at)
    return TokenOut.of(token, secret)


@router.delete("/tokens/{token_id}", status_code=204)
def revoke_token(token_id: Id, room: Room, actor: Administrator) -> None:
    """End a key."""
    access.revoke_token(room, actor, token_id)


# ---------------------------------------------------------------- audit


class AuditOut(Wire):
    """Who did what, when."""

    at: datetime
    who: str
    action: str
    subject: str
    detail: dict[str, Any]
    address: str


@router.get("/audit")
def list_audit(
    room: Room,
    actor: Administrator,
    subject: Annotated[str | None, Query(max_length=255, pattern=r"^[^\x00]*$")] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> list[AuditOut]:
    """List who changed, approved or published what, the newest first."""
    with room.store.read() as unit:
        found = unit.audit.search(actor.house, subject=subject, limit=limit, offset=offset)
    return [AuditOut(**{name: getattr(entry, name) for name in AuditOut.model_fields}) for entry in found]
