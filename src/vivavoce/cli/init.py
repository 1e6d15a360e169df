"""`vivavoce init`: a settings file to start from."""

from pathlib import Path

import typer

from vivavoce.errors import UsageError


def init(
    output: Path | None = typer.Option(
        None, "-o", "--output", help="The file; by default where vivavoce reads it, see `vivavoce doctor`."
    ),
) -> None:
    """Write a settings file that holds every setting, its default, and what it does.

    Example: vivavoce init
    """
    from vivavoce.house import read_template
    from vivavoce.settings import read_places

    file = output or read_places().config
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as settings:
            settings.write(read_template())
    except FileExistsError:
        raise UsageError(f"{file} is there already; edit it, or write another with -o") from None
    print(file)
