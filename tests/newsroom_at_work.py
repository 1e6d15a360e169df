"""A newsroom in a test's own folder, spoken by the tone voice, whose jobs are done when the test says so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from vivavoce.house import House, NewsroomRules, ServerOptions
from vivavoce.ingest import FetchLimits
from vivavoce.jobs.booth import Booth
from vivavoce.jobs.work import Worker
from vivavoce.newsroom.access import add_user, issue_token
from vivavoce.newsroom.actors import itself
from vivavoce.newsroom.room import Newsroom
from vivavoce.server.app import make_app, shield
from vivavoce.settings import Places
from vivavoce.storage.blobs import Blobs
from vivavoce.storage.records import Scope, now
from vivavoce.storage.store import open_store
from vivavoce.testing import ToneVoice

STORY = "title: Rain falls on {place}\n\nRain fell on {place} on Monday. Nobody was hurt.\n\nThe mayor spoke at noon."
PASSWORD = "correct horse battery"
PORT = 8080


@dataclass(frozen=True)
class AtWork:
    """A newsroom, its application and its only worker."""

    room: Newsroom
    app: FastAPI
    worker: Worker

    def token(self, *scopes: Scope, house: str = "house") -> str:
        """Make a token; with every right where none is named."""
        given = scopes or (Scope.ADMIN,)
        return issue_token(self.room, itself(house), name="+".join(given), scopes=given)[1]

    def client(self, *scopes: Scope, house: str = "house") -> TestClient:
        """Give a client with a token."""
        return self.stranger({"Authorization": f"Bearer {self.token(*scopes, house=house)}"})

    def stranger(self, headers: dict[str, str] | None = None) -> TestClient:
        """Give a client without one."""
        return TestClient(
            shield(self.app), base_url="http://127.0.0.1:8080", headers=headers, raise_server_exceptions=False
        )

    def work(self, rounds: int = 50) -> None:
        """Do all that waits, and what comes of it."""
        for _ in range(rounds):
            with self.room.store.read() as unit:
                waiting = unit.jobs.list_waiting(now())
            if not waiting:
                return
            for job in waiting:
                self.worker.work(job.id)
        raise AssertionError("the work does not end")

    def narrate(self, client: TestClient, text: str = STORY.format(place="Kyiv"), **fields: Any) -> str:
        """Send a text and have it rendered; give the edition's id."""
        answer = client.post("/api/v1/articles", json={"text": text, **fields})
        assert answer.status_code in {200, 202}, answer.text
        self.work()
        return str(answer.json()["article"]["edition"]["id"])

    def add_person(self, name: str = "anna", *scopes: Scope, house: str = "house") -> None:
        """Let somebody log in with PASSWORD."""
        add_user(self.room, itself(house), name=name, password=PASSWORD, scopes=scopes or (Scope.ADMIN,))


@contextmanager
def open_at_work(
    folder: Path, *, database_url: str | None = None, rules: NewsroomRules | None = None, **options: Any
) -> Iterator[AtWork]:
    """Open a newsroom of two houses."""
    house = House(
        voice=ToneVoice.name,
        newsroom=rules or NewsroomRules(),
        server=ServerOptions(**{"requests_per_minute": 100_000, **options}),
        fetch=FetchLimits(allowed_hosts=frozenset({"127.0.0.1"}), deadline_s=5.0),
    )
    strict = replace(house, fetch=FetchLimits(deadline_s=5.0))
    places = Places(
        models=folder / "models", cache=folder / "cache", config=folder / "vivavoce.toml", keys=folder / "keys"
    )
    store = open_store(database_url or f"sqlite:///{folder}/newsroom.sqlite3")
    room = Newsroom(
        store=store,
        blobs=Blobs(str(folder / "blobs"), cache=folder / "at-hand"),
        houses=MappingProxyType({"house": house, "other": strict}),
        places=places,
        options=house.server,
        folder=folder,
    )
    booth, bench = Booth(), Booth()
    yield AtWork(room, make_app(room, booth, bench), Worker(room, "test:1:1", threading.Event()))
    booth.close()
    bench.close()
    store.close()
