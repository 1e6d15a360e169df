"""Jobs as everybody may see them. Who holds a job's lease may finish it; a queue only carries its id to a worker."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Update, delete, desc, func, select, update

from vivavoce.storage.records import Job, JobKind, JobState
from vivavoce.storage.rows import Rows, to_row
from vivavoce.storage.tables import jobs


class JobRows(Rows):
    """Jobs in one transaction."""

    def add(self, job: Job) -> bool:
        """Add a job; False where one of its kind already waits for the same subject."""
        return self._add_new(jobs, job)

    def find(self, job_id: str) -> Job | None:
        """Give a job."""
        return self._one(Job, select(jobs).where(jobs.c.id == job_id))

    def find_waiting(self, kind: JobKind, subject: str) -> Job | None:
        """Give the job that waits for a subject."""
        return self._one(
            Job,
            select(jobs).where(jobs.c.kind == kind, jobs.c.subject == subject, jobs.c.state == JobState.QUEUED),
        )

    def change_waiting(self, job: Job) -> bool:
        """Change a job that nobody has begun; False where somebody has."""
        return bool(
            self._change(update(jobs).where(jobs.c.id == job.id, jobs.c.state == JobState.QUEUED).values(to_row(job)))
        )

    def search(
        self, house: str, *, state: JobState | None = None, subject: str | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[Job, ...]:
        """List jobs, the newest first."""
        query = select(jobs).where(jobs.c.house == house)
        if state is not None:
            query = query.where(jobs.c.state == state)
        if subject is not None:
            query = query.where(jobs.c.subject == subject)
        return self._all(Job, query.order_by(desc(jobs.c.created_at), jobs.c.id).limit(limit).offset(offset))

    def list_waiting(self, moment: datetime) -> tuple[Job, ...]:
        """List the jobs that could begin now, the most urgent first."""
        query = select(jobs).where(jobs.c.state == JobState.QUEUED, jobs.c.not_before <= moment)
        return self._all(Job, query.order_by(desc(jobs.c.priority), jobs.c.created_at))

    def list_held(self) -> tuple[Job, ...]:
        """List the jobs that workers hold."""
        return self._all(Job, select(jobs).where(jobs.c.state == JobState.WORKING))

    def list_open(self, subjects: list[str]) -> tuple[Job, ...]:
        """List what waits for these subjects or is at work on them."""
        alive = [JobState.QUEUED, JobState.WORKING]
        return self._all(
            Job, select(jobs).where(jobs.c.subject.in_(subjects), jobs.c.state.in_(alive)).order_by(jobs.c.created_at)
        )

    def count(self, state: JobState, *, house: str | None = None) -> int:
        """Count jobs in a state."""
        query = select(func.count()).select_from(jobs).where(jobs.c.state == state)
        return self._number(query if house is None else query.where(jobs.c.house == house))

    # ------------------------------------------------------------ the lease

    def claim(self, job_id: str, *, worker: str, moment: datetime, lease_s: float) -> Job | None:
        """Take a job that waits and whose time has come; None where there is none such (any more).

        Raises:
            sqlalchemy.exc.IntegrityError: Another job of its kind is at work on the same subject.
        """
        lease = secrets.token_hex(8)
        taken = self._change(
            update(jobs)
            .where(jobs.c.id == job_id, jobs.c.state == JobState.QUEUED, jobs.c.not_before <= moment)
            .values(
                state=JobState.WORKING,
                lease=lease,
                worker=worker,
                lease_until=moment + timedelta(seconds=lease_s),
                attempts=jobs.c.attempts + 1,
                started_at=moment,
                stage="",
                steps_done=0,
                steps=0,
            )
        )
        return self.find(job_id) if taken else None

    def renew(self, job: Job, *, until: datetime) -> bool:
        """Hold a job for longer; False where it is no longer ours."""
        return bool(self._change(_held(job).values(lease_until=until)))

    def report(self, job: Job, *, stage: str, done: int, steps: int, until: datetime) -> bool:
        """Say how far the work is, and hold the job for longer; False where it is no longer ours."""
        return bool(self._change(_held(job).values(stage=stage, steps_done=done, steps=steps, lease_until=until)))

    def finish(self, job: Job, moment: datetime) -> bool:
        """End a job well; False where it is no longer ours, and then nothing of it may be kept."""
        return self._end(job, JobState.DONE, moment, "")

    def fail(self, job: Job, moment: datetime, error: str) -> bool:
        """End a job for good."""
        return self._end(job, JobState.FAILED, moment, error)

    def cancel(self, job: Job, moment: datetime) -> bool:
        """End a job that has lost its sense."""
        return self._end(job, JobState.CANCELLED, moment, "")

    def cancel_waiting(self, kind: JobKind, subject: str, moment: datetime) -> None:
        """End what waits for a subject."""
        self._change(
            update(jobs)
            .where(jobs.c.kind == kind, jobs.c.subject == subject, jobs.c.state == JobState.QUEUED)
            .values(state=JobState.CANCELLED, finished_at=moment)
        )

    def put_back(self, job: Job, *, not_before: datetime, error: str) -> bool:
        """Let a job wait again; it ends as cancelled where a newer one of its kind waits for the same subject."""
        waits = self.find_waiting(job.kind, job.subject)
        if waits is not None:
            return self._end(job, JobState.CANCELLED, not_before, error)
        released = {"state": JobState.QUEUED, "lease": None, "worker": None, "lease_until": None}
        return bool(self._change(_held(job).values(not_before=not_before, error=error, **released)))

    def forget_ended(self, before: datetime) -> int:
        """Remove the records of jobs that ended before a time."""
        return self._change(delete(jobs).where(jobs.c.finished_at < before))

    def _end(self, job: Job, state: JobState, moment: datetime, error: str) -> bool:
        ended = {"state": state, "finished_at": moment, "error": error, "lease": None, "lease_until": None}
        return bool(self._change(_held(job).values(**ended)))


def _held(job: Job) -> Update:
    return update(jobs).where(jobs.c.id == job.id, jobs.c.state == JobState.WORKING, jobs.c.lease == job.lease)
