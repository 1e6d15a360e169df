"""A server on 127.0.0.1 that plays attacks, one a path."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache

_STORY = b"<html><body><p>The bridge is closed.</p></body></html>"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _send(connection: socket.socket, head: bytes, body: bytes = b"") -> None:
    connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def _redirect(to: bytes) -> Callable[[socket.socket], None]:
    return lambda c: _send(c, b"HTTP/1.1 302 Found\r\nLocation: " + to + b"\r\n")


def _status(line: bytes) -> Callable[[socket.socket], None]:
    return lambda c: _send(c, b"HTTP/1.1 " + line + b"\r\n", b"<p>words</p>")


def _drip(start: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def play(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(600):
            connection.sendall(piece)
            time.sleep(0.05)

    return play


def _endless(connection: socket.socket) -> None:
    connection.sendall(_HEAD + b"\r\n")
    while True:
        connection.sendall(b"<p>again and again</p>" * 1000)


@cache
def _bomb() -> bytes:
    """200 MB of zeros in 0.2 MB, made without ever holding them."""
    engine = zlib.compressobj(6, wbits=31)
    return b"".join(engine.compress(bytes(1_000_000)) for _ in range(200)) + engine.flush()


def _laugh() -> bytes:
    """Nine entities, each ten of the one before: a gigabyte, once said out."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))
    return b'<!DOCTYPE rss [<!ENTITY e0 "ha">' + entities + b"]><rss><channel><title>&e9;</title></channel></rss>"


_PLAYS: dict[str, Callable[[socket.socket], None]] = {
    "/story": lambda c: _send(c, _HEAD + b'ETag: "v1"\r\n', _STORY),
    "/gzip": lambda c: _send(c, _HEAD + b"Content-Encoding: gzip\r\n", gzip.compress(_STORY)),
    "/two-members": lambda c: _send(
        c, _HEAD + b"Content-Encoding: gzip\r\n", gzip.compress(_STORY[:20]) + gzip.compress(_STORY[20:])
    ),
    "/deflate": lambda c: _send(c, _HEAD + b"Content-Encoding: deflate\r\n", zlib.compress(_STORY)),
    "/raw-deflate": lambda c: _send(c, _HEAD + b"Content-Encoding: deflate\r\n", zlib.compress(_STORY)[2:-4]),
    "/half-gzip": lambda c: _send(c, _HEAD + b"Content-Encoding: gzip\r\n", gzip.compress(_STORY)[:-12]),
    "/not-gzip": lambda c: _send(c, _HEAD + b"Content-Encoding: gzip\r\n", b"\x1f\x8bnot at all"),
    "/brotli": lambda c: _send(c, _HEAD + b"Content-Encoding: br\r\n", b"xx"),
    "/bomb": lambda c: _send(c, _HEAD + b"Content-Encoding: gzip\r\n", _bomb()),
    "/twice-packed": lambda c: _send(c, _HEAD + b"Content-Encoding: gzip, gzip\r\n", _bomb()),
    "/endless": _endless,
    "/claims-more": lambda c: c.sendall(_HEAD + b"Content-Length: 9000\r\n\r\n<p>short</p>"),
    "/drip-head": _drip(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "/drip-body": _drip(_HEAD + b"\r\n", b"<p>"),
    "/silent": lambda _: time.sleep(30),
    "/loop": _redirect(b"/loop"),
    "/to-metadata": _redirect(b"http://169.254.169.254/latest/meta-data/"),
    "/to-private": _redirect(b"http://10.0.0.1/"),
    "/to-file": _redirect(b"file:///etc/passwd"),
    "/to-credentials": _redirect(b"http://a:b@127.0.0.1/"),
    "/to-story": _redirect(b"story"),
    "/not-http": lambda c: c.sendall(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "/headers": lambda c: c.sendall(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(500))),
    "/long-header": lambda c: c.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000),
    "/bad-chunks": lambda c: c.sendall(_HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
    "/half-chunks": lambda c: c.sendall(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n20\r\nabc"),
    "/closes": lambda _: None,
    "/missing": _status(b"404 Not Found"),
    "/login": _status(b"401 Unauthorized"),
    "/broken": _status(b"503 Unavailable"),
    "/image": lambda c: _send(c, b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n", b"\x89PNG"),
    "/pdf": lambda c: _send(c, b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n", b"%PDF"),
    "/robots.txt": lambda c: _send(
        c, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n", b"User-agent: *\nDisallow: /closed\n"
    ),
    "/closed": lambda c: _send(c, _HEAD, _STORY),
    "/deep": lambda c: _send(c, _HEAD, b"<div>" * 200_000 + _STORY),
    "/nothing-but-nul": lambda c: _send(c, _HEAD, bytes(200_000)),
    "/entities": lambda c: _send(c, b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n", _laugh()),
    "/outside": lambda c: _send(
        c,
        b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n",
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
    ),
}


def _serve(connection: socket.socket) -> None:
    with suppress(OSError, ValueError), connection:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(4096) or b"\r\n\r\n"
        if b'If-None-Match: "v1"' in request:
            connection.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")
            return
        _PLAYS[request.split()[1].decode()](connection)


def _accept(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection,), daemon=True).start()


@contextmanager
def play_attacks() -> Iterator[str]:
    """Play on a free port of 127.0.0.1; give the server's address."""
    _bomb()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
