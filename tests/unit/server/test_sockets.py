"""Where the server listens, and what is said where it can't."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.cli.main import EXIT_CODES, app
from vivavoce.errors import MachineError, UsageError
from vivavoce.server.sockets import name_holder, open_sockets

LISTEN = (
    "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); "
    "print(s.getsockname()[1], flush=True); sys.stdin.read()"
)


def test_it_listens_at_every_address_of_a_host() -> None:
    opened = open_sockets("127.0.0.1", 0)
    try:
        assert [sock.family for sock in opened] == [socket.AF_INET]
        with socket.create_connection(opened[0].getsockname()):
            pass
    finally:
        for sock in opened:
            sock.close()


def test_a_port_that_is_taken_is_named_with_who_has_it_and_what_to_do() -> None:
    """Issue 8: a raw line of the log was shown, and the command ended with 3, which is for articles."""
    with subprocess.Popen([sys.executable, "-c", LISTEN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        port = int(other.stdout.readline())
        with pytest.raises(MachineError) as refused:
            open_sockets("127.0.0.1", port)
        other.stdin.close()
    said = str(refused.value)
    if sys.platform == "linux":
        assert f"port {port} at 127.0.0.1 is taken by process {other.pid} (" in said
    free = re.search(r"vivavoce serve --port (\d+)", said)
    assert free is not None
    assert int(free[1]) > port
    for sock in open_sockets("127.0.0.1", int(free[1])):
        sock.close()


# The name is read from /proc, which only Linux has; elsewhere `name_holder` answers None, as its docstring says.
@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't tell who has a port")
def test_who_has_a_port_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mine:
        holder = name_holder(mine.getsockname()[1])
    assert holder is not None
    assert holder.startswith(f"process {os.getpid()} (")


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match=f"no address '{host}' to listen at; give --host 127.0.0.1"):
        open_sockets(host, 0)


def test_the_command_ends_before_it_says_that_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVAVOCE_CONFIG", str(tmp_path / "vivavoce.toml"))
    with socket.create_server(("127.0.0.1", 0)) as mine:
        port = str(mine.getsockname()[1])
        result = CliRunner().invoke(app, ["serve", "--folder", str(tmp_path / "room"), "--port", port])
    assert isinstance(result.exception, MachineError)
    assert EXIT_CODES[MachineError] == 7
    assert result.stdout == ""


def test_the_command_says_where_it_listens_and_how_the_world_reaches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 8: with a public_url set, it didn't say where it listens."""
    config = tmp_path / "vivavoce.toml"
    config.write_text('[server]\npublic_url = "https://audio.example.org"\n', encoding="utf-8")
    monkeypatch.setenv("VIVAVOCE_CONFIG", str(config))
    monkeypatch.setattr("vivavoce.server.run.serve", lambda _room, sockets: [sock.close() for sock in sockets])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = CliRunner().invoke(app, ["serve", "--folder", str(tmp_path / "room"), "--port", str(port)]).stdout
    assert f"vivavoce listens at http://127.0.0.1:{port}; its folder is {tmp_path / 'room'}" in said
    assert "The world reaches it at https://audio.example.org" in said
    assert "https://audio.example.org/setup/" in said
