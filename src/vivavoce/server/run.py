"""Running a newsroom: the server, its workers and the sweep, as one process tree."""

import signal
import socket
import threading
import time
from collections.abc import Sequence
from types import FrameType

import structlog
import uvicorn
from starlette.types import ASGIApp

from vivavoce.house import ServerOptions
from vivavoce.jobs.booth import Booth
from vivavoce.jobs.crew import Crew
from vivavoce.jobs.logs import set_up_logs
from vivavoce.jobs.queue import Queue, sending
from vivavoce.jobs.sweep import sweep
from vivavoce.newsroom.access import make_setup_link
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.upkeep import keep_up
from vivavoce.server.app import make_app, shield
from vivavoce.server.protocol import PatientProtocol

log = structlog.get_logger()

_SWEEPS_PER_LEASE = 3
SHUT_DOWN_S = 10
UPKEEP_EVERY_S = 3600.0
MOST_CONNECTIONS = 4000
KEEP_ALIVE_S = 30
"""A player asks for its next range every few seconds; a connection that closes before that costs a new one."""


def serve(room: Newsroom, sockets: Sequence[socket.socket]) -> None:
    """Serve until told to stop. May be killed at any point: what was under way is put back at the next start.

    Args:
        room: The newsroom.
        sockets: Where to listen, as `open_sockets` gives them.
    """
    set_up_logs(process="server")
    queue = Queue(room.database_url)
    room = sending(room, queue)
    booth, bench = Booth(), Booth()
    sweeper = _Sweeper(room, queue)
    sweeper.sweep_now()
    crew = Crew(room.folder, workers=room.options.workers, on_death=sweeper.ask)
    server = uvicorn.Server(configure(room.options, shield(make_app(room, booth, bench))))
    crew.start()
    sweeper.start()
    log.info("server.start", folder=str(room.folder), workers=room.options.workers)
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _pass)  # uvicorn stops, and then raises the signal again
        server.run(sockets=list(sockets))
    finally:
        sweeper.stop()
        crew.stop()
        booth.close()
        bench.close()
        queue.close()
        room.store.close()
        log.info("server.stopped")


def configure(options: ServerOptions, app: ASGIApp) -> uvicorn.Config:
    """Give how the application is served; a proxy's word for where a request comes from is taken from these only."""
    return uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        http=PatientProtocol,
        proxy_headers=bool(options.trusted_proxies),
        forwarded_allow_ips=list(options.trusted_proxies),
        server_header=False,
        access_log=False,
        log_config=None,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=SHUT_DOWN_S,
    )


def _pass(_signal: int, _frame: FrameType | None) -> None:
    """Let what follows the server's end be done."""


def greet(room: Newsroom) -> str | None:
    """Give the link to the first user, where there is no user yet."""
    with room.store.read() as unit:
        if unit.people.count_users():
            return None
    return make_setup_link(room, next(iter(room.houses)))


class _Sweeper:
    """Sweeps several times a lease, and when it is asked to."""

    def __init__(self, room: Newsroom, queue: Queue) -> None:
        self._room = room
        self._queue = queue
        self._wanted = threading.Event()
        self._stopping = False
        self._kept_up_s = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True, name="sweep")

    def start(self) -> None:
        self._thread.start()

    def ask(self) -> None:
        """Sweep soon."""
        self._wanted.set()

    def stop(self) -> None:
        self._stopping = True
        self._wanted.set()
        if self._thread.is_alive():
            self._thread.join()

    def sweep_now(self) -> None:
        sweep(self._room, self._queue)

    def _run(self) -> None:
        while True:
            self._wanted.wait(self._room.options.lease_s / _SWEEPS_PER_LEASE)
            self._wanted.clear()
            if self._stopping:
                return
            try:
                self.sweep_now()
                if time.monotonic() - self._kept_up_s > UPKEEP_EVERY_S:
                    keep_up(self._room)
                    self._kept_up_s = time.monotonic()
            except Exception:  # the sweep's outermost frame: the next one tries again
                log.exception("sweep.fault")
