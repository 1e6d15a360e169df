"""A PostgreSQL server of the tests' own, in a folder of its own, reached by a socket in it."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c listen_addresses="


def find_programs() -> Path | None:
    """Give the folder of PostgreSQL's programs: on the path, or where Debian puts them."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def run_postgres(programs: Path) -> Iterator[str]:
    """Start a server; give the folder of its socket. It may not run as root, so root runs it as "postgres"."""
    folder = Path(tempfile.mkdtemp(prefix="vivavoce-postgres-"))
    becoming = []
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        becoming = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        command = [*becoming, str(programs / program), *arguments]
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, cwd="/")

    try:
        run("initdb", "-D", f"{folder}/data", "-U", "vivavoce", "--auth=trust", "-E", "UTF8", "--no-sync")
        run("pg_ctl", "-D", f"{folder}/data", "-w", "-o", f"{_FAST} -k {folder}", "start")
        yield str(folder)
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


def make_database(socket: str) -> str:
    """Make an empty database; give its address."""
    name = f"v{secrets.token_hex(6)}"
    with psycopg.connect(host=socket, user="vivavoce", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql://vivavoce@/{name}?host={socket}"
