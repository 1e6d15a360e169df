"""Editions: their versions and sentences, an editor's changes, and what happens to them before the public."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, Field

from vivavoce.live import plan_pause, plan_place
from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.approve import approve
from vivavoce.newsroom.correct import Change, add_change, drop_change, place_change, rerender
from vivavoce.newsroom.manifests import load_record
from vivavoce.newsroom.publish import publish, retract, roll_back, schedule, take_down, unschedule
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.render import open_manuscript
from vivavoce.server.asking import SECURITY, Asker, Editor, Reader, Room, find_desk
from vivavoce.server.files import answer_file
from vivavoce.server.heard import answer_heard
from vivavoce.server.problems import COMMON
from vivavoce.server.sentences import SentenceOut, list_sentences
from vivavoce.server.wire import EditionOut, FileOut, JobOut, VersionOut, Wire
from vivavoce.server.words import FileName, Id, Limit, Line, Name, Note, Offset, VersionNumber
from vivavoce.storage.records import EditionRow, EditionState
from vivavoce.storage.store import Transaction
from vivavoce.types import EditAction

router = APIRouter(prefix="/api/v1/editions", tags=["editions"], responses=COMMON, dependencies=SECURITY)
Seen = Annotated[int | None, Field(ge=1, le=1_000_000)]


@router.get("")
def list_editions(
    room: Room,
    actor: Reader,
    state: EditionState | None = None,
    section: Annotated[Name | None, Query()] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> list[EditionOut]:
    """List editions, the last published first."""
    with room.store.read() as unit:
        found = unit.editions.search(actor.house, state=state, section=section, limit=limit, offset=offset)
    return [EditionOut.of(edition, room.public_url) for edition in found]


@router.get("/{edition_id}")
def get_edition(edition_id: Id, room: Room, actor: Reader) -> EditionOut:
    """Give an edition."""
    with room.store.read() as unit:
        return EditionOut.of(find_edition(unit, actor, edition_id), room.public_url)


@router.get("/{edition_id}/versions")
def list_versions(edition_id: Id, room: Room, actor: Reader) -> list[VersionOut]:
    """List an edition's versions, the oldest first."""
    with room.store.read() as unit:
        edition = find_edition(unit, actor, edition_id)
        shown = []
        for version in unit.editions.list_versions(edition.id):
            approval = unit.editions.find_approval(edition.id, version.script_sha256)
            shown.append(VersionOut.of(version, approval.who if approval else None))
        return shown


@router.get("/{edition_id}/versions/{number}/files")
def list_files(edition_id: Id, number: VersionNumber, room: Room, actor: Reader) -> list[FileOut]:
    """List the files of a version."""
    with room.store.read() as unit:
        edition = find_edition(unit, actor, edition_id)
        return [FileOut.of(file) for file in unit.editions.list_files(edition.id, number)]


@router.head("/{edition_id}/versions/{number}/files/{name}", response_class=Response, include_in_schema=False)
@router.get(
    "/{edition_id}/versions/{number}/files/{name}",
    response_class=Response,
    operation_id="get_version_file",
)
def get_file(
    edition_id: Id, number: VersionNumber, name: FileName, request: Request, room: Room, actor: Reader
) -> Response:
    """Give a file of a version, be it published or not; with byte ranges and ETag."""
    with room.store.read() as unit:
        edition = find_edition(unit, actor, edition_id)
        file = unit.editions.find_file(edition.id, number, name)
    if file is None:
        raise NotThere(f"version {number} has no file {name!r}")
    return answer_file(room, file, request, cache="private, no-cache")


@router.get("/{edition_id}/versions/{number}/sentences")
def get_sentences(edition_id: Id, number: VersionNumber, room: Room, actor: Reader) -> list[SentenceOut]:
    """List what a version says, sentence by sentence: as printed, as said, when, and what was found in it."""
    return list_sentences(load_record(room, actor.house, edition_id, number))


# ---------------------------------------------------------------- an editor's changes


class ChangeIn(Wire):
    """A change of how an edition is said."""

    action: EditAction
    where: Line
    """A sentence's id (u12), or words quoted from the article."""
    within: Annotated[str | None, Field(pattern=r"^u[0-9]{1,6}$")] = None
    """The sentence in which the words stand."""
    alias: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    """Say this instead, as one would write it."""
    phonemes: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""
    """Say this instead, in IPA or the voice's own symbols."""
    pause_ms: Annotated[int | None, Field(ge=0, le=10_000)] = None
    take: Annotated[int | None, Field(ge=1, le=100)] = None
    """For `other-take`: which of the sentence's ways, from 1; after the last comes the plain one again."""
    seen_version: Seen = None
    """The version that the editor looks at; by default the newest."""

    def to_change(self) -> Change:
        """Give it as the newsroom knows it."""
        take = self.take or 1 if self.action is EditAction.OTHER_TAKE else None
        return Change(self.action, self.where, self.within, self.alias, self.phonemes, self.pause_ms, take)


class Asked(Wire):
    """What a change set going."""

    edition: EditionOut
    job: JobOut


