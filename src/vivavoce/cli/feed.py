"""`vivavoce feed`: the podcast feed of finished editions."""

from pathlib import Path

import typer

from vivavoce.cli.output import print_result


def feed(
    folders: list[Path] = typer.Argument(metavar="DIR…", help="Editions, or folders of editions."),
    output: Path | None = typer.Option(None, "-o", "--output", help="The feed's file; by default it is printed."),
    base_url: str | None = typer.Option(
        None, "--base-url", help="Where the editions' folders are published, instead of the house's own setting."
    ),
) -> None:
    """Write the podcast feed (RSS) of finished editions, disclosed as AI-made for the channel and each edition.

    Example: vivavoce feed editions --base-url https://audio.example.org -o editions/feed.xml
    """
    from vivavoce.house import read_house
    from vivavoce.publishing import publish_feed
    from vivavoce.settings import read_places

    written = publish_feed(folders, read_house(read_places()), base_url=base_url, output=output)
    print_result(str(output) if output else written.decode().rstrip())
