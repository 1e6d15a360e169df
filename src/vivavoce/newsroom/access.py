"""Who comes in: tokens of programs, passwords and sessions of people, the one-time link to the first user.

Secrets are shown once and kept as digests: tokens, cookies and links are long and random, so SHA-256 is enough for
them; passwords are what people choose, so they get Argon2id.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from vivavoce.errors import UsageError
from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.refusals import Conflict, NotThere, TooOften, Unknown
from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.records import Scope, Session, SetupLink, Token, User, new_id, now

TOKEN_MARK = "vv"  # noqa: S105  # how a token begins, so that scanners for leaked secrets know it
SHORTEST_PASSWORD = 12
"""NIST SP 800-63B-4 asks for 15 where a password stands alone, 8 beside a second factor."""
LONGEST_PASSWORD = 1024
FAILURES_TO_LOCK = 5
LOCK_MINUTES = 15
LINK_HOURS = 24
_SEEN_EVERY = timedelta(minutes=1)


# ---------------------------------------------------------------- tokens


def issue_token(
    room: Newsroom, actor: Actor, *, name: str, scopes: Iterable[Scope], expires_at: datetime | None = None
) -> tuple[Token, str]:
    """Make a token; gives it, and the secret that is shown once.

    Raises:
        NotAllowed: Without the right to administer.
    """
    actor.require(Scope.ADMIN)
    secret = secrets.token_urlsafe(32)
    token = Token(new_id(), actor.house, name, frozenset(scopes), _digest(secret), now(), expires_at, None, None)
    with room.store.write() as unit:
        unit.people.add_token(token)
        unit.audit.note(
            house=actor.house,
            who=actor.who,
            action="token.issue",
            subject=token.id,
            address=actor.address,
            name=name,
            scopes=sorted(map(str, token.scopes)),
        )
    return token, f"{TOKEN_MARK}_{token.id}_{secret}"


def revoke_token(room: Newsroom, actor: Actor, token_id: str) -> None:
    """End a token.

    Raises:
        NotAllowed: Without the right to administer.
        NotThere: The house has none such.
    """
    actor.require(Scope.ADMIN)
    with room.store.write() as unit:
        if not unit.people.revoke_token(actor.house, token_id, now()):
            raise NotThere(f"there is no token {token_id!r} that holds")
        unit.audit.note(
            house=actor.house, who=actor.who, action="token.revoke", subject=token_id, address=actor.address
        )


def admit_token(room: Newsroom, text: str, *, address: str) -> Actor:
    """Tell whose a token is.

    Raises:
        Unknown: It is none of ours, or ended.
    """
    mark, _, rest = text.partition("_")
    token_id, _, secret = rest.partition("_")
    moment = now()
    with room.store.read() as unit:
        token = unit.people.find_token(token_id) if mark == TOKEN_MARK and len(token_id) == len(new_id()) else None
    if token is None or not hmac.compare_digest(token.digest, _digest(secret)):
        raise Unknown("the token is none of ours")
    if token.revoked_at or (token.expires_at and token.expires_at <= moment) or token.house not in room.houses:
        raise Unknown("the token no longer holds")
    if token.last_used_at is None or moment - token.last_used_at > _SEEN_EVERY:
        with room.store.write() as unit:
            unit.people.see_token(token.id, moment)
    return Actor(token.house, f"token:{token.name}", token.scopes, address)


# ---------------------------------------------------------------- people


def add_user(room: Newsroom, actor: Actor, *, name: str, password: str, scopes: Iterable[Scope]) -> User:
    """Let a person in from now on.

    Raises:
        NotAllowed: Without the right to administer.
        UsageError: The password is too short or too long.
        Conflict: The name is taken.
    """
    actor.require(Scope.ADMIN)
    user = _new_user(actor.house, name, password, scopes)
    with room.store.write() as unit:
        if not unit.people.add_user(user):
            raise Conflict(f"the name {name!r} is taken")
        unit.audit.note(house=actor.house, who=actor.who, action="user.add", subject=name, address=actor.address)
    return user


def disable_user(room: Newsroom, actor: Actor, user_id: str) -> None:
    """Let a person in no longer.

    Raises:
        NotAllowed: Without the right to administer.
        NotThere: The house has none such.
    """
    actor.require(Scope.ADMIN)
    with room.store.write() as unit:
        user = unit.people.find_user(user_id)
        if user is None or user.house != actor.house:
            raise NotThere(f"there is no user {user_id!r}")
        unit.people.change_user(replace(user, disabled_at=now()))
        unit.people.close_sessions_of(user.id)
        unit.audit.note(
            house=actor.house, who=actor.who, action="user.disable", subject=user.name, address=actor.address
        )


def log_in(room: Newsroom, *, name: str, password: str, address: str) -> tuple[User, Session, str]:
    """Open a session; gives the user, it, and the cookie's secret.

    A failure is counted before the password is looked at, so that many tries at once count as many.

    Raises:
        Unknown: Wrong name or password; the message does not say which.
        TooOften: The name is locked after too many failures.
    """
    moment = now()
    with room.store.write() as unit:
        user = unit.people.lock_name(name)
        if user is not None:
            if user.locked_until and user.locked_until > moment:
                wait_s = int((user.locked_until - moment).total_seconds()) + 1
                raise TooOften("too many wrong passwords; try again later", retry_after_s=wait_s)
            failures = user.failed_logins + 1
            locked = moment + timedelta(minutes=LOCK_MINUTES) if failures >= FAILURES_TO_LOCK else None
            counted = 0 if locked else failures
            unit.people.change_user(replace(user, failed_logins=counted, locked_until=locked))
    good = _is_password(user.password if user else _decoy(), password)
    if user is None or not good or user.disabled_at is not None or user.house not in room.houses:
        with room.store.write() as unit:
            unit.audit.note(
                house=user.house if user else "", who="nobody", action="login.fail", subject=name[:64], address=address
            )
        raise Unknown("wrong name or password")
    secret = secrets.token_urlsafe(32)
    session = Session(
        digest=_digest(secret),
        user_id=user.id,
        csrf=secrets.token_urlsafe(24),
        created_at=moment,
        seen_at=moment,
        expires_at=moment + timedelta(hours=room.options.session_hours),
    )
    with room.store.write() as unit:
        unit.people.change_user(replace(user, failed_logins=0, locked_until=None))
        unit.people.open_session(session)
        unit.audit.note(house=user.house, who=f"user:{user.name}", action="login", subject=user.name, address=address)
    return user, session, secret


def admit_session(room: Newsroom, secret: str, *, address: str) -> tuple[Actor, Session]:
    """Tell whose session a cookie is.

    Raises:
        Unknown: It is none of ours, or over.
    """
    moment = now()
    with room.store.read() as unit:
        session = unit.people.find_session(_digest(secret), moment)
        user = unit.people.find_user(session.user_id) if session else None
    if session is None or user is None or user.disabled_at is not None or user.house not in room.houses:
        raise Unknown("the session is over; log in again")
    if moment - session.seen_at > _SEEN_EVERY:
        with room.store.write() as unit:
            unit.people.see_session(session, moment)
    return Actor(user.house, f"user:{user.name}", user.scopes, address), session


def is_csrf(session: Session, given: str | None) -> bool:
    """Tell whether a request of a browser was made by our own page."""
    return given is not None and hmac.compare_digest(session.csrf.encode(), given.encode())


def log_out(room: Newsroom, session: Session) -> None:
    """End a session."""
    with room.store.write() as unit:
        unit.people.close_session(session.digest)


# ---------------------------------------------------------------- the first user


def make_setup_link(room: Newsroom, house: str) -> str:
    """Make the one-time link to a house's first user; gives its address."""
    room.house(house)
    secret = secrets.token_urlsafe(32)
    moment = now()
    with room.store.write() as unit:
        unit.people.add_setup_link(SetupLink(_digest(secret), house, moment, moment + timedelta(hours=LINK_HOURS)))
    return f"{room.public_url}/setup/{secret}"


