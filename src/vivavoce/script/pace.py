"""How long the silence after an utterance is, by what it is and what follows."""

from typing import Protocol

from vivavoce.script.style import Pauses
from vivavoce.types import BlockKind, Role


class Paced(Protocol):
    """What pacing needs to know of an utterance."""

    @property
    def role(self) -> Role:
        """Why it is said."""

    @property
    def block(self) -> int | None:
        """Index of the block it is said of."""

    @property
    def kind(self) -> BlockKind:
        """What that block is."""

    @property
    def continues(self) -> bool:
        """Whether the next one goes on with its sentence."""


def pause_after(said: Paced, following: Paced | None, pauses: Pauses) -> int:
    """Choose the silence between two utterances, in milliseconds."""
    if following is None:
        return pauses.final_ms
    if said.continues:
        return pauses.phrase_ms
    if said.block is None or following.block is None:
        return _around_body(said, following, pauses)
    if said.block == following.block:
        return pauses.sentence_ms
    return _between_blocks(said.kind, following.kind, pauses)


def _around_body(said: Paced, following: Paced, pauses: Pauses) -> int:
    if following.block is not None:
        return pauses.before_body_ms
    if said.block is not None:
        return pauses.before_closing_ms
    return pauses.sentence_ms if said.role is following.role else pauses.opening_ms


def _between_blocks(before: BlockKind, after: BlockKind, pauses: Pauses) -> int:
    if after is BlockKind.HEADING:
        return pauses.before_heading_ms
    if before is BlockKind.HEADING:
        return pauses.after_heading_ms
    if (before is BlockKind.QUOTE) != (after is BlockKind.QUOTE):
        return pauses.around_quote_ms
    if before is after is BlockKind.LIST_ITEM:
        return pauses.list_item_ms
    return pauses.paragraph_ms
