"""An archive's run without a cluster: a crew in this process, and catalogues of short news text."""

import hashlib
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pyarrow import parquet

from vivavoce.archive.crew import ClusterOptions, Crew, Ended
from vivavoce.archive.items import ArchiveItem, Batch
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


def write_lines(file: Path, texts: Mapping[str, str]) -> Path:
    """Write a catalogue of articles with these texts, by their ids."""
    rows = (json.dumps({"id": name, "title": f"The {name} one", "text": text}) for name, text in texts.items())
    file.write_text("\n".join(rows), "utf-8")
    return file


_TOWNS = ("Harborough", "Port Sorrel", "Lenn Bridge", "Altfeld", "Kestrel Bay", "Moor End", "Sandwick")
_PEOPLE = ("Tereza Halvorsen", "Maribel Okonjo", "Ann Reporter", "Jun Sato", "Olena Kovalenko", "Piotr Zieliński")
_BODIES = ("council", "harbour board", "school board", "fire service", "hospital trust")
_SENTENCES = (
    "The {body} of {town} met on {day} to decide on a budget of ${sum} million.",
    "{person} said that the vote was long overdue, and that {count} households would gain from it.",
    "Work begins on {day} and should take {weeks} weeks.",
    "Nobody was hurt when part of the old wall gave way in {year}.",
    "About {share} percent of those asked had no opinion.",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def write_news(file: Path, count: int) -> Path:
    """Write a catalogue of generated news, two to four sentences each; every other article is a page in HTML."""
    chance = random.Random(9)
    with file.open("w", encoding="utf-8") as rows:
        for number in range(count):
            town, body = chance.choice(_TOWNS), chance.choice(_BODIES)
            text = [
                sentence.format(
                    body=body,
                    town=town,
                    day=chance.choice(_DAYS),
                    person=chance.choice(_PEOPLE),
                    sum=chance.randint(2, 900),
                    count=f"{chance.randint(1000, 99_000):,}",
                    weeks=chance.randint(3, 40),
                    year=chance.randint(1950, 2025),
                    share=chance.randint(2, 90),
                )
                for sentence in chance.sample(_SENTENCES, chance.randint(2, 4))
            ]
            row = {"id": f"n{number}", "title": f"{town} {body} decides, day {number}"}
            if number % 2:
                paragraphs = "".join(f"<p>{sentence}</p>" for sentence in text)
                page = (
                    f"<html><body><nav><a href='/'>Home</a></nav><article><h1>{row['title']}</h1>{paragraphs}</article>"
                )
                row["html"] = page
            else:
                row["text"] = " ".join(text)
            rows.write(json.dumps(row, ensure_ascii=False) + "\n")
    return file


class LocalCrew(Crew):
    """Works in this process, when results are collected; an article named as deadly kills its worker each time.

    `lost` batches find that their worker's machine is gone, the first ones.
    """

    size = 2

    def __init__(
        self, settings: WorkSettings, places: Places, *, deadly: frozenset[str] = frozenset(), lost: int = 0
    ) -> None:
        self.dashboard = None
        self.taken: list[Batch] = []
        self.most_in_flight = 0
        self._narrator = Narrator(settings, places)
        self._deadly, self._lost = deadly, lost
        self._waiting: list[Batch] = []

    @property
    def in_flight(self) -> int:
        return len(self._waiting)

    @property
    def has_room(self) -> bool:
        return self.in_flight < self.size

    def submit(self, batch: Batch) -> None:
        assert self.has_room
        self.taken.append(batch)
        self._waiting.append(batch)
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def collect(self, *, timeout_s: float) -> list[Ended]:
        assert timeout_s > 0
        batch = self._waiting.pop(0)
        if self._lost:
            self._lost -= 1
            return [Ended(batch, None, to_blame=False)]
        if any(order.item.source_id in self._deadly for order in batch.orders):
            return [Ended(batch, None)]
        return [Ended(batch, self._narrator.narrate(batch.orders))]


def list_takes(cache: Path) -> dict[str, int]:
    """Give the kept takes, each with its file's number: one that is rendered again has another."""
    return {path.name: path.stat().st_ino for path in cache.rglob("*.npz")}


def check_archive(archive: Path, wanted: set[str]) -> None:
    """Look at an archive's folder: each article has one whole edition, no other stands there, and the list agrees."""
    editions = set()
    for folder in (archive / "editions").iterdir():
        manifest = json.loads((folder / "edition.json").read_text("utf-8"))
        assert manifest["id"] == folder.name
        for audio in manifest["audio"]:
            assert hashlib.sha256((folder / audio["file"]).read_bytes()).hexdigest() == audio["sha256"]
        editions.add(folder.name)
    rows = {row["source_id"]: row for row in parquet.read_table(archive / "manifest.parquet").to_pylist()}
    listed = {name: row["edition"] for name, row in rows.items() if row["edition"]}
    assert set(listed) == wanted
    assert sorted(listed.values()) == sorted(editions)
    assert not list(archive.rglob("*.part"))