def is_setup_link(room: Newsroom, secret: str) -> bool:
    """Tell whether a link still leads somewhere."""
    with room.store.read() as unit:
        return unit.people.find_setup_link(_digest(secret), now()) is not None


def use_setup_link(room: Newsroom, *, secret: str, name: str, password: str, address: str) -> User:
    """Make an administrator with a link, which is spent by it.

    Raises:
        Unknown: The link is wrong, spent or too old.
        UsageError: The password is too short or too long.
        Conflict: The name is taken.
    """
    moment = now()
    digest = _digest(secret)
    with room.store.read() as unit:
        link = unit.people.find_setup_link(digest, moment)
    if link is None:
        raise Unknown("the link leads nowhere (any more); `vivavoce serve setup-link` makes another")
    user = _new_user(link.house, name, password, [Scope.ADMIN])
    with room.store.write() as unit:
        if not unit.people.use_setup_link(digest, moment):
            raise Unknown("the link was used a moment ago")
        if not unit.people.add_user(user):
            raise Conflict(f"the name {name!r} is taken")
        unit.audit.note(house=link.house, who=f"user:{name}", action="user.setup", subject=name, address=address)
    return user


# ---------------------------------------------------------------- secrets


def _new_user(house: str, name: str, password: str, scopes: Iterable[Scope]) -> User:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(f"want a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return User(new_id(), house, name, frozenset(scopes), _hasher().hash(password), 0, None, now(), None)


def _is_password(kept: str, given: str) -> bool:
    try:
        return _hasher().verify(kept, given[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    """RFC 9106's second recommended parameters, as the library has them."""
    return PasswordHasher()


@cache
def _decoy() -> str:
    """What is compared where the name is unknown, so that it takes as long."""
    return _hasher().hash(secrets.token_hex(8))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
