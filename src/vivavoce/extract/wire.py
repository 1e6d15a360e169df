"""Articles and feeds as JSON: what `extract --json` prints and what the parsing process sends back."""

import dataclasses
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from vivavoce.extract.feed import FeedItem
from vivavoce.types import Article, Block, BlockKind, Omission

_TIMES = ("published", "updated")


def write_article(article: Article) -> str:
    """Write an article; keys as in `edition.json`."""
    values = dataclasses.asdict(article)
    values["published"] = article.published and article.published.isoformat()
    return json.dumps(values, ensure_ascii=False, indent=1)


def read_article(text: str) -> Article:
    """Read what `write_article` wrote."""
    values: dict[str, Any] = json.loads(text)
    published = values.pop("published")
    return Article(
        blocks=tuple(Block(BlockKind(block["kind"]), block["text"]) for block in values.pop("blocks")),
        omitted=tuple(Omission(**omission) for omission in values.pop("omitted")),
        byline=tuple(values.pop("byline")),
        warnings=tuple(values.pop("warnings")),
        published=date.fromisoformat(published) if published else None,
        **values,
    )


def write_items(items: Iterable[FeedItem]) -> str:
    """Write a feed's items."""
    rows = [dataclasses.asdict(item) for item in items]
    return json.dumps([{**row, **{key: row[key] and row[key].isoformat() for key in _TIMES}} for row in rows])


def read_items(text: str) -> tuple[FeedItem, ...]:
    """Read what `write_items` wrote."""
    rows: list[dict[str, Any]] = json.loads(text)
    times = ({key: row[key] and datetime.fromisoformat(row[key]) for key in _TIMES} for row in rows)
    return tuple(
        FeedItem(**{**row, **found, "byline": tuple(row["byline"])}) for row, found in zip(rows, times, strict=True)
    )
