"""`vivavoce extract`: the article as read."""

import dataclasses
import json
from typing import Annotated

import typer

from vivavoce.types import Article


def extract(
    source: Annotated[str, typer.Argument(help='A path (.txt, .md, .html, .docx, .eml), "-", or an address.')],
    url: Annotated[str | None, typer.Option(help="Where a local file came from on the web.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the article as JSON.")] = False,
) -> None:
    """Show the article as read: what will be narrated, and what was left out and why.

    Example: vivavoce extract story.html --url https://paper.example/story --json
    """
    from vivavoce.extract import extract_article
    from vivavoce.ingest import fetch_capture

    article = extract_article(fetch_capture(source, url=url))
    print(format_json(article) if as_json else format_text(article))


def format_json(article: Article) -> str:
    """Write an article as the JSON of docs: keys as in `edition.json`."""
    values = dataclasses.asdict(article)
    values["published"] = article.published and article.published.isoformat()
    return json.dumps(values, ensure_ascii=False, indent=1)


def format_text(article: Article) -> str:
    """Write an article for reading on a terminal."""
    head = [article.title or "(no title)", ", ".join(article.byline), str(article.published or "")]
    omitted = [f"[{omission.reason}] {omission.text}" for omission in article.omitted]
    warnings = [f"warning: {warning}" for warning in article.warnings]
    tail = ["\n".join(("left out:", *omitted))] if omitted else []
    return "\n\n".join((*filter(None, head), article.text, *tail, *warnings))
