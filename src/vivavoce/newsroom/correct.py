"""An editor's changes to how an edition is said: each is kept with the article, and asks for a new version."""

from dataclasses import dataclass, replace

from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.manifests import load_record
from vivavoce.newsroom.refusals import Conflict, NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tasks import new_job
from vivavoce.script.edits import check_edit, choose_place
from vivavoce.storage.records import EditionRow, EditionState, Job, JobKind, Priority, Scope, now
from vivavoce.storage.store import Transaction
from vivavoce.types import Edit, EditAction, EditionRecord


@dataclass(frozen=True, slots=True)
class Change:
    """What an editor asks for."""

    action: EditAction
    where: str
    """A sentence's id, or words quoted from the article."""
    within: str | None = None
    """The sentence in which the words stand."""
    alias: str = ""
    phonemes: str = ""
    pause_ms: int | None = None
    take: int | None = None


def place_change(record: EditionRecord, change: Change) -> Edit:
    """Find the place of a change in a version.

    Raises:
        UsageError: There is no such place, or the change can't be made.
    """
    place = choose_place(record.script, record.article.text, change.where, within=change.within)
    edit = Edit(change.action, place, change.phonemes, change.alias, change.pause_ms, change.take)
    return check_edit(edit)


def add_change(
    room: Newsroom, actor: Actor, edition_id: str, change: Change, *, seen: int | None = None
) -> tuple[EditionRow, Job]:
    """Keep a change, and ask for a version that has it.

    Args:
        room: The newsroom.
        actor: Who asks.
        edition_id: The edition.
        change: What to change.
        seen: The version that the editor looked at; the ids of sentences are that version's. None: the newest.

    Raises:
        NotAllowed: Without the right to edit.
        NotThere: No such edition or version.
        UsageError: There is no such place, or the change can't be made.
        Conflict: The edition was taken down.
    """
    actor.require(Scope.EDIT)
    edit = place_change(load_record(room, actor.house, edition_id, seen), change)
    with room.store.write() as unit:
        edition = _lock(unit, actor, edition_id)
        kept = (*(other for other in edition.edits if not _replaces(edit, other)), edit)
        return _keep(unit, actor, edition, kept, "edition.edit", quoted=edit.place.exact[:200], edit=edit.action)


def drop_change(room: Newsroom, actor: Actor, edition_id: str, number: int) -> tuple[EditionRow, Job]:
    """Take a change back, by its place in the list, from 1.

    Raises:
        NotAllowed: Without the right to edit.
        NotThere: No such edition or change.
        Conflict: The edition was taken down.
    """
    actor.require(Scope.EDIT)
    with room.store.write() as unit:
        edition = _lock(unit, actor, edition_id)
        if not 1 <= number <= len(edition.edits):
            raise NotThere(f"the edition has no change number {number}")
        kept = (*edition.edits[: number - 1], *edition.edits[number:])
        return _keep(unit, actor, edition, kept, "edition.unedit", number=number)


def rerender(room: Newsroom, actor: Actor, edition_id: str) -> Job:
    """Ask for a version with today's lexicon, voice and settings; nothing is made where none of it changed.

    Raises:
        NotAllowed: Without the right to edit.
        NotThere: No such edition.
        Conflict: The edition was taken down.
    """
    actor.require(Scope.EDIT)
    with room.store.write() as unit:
        edition = _lock(unit, actor, edition_id)
        unit.audit.note(
            house=actor.house, who=actor.who, action="edition.render", subject=edition.id, address=actor.address
        )
        return unit.queue(new_job(edition.house, JobKind.RENDER, edition.id))


def _lock(unit: Transaction, actor: Actor, edition_id: str) -> EditionRow:
    if unit.editions.find(actor.house, edition_id) is None:
        raise NotThere(f"there is no edition {edition_id!r}")
    edition = unit.editions.lock(edition_id)
    if edition.state is EditionState.TAKEN_DOWN:
        raise Conflict("the edition was taken down for good")
    return edition


def _keep(
    unit: Transaction, actor: Actor, edition: EditionRow, edits: tuple[Edit, ...], action: str, **detail: object
) -> tuple[EditionRow, Job]:
    changed = replace(edition, edits=edits, updated_at=now())
    unit.editions.change(changed)
    unit.audit.note(
        house=actor.house, who=actor.who, action=action, subject=edition.id, address=actor.address, **detail
    )
    job = new_job(edition.house, JobKind.RENDER, edition.id, priority=Priority.BREAKING)
    return changed, unit.queue(job)


def _replaces(new: Edit, old: Edit) -> bool:
    """Tell whether a change makes an earlier one of its kind at the same place pointless."""
    if new.action is not old.action:
        return False
    if new.action is EditAction.SAY_EVERYWHERE:
        return new.place.exact == old.place.exact
    return new.place == old.place
