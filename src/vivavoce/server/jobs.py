"""Jobs, with their progress as it happens."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query
from pydantic import BaseModel
from sse_starlette import EventSourceResponse, ServerSentEvent

from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.server.asking import SECURITY, Reader, Room
from vivavoce.server.problems import COMMON
from vivavoce.server.wire import JobOut, Wire
from vivavoce.server.words import Id, Limit, Offset
from vivavoce.storage.records import JobState

router = APIRouter(prefix="/api/v1", tags=["jobs"], responses=COMMON, dependencies=SECURITY)
LOOK_EVERY_S = 0.5
PING_EVERY_S = 15
_ALIVE = frozenset({JobState.QUEUED, JobState.WORKING})
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"}
}


@router.get("/jobs")
def list_jobs(
    room: Room,
    actor: Reader,
    state: JobState | None = None,
    subject: Annotated[str | None, Query(pattern=r"^[0-9a-f]{20}$")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> list[JobOut]:
    """List jobs, the newest first."""
    with room.store.read() as unit:
        found = unit.jobs.search(actor.house, state=state, subject=subject, limit=limit, offset=offset)
    return [JobOut.of(job) for job in found]


@router.get("/jobs/{job_id}")
def get_job(job_id: Id, room: Room, actor: Reader) -> JobOut:
    """Give a job."""
    return _find(room, actor, job_id)


@router.get("/jobs/{job_id}/events", responses=_STREAM, response_class=EventSourceResponse)
async def watch_job(job_id: Id, room: Room, actor: Reader) -> EventSourceResponse:
    """Follow a job: an event for each change, until it ends."""
    await anyio.to_thread.run_sync(_find, room, actor, job_id)

    def look() -> JobOut:
        return _find(room, actor, job_id)

    return EventSourceResponse(
        _follow(look, event="job", is_last=lambda job: job.state not in _ALIVE), ping=PING_EVERY_S
    )


class Now(Wire):
    """What is under way in a house."""

    waiting: int
    working: list[JobOut]
    failed: int
    latest: list[JobOut]
    """The jobs that were made last, however they stand."""


@router.get("/events", responses=_STREAM, response_class=EventSourceResponse)
async def watch_house(room: Room, actor: Reader) -> EventSourceResponse:
    """Follow all that is under way: an event for each change, for as long as the client listens."""

    def look() -> Now:
        return look_around(room, actor.house)

    return EventSourceResponse(_follow(look, event="now", is_last=lambda _: False), ping=PING_EVERY_S)


def look_around(room: Newsroom, house: str) -> Now:
    """Tell what is under way now."""
    with room.store.read() as unit:
        working = unit.jobs.search(house, state=JobState.WORKING)
        latest = unit.jobs.search(house, limit=20)
        waiting, failed = (unit.jobs.count(state, house=house) for state in (JobState.QUEUED, JobState.FAILED))
    return Now(
        waiting=waiting,
        failed=failed,
        working=[JobOut.of(job) for job in working],
        latest=[JobOut.of(job) for job in latest],
    )


async def _follow(
    look: Callable[[], BaseModel], *, event: str, is_last: Callable[..., bool]
) -> AsyncIterator[ServerSentEvent]:
    before = None
    while True:
        seen = await anyio.to_thread.run_sync(look)
        if seen != before:
            yield ServerSentEvent(seen.model_dump_json(), event=event)
            before = seen
        if is_last(seen):
            return
        await anyio.sleep(LOOK_EVERY_S)


def _find(room: Newsroom, actor: Actor, job_id: str) -> JobOut:
    with room.store.read() as unit:
        job = unit.jobs.find(job_id)
    if job is None or job.house != actor.house:
        raise NotThere(f"there is no job {job_id!r}")
    return JobOut.of(job)
