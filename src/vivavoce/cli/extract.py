"""`vivavoce extract`: the article as read."""

from dataclasses import replace
from typing import Annotated

import typer

from vivavoce.settings import read_places
from vivavoce.types import Article, BlockKind


def extract(
    source: Annotated[str, typer.Argument(help='A path (.txt, .md, .html, .docx, .eml, .json), "-", or an address.')],
    url: Annotated[str | None, typer.Option(help="Where a local file came from on the web.")] = None,
    blocks: Annotated[
        str, typer.Option(help='Blocks to keep or drop: "1-4,7", "-2,-quote"; kinds are those of --json.')
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the article as JSON.")] = False,
) -> None:
    """Show the article as read: what will be narrated, and what was left out and why.

    Example: vivavoce extract story.html --url https://paper.example/story --json
    """
    from vivavoce.extract import extract_article
    from vivavoce.extract.wire import write_article
    from vivavoce.house import read_house
    from vivavoce.ingest import fetch_capture

    house = read_house(read_places())
    options = replace(house.extract, blocks=tuple(filter(None, blocks.split(","))))
    article = extract_article(fetch_capture(source, limits=house.fetch, url=url), options=options)
    print(write_article(article) if as_json else format_text(article))


def format_text(article: Article) -> str:
    """Write an article for reading on a terminal."""
    head = [article.title or "(no title)", ", ".join(article.byline), str(article.published or "")]
    omitted = [f"[{omission.reason}] {omission.text}" for omission in article.omitted]
    warnings = [f"warning: {warning}" for warning in article.warnings]
    tail = ["\n".join(("left out:", *omitted))] if omitted else []
    body = (
        f"[table, announced but not read]\n{b.text}" if b.kind is BlockKind.TABLE else b.text for b in article.blocks
    )
    return "\n\n".join((*filter(None, head), *body, *tail, *warnings))
