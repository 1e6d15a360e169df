"""The audience's ranges: what the application said of a public file a moment ago is not asked of it again.

Thousands listen to the same few files, range by range. Whether a file is public, and where it lies, the application
decides; its answer holds for some seconds for the next ranges of the same file, which are read where the request comes
in. Whoever comes while the application is being asked waits for that answer. Any change that is made through this
server ends what was said. Plain ASGI.
"""

import asyncio
import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOLDS_S = 5.0
"""How long an answer holds; a change made by another process is seen after it. Caches hold it longer."""
MOST_BYTES = 1 << 20
"""A longer range is streamed by the application."""
MOST_FILES = 10_000
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_COUNTED = "/api/public/"
"""What listeners send changes no file."""
_CONDITIONS = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since")


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as the application answered with it."""

    path: str
    size: int
    headers: Sequence[tuple[bytes, bytes]]
    etag: str
    route: object
    until_s: float


def show(request: Request, response: Response) -> Response:
    """Let an answer hold for the next ranges of the file; gives it back."""
    if isinstance(response, FileResponse) and response.stat_result is not None:
        request.state.shown = Shown(
            path=os.fspath(response.path),
            size=response.stat_result.st_size,
            headers=response.raw_headers,
            etag=response.headers["etag"],
            route=request.scope.get("route"),
            until_s=time.monotonic() + HOLDS_S,
        )
    return response


class Audience:
    """Stands between the shield and the application."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before an application."""
        self._app = app
        self._shown: dict[str, Shown] = {}
        self._asked: dict[str, asyncio.Event] = {}
        """Set when the application has begun to answer for a file."""
        self._changes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a range, or let the application answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] not in _SAFE and not scope["path"].startswith(_COUNTED):
            await self._change(scope, receive, send)
        elif (wanted := _read_range(scope)) is None:
            await self._app(scope, receive, send)
        elif not await self._answer(scope, wanted, send):
            await self._ask_once(scope, wanted, receive, send)

    async def _change(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            self._changes += 1
            self._shown.clear()

    async def _ask_once(self, scope: Scope, wanted: "_Wanted", receive: Receive, send: Send) -> None:
        """Ask the application, or wait where somebody asks about the same file already."""
        asked = self._asked.get(scope["path"])
        if asked is not None:
            await asked.wait()
            if await self._answer(scope, wanted, send):
                return
            await self._app(scope, receive, send)
            return
        asked = self._asked[scope["path"]] = asyncio.Event()
        try:
            await self._ask(scope, receive, send, asked)
        finally:
            self._end_asking(scope["path"], asked)

    async def _ask(self, scope: Scope, receive: Receive, send: Send, asked: asyncio.Event) -> None:
        changes = self._changes

        async def send_on(message: Message) -> None:
            shown = scope.get("state", {}).get("shown")
            if message["type"] == "http.response.start" and shown is not None and changes == self._changes:
                if len(self._shown) >= MOST_FILES:
                    self._shown.clear()
                self._shown[scope["path"]] = shown
            self._end_asking(scope["path"], asked)
            await send(message)

        await self._app(scope, receive, send_on)

    def _end_asking(self, path: str, asked: asyncio.Event) -> None:
        asked.set()
        if self._asked.get(path) is asked:
            del self._asked[path]

    async def _answer(self, scope: Scope, wanted: "_Wanted", send: Send) -> bool:
        """Answer a range of a file that is known; False where the application is to be asked."""
        shown = self._shown.get(scope["path"])
        if shown is None:
            return False
        if time.monotonic() > shown.until_s:
            del self._shown[scope["path"]]
            return False
        start, end = wanted.start, min(wanted.end, shown.size)
        if start >= end or wanted.etag not in {None, shown.etag}:
            return False
        body = _read_at_hand(shown.path, start, end)
        if body is None:
            return False
        headers = MutableHeaders(raw=list(shown.headers))
        headers["content-range"] = f"bytes {start}-{end - 1}/{shown.size}"
        headers["content-length"] = str(end - start)
        scope["route"] = shown.route
        await send({"type": "http.response.start", "status": 206, "headers": headers.raw})
        await send({"type": "http.response.body", "body": body})
        return True


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A plain range, half-open, perhaps of one version of the file only."""

    start: int
    end: int
    etag: str | None


def _read_range(scope: Scope) -> _Wanted | None:
    """Give what a request asks for; None for all but one plain range of moderate length."""
    if scope["method"] != "GET":
        return None
    headers = Headers(scope=scope)
    match = _RANGE.fullmatch(headers.get("range", ""))
    if match is None or any(name in headers for name in _CONDITIONS):
        return None
    start, end = int(match[1]), int(match[2]) + 1
    return _Wanted(start, end, headers.get("if-range")) if start < end <= start + MOST_BYTES else None


def _read_at_hand(path: str, start: int, end: int) -> bytes | None:
    """Read from a file what lies in memory; None where the disk must be asked, which takes its time elsewhere."""
    piece = bytearray(end - start)
    with suppress(OSError, AttributeError):  # the flag is Linux's, and not every file system knows it
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if os.preadv(file, [piece], start, os.RWF_NOWAIT) == len(piece):
                return bytes(piece)
        finally:
            os.close(file)
    return None
