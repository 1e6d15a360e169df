"""Workers on Ray: one actor a worker, its model loaded once. Retries, restarts, spilling and placement are Ray's.

A worker has one batch at a time, so that what it died of is known. One that Ray can't place, because its machine was
lost or has no room, gets no work until it is somewhere; the others go on.
"""

import logging
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

from vivavoce.archive.items import Batch, Outcome
from vivavoce.archive.work import Narrator, WorkSettings
from vivavoce.errors import MachineError, UsageError

RETRIES = 2
"""How often Ray gives a batch to a restarted worker after its worker died."""
_MUSTER_S = 60.0
"""How long the first batch waits for all workers to be there."""
_LOOK_S = 5.0
"""How often the cluster is asked which machines it has lost."""
_ANSWER_S = 5.0
_SOCKET = re.compile(r"(?P<host>[^:/]+):(?P<port>\d+)")
_VARIABLES = ("VIVAVOCE_MODELS", "VIVAVOCE_CACHE", "VIVAVOCE_CONFIG", "VIVAVOCE_KEYS", "PYTHONPATH")


@dataclass(frozen=True, slots=True)
class Ended:
    """A batch that a worker no longer has."""

    batch: Batch
    outcomes: tuple[Outcome, ...] | None
    """None: its worker is gone."""
    to_blame: bool = True
    """Whether the worker died of it, again and again; False: the machine was lost, and the batch wants another one."""


class Crew(Protocol):
    """Workers that take batches."""

    dashboard: str | None

    @property
    def size(self) -> int:
        """How many workers there are; asked for the first time, they start."""
        ...

    @property
    def has_room(self) -> bool:
        """Whether a worker waits for a batch."""
        ...

    def submit(self, batch: Batch) -> None:
        """Hand a batch to a worker that waits for one; there is one when `has_room` says so."""
        ...

    def collect(self, *, timeout_s: float) -> list[Ended]:
        """Wait for batches to end, or for a worker to be there, but no longer than that."""
        ...

    @property
    def in_flight(self) -> int:
        """How many batches are with the workers."""
        ...


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """Which cluster works."""

    address: str | None = None
    """Of a running one ("auto" finds this machine's); None: one of our own, for this run."""
    workers: int = 0
    """0: one for each processor of the cluster."""


@contextmanager
def open_crew(settings: WorkSettings, options: ClusterOptions) -> Iterator[Crew]:
    """Give workers on a cluster, started when the first batch is there; they end with the block.

    What Ray has to say on the way, that a worker died for instance, goes to standard error: standard output is ours.

    Raises:
        UsageError: Ray is not installed.
    """
    if find_spec("ray") is None:
        raise UsageError("an archive wants Ray: pip install 'vivavoce[archive]'")
    crew = RayCrew(settings, options)
    with redirect_stdout(sys.stderr):
        try:
            yield crew
        finally:
            crew.close()


class Worker(Narrator):
    """A narrator that can say on which machine it is."""

    def node(self) -> str:
        """Give the id of its machine in the cluster."""
        import ray

        return str(ray.get_runtime_context().get_node_id())


@dataclass(slots=True, eq=False)
class _Hired:
    actor: Any
    node: Any
    """Reference to the id of its machine; there when the worker is."""


