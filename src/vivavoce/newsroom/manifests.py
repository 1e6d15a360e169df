"""A version's manifest, read back from its blob."""

from functools import lru_cache
from pathlib import Path

from vivavoce.encode.edition import MANIFEST
from vivavoce.encode.manifest import read_manifest
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.values import digest_text
from vivavoce.types import EditionRecord, Script

_AT_HAND = 200
"""As many as stand in two feeds."""


def load_record(room: Newsroom, house: str, edition_id: str, number: int | None = None) -> EditionRecord:
    """Give all that is known of a version; None means the newest.

    Raises:
        NotThere: No such edition or version, or its files were removed.
    """
    with room.store.read() as unit:
        edition = unit.editions.find(house, edition_id)
        if edition is None:
            raise NotThere(f"there is no edition {edition_id!r}")
        wanted = edition.head if number is None else number
        file = unit.editions.find_file(edition_id, wanted, MANIFEST)
    if file is None:
        raise NotThere(f"the edition has no version {wanted}" if wanted else "the edition has no version yet")
    return read_record(room.blobs.fetch(file.blob))


@lru_cache(maxsize=_AT_HAND)
def read_record(blob: Path) -> EditionRecord:
    """Read a manifest; a blob never changes, so what was read lately is not read again."""
    return read_manifest(blob.read_text("utf-8"))


def digest_words(script: Script) -> str:
    """Give the digest of the words said: what an approval is bound to."""
    return digest_text(*(utterance.spoken for utterance in script.utterances))
