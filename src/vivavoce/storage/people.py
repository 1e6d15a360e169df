"""Who may come in: users, their sessions, programs' tokens, the one-time set-up link."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, func, select, update

from vivavoce.storage.records import Session, SetupLink, Token, User
from vivavoce.storage.rows import Rows, to_row
from vivavoce.storage.tables import sessions, setup_links, tokens, users


class PeopleRows(Rows):
    """Users, sessions and tokens in one transaction."""

    # ------------------------------------------------------------ users

    def add_user(self, user: User) -> bool:
        """Add a user; False where the name is taken."""
        return self._add_new(users, user)

    def find_user(self, user_id: str) -> User | None:
        """Give a user."""
        return self._one(User, select(users).where(users.c.id == user_id))

    def lock_name(self, name: str) -> User | None:
        """Give a user by name, and keep others from changing them until the transaction ends."""
        return self._one(User, select(users).where(users.c.name == name).with_for_update())

    def list_users(self, house: str) -> tuple[User, ...]:
        """List a house's users by name."""
        return self._all(User, select(users).where(users.c.house == house).order_by(users.c.name))

    def count_users(self) -> int:
        """Count the users of all houses."""
        return self._number(select(func.count()).select_from(users))

    def change_user(self, user: User) -> None:
        """Keep a user as they are now."""
        self._change(update(users).where(users.c.id == user.id).values(to_row(user)))

    # ------------------------------------------------------------ sessions

    def open_session(self, session: Session) -> None:
        """Keep a new session."""
        self._add(sessions, session)

    def find_session(self, digest: str, moment: datetime) -> Session | None:
        """Give a session that still holds."""
        return self._one(Session, select(sessions).where(sessions.c.digest == digest, sessions.c.expires_at > moment))

    def see_session(self, session: Session, moment: datetime) -> None:
        """Note that a session is in use."""
        seen = replace(session, seen_at=moment)
        self._change(update(sessions).where(sessions.c.digest == session.digest).values(to_row(seen)))

    def close_session(self, digest: str) -> None:
        """End a session."""
        self._change(delete(sessions).where(sessions.c.digest == digest))

    def close_sessions_of(self, user_id: str) -> None:
        """End all sessions of a user."""
        self._change(delete(sessions).where(sessions.c.user_id == user_id))

    def forget_expired(self, moment: datetime) -> None:
        """Remove sessions and set-up links whose time is over."""
        self._change(delete(sessions).where(sessions.c.expires_at <= moment))
        self._change(delete(setup_links).where(setup_links.c.expires_at <= moment))

    # ------------------------------------------------------------ set-up links

    def add_setup_link(self, link: SetupLink) -> None:
        """Keep a new link; older ones of its house no longer lead anywhere."""
        self._change(delete(setup_links).where(setup_links.c.house == link.house))
        self._add(setup_links, link)

    def find_setup_link(self, digest: str, moment: datetime) -> SetupLink | None:
        """Give a link that still leads somewhere."""
        return self._one(
            SetupLink, select(setup_links).where(setup_links.c.digest == digest, setup_links.c.expires_at > moment)
        )

    def use_setup_link(self, digest: str, moment: datetime) -> bool:
        """Use a link up; False where it is unknown, used or too old."""
        spent = delete(setup_links).where(setup_links.c.digest == digest, setup_links.c.expires_at > moment)
        return bool(self._change(spent))

    # ------------------------------------------------------------ tokens

    def add_token(self, token: Token) -> None:
        """Keep a new token."""
        self._add(tokens, token)

    def find_token(self, token_id: str) -> Token | None:
        """Give a token, be it valid or not."""
        return self._one(Token, select(tokens).where(tokens.c.id == token_id))

    def list_tokens(self, house: str) -> tuple[Token, ...]:
        """List a house's tokens, the oldest first."""
        return self._all(Token, select(tokens).where(tokens.c.house == house).order_by(tokens.c.created_at))

    def see_token(self, token_id: str, moment: datetime) -> None:
        """Note that a token is in use."""
        self._change(update(tokens).where(tokens.c.id == token_id).values(last_used_at=moment))

    def revoke_token(self, house: str, token_id: str, moment: datetime) -> bool:
        """End a token; False where the house has none such."""
        mine = update(tokens).where(tokens.c.house == house, tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
        return bool(self._change(mine.values(revoked_at=moment)))
