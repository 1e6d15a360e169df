"""What happens to an edition before the public: published, scheduled, rolled back, withdrawn."""

from dataclasses import replace
from datetime import datetime

from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.manifests import load_record
from vivavoce.newsroom.policy import may_go_out
from vivavoce.newsroom.refusals import Conflict, NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tasks import new_job
from vivavoce.newsroom.tell import tell
from vivavoce.storage.records import (
    EditionRow,
    EditionState,
    EventKind,
    JobKind,
    Priority,
    Scope,
    VersionRow,
    now,
)
from vivavoce.storage.store import Transaction

_OUT = frozenset({EditionState.PUBLISHED})
_GONE = frozenset({EditionState.TAKEN_DOWN})


def publish(
    room: Newsroom, actor: Actor, edition_id: str, *, number: int | None = None, note: str | None = None
) -> EditionRow:
    """Let the public hear a version; None means the newest.

    Args:
        room: The newsroom.
        actor: Who does it.
        edition_id: The edition.
        number: The version.
        note: What is said of a correction; None keeps what is there.

    Raises:
        NotAllowed: Without the right to publish.
        NotThere: No such edition or version.
        Conflict: Nobody has approved its words and the policy wants it, the edition was taken down, or it was retracted
            and has a newer version than the one that was out, and none is named.
    """
    actor.require(Scope.PUBLISH)
    with room.store.write() as unit:
        edition = lock_edition(unit, actor, edition_id)
        version = _choose_to_go_out(unit, edition, number)
        _require_approval(room, unit, edition, version)
        return bring_out(room, unit, actor, edition, version, note=note)


def schedule(room: Newsroom, actor: Actor, edition_id: str, *, at: datetime, number: int | None = None) -> EditionRow:
    """Publish at a time to come: until then nothing of it is public.

    Raises:
        NotAllowed: Without the right to publish.
        NotThere: No such edition or version.
        Conflict: The time is past, it is out already, nobody has approved its words and the policy wants it, or no
            version is named where `publish` wants one.
    """
    actor.require(Scope.PUBLISH)
    if at <= now():
        raise Conflict(f"{at.isoformat()} is past; publish it now instead")
    with room.store.write() as unit:
        edition = lock_edition(unit, actor, edition_id)
        if edition.state in _OUT:
            raise Conflict("the edition is published already; retract it first")
        _require_approval(room, unit, edition, _choose_to_go_out(unit, edition, number))
        changed = replace(edition, state=EditionState.SCHEDULED, publish_at=at, updated_at=now())
        unit.editions.change(changed)
        _await_release(unit, changed)
        note_edition(unit, actor, "edition.schedule", edition, at=at.isoformat())
        return changed


def unschedule(room: Newsroom, actor: Actor, edition_id: str) -> EditionRow:
    """Take a scheduled publication back.

    Raises:
        NotAllowed: Without the right to publish.
        NotThere: No such edition.
        Conflict: It is not scheduled.
    """
    actor.require(Scope.PUBLISH)
    with room.store.write() as unit:
        edition = lock_edition(unit, actor, edition_id)
        if edition.state is not EditionState.SCHEDULED:
            raise Conflict(f"the edition is not scheduled but {edition.state}")
        changed = replace(edition, state=EditionState.DRAFT, publish_at=None, updated_at=now())
        unit.editions.change(changed)
        unit.jobs.cancel_waiting(JobKind.RELEASE, edition.id, now())
        note_edition(unit, actor, "edition.unschedule", edition)
        return changed


def retract(room: Newsroom, actor: Actor, edition_id: str, *, note: str) -> EditionRow:
    """Withdraw an edition: players and feed say so, with the note. It may be published again.

    Raises:
        NotAllowed: Without the right to publish.
        NotThere: No such edition.
        Conflict: It is not out.
    """
    actor.require(Scope.PUBLISH)
    with room.store.write() as unit:
        edition = lock_edition(unit, actor, edition_id)
        if edition.state not in {EditionState.PUBLISHED, EditionState.SCHEDULED}:
            raise Conflict(f"the edition is not published but {edition.state}")
        return withdraw(room, unit, actor, edition, EditionState.RETRACTED, note)


