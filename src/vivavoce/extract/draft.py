"""What every reader gives, and the one way from there to an Article: clean, judged, its language known."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from vivavoce.errors import InputError
from vivavoce.extract.blocks import choose_blocks
from vivavoce.extract.characters import clean_line, clean_text, name_dropped
from vivavoce.extract.language import detect_language
from vivavoce.extract.options import ExtractOptions
from vivavoce.extract.phrases import fold_words
from vivavoce.types import Article, Block, BlockKind, Omission

_WORD = re.compile(r"[^\W\d_]{2,}|[^\W\d_]")
_ADDRESS = re.compile(r"\S+://\S+|\S+@\S+|\bwww\.\S+")
_SENTENCE_WORDS = 3
_END = re.compile(r"[.!?…。！？।]")
_DENSE_SCRIPT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0eff]{6}")
"""Scripts that put no space between words."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as a reader of one format found it: not yet clean, not yet judged."""

    blocks: tuple[Block, ...]
    title: str | None = None
    byline: tuple[str, ...] = ()
    published: date | None = None
    publisher: str | None = None
    url: str | None = None
    image: str | None = None
    footnotes: tuple[Block, ...] = ()
    omitted: tuple[Omission, ...] = ()
    warnings: tuple[str, ...] = ()


def finish_article(draft: Draft, *, options: ExtractOptions, address: str) -> Article:
    """Clean a draft, apply the house's choices, and make sure that something is left to say.

    Raises:
        InputError: No block holds a sentence.
    """
    dropped = name_dropped("\n".join((draft.title or "", *(block.text for block in draft.blocks))))
    title = clean_line(draft.title or "") or None
    chosen, left = choose_blocks(tuple(_clean_blocks(draft.blocks)), draft.footnotes, options)
    blocks = tuple(_clean_blocks(chosen))
    repeated, blocks = _part_repeated_headline(title, blocks)
    _require_sentence(blocks, title=title, address=address)
    return Article(
        blocks=blocks,
        title=title,
        byline=tuple(name for name in map(clean_line, draft.byline) if name),
        published=draft.published,
        publisher=clean_line(draft.publisher or "") or None,
        language=detect_language("\n".join(block.text for block in blocks)),
        url=draft.url,
        image=draft.image,
        omitted=(
            *_clean_omissions((*draft.omitted, *left)),
            *repeated,
            *(Omission(n, "control-character") for n in dropped),
        ),
        warnings=draft.warnings,
    )


def _clean_blocks(blocks: Iterable[Block]) -> Iterable[Block]:
    for block in blocks:
        text = clean_text(block.text) if block.kind is BlockKind.TABLE else clean_line(block.text)
        if text:
            yield replace(block, text=text)


def _clean_omissions(omitted: Iterable[Omission]) -> Iterable[Omission]:
    for omission in omitted:
        if text := clean_line(omission.text):
            yield replace(omission, text=text)


def _part_repeated_headline(
    title: str | None, blocks: tuple[Block, ...]
) -> tuple[tuple[Omission, ...], tuple[Block, ...]]:
    """A headline that stands again over the body would be heard twice."""
    if title and blocks and fold_words(blocks[0].text) == fold_words(title):
        return (Omission(blocks[0].text, "headline-repeated"),), blocks[1:]
    return (), blocks


def _require_sentence(blocks: tuple[Block, ...], *, title: str | None, address: str) -> None:
    if any(_holds_sentence(block.text) for block in blocks):
        return
    if title and not blocks:
        raise InputError(f"{address}: a title without a body; add the article's text below it")
    raise InputError(f"{address}: there is no sentence in it; give the text of an article")


def _holds_sentence(text: str) -> bool:
    """Three words, or one with an end mark: "He left." is a sentence, "1234 --- 5678" is none."""
    bare = _ADDRESS.sub(" ", text)
    words = len(_WORD.findall(bare))
    return words >= _SENTENCE_WORDS or (words >= 1 and bool(_END.search(bare))) or bool(_DENSE_SCRIPT.search(bare))
