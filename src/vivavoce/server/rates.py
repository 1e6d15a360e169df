"""How often one asker may ask: a token bucket each, in this process's memory; and what need not be asked twice."""

import threading
import time
from collections import OrderedDict

from vivavoce.newsroom.refusals import TooOften
from vivavoce.provenance.inspect import Inspection

_MOST_ASKERS = 50_000
_MOST_KNOWN = 500


class Rate:
    """So many requests a minute, with a burst of as many."""

    def __init__(self, per_minute: int) -> None:
        """Let everybody ask so often."""
        self._per_minute = per_minute
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, asker: str, *, cost: float = 1.0) -> None:
        """Count a request.

        Raises:
            TooOften: One too many.
        """
        now_s = time.monotonic()
        with self._lock:
            left, at_s = self._left.pop(asker, (float(self._per_minute), now_s))
            left = min(float(self._per_minute), left + (now_s - at_s) * self._per_minute / 60)
            allowed = left >= cost
            self._left[asker] = (left - cost if allowed else left, now_s)
            while len(self._left) > _MOST_ASKERS:
                self._left.popitem(last=False)
        if not allowed:
            wait_s = int((cost - left) * 60 / self._per_minute) + 1
            raise TooOften(f"more than {self._per_minute} requests a minute; slow down", retry_after_s=wait_s)


class Known:
    """Recordings that were inspected lately, by their digest."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._found: OrderedDict[str, Inspection] = OrderedDict()

    def get(self, digest: str) -> Inspection | None:
        """Give what was found in a recording."""
        return self._found.get(digest)

    def keep(self, digest: str, found: Inspection) -> None:
        """Remember it; the oldest is forgotten."""
        self._found[digest] = found
        while len(self._found) > _MOST_KNOWN:
            self._found.popitem(last=False)