def take_down(room: Newsroom, actor: Actor, edition_id: str, *, note: str) -> EditionRow:
    """Withdraw an edition for good: its files and the article's words are removed, a tombstone stays.

    Raises:
        NotAllowed: Without the right to publish.
        NotThere: No such edition.
        Conflict: It was taken down before.
    """
    actor.require(Scope.PUBLISH)
    with room.store.write() as unit:
        edition = lock_edition(unit, actor, edition_id)
        held = _blobs_of(unit, edition)
        changed = withdraw(room, unit, actor, edition, EditionState.TAKEN_DOWN, note)
        unit.editions.forget_files(edition.id)
        unit.articles.forget_texts(edition.article_id)
        unit.jobs.cancel_waiting(JobKind.RENDER, edition.id, now())
        unit.jobs.cancel_waiting(JobKind.READ, edition.article_id, now())
        still = {*unit.editions.list_blobs(), *unit.articles.list_blobs()}
    for digest in held - still:
        room.blobs.remove(digest)
    return changed


def roll_back(room: Newsroom, actor: Actor, edition_id: str, *, number: int) -> EditionRow:
    """Bring an earlier version back, as a new one; an edition that is out then says that one.

    Raises:
        NotAllowed: Without the right to publish.
        NotThere: No such edition or version.
        Conflict: It is the newest already, or the edition was taken down.
    """
    actor.require(Scope.PUBLISH)
    record = load_record(room, actor.house, edition_id, number)
    with room.store.write() as unit:
        edition = lock_edition(unit, actor, edition_id)
        old = choose_version(unit, edition, number)
        if old.number == edition.head:
            raise Conflict(f"version {number} is the newest already")
        copy = replace(old, number=edition.head + 1, copy_of=old.number, job_id=None, made_at=now())
        files = unit.editions.list_files(edition.id, old.number)
        unit.editions.add_version(copy, [replace(file, number=copy.number) for file in files])
        unit.jobs.cancel_waiting(JobKind.RENDER, edition.id, now())
        changed = replace(edition, head=copy.number, edits=record.edits, updated_at=now())
        unit.editions.change(changed)
        note_edition(unit, actor, "edition.roll_back", edition, to=old.number, version=copy.number)
        return bring_out(room, unit, actor, changed, copy) if edition.state in _OUT else changed


# ---------------------------------------------------------------- within a transaction


def bring_out(
    room: Newsroom,
    unit: Transaction,
    actor: Actor,
    edition: EditionRow,
    version: VersionRow,
    *,
    note: str | None = None,
) -> EditionRow:
    """Make a version the public one."""
    moment = now()
    first = edition.first_published_at is None
    again = edition.state in _OUT
    if again and edition.published_version == version.number and note in {None, edition.note}:
        return edition
    changed = replace(
        edition,
        state=EditionState.PUBLISHED,
        published_version=version.number,
        publish_at=None,
        first_published_at=edition.first_published_at or moment,
        published_at=moment,
        withdrawn_at=None,
        withdrawn_version=None,
        note=(edition.note if again else "") if note is None else note,
        updated_at=moment,
    )
    unit.editions.change(changed)
    unit.jobs.cancel_waiting(JobKind.RELEASE, edition.id, moment)
    note_edition(unit, actor, "edition.publish", edition, version=version.number)
    tell(room, unit, EventKind.PUBLISHED if first or not again else EventKind.CORRECTED, changed, version)
    return changed


def withdraw(
    room: Newsroom, unit: Transaction, actor: Actor, edition: EditionRow, state: EditionState, note: str
) -> EditionRow:
    """Take an edition from the public."""
    was_out = edition.published_version is not None
    moment = now()
    changed = replace(
        edition,
        state=state,
        publish_at=None,
        published_version=None,
        withdrawn_at=moment,
        withdrawn_version=edition.published_version or edition.withdrawn_version,
        note=note,
        updated_at=moment,
    )
    unit.editions.change(changed)
    unit.jobs.cancel_waiting(JobKind.RELEASE, edition.id, moment)
    note_edition(unit, actor, f"edition.{state}", edition, note=note)
    if was_out:
        tell(room, unit, EventKind.RETRACTED, changed, None)
    return changed


