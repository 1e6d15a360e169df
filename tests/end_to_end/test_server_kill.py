"""Server and workers are killed at random instants; nothing is lost, done twice or half-published."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from postgres import make_database
from vivavoce.encode.manifest import read_manifest
from vivavoce.newsroom.room import Newsroom, open_newsroom
from vivavoce.settings import Places, read_places
from vivavoce.storage.records import JobState

_STORY = (
    "title: Story {number}\n\nRain fell on town {number} on Monday. Nobody was hurt.\n\nIt went on for {number} days."
)
_START_S = 120.0
MOST_JOBS = 200


class Server:
    """A server in a process of its own, which may be killed."""

    def __init__(self, folder: Path, database: str = "") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        config = folder / "vivavoce.toml"
        config.write_text(
            '[voice]\nname = "tones"\n[newsroom]\npolicy = "clean"\n'
            f'[server]\nport = {self.port}\nfolder = "{folder}/room"\nworkers = 2\nlease_s = 5\n'
            f'database = "{database}"\n'
            "requests_per_minute = 1000000\n"
        )
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "VIVAVOCE_CONFIG": str(config),
            "VIVAVOCE_CACHE": str(folder / "cache"),
            "VIVAVOCE_KEYS": str(folder / "keys"),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.http = httpx.Client(timeout=60)
        self.token = self._run("serve", "token", "test", "--scope", "admin").strip()

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "vivavoce", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=self.environment).stdout

    def start(self) -> None:
        command = [sys.executable, "-m", "vivavoce", "serve"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self.environment)
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.http.get(f"{self.url}/health/ready", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text()[-3000:])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """Give the process ids of the server's children."""
        assert self.process is not None
        try:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii")
        except FileNotFoundError:
            return []
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for file in threads for pid in file.read_text("ascii").split()] or list(
            map(int, children.split())
        )

    def kill(self) -> None:
        """Kill the server itself, at once."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def send(self, number: int) -> None:
        """Send a story until somebody has taken it."""
        body = {"text": _STORY.format(number=number), "source_id": f"story-{number}"}
        headers = {"Authorization": f"Bearer {self.token}"}
        while True:
            try:
                answer = self.http.post(f"{self.url}/api/v1/articles", json=body, headers=headers, timeout=30)
            except httpx.TransportError:
                self.start()
                continue
            assert answer.status_code in {200, 202}, answer.text
            return

    def get(self, path: str, **query: Any) -> Any:
        """Ask the API."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = self.http.get(f"{self.url}/api/v1/{path}", params=query, headers=headers)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def running(folder: Path, database: str = "") -> Iterator[Server]:
    server = Server(folder, database)
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.process.terminate()
            server.process.wait(60)
        server.http.close()
        assert wait_for_no_worker(server.folder) == [], "no worker outlives its server, however that ended"


def list_workers(folder: Path) -> list[int]:
    """Find the worker processes of a newsroom, whoever their parent is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended meanwhile
        if b"vivavoce.jobs.worker" in command and f"{folder}/room".encode() in command:
            found.append(int(process.name))
    return found


def wait_for_no_worker(folder: Path) -> list[int]:
    deadline = time.monotonic() + _START_S
    while (left := list_workers(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def storm(folder: Path, *, kills: int, stories: int, seed: int, database: str = "") -> None:
    """Kill the server or a worker so many times while stories are sent and rendered, then look at everything."""
    chance = random.Random(seed)
    with running(folder, database) as server:
        sent = 0
        for number in range(kills):
            while sent < stories * (number + 1) // kills:
                server.send(sent)
                sent += 1
            time.sleep(chance.uniform(0.0, 2.5))
            workers = server.workers()
            if workers and chance.random() < 0.6:
                os.kill(chance.choice(workers), signal.SIGKILL)
            else:
                assert set(workers) <= set(list_workers(folder)), "they are found by what they are called"
                server.kill()
                server.start()
        for number in range(stories):
            server.send(number)
        wait_until_quiet(server)
        editions = server.get("editions", limit=200)
        assert len(editions) == stories
        assert {edition["state"] for edition in editions} == {"published"}
        assert {edition["head"] for edition in editions} == {1}
        for edition in editions:
            assert server.http.get(f"{server.url}/e/{edition['id']}/audio.mp3", timeout=60).status_code == 200
    with opened(server) as room:
        check_whole(room, stories)


def wait_until_quiet(server: Server, seconds: float = 400.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        jobs = server.get("jobs", limit=MOST_JOBS)  # in one look: between two, a job may end and queue the next
        assert len(jobs) < MOST_JOBS, "there may be more than this look shows"
        alive = [job for job in jobs if job["state"] in {"queued", "working"}]
        if not alive:
            return
        time.sleep(0.5)
    raise AssertionError(f"{alive}\n{(server.folder / 'log').read_text()[-6000:]}")


@contextmanager
def opened(server: Server) -> Iterator[Newsroom]:
    places: Places = read_places()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIVAVOCE_CONFIG", server.environment["VIVAVOCE_CONFIG"])
        places = read_places()
    room = open_newsroom(places)
    yield room
    room.store.close()


def check_whole(room: Newsroom, stories: int) -> None:
    with room.store.read() as unit:
        articles = unit.articles.search("house", limit=1000)
        assert len(articles) == stories
        assert unit.jobs.count(JobState.FAILED) == 0
        for article in articles:
            edition = unit.editions.of_article(article.id)
            assert edition is not None
            versions = unit.editions.list_versions(edition.id)
            assert [version.number for version in versions] == [1]
            files = unit.editions.list_files(edition.id, 1)
            assert {"audio.mp3", "edition.json", "player.html"} <= {file.name for file in files}
            assert all(room.blobs.is_whole(file.blob) for file in files)
            manifest = next(file for file in files if file.name == "edition.json")
            record = read_manifest(room.blobs.read(manifest.blob).decode())
            assert record.article.title == article.title
        assert len(unit.articles.list_revisions(articles[0].id)) == 1


def test_killing_the_server_ends_its_workers(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        deadline = time.monotonic() + _START_S
        while len(list_workers(tmp_path)) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(list_workers(tmp_path)) == 2
        server.kill()
        assert wait_for_no_worker(tmp_path) == []


def test_five_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    storm(tmp_path, kills=5, stories=4, seed=11)


@pytest.mark.soak
def test_five_kills_on_postgresql_lose_nothing_and_do_nothing_twice(tmp_path: Path, postgres_server: str) -> None:
    storm(tmp_path, kills=5, stories=4, seed=11, database=make_database(postgres_server))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_fifty_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    storm(tmp_path, kills=50, stories=60, seed=12)


def test_one_story_saved_a_hundred_times_at_once_is_one_edition(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with running(tmp_path) as server:
        with ThreadPoolExecutor(25) as pool:
            list(pool.map(lambda _: server.send(1), range(100)))
        wait_until_quiet(server)
        editions = server.get("editions")
        assert [edition["head"] for edition in editions] == [1]
        jobs = server.get("jobs", limit=200)
        assert sorted(job["kind"] for job in jobs) == ["read", "render"]
