"""A worker process: `python -m vivavoce.jobs.worker FOLDER PARENT`. It may be killed at any point."""

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import structlog
from huey.consumer import Consumer

from vivavoce.jobs.logs import set_up_logs
from vivavoce.jobs.parent import end_with_parent
from vivavoce.jobs.queue import Queue, sending
from vivavoce.jobs.sweep import name_worker
from vivavoce.jobs.work import Worker
from vivavoce.newsroom.room import open_newsroom
from vivavoce.settings import read_places

NICENESS = 10
"""Whoever listens goes before what renders."""
_LOOK_EVERY_S = 0.05
_LOOK_AT_LEAST_EVERY_S = 0.5


def run_worker(folder: Path, *, parent: int) -> None:
    """Do jobs until told to stop; a job that is under way then goes back at its next step."""
    end_with_parent(parent)
    os.nice(NICENESS)
    name = name_worker()
    set_up_logs(process=f"worker:{os.getpid()}")
    stopping = threading.Event()
    room = open_newsroom(read_places(), folder=folder)
    queue = Queue(room.database_url)
    worker = Worker(sending(room, queue), name, stopping)
    consumer = Consumer(
        queue.receive(worker.work),
        workers=1,
        periodic=False,
        initial_delay=_LOOK_EVERY_S,
        backoff=1.2,
        max_delay=_LOOK_AT_LEAST_EVERY_S,
        check_worker_health=False,
    )

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    consumer.start()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):  # in the place of the library's own
        signal.signal(number, stop)
    structlog.get_logger().info("worker.ready", worker=name)
    stopping.wait()
    consumer.stop(graceful=True)
    queue.close()
    room.store.close()


if __name__ == "__main__":
    run_worker(Path(sys.argv[1]), parent=int(sys.argv[2]))
