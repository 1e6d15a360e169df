"""Ranges of public files: answered as the application answers them, asked of it once, and never past a change."""

import asyncio
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newsroom_at_work import AtWork
from vivavoce.server import audience
from vivavoce.server.app import shield
from vivavoce.server.audience import Audience, show

VARYING = {"x-request-id", "date"}


def publish(at_work: AtWork) -> tuple[TestClient, str]:
    client = at_work.client()
    edition = at_work.narrate(client)
    for step in ("approve", "publish"):
        assert client.post(f"/api/v1/editions/{edition}/{step}", json={}).status_code == 200
    return client, edition


def asking(at_work: AtWork, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list that grows with each path that the application itself is asked for."""
    asked: list[str] = []
    handle = type(at_work.app).__call__

    async def count(self: FastAPI, scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        await handle(self, scope, receive, send)

    monkeypatch.setattr(type(at_work.app), "__call__", count)
    return asked


def test_a_second_range_is_answered_alike_and_the_application_not_asked(
    at_work: AtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, edition = publish(at_work)
    asked = asking(at_work, monkeypatch)
    whole = client.get(f"/e/{edition}/audio.mp3").content
    address = f"/e/{edition}/v1/audio.mp3"
    asked.clear()
    answers = [client.get(address, headers={"Range": "bytes=100-299"}) for _ in range(2)]
    assert asked == [address]
    first, second = ({k: v for k, v in answer.headers.items() if k not in VARYING} for answer in answers)
    assert first == second
    assert [(answer.status_code, answer.content) for answer in answers] == [(206, whole[100:300])] * 2
    tail = client.get(address, headers={"Range": f"bytes={len(whole) - 5}-{len(whole) + 100}"})
    assert (tail.content, asked) == (whole[-5:], [address])
    assert tail.headers["content-range"] == f"bytes {len(whole) - 5}-{len(whole) - 1}/{len(whole)}"


def test_all_else_is_the_application_s(at_work: AtWork) -> None:
    client, edition = publish(at_work)
    address = f"/e/{edition}/audio.mp3"
    for headers, status in (
        ({"Range": "bytes=0-9", "If-Range": '"other"'}, 200),
        ({"Range": "bytes=0-9", "If-None-Match": "*"}, 304),
        ({"Range": "bytes=99999999-999999999"}, 416),
        ({"Range": "bytes=9-0"}, 400),
        ({"Range": "bytes=0-1,5-6"}, 206),
        ({"Range": "bytes=-5"}, 206),
        ({}, 200),
    ):
        assert client.get(address, headers={"Range": "bytes=0-9"}).status_code == 206
        assert client.get(address, headers=headers).status_code == status, headers


def test_what_is_withdrawn_is_heard_by_nobody_from_that_moment(at_work: AtWork) -> None:
    client, edition = publish(at_work)
    listener, part = shield(at_work.app), {"Range": "bytes=0-9"}
    public, desk = (TestClient(listener, headers=dict(client.headers)) for _ in range(2))
    address = f"/e/{edition}/audio.mp3"
    assert [public.get(address, headers=part).status_code for _ in range(2)] == [206, 206]
    desk.post(f"/api/v1/editions/{edition}/retract", json={"note": "Wrong."})
    assert public.get(address, headers=part).status_code == 410


def test_a_listener_s_count_ends_nothing(at_work: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    client, edition = publish(at_work)
    address, part = f"/e/{edition}/audio.mp3", {"Range": "bytes=0-9"}
    client.get(address, headers=part)
    assert client.post("/api/public/plays", json={"edition": edition, "reached": 0}).status_code == 204
    asked = asking(at_work, monkeypatch)
    assert client.get(address, headers=part).status_code == 206
    assert asked == []


def test_an_answer_holds_for_some_seconds_only(at_work: AtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    client, edition = publish(at_work)
    monkeypatch.setattr(audience, "HOLDS_S", -1.0)
    asked = asking(at_work, monkeypatch)
    for _ in range(2):
        client.get(f"/e/{edition}/audio.mp3", headers={"Range": "bytes=0-9"})
    assert len(asked) == 2


class Slow:
    """An application that answers with a file when it is told to."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.asked = 0
        self.go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            return
        self.asked += 1
        await self.go.wait()
        response = FileResponse(self.file, headers={"ETag": '"a"'}, stat_result=self.file.stat())
        await show(Request(scope), response)(scope, receive, send)


async def ask(app: ASGIApp, method: str = "GET") -> bytes:
    got: list[Message] = []

    async def send(message: Message) -> None:
        got.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Scope = {"type": "http", "method": method, "path": "/e/a/audio.mp3", "headers": [(b"range", b"bytes=2-4")]}
    scope["asgi"] = {"spec_version": "2.4"}
    await app(scope, receive, send)
    return b"".join(message.get("body", b"") for message in got)


@pytest.mark.parametrize("changed", [False, True])
def test_many_who_come_at_once_ask_once_unless_something_changes(tmp_path: Path, changed: bool) -> None:
    file = tmp_path / "audio.mp3"
    file.write_bytes(b"0123456789")

    async def run() -> tuple[list[bytes], int]:
        slow = Slow(file)
        app = Audience(slow)
        listeners = [asyncio.create_task(ask(app)) for _ in range(20)]
        await asyncio.sleep(0)
        if changed:
            await ask(app, "POST")
        slow.go.set()
        return await asyncio.gather(*listeners), slow.asked

    heard, asked = asyncio.run(run())
    assert heard == [b"234"] * 20
    assert asked == (20 if changed else 1), "what was asked before a change is not told after it"