def release(room: Newsroom, unit: Transaction, actor: Actor, edition: EditionRow) -> EditionRow:
    """Publish a scheduled edition whose time has come: its newest version that may go out.

    Without any such it goes back to being a draft, and an editor is told.
    """
    if edition.state is not EditionState.SCHEDULED or edition.publish_at is None or edition.publish_at > now():
        return edition
    section = unit.articles.get(edition.article_id).section
    rules = room.house(edition.house).newsroom
    for version in reversed(unit.editions.list_versions(edition.id)):
        approval = unit.editions.find_approval(edition.id, version.script_sha256)
        if may_go_out(rules, section, version, approval):
            return bring_out(room, unit, actor, edition, version)
    changed = replace(edition, state=EditionState.DRAFT, publish_at=None, updated_at=now())
    unit.editions.change(changed)
    tell(room, unit, EventKind.NEEDS_EDITOR, changed, None, reason="its time came, and nobody had approved it")
    return changed


def _await_release(unit: Transaction, edition: EditionRow) -> None:
    unit.jobs.cancel_waiting(JobKind.RELEASE, edition.id, now())
    job = new_job(edition.house, JobKind.RELEASE, edition.id, priority=Priority.BREAKING, not_before=edition.publish_at)
    unit.queue(job)


def lock_edition(unit: Transaction, actor: Actor, edition_id: str) -> EditionRow:
    """Give an edition of the actor's house, and keep others from changing it until the transaction ends.

    Raises:
        NotThere: There is none such.
        Conflict: It was taken down.
    """
    if unit.editions.find(actor.house, edition_id) is None:
        raise NotThere(f"there is no edition {edition_id!r}")
    edition = unit.editions.lock(edition_id)
    if edition.state in _GONE:
        raise Conflict("the edition was taken down for good")
    return edition


def choose_version(unit: Transaction, edition: EditionRow, number: int | None) -> VersionRow:
    """Give a version; None means the newest.

    Raises:
        NotThere: There is none such.
    """
    version = unit.editions.find_version(edition.id, edition.head if number is None else number)
    if version is None:
        raise NotThere(f"the edition has no version {number}" if number else "the edition has no version yet")
    return version


def _choose_to_go_out(unit: Transaction, edition: EditionRow, number: int | None) -> VersionRow:
    """Give the version that is to go out; None means the newest.

    Raises:
        NotThere: There is none such.
        Conflict: After a retraction both the one that was out and a newer one could be meant.
    """
    was_out = edition.withdrawn_version
    if number is None and edition.state is EditionState.RETRACTED and was_out not in {None, edition.head}:
        raise Conflict(
            f"version {was_out} was out until the edition was retracted, and version {edition.head} is the newest; "
            "say which one is to go out"
        )
    return choose_version(unit, edition, number)


def _require_approval(room: Newsroom, unit: Transaction, edition: EditionRow, version: VersionRow) -> None:
    section = unit.articles.get(edition.article_id).section
    approval = unit.editions.find_approval(edition.id, version.script_sha256)
    if not may_go_out(room.house(edition.house).newsroom, section, version, approval):
        raise Conflict(f"the words of version {version.number} are not approved; approve them first")


def _blobs_of(unit: Transaction, edition: EditionRow) -> set[str]:
    files = {
        file.blob
        for version in unit.editions.list_versions(edition.id)
        for file in unit.editions.list_files(edition.id, version.number)
    }
    return files | set(unit.articles.list_blobs_of(edition.article_id))


def note_edition(unit: Transaction, actor: Actor, action: str, edition: EditionRow, **detail: object) -> None:
    """Write into the audit log what somebody did to an edition."""
    unit.audit.note(
        house=edition.house, who=actor.who, action=action, subject=edition.id, address=actor.address, **detail
    )
