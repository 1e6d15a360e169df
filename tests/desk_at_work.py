"""A newsroom that really serves, with its worker at work, for a browser."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from newsroom_at_work import AtWork, open_at_work
from vivavoce.server.app import shield

_LOOK_EVERY_S = 0.05


@contextmanager
def serve_at_work(folder: Path, **options: Any) -> Iterator[tuple[AtWork, str]]:
    """Serve a newsroom; gives it, and its address."""
    port = _free_port()
    with open_at_work(folder, port=port, **options) as at_work:
        server = uvicorn.Server(uvicorn.Config(shield(at_work.app), port=port, log_level="error", lifespan="off"))
        stopping = threading.Event()
        threads = [
            threading.Thread(target=server.run, daemon=True),
            threading.Thread(target=_keep_working, args=(at_work, stopping), daemon=True),
        ]
        for thread in threads:
            thread.start()
        while not server.started:
            threads[0].join(_LOOK_EVERY_S)
        yield at_work, f"http://127.0.0.1:{port}"
        stopping.set()
        server.should_exit = True
        server.force_exit = True
        for thread in threads:
            thread.join()


def _keep_working(at_work: AtWork, stopping: threading.Event) -> None:
    while not stopping.wait(_LOOK_EVERY_S):
        at_work.work()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
