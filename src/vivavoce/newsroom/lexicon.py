"""The house lexicon at the desk: entries added and removed, files taken in, and whom an entry touches."""

from dataclasses import dataclass, replace

from vivavoce.lexicon import Entry, Lexicon, check_entry, find_matches, format_csv, format_pls, parse_csv, parse_pls
from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tasks import new_job
from vivavoce.storage.records import EditionRow, EditionState, JobKind, Priority, Scope, now
from vivavoce.storage.store import Transaction
from vivavoce.storage.values import load_article

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Touched:
    """A published edition whose text has an entry's words."""

    edition: EditionRow
    title: str
    places: int


def read_lexicon(room: Newsroom, house: str) -> Lexicon:
    """Give a house's entries."""
    with room.store.read() as unit:
        return unit.lexicon.read(house)


def add_entry(room: Newsroom, actor: Actor, entry: Entry) -> Entry:
    """Add an entry in the place of one for the same words.

    Raises:
        NotAllowed: Without the right to edit.
        UsageError: The entry can't be said.
    """
    actor.require(Scope.EDIT)
    author = actor.who.partition(":")[2] or actor.who
    checked = replace(check_entry(entry), author=author, added=now().date())
    with room.store.write() as unit:
        unit.lexicon.add(actor.house, checked)
        _note(unit, actor, "lexicon.add", checked.written, phonemes=checked.phonemes, alias=checked.alias)
    return checked


def remove_entry(room: Newsroom, actor: Actor, written: str) -> None:
    """Remove the entries for a written form.

    Raises:
        NotAllowed: Without the right to edit.
        NotThere: There are none.
    """
    actor.require(Scope.EDIT)
    with room.store.write() as unit:
        if not unit.lexicon.remove(actor.house, written):
            raise NotThere(f"the lexicon has no entry {written!r}")
        _note(unit, actor, "lexicon.remove", written)


def import_entries(room: Newsroom, actor: Actor, data: bytes) -> int:
    """Take in a PLS 1.0 or CSV file; all of it, or nothing. Gives how many entries it had.

    Raises:
        NotAllowed: Without the right to edit.
        InputError: It is neither.
        UsageError: An entry of it can't be said.
    """
    actor.require(Scope.EDIT)
    parse = parse_pls if data.lstrip()[:1] == b"<" else parse_csv
    entries = [check_entry(entry) for entry in parse(data).entries]
    with room.store.write() as unit:
        for entry in entries:
            unit.lexicon.add(actor.house, entry)
        _note(unit, actor, "lexicon.import", f"{len(entries)} entries")
    return len(entries)


def export_entries(room: Newsroom, house: str, *, pls: bool) -> bytes:
    """Write a house's entries as PLS 1.0 or CSV."""
    lexicon = read_lexicon(room, house)
    return format_pls(lexicon) if pls else format_csv(lexicon)


def find_touched(room: Newsroom, house: str, written: str) -> list[Touched]:
    """Name the published editions whose text has these words."""
    found = []
    with room.store.read() as unit:
        entries = [entry for entry in unit.lexicon.read(house).entries if entry.written == written] or [Entry(written)]
        for edition in unit.editions.search(house, state=EditionState.PUBLISHED, limit=_MOST):
            version = unit.editions.find_version(edition.id, edition.published_version or 0)
            revision = unit.articles.find_revision(edition.article_id, version.revision) if version else None
            if revision is None:
                continue
            article = load_article(revision.article)
            text = f"{article.title or ''}\n{article.text}"
            places = max(sum(1 for _ in find_matches(entry, text)) for entry in entries)
            if places:
                found.append(Touched(edition, article.title or "", places))
    return found


def rerender_touched(room: Newsroom, actor: Actor, written: str) -> int:
    """Ask for a new version of each edition that an entry touches, behind all other work; gives how many.

    Raises:
        NotAllowed: Without the right to edit.
    """
    actor.require(Scope.EDIT)
    touched = find_touched(room, actor.house, written)
    with room.store.write() as unit:
        for one in touched:
            unit.queue(new_job(actor.house, JobKind.RENDER, one.edition.id, priority=Priority.ARCHIVE))
        _note(unit, actor, "lexicon.rerender", written, editions=len(touched))
    return len(touched)


def _note(unit: Transaction, actor: Actor, action: str, written: str, **detail: object) -> None:
    unit.audit.note(
        house=actor.house, who=actor.who, action=action, subject=written[:255], address=actor.address, **detail
    )
