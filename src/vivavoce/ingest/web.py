"""Fetching a page within limits: our own deadline, counted bytes, redirects that are judged one by one."""

import http.client
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser

from vivavoce.errors import AbsentError, InputError, RemoteError
from vivavoce.ingest.connect import Deadline, open_connection
from vivavoce.ingest.guard import Target, parse_target
from vivavoce.ingest.limits import FetchLimits, Known
from vivavoce.types import Capture

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PIECE_BYTES = 64 * 1024
_GZIP = b"\x1f\x8b"
_READABLE = ("text/", "application/", "message/rfc822", "multipart/")
_UNREADABLE = ("application/pdf", "application/x-mpegurl", "application/wasm")
_ACCEPT = "text/html,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.5"
_REFUSALS = {
    401: "it wants a login",
    402: "it wants payment",
    403: "it refuses us",
    404: "there is no such page; check the address",
    410: "the page is gone",
    429: "it is asked too often; try again later",
    451: "it is blocked for legal reasons",
}
_OK, _NOT_MODIFIED = 200, 304
_ABSENT = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Message
    body: bytes
    url: str


def fetch_page(url: str, *, limits: FetchLimits) -> Capture:
    """Fetch an address.

    Raises:
        InputError: The address may not be asked, or what it gives is no text.
        RemoteError: The network or the server said no, or broke a limit.
    """
    capture = fetch_changed(url, limits=limits, known=Known())
    if capture is None:
        raise RemoteError(f"{url}: answered 'not modified' to a question that named no version; try again")
    return capture


def fetch_changed(url: str, *, limits: FetchLimits, known: Known) -> Capture | None:
    """Fetch an address, or nothing where its server says that it is as we know it.

    Raises:
        InputError: As `fetch_page`.
        RemoteError: As `fetch_page`.
    """
    deadline = Deadline(limits, url)
    if limits.honour_robots:
        _ask_robots(url, limits, deadline)
    answer = _follow(url, limits, deadline, known)
    if answer.status == _NOT_MODIFIED:
        return None
    _require_ok(answer)
    media_type = _media_type(answer)
    return Capture(
        body=answer.body,
        address=url,
        media_type=media_type,
        charset=answer.headers.get_content_charset(),
        url=answer.url,
        fetched_at=datetime.now(UTC),
        etag=answer.headers.get("etag"),
        last_modified=answer.headers.get("last-modified"),
    )


def fetch_bytes(url: str, *, limits: FetchLimits) -> bytes:
    """Fetch an address, whatever it gives.

    Raises:
        InputError: The address may not be asked.
        RemoteError: As `fetch_page`.
    """
    answer = _follow(url, limits, Deadline(limits, url), Known())
    _require_ok(answer)
    return answer.body


def _follow(url: str, limits: FetchLimits, deadline: Deadline, known: Known) -> _Answer:
    for _ in range(limits.redirects + 1):
        answer = _ask(parse_target(url), limits, deadline, known)
        location = answer.headers.get("location")
        if answer.status not in _REDIRECTS or not location:
            return answer
        url = urljoin(answer.url, location)
    raise RemoteError(f"{answer.url}: more than {limits.redirects} redirects; check the address (rule: redirects)")


def _ask(target: Target, limits: FetchLimits, deadline: Deadline, known: Known) -> _Answer:
    with open_connection(target, limits=limits, deadline=deadline) as client:
        return _exchange(target, client, limits, deadline, known)


def _exchange(
    target: Target, client: http.client.HTTPConnection, limits: FetchLimits, deadline: Deadline, known: Known
) -> _Answer:
    client.request("GET", target.path, headers=_headers(target, limits, known))
    with client.getresponse() as response:
        wanted = response.status == _OK
        body = b"".join(_read_body(response, target, limits, deadline)) if wanted else b""
        return _Answer(response.status, response.headers, body, target.url)


