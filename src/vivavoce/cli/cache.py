"""`vivavoce cache`: how large the cache of rendered utterances is, and how to make it smaller."""

import typer

from vivavoce.settings import read_places

app = typer.Typer(help="The cache of rendered utterances.", no_args_is_help=True)
_MEGABYTE = 1_000_000


@app.command("size")
def size() -> None:
    """Print the cache's folder and size.

    Example: vivavoce cache size
    """
    from vivavoce.storage.takes import TakeFolder

    folder = read_places().cache
    print(f"{folder}: {TakeFolder(folder).size_bytes() / _MEGABYTE:.1f} MB")


@app.command("prune")
def prune(
    limit_mb: float | None = typer.Option(
        None, "--limit", min=0, help="Megabytes to keep; by default the usual limit."
    ),
) -> None:
    """Remove what was used longest ago until the limit holds.

    Example: vivavoce cache prune --limit 500
    """
    from vivavoce.storage.takes import DEFAULT_LIMIT_BYTES, TakeFolder

    limit = DEFAULT_LIMIT_BYTES if limit_mb is None else int(limit_mb * _MEGABYTE)
    removed, freed = TakeFolder(read_places().cache).prune(limit)
    print(f"removed {removed} files, {freed / _MEGABYTE:.1f} MB")
