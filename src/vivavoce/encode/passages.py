"""What is said, passage by passage: the cut that transcript, book and guided navigation share."""

from collections.abc import Iterator
from itertools import groupby

from vivavoce.types import EditionRecord, Placement, Role


def group_placements(record: EditionRecord) -> Iterator[tuple[str, tuple[Placement, ...]]]:
    """Yield what is said about one block, or in one role outside the article, together, with its kind.

    A kind is a BlockKind for the article's own words, else a Role.
    """
    for (role, block), group in groupby(record.placements, key=lambda p: (p.utterance.role, p.utterance.block)):
        kind = record.article.blocks[block].kind if role is Role.BODY and block is not None else role
        yield kind, tuple(group)
