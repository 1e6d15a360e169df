"""The archive's whole run, with workers in this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from pyarrow import parquet

from archive_at_work import LocalCrew, make_places, write_lines
from vivavoce import archiving, studio
from vivavoce.archive.crew import ClusterOptions, Ended
from vivavoce.archive.work import WorkSettings
from vivavoce.archiving import ArchiveRequest, ArchiveResult, list_edition_folders, narrate_archive
from vivavoce.errors import UsageError
from vivavoce.extract import extract_here
from vivavoce.house import read_house
from vivavoce.lexicon import Entry, Lexicon
from vivavoce.publishing import gather_editions
from vivavoce.settings import Places

_NAMED = "Mayor Thrumblewick spoke first. Roads came next. Thrumblewick's plan was agreed."
_OTHER = "The council met on Tuesday. Roads came next."


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    places = make_places(tmp_path)

    @contextmanager
    def open_here(settings: WorkSettings, _options: ClusterOptions) -> Iterator[LocalCrew]:
        yield LocalCrew(settings, places)

    monkeypatch.setattr(archiving, "open_crew", open_here)
    monkeypatch.setattr(studio, "extract_article", extract_here)
    return places


def ask(places: Places, folder: Path, *, lexicon: Lexicon | None = None, touch_up: bool = False) -> ArchiveRequest:
    narrate = replace(studio.prepare_request("", read_house(places)), voice="tones", entries=lexicon or Lexicon())
    catalogue = write_lines(folder / "catalogue.jsonl", {"named": _NAMED, "other": _OTHER, "broken": ""})
    return ArchiveRequest(str(catalogue), str(folder / "archive"), narrate, ClusterOptions(), touch_up=touch_up)


def drive(request: ArchiveRequest, places: Places) -> ArchiveResult:
    return narrate_archive(request, places, lambda _progress: None)


def test_a_touch_up_makes_anew_what_says_the_names_that_the_lexicon_has_learnt(places: Places, tmp_path: Path) -> None:
    first = drive(ask(places, tmp_path), places)
    assert (first.progress.made, first.progress.failed) == (2, 1)
    assert {bar.label: bar.count for bar in first.summary.names} == {"Thrumblewick": 1, "Thrumblewick's": 1}
    nothing_learnt = drive(ask(places, tmp_path, touch_up=True), places)
    assert nothing_learnt.progress.listed == 0

    learnt = Lexicon((Entry("Thrumblewick", alias="thrum bull wick"),))
    touched = drive(ask(places, tmp_path, lexicon=learnt, touch_up=True), places)
    assert (touched.progress.made, touched.progress.skipped) == (1, 2)
    assert touched.summary.names == ()
    rows = {row["source_id"]: row for row in parquet.read_table(tmp_path / "archive" / "manifest.parquet").to_pylist()}
    record = studio.open_edition(tmp_path / "archive" / rows["named"]["folder"])
    assert (record.made.rendered_utterances, record.replaces is not None) == (2, True)
    again = drive(ask(places, tmp_path, lexicon=learnt, touch_up=True), places)
    assert again.progress.listed == 0


def test_a_touch_up_knows_a_name_by_an_entry_of_several_words_in_a_file(places: Places, tmp_path: Path) -> None:
    request = ask(places, tmp_path)
    drive(request, places)
    file = tmp_path / "names.csv"
    file.write_text("written,alias\nMayor Thrumblewick,mayor thrum bull wick\n", "utf-8")
    learnt = replace(request, narrate=replace(request.narrate, lexicons=(file,)), touch_up=True)
    assert drive(learnt, places).progress.made == 1
    again = drive(learnt, places)
    assert (again.progress.made, again.progress.whole) == (0, 1), "the name stands elsewhere, too, and is whole"


def read_list(folder: Path) -> dict[str, dict[str, Any]]:
    return {row["source_id"]: row for row in parquet.read_table(folder / "archive" / "manifest.parquet").to_pylist()}


def test_only_the_current_edition_of_a_changed_article_is_published(places: Places, tmp_path: Path) -> None:
    request = ask(places, tmp_path)
    drive(request, places)
    write_lines(tmp_path / "catalogue.jsonl", {"named": _NAMED, "other": f"{_OTHER} Then it rained."})
    drive(request, places)
    assert len(list((tmp_path / "archive" / "editions").iterdir())) == 3
    folders = list_edition_folders(request.output)
    assert sorted(folder.name for folder in folders) == sorted(row["edition"] for row in read_list(tmp_path).values())
    assert len(gather_editions(folders)) == 2


def test_failures_that_the_catalogue_no_longer_holds_are_forgotten(places: Places, tmp_path: Path) -> None:
    request = ask(places, tmp_path)
    other = replace(request, source=str(write_lines(tmp_path / "other.jsonl", {"elsewhere": ""})))
    assert drive(other, places).summary.failures == 1
    assert drive(request, places).summary.failures == 2
    row = read_list(tmp_path)["broken"]
    assert (row["listed_at"], row["ended"] is not None) == (f"{request.source}, line 3", True)
    write_lines(tmp_path / "catalogue.jsonl", {"named": _NAMED, "other": _OTHER})
    assert drive(replace(request, limit=1), places).summary.failures == 2, "not all of it was listed"
    assert [one.source_id for one in drive(request, places).summary.failed] == ["elsewhere"]


def test_an_interrupted_run_writes_what_it_has(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ask(places, tmp_path)
    drive(request, places)
    before = {row["edition"] for row in read_list(tmp_path).values()}
    (tmp_path / "archive" / "manifest.parquet").unlink()
    changed = {
        "named": _NAMED,
        "other": f"{_OTHER} Then it rained.",
        "new": "It snowed on Monday. It thawed on Friday.",
    }
    write_lines(tmp_path / "catalogue.jsonl", changed)
    monkeypatch.setattr(LocalCrew, "collect", interrupt)
    with pytest.raises(KeyboardInterrupt):
        drive(request, places)
    assert {row["edition"] for row in read_list(tmp_path).values()} == before, "what is at work is listed as it was"
    assert "failed before" in (tmp_path / "archive" / "report.html").read_text("utf-8").casefold()


def interrupt(_crew: LocalCrew, *, timeout_s: float) -> list[Ended]:
    raise KeyboardInterrupt(timeout_s)


def test_two_drivers_on_one_sqlite_ledger_are_one_too_many(places: Places, tmp_path: Path) -> None:
    request = ask(places, tmp_path)
    (tmp_path / "archive").mkdir()
    with (
        FileLock(tmp_path / "archive" / "ledger.sqlite.lock"),
        pytest.raises(UsageError, match="another run is at work"),
    ):
        drive(request, places)


def test_a_store_elsewhere_wants_a_database_and_gives_no_folders(places: Places, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="wants a ledger"):
        drive(replace(ask(places, tmp_path), output="memory://archive"), places)
    with pytest.raises(UsageError, match="copy memory://archive here"):
        list_edition_folders("memory://archive")
