"""An article as JSON: what `extract --json` prints and what the parsing process sends back."""

import dataclasses
import json
from datetime import date
from typing import Any

from vivavoce.types import Article, Block, BlockKind, Omission


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
