"""`vivavoce serve`: the newsroom's server, and what an operator does beside it."""

from dataclasses import replace
from pathlib import Path

import typer

from vivavoce.cli.output import print_result
from vivavoce.errors import UsageError
from vivavoce.settings import read_places

app = typer.Typer(
    name="serve",
    help="The newsroom's server: articles in by API or webhook, audio editions out.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
_FOLDER = typer.Option(None, "--folder", help="Database and audio; by default where the settings say.")
_HOUSE = typer.Option("house", "--house", help="Whose; the settings of others lie in houses/NAME.toml.")


@app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    host: str | None = typer.Option(None, "--host", help="Where to listen; 127.0.0.1 unless the settings say else."),
    port: int | None = typer.Option(None, "--port", min=1, max=65_535, help="8080 unless the settings say else."),
    folder: Path | None = _FOLDER,
    workers: int | None = typer.Option(None, "--workers", min=0, max=256, help="Processes that render."),
) -> None:
    """Serve the newsroom: one process tree, one SQLite file, one folder. It may be killed at any time.

    The first run prints a one-time link to the first user. Settings: [newsroom] and [server] in vivavoce.toml.

    Example: vivavoce serve --port 8080
    """
    if context.invoked_subcommand is not None:
        return
    from vivavoce.newsroom.room import open_newsroom
    from vivavoce.server.run import greet
    from vivavoce.server.run import serve as run
    from vivavoce.server.sockets import open_sockets

    room = open_newsroom(read_places(), folder=folder)
    options = room.options
    options = replace(
        options,
        host=host or options.host,
        port=port or options.port,
        workers=options.workers if workers is None else workers,
    )
    room = replace(room, options=options)
    sockets = open_sockets(options.host, options.port)
    link = greet(room)
    print_result(f"vivavoce listens at {room.local_url}; its folder is {room.folder}")
    if options.public_url:
        print_result(f"The world reaches it at {room.public_url}")
    if link:
        print_result(f"Make the first user here, within a day, once: {link}")
    run(room, sockets)


@app.command("setup-link")
def setup_link(folder: Path | None = _FOLDER, house: str = _HOUSE) -> None:
    """Print a new one-time link that makes an administrator; older ones no longer lead anywhere.

    Example: vivavoce serve setup-link
    """
    from vivavoce.newsroom.access import make_setup_link
    from vivavoce.newsroom.room import open_newsroom

    print_result(make_setup_link(open_newsroom(read_places(), folder=folder), house))


@app.command("token")
def token(
    name: str = typer.Argument(help="What the token is for."),
    scopes: list[str] = typer.Option(
        ["submit"], "--scope", help="What it may do: read, submit, edit, publish, admin; may be given several times."
    ),
    folder: Path | None = _FOLDER,
    house: str = _HOUSE,
) -> None:
    """Make a token for a program, and print it this once.

    Example: vivavoce serve token ghost --scope submit
    """
    from vivavoce.newsroom.access import issue_token
    from vivavoce.newsroom.actors import itself
    from vivavoce.newsroom.room import open_newsroom
    from vivavoce.storage.records import Scope

    unknown = sorted(set(scopes) - set(Scope))
    if unknown:
        raise UsageError(f"there is no scope {unknown[0]!r}; there are {', '.join(Scope)}")
    room = open_newsroom(read_places(), folder=folder)
    room.house(house)
    _, secret = issue_token(room, itself(house), name=name, scopes=[Scope(scope) for scope in scopes])
    print_result(secret)


@app.command("backup")
def backup(
    file: Path = typer.Argument(help="The backup; replaced whole."),
    folder: Path | None = _FOLDER,
) -> None:
    """Write the whole newsroom into one file, while it works on: texts, editions, people, settings of webhooks.

    Signing keys and vivavoce.toml are not in it; keep those elsewhere.

    Example: vivavoce serve backup /backup/newsroom.tar
    """
    from vivavoce.newsroom.backup import back_up
    from vivavoce.newsroom.room import open_newsroom

    count = back_up(open_newsroom(read_places(), folder=folder), file)
    print_result(f"{file}: every table, and {count} files of editions and submissions")


@app.command("restore")
def restore(
    file: Path = typer.Argument(help="A backup that `vivavoce serve backup` wrote."),
    folder: Path | None = _FOLDER,
) -> None:
    """Fill an empty newsroom from a backup.

    Example: vivavoce serve restore /backup/newsroom.tar --folder /srv/newsroom
    """
    from vivavoce.newsroom.backup import restore as bring_back
    from vivavoce.newsroom.room import open_newsroom

    room = open_newsroom(read_places(), folder=folder)
    count = bring_back(file, room)
    print_result(f"restored into {room.folder}: every table, and {count} files")