@router.post("/{edition_id}/edits", status_code=202)
def change_edition(edition_id: Id, body: ChangeIn, room: Room, actor: Asker) -> Asked:
    """Change how an edition is said; a new version that has it is made at once, from all that did not change."""
    edition, job = add_change(room, actor, edition_id, body.to_change(), seen=body.seen_version)
    return Asked(edition=EditionOut.of(edition, room.public_url), job=JobOut.of(job))


@router.delete("/{edition_id}/edits/{number}", status_code=202)
def unchange_edition(edition_id: Id, number: VersionNumber, room: Room, actor: Asker) -> Asked:
    """Take a change back, by its number."""
    edition, job = drop_change(room, actor, edition_id, number)
    return Asked(edition=EditionOut.of(edition, room.public_url), job=JobOut.of(job))


@router.post(
    "/{edition_id}/preview",
    response_class=Response,
    responses={
        200: {
            "content": {"audio/wav": {}},
            "description": "The sentence, said with the change; a stream that begins with its first phrase",
        }
    },
)
def preview_change(edition_id: Id, body: ChangeIn, request: Request, room: Room, actor: Editor) -> Response:
    """Hear a change before it is made: its one sentence, or how it goes on after a pause, at once."""
    edit = place_change(load_record(room, actor.house, edition_id, body.seen_version), body.to_change())
    with room.store.read() as unit:
        edits = find_edition(unit, actor, edition_id).edits
    manuscript = open_manuscript(room, actor.house, edition_id, edits=(*edits, edit))
    places = room.places_of(actor.house)
    booth = find_desk(request).booth
    plan = plan_pause if edit.action is EditAction.PAUSE else plan_place
    planned = booth.run(plan, manuscript.article, edit.place, manuscript.request, places)
    return answer_heard(booth, planned, manuscript.request, places)


@router.post("/{edition_id}/warm", status_code=204)
def warm_booth(edition_id: Id, request: Request, room: Room, actor: Editor) -> None:
    """Say that somebody is about to edit, so that the first preview comes as quickly as the next."""
    manuscript = open_manuscript(room, actor.house, edition_id)
    find_desk(request).booth.warm(manuscript.request, room.places_of(actor.house))


@router.post("/{edition_id}/render", status_code=202)
def render_again(edition_id: Id, room: Room, actor: Asker) -> JobOut:
    """Make a version with today's lexicon and settings, if anything of it would change."""
    return JobOut.of(rerender(room, actor, edition_id))


# ---------------------------------------------------------------- before the public


class VersionChoice(Wire):
    """Which version is meant; by default the newest."""

    version: Seen = None


class PublishIn(VersionChoice):
    """What to publish."""

    note: Note | None = None
    """What is told of a correction."""


class ScheduleIn(VersionChoice):
    """When to publish."""

    at: AwareDatetime


class WithdrawIn(Wire):
    """What the tombstone says."""

    note: Note = ""


class RollBackIn(Wire):
    """Which version to bring back."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]


@router.post("/{edition_id}/approve")
def approve_edition(edition_id: Id, body: VersionChoice, room: Room, actor: Asker) -> EditionOut:
    """Take responsibility for the words of a version."""
    return EditionOut.of(approve(room, actor, edition_id, body.version), room.public_url)


@router.post("/{edition_id}/publish")
def publish_edition(edition_id: Id, body: PublishIn, room: Room, actor: Asker) -> EditionOut:
    """Let the public hear a version."""
    return EditionOut.of(publish(room, actor, edition_id, number=body.version, note=body.note), room.public_url)


@router.post("/{edition_id}/schedule")
def schedule_edition(edition_id: Id, body: ScheduleIn, room: Room, actor: Asker) -> EditionOut:
    """Publish at a time to come; nothing of it is public before."""
    at: datetime = body.at
    return EditionOut.of(schedule(room, actor, edition_id, at=at, number=body.version), room.public_url)


@router.delete("/{edition_id}/schedule")
def unschedule_edition(edition_id: Id, room: Room, actor: Asker) -> EditionOut:
    """Take a scheduled publication back."""
    return EditionOut.of(unschedule(room, actor, edition_id), room.public_url)


@router.post("/{edition_id}/retract")
def retract_edition(edition_id: Id, body: WithdrawIn, room: Room, actor: Asker) -> EditionOut:
    """Withdraw an edition; whoever asks for it is told so. It may be published again."""
    return EditionOut.of(retract(room, actor, edition_id, note=body.note), room.public_url)


@router.post("/{edition_id}/take-down")
def take_edition_down(edition_id: Id, body: WithdrawIn, room: Room, actor: Asker) -> EditionOut:
    """Withdraw an edition for good: files and words are removed, a tombstone stays."""
    return EditionOut.of(take_down(room, actor, edition_id, note=body.note), room.public_url)


@router.post("/{edition_id}/roll-back")
def roll_edition_back(edition_id: Id, body: RollBackIn, room: Room, actor: Asker) -> EditionOut:
    """Bring an earlier version back, as a new one."""
    return EditionOut.of(roll_back(room, actor, edition_id, number=body.version), room.public_url)


def find_edition(unit: Transaction, actor: Actor, edition_id: str) -> EditionRow:
    """Give an edition of the asker's house.

    Raises:
        NotThere: There is none such.
    """
    edition = unit.editions.find(actor.house, edition_id)
    if edition is None:
        raise NotThere(f"there is no edition {edition_id!r}")
    return edition
