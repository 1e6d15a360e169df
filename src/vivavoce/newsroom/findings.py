"""Findings that an editor has listened to and accepted: a line of the audit log each, bound to the words said."""

from collections.abc import Iterator

from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.manifests import load_record
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.records import Scope
from vivavoce.storage.values import digest_text
from vivavoce.types import EditionRecord, Finding

_ACTION = "edition.accept"
_MOST_LINES = 10_000


def name_findings(record: EditionRecord) -> Iterator[tuple[str, Finding]]:
    """Name each finding by what it was found in, so that it is known again in a later version that says the same."""
    said = {placement.utterance.id: placement.utterance for placement in record.placements}
    for finding in record.report.findings:
        utterance = said[finding.utterance]
        yield digest_text(utterance.display, utterance.phonemes, finding.kind, finding.word)[:16], finding


def list_accepted(room: Newsroom, edition_id: str, house: str) -> frozenset[str]:
    """Give the names of the findings of an edition that somebody has accepted."""
    with room.store.read() as unit:
        lines = unit.audit.search(house, subject=edition_id, limit=_MOST_LINES)
    return frozenset(name for line in lines if line.action == _ACTION for name in line.detail.get("findings", ()))


def accept(room: Newsroom, actor: Actor, edition_id: str, number: int, utterance: str) -> None:
    """Accept what was found in a sentence: somebody has listened, and it is well said.

    Raises:
        NotAllowed: Without the right to edit.
        NotThere: No such edition, version, or finding.
    """
    actor.require(Scope.EDIT)
    record = load_record(room, actor.house, edition_id, number)
    names = [name for name, finding in name_findings(record) if finding.utterance == utterance]
    if not names:
        raise NotThere(f"nothing was found in {utterance!r}")
    with room.store.write() as unit:
        unit.audit.note(
            house=actor.house,
            who=actor.who,
            action=_ACTION,
            subject=edition_id,
            address=actor.address,
            version=number,
            utterance=utterance,
            findings=names,
        )
