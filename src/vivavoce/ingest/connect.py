"""Connections to addresses that were judged public, under one clock; for what is fetched and for what is sent."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from vivavoce.errors import RemoteError
from vivavoce.ingest.guard import Target, resolve_target
from vivavoce.ingest.limits import FetchLimits


class Deadline:
    """The one clock of an exchange: it shuts the connection that is open when the time is up."""

    def __init__(self, limits: FetchLimits, url: str) -> None:
        """Start the clock."""
        self._end = time.monotonic() + limits.deadline_s
        self._error = f"{url}: not finished after {limits.deadline_s:g} s; try again (rule: deadline)"

    def remaining(self) -> float:
        """Give the seconds that are left.

        Raises:
            RemoteError: None are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise RemoteError(self._error)
        return left

    @contextmanager
    def watch(self, connection: socket.socket) -> Iterator[None]:
        """Shut the connection at the deadline, whatever is being read of it, a drip of headers included."""
        twin = connection.dup()
        timer = threading.Timer(self.remaining(), _shut, (twin,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            twin.close()


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def open_connection(target: Target, *, limits: FetchLimits, deadline: Deadline) -> Iterator[http.client.HTTPConnection]:
    """Connect to a host, at one of the addresses that were judged; nothing is looked up again.

    Raises:
        RemoteError: An address is not public, or the connection can't be made, is not safe, or breaks in the block.
    """
    addresses = resolve_target(target, limits=limits, seconds=deadline.remaining())
    try:
        with closing(_connect(target, addresses, deadline)) as connection, deadline.watch(connection):
            client = http.client.HTTPConnection(target.host, target.port)
            connection.settimeout(deadline.remaining())
            client.sock = _secure(target, connection)
            with closing(client):
                yield client
    except ssl.SSLError as error:
        raise RemoteError(f"{target.url}: no safe connection ({error.reason}); try again (rule: tls)") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        deadline.remaining()
        why = " ".join(f"{type(error).__name__} {error}".split())
        raise RemoteError(f"{target.url}: the connection broke ({why}); try again (rule: connection)") from error


def _connect(target: Target, addresses: tuple[str, ...], deadline: Deadline) -> socket.socket:
    """Connect to the very addresses that were judged, in their order."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, target.port), timeout=deadline.remaining() / 2)
    return socket.create_connection((addresses[-1], target.port), timeout=deadline.remaining())


def _secure(target: Target, connection: socket.socket) -> socket.socket:
    if target.scheme == "http":
        return connection
    return _trust().wrap_socket(connection, server_hostname=target.host)


def _trust() -> ssl.SSLContext:
    """Whom to believe: the system's certificates, whatever the environment says of proxies."""
    return ssl.create_default_context()
