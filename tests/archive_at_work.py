"""An archive's run without a cluster: a crew in this process, and catalogues of short news text."""

import json
from dataclasses import replace
from pathlib import Path

from vivavoce.archive.crew import ClusterOptions, Crew
from vivavoce.archive.items import ArchiveItem, Batch, Outcome
from vivavoce.archive.work import Narrator, WorkSettings
from vivavoce.archiving import ArchiveRequest, prepare_work
from vivavoce.house import read_house
from vivavoce.settings import Places
from vivavoce.studio import prepare_request
from vivavoce.types import Capture


def make_places(folder: Path) -> Places:
    """Give places that hold nothing yet."""
    return Places(folder / "models", folder / "cache", folder / "vivavoce.toml", folder / "keys")


def make_settings(folder: Path, output: str | None = None) -> WorkSettings:
    """Ask for MP3 editions by the test voice."""
    places = make_places(folder)
    narrate = replace(prepare_request("", read_house(places)), voice="tones")
    return prepare_work(ArchiveRequest("", output or str(folder / "archive"), narrate, ClusterOptions()), places)


def make_item(number: int, *, text: str | None = None) -> ArchiveItem:
    """Make a short article."""
    payload = {
        "title": f"Council meets again on day {number}",
        "text": text
        or f"The council of Harborough met on day {number}. It agreed a budget of {number + 2} million dollars.",
    }
    return ArchiveItem(f"a{number}", Capture(json.dumps(payload).encode(), f"row {number}", "application/json"))


def write_rows(file: Path, count: int) -> Path:
    """Write a catalogue of short articles as JSON lines."""
    rows = []
    for number in range(count):
        capture = make_item(number).capture
        assert capture
        rows.append(json.dumps({"id": f"a{number}", **json.loads(capture.body)}))
    file.write_text("\n".join(rows) + "\n", "utf-8")
    return file


class LocalCrew(Crew):
    """Works in this process, when results are collected; an article named as deadly kills its worker each time."""

    size = 2

    def __init__(self, settings: WorkSettings, places: Places, *, deadly: frozenset[str] = frozenset()) -> None:
        self.dashboard = None
        self.taken: list[Batch] = []
        self.most_in_flight = 0
        self._narrator = Narrator(settings, places)
        self._deadly = deadly
        self._waiting: list[Batch] = []

    @property
    def in_flight(self) -> int:
        return len(self._waiting)

    def submit(self, batch: Batch) -> None:
        self.taken.append(batch)
        self._waiting.append(batch)
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def collect(self, *, timeout_s: float) -> list[tuple[Batch, tuple[Outcome, ...] | None]]:
        assert timeout_s > 0
        batch = self._waiting.pop(0)
        if any(order.item.source_id in self._deadly for order in batch.orders):
            return [(batch, None)]
        return [(batch, self._narrator.narrate(batch.orders))]
