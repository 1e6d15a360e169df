"""Which blocks of an article are read: the house's settings and an editor's choice."""

import re
from collections.abc import Iterable
from dataclasses import replace

from vivavoce.errors import UsageError
from vivavoce.extract.options import ExtractOptions, Tables
from vivavoce.types import Block, BlockKind, Omission

_ENTRY = re.compile(r"^(?P<drop>-?)(?:(?P<first>\d+)(?:-(?P<last>\d+))?|(?P<kind>[a-z_]+))$")
_ADDRESS = re.compile(
    r"\s*[(\[<]?\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)\]][)\]>]?|\s*[(\[<]?\bwww\.[^\s<>\"]+[^\s<>\".,;:!?)\]][)\]>]?"
)


def choose_blocks(
    blocks: tuple[Block, ...], footnotes: tuple[Block, ...], options: ExtractOptions
) -> tuple[tuple[Block, ...], tuple[Omission, ...]]:
    """Part what is read from what is not, with its reason.

    Raises:
        UsageError: A choice names no block.
    """
    omitted: list[Omission] = []
    whole = (*blocks, *footnotes) if options.footnotes else blocks
    if not options.footnotes:
        omitted += [Omission(note.text, "footnote") for note in footnotes]
    wanted = _choose(whole, options.blocks)
    omitted += [Omission(block.text, "editor") for at, block in enumerate(whole) if at not in wanted]
    kept = [block for at, block in enumerate(whole) if at in wanted]
    if options.tables == Tables.OMIT:
        omitted += [Omission(block.text, "table") for block in kept if block.kind is BlockKind.TABLE]
        kept = [block for block in kept if block.kind is not BlockKind.TABLE]
    elif options.tables == Tables.READ:
        kept = [row for block in kept for row in _part_rows(block)]
    if not options.addresses:
        omitted += [Omission(found.strip(), "address") for block in kept for found in _ADDRESS.findall(block.text)]
        kept = [replace(block, text=_ADDRESS.sub("", block.text)) for block in kept]
    return tuple(kept), tuple(omitted)


def _part_rows(block: Block) -> Iterable[Block]:
    if block.kind is not BlockKind.TABLE:
        return (block,)
    return (Block(BlockKind.LIST_ITEM, row) for row in block.text.splitlines())


def _choose(blocks: tuple[Block, ...], entries: Iterable[str]) -> set[int]:
    """Indices that are kept: all but those dropped, or only those named and not dropped."""
    named: set[int] = set()
    dropped: set[int] = set()
    only = False
    for entry in entries:
        match = _ENTRY.match(entry.strip())
        found = _find(blocks, match) if match else None
        if match is None or found is None:
            kinds = ", ".join(BlockKind)
            raise UsageError(f"--blocks {entry}: want a number, a range or a kind ({kinds}), with - before it to drop")
        if match["drop"]:
            dropped |= found
        else:
            only, named = True, named | found
    return (named if only else set(range(len(blocks)))) - dropped


def _find(blocks: tuple[Block, ...], match: re.Match[str]) -> set[int] | None:
    if match["kind"]:
        known = match["kind"] in set(BlockKind)
        return {at for at, block in enumerate(blocks) if block.kind == match["kind"]} if known else None
    first, last = int(match["first"]), int(match["last"] or match["first"])
    return set(range(first - 1, min(last, len(blocks)))) if 1 <= first <= last else None
