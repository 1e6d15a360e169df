"""Taking responsibility for words: kept together with files whose signatures say so, in one step.

The files are signed before anything is known of the approval; a kill leaves at worst blobs that nobody refers to.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from vivavoce.encode.edition import MANIFEST
from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.files import keep_files
from vivavoce.newsroom.manifests import read_record
from vivavoce.newsroom.publish import choose_version, lock_edition, note_edition
from vivavoce.newsroom.refusals import Conflict, NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.records import Approval, EditionRow, Scope, VersionFile, VersionRow, now
from vivavoce.storage.store import Transaction
from vivavoce.studio import prepare_request, sign_again

_TRIES = 3


def approve(room: Newsroom, actor: Actor, edition_id: str, number: int | None = None) -> EditionRow:
    """Take responsibility for the words of a version; None means the newest.

    The recordings of all versions that say these words are signed again: from then on they say that a person stands
    behind them.

    Raises:
        NotAllowed: Without the right to publish.
        NotThere: No such edition or version.
        Conflict: The edition was taken down, or versions come faster than they can be signed.
        MachineError: Signing failed; nothing is approved.
        RemoteError: The time-stamp authority did not answer; nothing is approved.
    """
    actor.require(Scope.PUBLISH)
    for _ in range(_TRIES):
        with room.store.read() as unit:
            edition = unit.editions.find(actor.house, edition_id)
            if edition is None:
                raise NotThere(f"there is no edition {edition_id!r}")
            version = choose_version(unit, edition, number)
            before = _list_files(unit, version)
        signed = _sign(room, actor.house, before)
        with room.store.write() as unit:
            edition = lock_edition(unit, actor, edition_id)
            if _list_files(unit, version) != before:
                continue  # a version with these words came meanwhile
            unit.editions.replace_files(signed)
            edition = replace(edition, updated_at=now())
            unit.editions.change(edition)
            approval = Approval(edition.id, version.script_sha256, version.number, actor.who, now())
            if unit.editions.approve(approval):
                note_edition(unit, actor, "edition.approve", edition, version=version.number)
            return edition
    raise Conflict("new versions come faster than they can be signed; approve it again when nothing is under way")


def _list_files(unit: Transaction, version: VersionRow) -> list[tuple[VersionFile, ...]]:
    """List the files of each version that says the same words."""
    versions = unit.editions.list_versions(version.edition_id)
    same = [each.number for each in versions if each.script_sha256 == version.script_sha256]
    return [unit.editions.list_files(version.edition_id, number) for number in same]


def _sign(room: Newsroom, house: str, versions: Sequence[Sequence[VersionFile]]) -> list[VersionFile]:
    """Sign the recordings of versions whose signatures do not yet tell of an approval; gives the files that are new."""
    signed = []
    for files in versions:
        manifest = next((file for file in files if file.name == MANIFEST), None)
        if manifest is not None and not _says_approved(room, manifest):
            signed += _sign_one(room, house, manifest, files)
    return signed


def _says_approved(room: Newsroom, manifest: VersionFile) -> bool:
    said = read_record(room.blobs.fetch(manifest.blob)).provenance
    return said is not None and said.approved


def _sign_one(room: Newsroom, house: str, manifest: VersionFile, files: Sequence[VersionFile]) -> list[VersionFile]:
    request = prepare_request("", room.house(house))
    with TemporaryDirectory(prefix="vivavoce-approve-") as folder:
        given, made = Path(folder, "given"), Path(folder, "made")
        given.mkdir()
        made.mkdir()
        for file in files:
            (given / file.name).symlink_to(room.blobs.fetch(file.blob).absolute())
        sign_again(given, made, request, room.places_of(house), approved=True)
        return list(keep_files(room, manifest.edition_id, made, number=manifest.number))
