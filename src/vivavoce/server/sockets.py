"""Where the server listens: sockets, opened before anything else is begun, and who has a port if they can't be."""

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

from vivavoce.errors import MachineError, UsageError

_PROC = Path("/proc")
_LISTENING = "0A"
"""The state of a listening socket in /proc/net/tcp."""
_LAST_PORT = 65_535
_LONGEST_COMMAND = 80
_Address = tuple[socket.AddressFamily, tuple[object, ...]]


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Listen at every address of a host; they are the caller's to close.

    Raises:
        UsageError: This machine has no such address.
        MachineError: The port is another program's, or not ours to open.
    """
    addresses = _find_addresses(host, port)
    opened: list[socket.socket] = []
    try:
        for family, address in addresses:
            opened.append(_open(family, address))
    except OSError as error:
        for sock in opened:
            sock.close()
        raise _explain(error, host, port) from error
    return opened


def _find_addresses(host: str, port: int) -> list[_Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise _refuse_host(host) from error
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _open(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        sock.listen()
    except OSError:
        sock.close()
        raise
    return sock


def _explain(error: OSError, host: str, port: int) -> MachineError | UsageError:
    if error.errno == errno.EADDRINUSE:
        holder = name_holder(port)
        taken = f"port {port} at {host} is taken by {holder}" if holder else f"port {port} at {host} is taken"
        return MachineError(
            f"{taken}; stop that, or choose another port: vivavoce serve --port {_find_free(host, port)}, "
            "or port under [server] in vivavoce.toml"
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return MachineError(
            f"port {port} is not ours to open ({error.strerror}); choose one above 1023 with --port, "
            "and let a proxy pass requests on to it"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return _refuse_host(host)
    return MachineError(f"port {port} at {host} can't be opened ({error.strerror}); choose another with --port")


def _refuse_host(host: str) -> UsageError:
    return UsageError(
        f"this machine has no address {host!r} to listen at; give --host 127.0.0.1 for this machine alone, "
        "or 0.0.0.0 for all its networks"
    )


def _find_free(host: str, port: int) -> int:
    """Find the next port that nobody has; the next one at all where none is free."""
    for other in range(port + 1, min(port + 100, _LAST_PORT) + 1):
        try:
            for family, address in _find_addresses(host, other):
                _open(family, address).close()
        except OSError:
            continue
        return other
    return port + 1 if port < _LAST_PORT else port - 1


# ---------------------------------------------------------------- who has a port


def name_holder(port: int) -> str | None:
    """Name the process that listens at a port, as far as Linux tells us; None where it doesn't."""
    sockets = {f"socket:[{inode}]" for inode in _list_inodes(port)}
    for process in _PROC.glob("[0-9]*"):
        if sockets & set(_list_open(process)):
            return f"process {process.name}{_describe(process)}"
    return None


def _list_inodes(port: int) -> Iterator[str]:
    """List the inodes of sockets that listen at a port: columns 2, 4 and 10 of /proc/net/tcp (proc(5))."""
    for table in ("tcp", "tcp6"):
        try:
            lines = (_PROC / "net" / table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, lines):
            if columns[3] == _LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                yield columns[9]


def _list_open(process: Path) -> Iterator[str]:
    try:
        files = list((process / "fd").iterdir())
    except OSError:
        return  # somebody else's
    for file in files:
        try:
            yield str(file.readlink())
        except OSError:
            continue  # closed meanwhile


def _describe(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return ""
    command = " ".join(words).strip()
    return f" ({command[:_LONGEST_COMMAND]})" if command else ""
