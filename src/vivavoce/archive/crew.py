"""Workers on Ray: one actor a worker, its model loaded once. Retries, restarts, spilling and placement are Ray's."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

from vivavoce.archive.items import Batch, Outcome, OutcomeState
from vivavoce.archive.work import Narrator, WorkSettings
from vivavoce.errors import MachineError, UsageError

RETRIES = 2
"""How often Ray gives a batch to a restarted worker after its worker died."""
_VARIABLES = ("VIVAVOCE_MODELS", "VIVAVOCE_CACHE", "VIVAVOCE_CONFIG", "VIVAVOCE_KEYS", "PYTHONPATH")


class Crew(Protocol):
    """Workers that take batches."""

    dashboard: str | None

    @property
    def size(self) -> int:
        """How many workers there are; asked for the first time, they start."""
        ...

    def submit(self, batch: Batch) -> None:
        """Hand a batch to the worker that has least to do."""
        ...

    def collect(self, *, timeout_s: float) -> list[tuple[Batch, tuple[Outcome, ...] | None]]:
        """Wait for batches to end; None stands for a batch whose worker died again and again."""
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


class RayCrew:
    """Meets `Crew`. An archive with nothing to do never starts a cluster: its run costs a listing."""

    def __init__(self, settings: WorkSettings, options: ClusterOptions) -> None:
        """Keep what workers will need."""
        self.dashboard: str | None = None
        self._settings, self._options = settings, options
        self._workers: list[Any] = []
        self._load: list[int] = []
        self._waiting: dict[Any, tuple[Batch, int]] = {}

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
        logging.getLogger("ray").setLevel(logging.ERROR)  # what Ray says below that is for Ray's own users
        variables = {name: os.environ[name] for name in _VARIABLES if name in os.environ}
        try:
            context = ray.init(
                address=address,
                namespace="vivavoce",
                runtime_env={"env_vars": variables} if address else None,
                log_to_driver=False,
                configure_logging=False,
                include_dashboard=None if address else False,
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise MachineError(f"no Ray cluster at {address or 'this machine'}: {error}") from error
        self.dashboard = f"http://{context.dashboard_url}" if context.dashboard_url else None
        resources: Any = ray.cluster_resources  # Ray leaves it without types
        size = self._options.workers or max(1, int(resources().get("CPU", 1)))
        remote = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=RETRIES)(Narrator)
        self._workers = [remote.remote(self._settings) for _ in range(size)]  # by value: a restart needs it
        self._load = [0] * size

    def close(self) -> None:
        """End the workers, and the cluster where it is our own."""
        if "ray" in sys.modules:
            import ray

            ray.shutdown()

    @property
    def in_flight(self) -> int:
        """How many batches are with the workers."""
        return len(self._waiting)

    def submit(self, batch: Batch) -> None:
        """Hand a batch to the worker that has least to do."""
        worker = min(range(self.size), key=self._load.__getitem__)
        self._load[worker] += 1
        self._waiting[self._workers[worker].narrate.remote(batch.orders)] = (batch, worker)

    def collect(self, *, timeout_s: float) -> list[tuple[Batch, tuple[Outcome, ...] | None]]:
        """Wait for batches to end."""
        import ray
        from ray.exceptions import RayError

        ready, _ = ray.wait(list(self._waiting), num_returns=1, timeout=timeout_s)
        ended: list[tuple[Batch, tuple[Outcome, ...] | None]] = []
        for reference in ready:
            batch, worker = self._waiting.pop(reference)
            self._load[worker] -= 1
            try:
                ended.append((batch, ray.get(reference)))
            except RayError:
                ended.append((batch, None))
        return ended


def poisoned(batch: Batch) -> Outcome:
    """Say of a lone article that its workers died of it."""
    (order,) = batch.orders
    reason = f"its worker died {RETRIES + 1} times; look at this article, and at the worker's memory"
    return Outcome(order.item.source_id, OutcomeState.FAILED, url=order.item.url, reason=reason)
