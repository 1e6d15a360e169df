"""Jobs as they begin."""

from datetime import datetime

from vivavoce.storage.records import Job, JobKind, JobState, Priority, new_id, now


def new_job(
    house: str,
    kind: JobKind,
    subject: str,
    *,
    detail: str = "",
    priority: int = Priority.NORMAL,
    not_before: datetime | None = None,
) -> Job:
    """Give a job that waits to be done."""
    moment = now()
    return Job(
        id=new_id(),
        house=house,
        kind=kind,
        subject=subject,
        detail=detail,
        priority=priority,
        state=JobState.QUEUED,
        attempts=0,
        not_before=not_before or moment,
        lease=None,
        worker=None,
        lease_until=None,
        stage="",
        steps_done=0,
        steps=0,
        error="",
        created_at=moment,
        started_at=None,
        finished_at=None,
    )
