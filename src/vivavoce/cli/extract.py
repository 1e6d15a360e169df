"""`vivavoce extract`: the article as read."""

from typing import Annotated

import typer

from vivavoce.types import Article


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
    from vivavoce.extract import ExtractOptions, extract_article
    from vivavoce.extract.wire import write_article
    from vivavoce.ingest import fetch_capture

    options = ExtractOptions(blocks=tuple(filter(None, blocks.split(","))))
    article = extract_article(fetch_capture(source, url=url), options=options)
    print(write_article(article) if as_json else format_text(article))


def format_text(article: Article) -> str:
    """Write an article for reading on a terminal."""
    head = [article.title or "(no title)", ", ".join(article.byline), str(article.published or "")]
    omitted = [f"[{omission.reason}] {omission.text}" for omission in article.omitted]
    warnings = [f"warning: {warning}" for warning in article.warnings]
    tail = ["\n".join(("left out:", *omitted))] if omitted else []
    return "\n\n".join((*filter(None, head), article.text, *tail, *warnings))
