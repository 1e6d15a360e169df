"""`vivavoce site`: a static site of finished editions."""

from pathlib import Path

import typer

from vivavoce.cli.output import print_result


def site(
    folders: list[Path] = typer.Argument(metavar="DIR…", help="Editions, or folders of editions."),
    output: Path = typer.Option(Path("site"), "-o", "--output", help="The site's folder; replaced whole."),
    base_url: str | None = typer.Option(
        None,
        "--base-url",
        help="Where the site will stand, instead of the house's own setting; without either it has no feed.",
    ),
) -> None:
    """Write a static site: a start page, each edition with player and transcript, podcast feed, sitemap.

    Any web server serves it, and so does the file system.

    Example: vivavoce site editions --base-url https://audio.example.org -o public
    """
    from vivavoce.house import read_house
    from vivavoce.publishing import publish_site
    from vivavoce.settings import read_places

    places = read_places()
    house = read_house(places)
    publications = publish_site(folders, house, places, base_url=base_url, output=output)
    has_address = bool(base_url or house.publication.base_url)
    note = "" if has_address else ", without feed and sitemap: no base URL is set"
    print_result(f"{output / 'index.html'}: {len(publications)} editions{note}")
