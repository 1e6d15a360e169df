"""What has changed: between two versions sentence by sentence, between two texts word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from vivavoce.pipeline import find_chosen_takes
from vivavoce.types import Article, EditionRecord, Placement

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence before and after; None where it is new or gone."""

    before: Placement | None
    after: Placement | None

    @property
    def what(self) -> str:
        """Name what has changed."""
        if self.before is None or self.after is None:
            return "new" if self.before is None else "gone"
        one, other = self.before.utterance, self.after.utterance
        if one.display != other.display:
            return "text"
        if one.spoken != other.spoken:
            return "words"
        if one.phonemes != other.phonemes:
            return "sound"
        return "pause" if one.pause_after_ms != other.pause_after_ms else "take"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text that both have ("same"), or only one ("gone", "new")."""

    kind: str
    text: str


def compare_versions(before: EditionRecord, after: EditionRecord) -> list[Change]:
    """List the sentences that two versions say differently, in the order of the later one."""
    old, new = list(_keys(before)), list(_keys(after))
    changes: list[Change] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            pairs = zip_longest(before.placements[i:j], after.placements[k:m])
            changes.extend(Change(one, other) for one, other in pairs)
    return changes


def _keys(record: EditionRecord) -> Iterator[tuple[str, str, str, int, int | None]]:
    chosen = find_chosen_takes(record.script, record.article.text, record.edits)
    for placement in record.placements:
        utterance = placement.utterance
        take = chosen.get(utterance.id)
        yield utterance.display, utterance.spoken, utterance.phonemes, utterance.pause_after_ms, take


def compare_texts(before: Article, after: Article) -> list[tuple[Stretch, ...]]:
    """Compare two texts, headline first; blocks that are the same in both are left out."""
    old, new = (
        [before.title or "", *(b.text for b in before.blocks)],
        [after.title or "", *(b.text for b in after.blocks)],
    )
    blocks: list[tuple[Stretch, ...]] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            blocks.extend(compare_words(one, other) for one, other in zip_longest(old[i:j], new[k:m], fillvalue=""))
    return blocks


def compare_words(before: str, after: str) -> tuple[Stretch, ...]:
    """Compare two texts word by word.

    Example:
        "in Kyiv today", "in Lviv today" → same "in ", gone "Kyiv", new "Lviv", same " today"
    """
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    stretches = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            stretches.append(Stretch("same", "".join(old[i:j])))
            continue
        stretches += [Stretch("gone", "".join(old[i:j]))] if j > i else []
        stretches += [Stretch("new", "".join(new[k:m]))] if m > k else []
    return tuple(stretches)
