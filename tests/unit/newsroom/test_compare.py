"""What has changed between two versions and two texts."""

from dataclasses import replace
from typing import Any

import pytest

from editions import NEWS, make_record
from vivavoce.newsroom.compare import compare_texts, compare_versions, compare_words
from vivavoce.types import Block, BlockKind, Edit, EditAction, EditionRecord, Placement, TextQuote


def with_first(record: EditionRecord, **changes: Any) -> EditionRecord:
    first, *rest = record.placements
    changed = Placement(replace(first.utterance, **changes), first.start_samples, first.end_samples, first.words)
    return replace(record, placements=(changed, *rest))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"display": "Other text."}, "text"),
        ({"pause_after_ms": 7}, "pause"),
    ],
)
def test_a_change_is_named_by_what_it_is_of(changes: dict[str, Any], what: str) -> None:
    record = make_record(NEWS)
    (change,) = compare_versions(record, with_first(record, **changes))
    assert change.what == what
    assert compare_versions(record, record) == []


def test_another_take_is_a_change() -> None:
    record = make_record(NEWS)
    span = next(span for span in record.script.spans if span.utterance)
    place = TextQuote(record.article.text[span.start : span.end])
    (change,) = compare_versions(record, replace(record, edits=(Edit(EditAction.OTHER_TAKE, place, take=1),)))
    assert change.what == "take"
    assert change.after is not None
    assert change.after.utterance.id == span.utterance


def test_a_sentence_that_came_or_went_has_no_other_side() -> None:
    record = make_record(NEWS)
    shorter = replace(record, placements=record.placements[1:])
    assert [change.what for change in compare_versions(record, shorter)] == ["gone"]
    assert [change.what for change in compare_versions(shorter, record)] == ["new"]


def test_texts_are_compared_by_block_and_by_word() -> None:
    stretches = compare_words("in Kyiv today", "in Lviv today")
    assert [(one.kind, one.text) for one in stretches] == [
        ("same", "in "),
        ("gone", "Kyiv"),
        ("new", "Lviv"),
        ("same", " today"),
    ]
    added = replace(NEWS, blocks=(*NEWS.blocks, Block(BlockKind.PARAGRAPH, "More.")))
    (block,) = compare_texts(NEWS, added)
    assert [(one.kind, one.text) for one in block] == [("new", "More.")]
    assert compare_texts(NEWS, NEWS) == []
