"""Where a sound file says that a machine speaks. What stands in it may be a stranger's: it can have any shape."""

import re
from collections.abc import Mapping

from vivavoce.provenance.credentials import Reading
from vivavoce.provenance.sign import EDITION_LABEL

_TAG = re.compile(rb"AI[ _](?:disclosure|DISCLOSURE)")
"""The name of the note in ID3, Vorbis comments and MP4's synopsis; the signature itself nowhere spells it so."""


def find_disclosures(reading: Reading, outside: bytes) -> tuple[str, ...]:
    """Say where a signed file discloses it: the tags must have the words that the signature names.

    Args:
        reading: What the signature says.
        outside: The file without it.
    """
    found = []
    sources = (text_of(action, "digitalSourceType") or "" for action in actions_of(reading))
    if any("rainedAlgorithmicMedia" in source for source in sources):
        found.append("signature")
    said = reading.assertion(EDITION_LABEL)
    text = text_of(said, "disclosure", "text")
    if text and text.encode() in outside:
        found.append("tags")
    if look_up(said, "disclosure", "spoken") is True:
        found.append("spoken, as the signature says")
    return tuple(found)


def find_in_tags(content: bytes) -> tuple[str, ...]:
    """Say whether tags such as ours disclose it, in a file without a signature that could say in which words."""
    return ("tags",) if _TAG.search(content) else ()


def actions_of(reading: Reading) -> tuple[object, ...]:
    """Give what was done to the file, as the signature says."""
    actions = reading.assertion("c2pa.actions.v2").get("actions")
    return tuple(actions) if isinstance(actions, list) else ()


def text_of(said: object, *names: str) -> str | None:
    """Give a text that lies under these names; None where there is nothing, or something else."""
    found = look_up(said, *names)
    return found if isinstance(found, str) else None


def look_up(said: object, *names: str) -> object:
    """Give what lies under these names; None where there is nothing."""
    for name in names:
        if not isinstance(said, Mapping):
            return None
        said = said.get(name)
    return said
