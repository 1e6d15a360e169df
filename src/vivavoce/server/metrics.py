"""Figures for Prometheus: requests by route, and, at each scrape, what the store says of jobs and deliveries."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.records import JobState

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One server's figures."""

    def __init__(self, room: Newsroom) -> None:
        """Begin to count."""
        self._registry = CollectorRegistry()
        self._registry.register(_StoreCollector(room))
        self._requests = Counter(
            "vivavoce_http_requests", "Requests.", ("route", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "vivavoce_http_request_seconds",
            "Time to the end of the answer.",
            ("route",),
            buckets=_BUCKETS_S,
            registry=self._registry,
        )

    def count(self, *, route: str, method: str, status: int, took_s: float) -> None:
        """Count a request; the route is its pattern, so that ids make no series."""
        known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
        self._requests.labels(route, known, str(status)).inc()
        self._seconds.labels(route).observe(took_s)

    def write(self) -> bytes:
        """Write them as Prometheus reads them."""
        return generate_latest(self._registry)


class _StoreCollector(Collector):
    def __init__(self, room: Newsroom) -> None:
        self._room = room

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("vivavoce_jobs", "Jobs by state.", labels=("state",))
        with self._room.store.read() as unit:
            for state in JobState:
                jobs.add_metric([str(state)], unit.jobs.count(state))
            dead = unit.hooks.count_dead()
        yield jobs
        yield GaugeMetricFamily("vivavoce_dead_deliveries", "Events that could not be delivered.", value=dead)

    def describe(self) -> Iterator[Metric]:
        """Ask the store for nothing when the collector is registered."""
        return iter(())
