"""How the server stands to the world: on this machine only, and believing no proxy, unless told otherwise."""

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from vivavoce.house import ServerOptions
from vivavoce.server.run import configure

PROXY = "10.0.0.1"


def seen_from(options: ServerOptions, sender: str) -> tuple[str, str]:
    """Give the client's address and the scheme that the application sees of a request that a sender forwards."""
    seen: list[tuple[str, str]] = []

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        seen.append((scope["client"][0], scope["scheme"]))

    config = configure(options, look)
    config.load()
    headers = [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "scheme": "http", "path": "/", "headers": headers, "client": (sender, 1)}
    asyncio.run(config.loaded_app(scope, None, None))
    return seen[0]


@pytest.mark.parametrize(
    ("trusted", "sender", "seen"),
    [
        ((), PROXY, (PROXY, "http")),
        ((), "127.0.0.1", ("127.0.0.1", "http")),
        ((PROXY,), PROXY, ("203.0.113.9", "https")),
        ((PROXY,), "10.0.0.2", ("10.0.0.2", "http")),
    ],
)
def test_forwarded_headers_are_believed_of_named_proxies_only(
    trusted: tuple[str, ...], sender: str, seen: tuple[str, str]
) -> None:
    assert seen_from(ServerOptions(trusted_proxies=trusted), sender) == seen


async def say_nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """An application."""
    del scope, receive, send


def test_it_listens_on_this_machine_unless_told_otherwise() -> None:
    assert configure(ServerOptions(), say_nothing).host == "127.0.0.1"
