"""Around every request: its size and its patience are bounded, and its answer carries the headers that close it.

Plain ASGI, so that streams pass through untouched.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import NoReturn

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vivavoce.server.metrics import Metrics
from vivavoce.server.problems import answer_problem

log = structlog.get_logger()

BODY_SECONDS = 30.0
"""Within this a request's whole body must have come."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of every answer that has no policy of its own: no foreign, no inline script; nobody may frame us."""
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class _RefusedError(Exception):
    """Ends the reading of a body; whatever the application makes of it, the refusal is what is answered."""


class Shield:
    """The outermost layer of the application."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_limit_bytes: int,
        metrics: Metrics,
        body_seconds: float = BODY_SECONDS,
        larger: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Put it around an application; `larger` names paths that take larger bodies."""
        self._larger = larger
        self._app = app
        self._limit = body_limit_bytes
        self._seconds = body_seconds
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], self._limit)
        exchange = _Exchange(scope, receive, send, limit=limit, seconds=self._seconds)
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request=request_id):
            await self._handle(scope, exchange)

    async def _handle(self, scope: Scope, exchange: "_Exchange") -> None:
        started_s = time.perf_counter()
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except _RefusedError:
            await exchange.answer_refusal()
        finally:
            took_s = time.perf_counter() - started_s
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.count(route=route, method=scope["method"], status=exchange.status, took_s=took_s)
            log.info(
                "request",
                method=scope["method"],
                route=route,
                path=scope["path"],
                status=exchange.status,
                ms=round(took_s * 1000, 1),
                client=(scope.get("client") or ("",))[0],
            )


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, limit: int, seconds: float) -> None:
        self.status = 500
        self._scope = scope
        self._receive = receive
        self._send = send
        self._limit = limit
        self._came = 0
        self._whole = False
        self._begun = False
        self._seconds = seconds
        self._refusal: tuple[int, str] | None = None
        self._deadline_s = asyncio.get_running_loop().time() + seconds
        declared = Headers(scope=scope).get("content-length", "")
        self._too_large = declared.isdecimal() and int(declared) > limit

    async def receive(self) -> Message:
        """Give the next piece of the body, if it comes in time and is not one too many."""
        if self._too_large:
            self._refuse(413, f"larger than {self._limit:,} bytes")
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline_s):
                message = await self._receive()
        except TimeoutError:
            self._refuse(408, f"the body did not come within {self._seconds:g} s")
        if message["type"] == "http.request":
            self._came += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._came > self._limit:
                self._refuse(413, f"larger than {self._limit:,} bytes")
        return message

    async def send(self, message: Message) -> None:
        """Send on, with our headers where the answer has none of its own."""
        if self._refusal is not None:
            await self.answer_refusal()
            return
        if message["type"] == "http.response.start":
            self._begun = True
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = self._scope["state"]["request_id"]
        await self._send(message)

    def _refuse(self, status: int, detail: str) -> NoReturn:
        self._refusal = (status, detail)
        raise _RefusedError

    async def answer_refusal(self) -> None:
        """Answer, once, that the request can't be taken, and hang up."""
        if self._refusal is None or self._begun:
            return
        status, detail = self._refusal
        self._refusal = None
        answer = answer_problem(status, detail, headers={"Connection": "close"})
        await answer(self._scope, self._receive, self.send)
        self._refusal = (status, detail)
