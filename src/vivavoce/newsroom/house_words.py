"""The house lexicon in a newsroom: changed by editors, and which editions a change touches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vivavoce.lexicon import Entry, find_matches
from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tasks import new_job
from vivavoce.storage.records import EditionRow, EditionState, Job, JobKind, Priority, Revision, Scope
from vivavoce.storage.store import Transaction
from vivavoce.storage.values import load_article

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Touched:
    """An edition whose text has a word."""

    edition: str
    title: str | None
    published: bool
    places: int


def add_entries(room: Newsroom, actor: Actor, entries: Sequence[Entry]) -> None:
    """Add entries, all or none; each in the place of one with the same key.

    Raises:
        NotAllowed: Without the right to edit.
    """
    actor.require(Scope.EDIT)
    with room.store.write() as unit:
        for entry in entries:
            unit.lexicon.add(actor.house, entry)
            _note(unit, actor, "lexicon.add", entry.written)


def remove_entry(room: Newsroom, actor: Actor, written: str) -> None:
    """Remove all entries for a written form.

    Raises:
        NotAllowed: Without the right to edit.
        NotThere: There are none.
    """
    actor.require(Scope.EDIT)
    with room.store.write() as unit:
        if not unit.lexicon.remove(actor.house, written):
            raise NotThere(f"the lexicon has no entry for {written!r}")
        _note(unit, actor, "lexicon.remove", written)


def find_touched(room: Newsroom, actor: Actor, written: str) -> list[Touched]:
    """Name the editions whose text or title has a word, the published ones first."""
    actor.require(Scope.READ)
    with room.store.read() as unit:
        entries = [entry for entry in unit.lexicon.read(actor.house).entries if entry.written == written]
        found = [
            Touched(edition.id, unit.articles.get(edition.article_id).title, _is_out(edition), places)
            for edition, revision in _texts(unit, actor.house)
            if (places := _count(revision, entries or [Entry(written)]))
        ]
    return sorted(found, key=lambda touched: not touched.published)


def render_touched(room: Newsroom, actor: Actor, written: str) -> list[Job]:
    """Ask for a new version of every edition that has a word, in the background.

    Raises:
        NotAllowed: Without the right to edit.
    """
    actor.require(Scope.EDIT)
    touched = find_touched(room, actor, written)
    with room.store.write() as unit:
        _note(unit, actor, "lexicon.render", written)
        return [
            unit.queue(new_job(actor.house, JobKind.RENDER, edition.edition, priority=Priority.ARCHIVE))
            for edition in touched
        ]


def _texts(unit: Transaction, house: str) -> Iterator[tuple[EditionRow, Revision]]:
    offset = 0
    while editions := unit.editions.search(house, limit=_PAGE, offset=offset):
        offset += _PAGE
        for edition in editions:
            revision = unit.articles.newest_revision(edition.article_id)
            if revision is not None and edition.state is not EditionState.TAKEN_DOWN:
                yield edition, revision


def _count(revision: Revision, entries: Sequence[Entry]) -> int:
    article = load_article(revision.article)
    text = f"{article.title or ''}\n\n{article.text}"
    return max(sum(1 for _ in find_matches(entry, text)) for entry in entries)


def _is_out(edition: EditionRow) -> bool:
    return edition.state is EditionState.PUBLISHED


def _note(unit: Transaction, actor: Actor, action: str, written: str) -> None:
    unit.audit.note(house=actor.house, who=actor.who, action=action, subject=written[:255], address=actor.address)