def _headers(target: Target, limits: FetchLimits, known: Known) -> dict[str, str]:
    headers = {
        "Host": target.authority,
        "User-Agent": limits.user_agent,
        "Accept": _ACCEPT,
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    if known.etag:
        headers["If-None-Match"] = known.etag
    if known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _read_body(
    response: http.client.HTTPResponse, target: Target, limits: FetchLimits, deadline: Deadline
) -> Iterator[bytes]:
    """Give the body in pieces, decompressed, counting both what came and what it became."""
    unpack = _choose_unpacking(response, target)
    promised = response.length
    came = became = 0
    while piece := response.read1(_PIECE_BYTES):
        deadline.remaining()
        came += len(piece)
        if came > limits.wire_bytes:
            raise RemoteError(f"{target.url}: more than {limits.wire_bytes:,} bytes (rule: wire-bytes)")
        plain = unpack(piece, limits.body_bytes - became + 1)
        became += len(plain)
        if became > limits.body_bytes:
            raise RemoteError(f"{target.url}: unpacks to more than {limits.body_bytes:,} bytes (rule: body-bytes)")
        yield plain
    deadline.remaining()
    if (promised is not None and came < promised) or (isinstance(unpack, _Inflate) and not unpack.whole):
        raise RemoteError(f"{target.url}: the answer was cut off; try again (rule: connection)")


class _Inflate:
    """Unpacks gzip and both forms of deflate, never more at a time than is asked for."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._engine: zlib._Decompress | None = None

    @property
    def whole(self) -> bool:
        """Whether what came so far is complete."""
        return self._engine is None or self._engine.eof

    def __call__(self, piece: bytes, most: int) -> bytes:
        plain = b""
        try:
            while piece and len(plain) < most:
                if self._engine is None or (self._engine.eof and piece.startswith(_GZIP)):
                    self._engine = zlib.decompressobj(wbits=_choose_wbits(piece))
                plain += self._engine.decompress(piece, most - len(plain))
                piece = self._engine.unused_data if self._engine.unused_data.startswith(_GZIP) else b""
        except zlib.error as error:
            raise RemoteError(f"{self._target.url}: damaged compression; try again (rule: encoding)") from error
        return plain


def _choose_wbits(start: bytes) -> int:
    """Servers call both zlib's format and the bare one "deflate"."""
    if start.startswith(_GZIP):
        return 31
    is_zlib = start[0] & 0x0F == zlib.DEFLATED and int.from_bytes(start[:2], "big") % 31 == 0
    return 15 if is_zlib else -15


def _take_plain(piece: bytes, most: int) -> bytes:
    return piece[:most]


def _choose_unpacking(response: http.client.HTTPResponse, target: Target) -> Callable[[bytes, int], bytes]:
    encoding = (response.headers.get("content-encoding") or "identity").strip().lower()
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return _Inflate(target)
    if encoding == "identity":
        return _take_plain
    raise RemoteError(f"{target.url}: packed as {encoding!r}, which we did not ask for (rule: encoding)")


def _require_ok(answer: _Answer) -> None:
    if answer.status == _OK:
        return
    why = _REFUSALS.get(answer.status, "try again later" if answer.status >= 500 else "check the address")  # noqa: PLR2004  # server errors
    kind = AbsentError if answer.status in _ABSENT else RemoteError
    raise kind(f"{answer.url}: the server answered {answer.status}: {why} (rule: status)")


def _media_type(answer: _Answer) -> str | None:
    declared = answer.headers.get("content-type")
    if not declared:
        return None
    media_type = declared.partition(";")[0].strip().lower()
    if media_type.startswith(_UNREADABLE) or not media_type.startswith(_READABLE):
        raise InputError(f"{answer.url}: this is {media_type}, not a page; give an article (rule: media-type)")
    return media_type


def _ask_robots(url: str, limits: FetchLimits, deadline: Deadline) -> None:
    target = parse_target(url)
    robots = Target(target.scheme, target.host, target.port, "/robots.txt")
    answer = _follow(robots.url, limits, deadline, Known())
    if answer.status != _OK:
        return
    rules = RobotFileParser()
    rules.parse(answer.body.decode("utf-8", errors="replace").splitlines())
    if not rules.can_fetch(limits.user_agent, target.url):
        raise RemoteError(f"{url}: the site's robots.txt closes it to us (rule: robots)")
