"""Who changed, approved or published what; rows are only added, and stripped of persons after their time."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import desc, insert, select, update

from vivavoce.storage.records import AuditEntry, now
from vivavoce.storage.rows import Rows, page
from vivavoce.storage.tables import audit

ERASED = "erased"


class AuditRows(Rows):
    """The audit log in one transaction."""

    def note(self, *, house: str, who: str, action: str, subject: str, address: str = "", **detail: Any) -> None:
        """Add a line."""
        self._change(
            insert(audit).values(
                house=house, at=now(), who=who, action=action, subject=subject, detail=detail, address=address
            )
        )

    def search(
        self, house: str, *, subject: str | None = None, limit: int = 100, offset: int = 0
    ) -> tuple[AuditEntry, ...]:
        """List lines, the newest first."""
        query = select(*(audit.c[field.name] for field in fields(AuditEntry))).where(audit.c.house == house)
        if subject is not None:
            query = query.where(audit.c.subject == subject)
        return self._all(AuditEntry, page(query.order_by(desc(audit.c.id)), limit=limit, offset=offset))

    def erase_persons(self, before: datetime) -> int:
        """Strip older lines of who and from where; what was done stays."""
        personal = audit.c.who.like("user:%")
        old = update(audit).where(audit.c.at < before)
        erased = self._change(old.where(personal).values(who=f"user:{ERASED}")) if before else 0
        return erased + self._change(old.where(audit.c.address != "").values(address=""))
