"""How listeners fare while the newsroom renders: 500 at once read ranges of published audio, 20 articles are made.

Usage: python evals/listeners.py [--listeners 500] [--articles 20] [--pause 4] [--voice tones]

A newsroom of its own serves in a temporary folder, with its workers, as `vivavoce serve` does. Each listener has a
connection of its own and does as players do: reads a range of 64 kB, listens for a while (--pause seconds, at random
around that), reads the next. The listeners stay until all articles are published. Printed: how many ranges, errors, and
the time from asking to the last byte: median, 95th and 99th percentile, longest.

This process is on the same machine as the server: what it needs itself is in the figures.
"""

import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

RANGE_BYTES = 65_536
FIRST = 3
"""Articles that are out before the listeners come."""
_PARAGRAPH = (
    "The council of town {number} met on Monday and voted for a new wall along the harbour. The mayor said that work "
    "would begin in spring, and that nobody would have to move. Critics called the plan too small and too late."
)
P99_MS = 100.0


@dataclass
class Tally:
    """What the listeners met."""

    took_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def at(self, share: float) -> float:
        """Give a percentile."""
        ordered = sorted(self.took_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass(frozen=True)
class Server:
    """A newsroom that serves."""

    port: int
    token: str
    pid: int

    @property
    def url(self) -> str:
        """Give its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(folder: Path, voice: str, *, policy: str = "clean") -> Iterator[Server]:
    """Serve a newsroom in a folder; with the policy "clean" its editions go out by themselves."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "vivavoce.toml"
    config.write_text(
        f'[voice]\nname = "{voice}"\n[newsroom]\npolicy = "{policy}"\n'
        f'[server]\nport = {port}\nfolder = "{folder}/room"\nworkers = 1\nrequests_per_minute = 1000000\n'
    )
    environment = {
        **os.environ,
        "VIVAVOCE_CONFIG": str(config),
        "VIVAVOCE_CACHE": str(folder / "cache"),
        "VIVAVOCE_KEYS": str(folder / "keys"),
    }
    command = [sys.executable, "-m", "vivavoce", "serve"]
    made = subprocess.run(
        [*command, "token", "bench", "--scope", "admin"], env=environment, capture_output=True, text=True, check=True
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        server = Server(port, made.stdout.strip(), process.pid)
        _wait_until_ready(server)
        yield server
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_ready(server: Server) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{server.url}/health/ready").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise SystemExit("the server does not start")


async def publish(server: Server, client: httpx.AsyncClient, numbers: range) -> list[str]:
    """Send articles and wait until all of them are out."""
    wanted = []
    for number in numbers:
        text = f"title: Town {number}\n\n" + "\n\n".join([_PARAGRAPH.format(number=number)] * 6)
        answer = await client.post(f"{server.url}/api/v1/articles", json={"text": text, "source_id": str(number)})
        answer.raise_for_status()
        wanted.append(answer.json()["article"]["edition"]["id"])
    for edition in wanted:
        while (await client.get(f"{server.url}/e/{edition}/player.json")).status_code != 200:  # noqa: ASYNC110  # the server is another process, which sets no event here
            await asyncio.sleep(0.5)
    return wanted


async def listen(server: Server, editions: list[str], tally: Tally, over: asyncio.Event, *, pause_s: float) -> None:
    """Read an edition's audio range by range until the bench is over."""
    chance = random.Random()  # noqa: S311  # when they listen and to what; nothing is guarded by it
    await asyncio.sleep(chance.uniform(0, pause_s))
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        while not over.is_set():
            edition, start = chance.choice(editions), RANGE_BYTES * chance.randrange(4)
            began_s = time.perf_counter()
            try:
                if reader.at_eof():  # the server closes what was idle for long; players open a new connection then
                    writer.close()
                    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                await _read_range(reader, writer, f"/e/{edition}/audio.mp3", start)
                tally.took_ms.append(1000 * (time.perf_counter() - began_s))
            except (OSError, EOFError, ValueError) as error:
                tally.errors.append(f"{type(error).__name__}: {error}")
                return
            await asyncio.sleep(chance.uniform(0.5, 1.5) * pause_s)
    finally:
        writer.close()


async def _read_range(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, start: int) -> None:
    """Ask for a range on an open connection and read all of it; plain sockets, to cost this process little."""
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes={start}-{start + RANGE_BYTES - 1}\r\n\r\n"
    writer.write(asked.encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if " 206 " not in head.splitlines()[0]:
        raise ValueError(head.splitlines()[0])
    length = int(head.split("content-length:")[1].split("\r\n")[0])
    await reader.readexactly(length)


async def run(server: Server, arguments: argparse.Namespace) -> dict[str, object]:
    """Run the bench and give its figures."""
    tally, over = Tally(), asyncio.Event()
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:
        editions = await publish(server, client, range(FIRST))
        listeners = [
            asyncio.create_task(listen(server, editions, tally, over, pause_s=arguments.pause))
            for _ in range(arguments.listeners)
        ]
        began_s = time.perf_counter()
        await publish(server, client, range(FIRST, FIRST + arguments.articles))
        took_s = time.perf_counter() - began_s
        over.set()
        await asyncio.gather(*listeners)
    return {
        "listeners": arguments.listeners,
        "articles": arguments.articles,
        "seconds": round(took_s, 1),
        "ranges": len(tally.took_ms),
        "ranges_per_s": round(len(tally.took_ms) / took_s, 1),
        "errors": len(tally.errors),
        "first_errors": tally.errors[:3],
        "median_ms": round(tally.at(0.5), 1),
        "p95_ms": round(tally.at(0.95), 1),
        "p99_ms": round(tally.at(0.99), 1),
        "longest_ms": round(max(tally.took_ms), 1),
        "load": os.getloadavg(),
    }


def main() -> int:
    """Run, print, and say whether it is good enough."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listeners", type=int, default=500)
    parser.add_argument("--articles", type=int, default=20)
    parser.add_argument("--pause", type=float, default=4.0)
    parser.add_argument("--voice", default="tones")
    arguments = parser.parse_args()
    with TemporaryDirectory(prefix="vivavoce-listeners-") as folder, serving(Path(folder), arguments.voice) as server:
        figures = asyncio.run(run(server, arguments))
    print(json.dumps(figures, indent=1))
    good = figures["errors"] == 0 and isinstance(figures["p99_ms"], float) and figures["p99_ms"] < P99_MS
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