class RayCrew:
    """Meets `Crew`. An archive with nothing to do never starts a cluster: its run costs a listing."""

    def __init__(self, settings: WorkSettings, options: ClusterOptions) -> None:
        """Keep what workers will need."""
        self.dashboard: str | None = None
        self._settings, self._options = settings, options
        self._workers: list[_Hired] = []
        self._waiting: dict[Any, tuple[Batch, _Hired]] = {}
        self._looked_s = time.monotonic()

    @property
    def size(self) -> int:
        """How many workers there are; asked for the first time, they start.

        Raises:
            MachineError: The cluster can't be reached.
        """
        if not self._workers:
            self._start()
        return len(self._workers)

    def _start(self) -> None:
        """Join or make a cluster, and start workers, a processor each."""
        import ray

        address = self._options.address
        if address and (found := _SOCKET.fullmatch(address)):
            _check_answer(found["host"], int(found["port"]))
        logging.getLogger("ray").setLevel(logging.ERROR)  # what Ray says below that is for Ray's own users
        variables = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
        try:
            context = ray.init(
                address=address,
                namespace="vivavoce",
                runtime_env={"env_vars": variables} if address else None,
                log_to_driver=False,
                configure_logging=False,
            )
        except Exception as error:  # Ray raises just that where its processes don't start within half a minute
            reason = " ".join(str(error).split())
            what = f"no Ray cluster at {address}" if address else "Ray did not start on this machine"
            raise MachineError(f"{what}: {reason}; try again") from error
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # in the place of Ray's own: end as by Ctrl-C
        self.dashboard = f"http://{context.dashboard_url}" if context.dashboard_url else None
        resources: Any = ray.cluster_resources  # Ray leaves it without types
        size = self._options.workers or max(1, int(resources().get("CPU", 1)))
        self._workers = [self._hire() for _ in range(size)]
        ray.wait([worker.node for worker in self._workers], num_returns=size, timeout=_MUSTER_S)
        for worker in filter(_is_there, self._workers):
            _ask_place(worker)

    def _hire(self) -> _Hired:
        import ray

        remote: Any = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=RETRIES)(Worker)
        actor = remote.remote(self._settings)  # by value: a restart needs it
        return _Hired(actor, actor.node.remote())

    def close(self) -> None:
        """End the workers, and the cluster where it is our own."""
        if "ray" in sys.modules:
            import ray

            ray.shutdown()

    @property
    def in_flight(self) -> int:
        """How many batches are with the workers."""
        return len(self._waiting)

    @property
    def has_room(self) -> bool:
        """Whether a worker waits for a batch."""
        return bool(self._list_free())

    def submit(self, batch: Batch) -> None:
        """Hand a batch to a worker that waits for one."""
        worker = self._list_free()[0]
        self._waiting[worker.actor.narrate.remote(batch.orders)] = (batch, worker)

    def collect(self, *, timeout_s: float) -> list[Ended]:
        """Wait for batches to end, or for a worker to be there, but no longer than that."""
        import ray
        from ray.exceptions import RayError

        self._replace_lost()
        absent = [worker.node for worker in self._workers if not _is_there(worker)]
        ready, _ = ray.wait([*self._waiting, *absent], num_returns=1, timeout=min(timeout_s, _LOOK_S))
        ended = []
        for reference in ready:
            if reference not in self._waiting:
                continue
            batch, worker = self._waiting.pop(reference)
            try:
                ended.append(Ended(batch, ray.get(reference)))
            except RayError:
                ended.append(Ended(batch, None, to_blame=worker in self._workers))
        return ended

    def _list_free(self) -> list[_Hired]:
        busy = {worker for _, worker in self._waiting.values()}
        return [worker for worker in self._workers if worker not in busy and _is_there(worker)]

    def _replace_lost(self) -> None:
        """Hire others for those whose machine is lost: Ray would keep their batches until there is room for them."""
        import ray

        if time.monotonic() - self._looked_s < _LOOK_S:
            return
        self._looked_s = time.monotonic()
        nodes: Any = ray.nodes
        alive = {node["NodeID"] for node in nodes() if node["Alive"]}
        for at, worker in enumerate(self._workers):
            if _is_there(worker) and _ask_place(worker) not in alive:
                self._workers[at] = self._hire()
                ray.kill(worker.actor)


def _check_answer(host: str, port: int) -> None:
    """Ask whether anybody listens there: Ray itself tries for minutes.

    Raises:
        MachineError: Nobody does.
    """
    try:
        socket.create_connection((host, port), timeout=_ANSWER_S).close()
    except OSError as error:
        raise MachineError(
            f"no Ray cluster answers at {host}:{port} ({error.strerror or error}); start one with ray start --head "
            "there, or leave --address out"
        ) from error


def _is_there(worker: _Hired) -> bool:
    import ray

    return bool(ray.wait([worker.node], timeout=0)[0])


def _ask_place(worker: _Hired) -> str:
    """Give the id of a worker's machine.

    Raises:
        MachineError: It could not begin: a driver for the store is missing there, for instance.
    """
    import ray
    from ray.exceptions import RayError

    try:
        return str(ray.get(worker.node))
    except RayError as error:
        reason = str(error).strip().splitlines()[-1]
        raise MachineError(f"a worker can't begin: {reason}; mend that on the cluster's machines") from error


def poisoned(batch: Batch) -> Outcome:
    """Say of a lone article that its workers died of it."""
    (order,) = batch.orders
    reason = f"its worker died {RETRIES + 1} times; look at this article, and at the worker's memory"
    return order.fail(reason)
