from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest
from pyarrow import parquet

from archive_at_work import LocalCrew, make_item, make_places, make_settings
from postgres import make_database
from vivavoce.archive.catalogue import CATALOGUE, list_outcomes, write_catalogue
from vivavoce.archive.crew import Ended
from vivavoce.archive.items import ArchiveItem, Batch, Outcome, OutcomeState, WorkOrder, read_outcome
from vivavoce.archive.listing import Listing
from vivavoce.archive.report import summarise
from vivavoce.archive.run import (
    BATCH_WEIGHT,
    LONG_WEIGHT,
    LOOK_AHEAD,
    Progress,
    RunOptions,
    Tell,
    batch_by_length,
    run_archive,
)
from vivavoce.archive.shelf import Shelf
from vivavoce.archive.work import WorkSettings
from vivavoce.lexicon import Entry, Lexicon
from vivavoce.storage.records import LedgerState
from vivavoce.storage.store import Store, open_store
from vivavoce.types import Capture

_SETTLED = (LedgerState.DONE, LedgerState.FAILED, LedgerState.POSTPONED)


@pytest.fixture
def settings(tmp_path: Path) -> WorkSettings:
    return make_settings(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    yield opened
    opened.close()


def work(
    items: Iterable[ArchiveItem],
    settings: WorkSettings,
    store: Store,
    crew: LocalCrew,
    touch_up: frozenset[str] = frozenset(),
    *,
    retry: bool = False,
    tell: Tell = lambda _progress: None,
) -> Progress:
    options = RunOptions(touch_up, retry=retry)
    with Listing() as listing:
        return run_archive(
            items,
            settings=settings,
            crew=crew,
            store=store,
            listing=listing,
            options=options,
            tell=tell,
        )


def settle_at_once(batch: Batch, state: OutcomeState = OutcomeState.FAILED) -> Ended:
    return Ended(batch, tuple(Outcome(order.item.source_id, state) for order in batch.orders))


def open_local(settings: WorkSettings, folder: Path, *, deadly: frozenset[str] = frozenset()) -> LocalCrew:
    return LocalCrew(settings, make_places(folder), deadly=deadly)


def outcomes(store: Store, settings: WorkSettings) -> dict[str, Outcome]:
    return {one.source_id: one for one in list_outcomes(store, settings.output, _SETTLED)}


def test_each_article_has_one_edition_and_a_second_run_makes_nothing(
    settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    items = [make_item(number) for number in range(3)]
    first = work(items, settings, store, open_local(settings, tmp_path))
    assert (first.listed, first.made, first.failed) == (3, 3, 0)
    shelf = Shelf(settings.output)
    assert sorted(shelf.list()) == sorted(str(one.edition) for one in outcomes(store, settings).values())
    crew = open_local(settings, tmp_path)
    second = work(items, settings, store, crew)
    assert (second.listed, second.skipped, second.made) == (3, 3, 0)
    assert crew.taken == []


def test_the_parquet_list_says_what_the_shelf_holds(settings: WorkSettings, store: Store, tmp_path: Path) -> None:
    broken = ArchiveItem("broken", Capture(b"{", "row 9", "application/json"))
    work([make_item(1), broken], settings, store, open_local(settings, tmp_path))
    shelf = Shelf(settings.output)
    assert write_catalogue(list_outcomes(store, settings.output, _SETTLED), shelf) == 2
    good, bad = parquet.read_table(Path(settings.output) / CATALOGUE).to_pylist()
    assert good["state"] == "made"
    assert (Path(settings.output) / good["folder"] / "edition.json").is_file()
    assert (bad["source_id"], bad["state"], bad["folder"]) == ("broken", "failed", None)
    assert bad["reason"]


def test_an_edition_that_stands_there_is_not_made_again_when_the_ledger_is_lost(
    settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    work([make_item(1)], settings, store, open_local(settings, tmp_path))
    (first,) = outcomes(store, settings).values()
    with store.write() as change:
        change.ledger.forget(settings.output)
    again = work([make_item(1)], settings, store, open_local(settings, tmp_path))
    assert (again.made, again.whole) == (0, 1)
    (adopted,) = outcomes(store, settings).values()
    summary = summarise([adopted])
    assert sum(bar.count for bar in summary.throughput) == sum(bar.count for bar in summary.speeds) == 1
    assert (adopted.bytes, adopted.cpu_s > 0.05) == (first.bytes, True)
    made_s, adopted_s = (datetime.fromisoformat(one.ended).timestamp() for one in (first, adopted))
    assert abs(made_s - adopted_s) <= 2


def test_an_article_that_kills_workers_is_listed_and_the_rest_of_its_batch_is_made(
    settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    articles = [make_item(0), make_item(1)]
    lighter = Capture(b"{" * (articles[0].weight - 1), "row", "application/json")
    broken = [ArchiveItem(f"b{number}", lighter) for number in range(16)]
    crew = open_local(settings, tmp_path, deadly=frozenset({"a1"}))
    done = work([*articles, *broken], settings, store, crew)
    taken = [[order.item.source_id for order in batch.orders] for batch in crew.taken]
    assert taken[0] == ["a0", "a1"]
    assert all([name] in taken for name in taken[0])
    assert (done.made, done.failed) == (1, 17), outcomes(store, settings)
    assert "worker died" in outcomes(store, settings)["a1"].reason


def test_work_whose_machine_was_lost_goes_to_another_and_no_article_is_blamed(
    settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    crew = LocalCrew(settings, make_places(tmp_path), lost=4)
    done = work([make_item(1), make_item(2)], settings, store, crew)
    assert (done.made, done.failed) == (2, 0)
    assert len(crew.taken) == 6


def test_two_drivers_on_one_ledger_share_the_work(settings: WorkSettings, tmp_path: Path, postgres_server: str) -> None:
    address = make_database(postgres_server)
    items = [ArchiveItem(f"b{number}", Capture(b"{%d" % number, "row", None)) for number in range(5 * LOOK_AHEAD)]

    both_at_work = Barrier(2)

    class Quick(LocalCrew):
        def submit(self, batch: Batch) -> None:
            if not self.taken:
                both_at_work.wait(timeout=60)
            super().submit(batch)

        def collect(self, *, timeout_s: float) -> list[Ended]:
            assert timeout_s > 0
            return [settle_at_once(self._waiting.pop(0), OutcomeState.MADE)]

    def drive(crew: LocalCrew) -> Progress:
        shared = open_store(address)
        try:
            return work(items, settings, shared, crew)
        finally:
            shared.close()

    crews = [Quick(settings, make_places(tmp_path)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(drive, crews)
    taken = [order.item.source_id for crew in crews for batch in crew.taken for order in batch.orders]
    assert sorted(taken) == sorted(item.source_id for item in items), "each article once"
    assert first.made + second.made == len(items)
    assert first.skipped + second.skipped == len(items)
    assert min(first.made, second.made) > 0


def test_a_touch_up_renders_only_the_sentences_with_a_name_that_the_lexicon_learnt(
    settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    text = "The council met on Tuesday. Mayor Thrumblewick spoke first. Roads came next. Then Thrumblewick went home."
    items = [make_item(1, text=text), make_item(2)]
    work(items, settings, store, open_local(settings, tmp_path))
    before = outcomes(store, settings)
    assert dict(before["a1"].doubtful_names) == {"Thrumblewick": 2}
    entries = Lexicon((Entry("Thrumblewick", alias="thrum bull wick"),))
    learnt = replace(settings, request=replace(settings.request, entries=entries))
    done = work(items, learnt, store, open_local(learnt, tmp_path), frozenset({"Thrumblewick"}))
    assert (done.made, done.skipped) == (1, 1)
    after = outcomes(store, settings)
    assert after["a2"] == before["a2"]
    assert (after["a1"].rendered, after["a1"].doubtful_names) == (2, ())
    assert after["a1"].utterances == before["a1"].utterances > 4


def test_a_changed_article_replaces_its_edition(settings: WorkSettings, store: Store, tmp_path: Path) -> None:
    work([make_item(1), make_item(2)], settings, store, open_local(settings, tmp_path))
    before = outcomes(store, settings)
    changed = replace(make_item(9), source_id="a1")
    done = work([changed, make_item(2)], settings, store, open_local(settings, tmp_path))
    assert (done.made, done.skipped) == (1, 1)
    after = outcomes(store, settings)
    assert after["a1"].edition != before["a1"].edition
    assert after["a1"].guid == before["a1"].guid, "the feed's item stays the same"
    record = Shelf(settings.output).find(str(after["a1"].edition))
    assert record
    assert record.replaces == before["a1"].edition


def test_a_changed_article_that_fails_keeps_its_edition_and_its_place_in_the_feed(
    settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    work([make_item(1)], settings, store, open_local(settings, tmp_path))
    before = outcomes(store, settings)["a1"]
    broken = ArchiveItem("a1", Capture(b"{", "row 1", "application/json"))
    assert work([broken], settings, store, open_local(settings, tmp_path)).failed == 1
    failed = outcomes(store, settings)["a1"]
    assert (failed.state, failed.edition, failed.guid) == (OutcomeState.FAILED, before.edition, before.guid)
    mended = replace(make_item(9), source_id="a1")
    assert work([mended], settings, store, open_local(settings, tmp_path)).made == 1
    after = outcomes(store, settings)["a1"]
    assert (after.guid, after.edition != before.edition) == (before.guid, True)


def place(item: ArchiveItem, line: int) -> ArchiveItem:
    return replace(item, where=f"news.jsonl, line {line}")


@pytest.mark.parametrize("gap", [0, 2 * LOOK_AHEAD])
def test_of_two_articles_with_one_id_the_second_is_listed_as_failed(
    gap: int, settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    class Quick(LocalCrew):
        def collect(self, *, timeout_s: float) -> list[Ended]:
            assert timeout_s > 0
            return [settle_at_once(self._waiting.pop(0), OutcomeState.MADE)]

    first, second, third = (place(replace(make_item(line), source_id="a"), line) for line in (1, 500, 600))
    between = [make_item(1000 + number) for number in range(gap)]
    catalogue = [first, *between, second, first, third]
    done = work(catalogue, settings, store, Quick(settings, make_places(tmp_path)))
    assert (done.listed, done.made, done.failed, done.skipped) == (gap + 4, gap + 1, 2, 1)
    told = outcomes(store, settings)
    assert told["a"].state is OutcomeState.MADE
    assert told["a #2"].reason.startswith("news.jsonl, line 500: the same id 'a' as news.jsonl, line 1;")
    assert (told["a #3"].state, told["a #3"].where) == (OutcomeState.FAILED, "news.jsonl, line 600")
    again = work(catalogue, settings, store, Quick(settings, make_places(tmp_path)))
    assert (again.made, again.failed, again.failed_before, again.skipped) == (0, 0, 2, gap + 2)
    assert again.settled == again.listed
    assert outcomes(store, settings) == told


def test_progress_names_an_article_that_keeps_a_worker_for_hours(
    settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    class Quick(LocalCrew):
        def collect(self, *, timeout_s: float) -> list[Ended]:
            assert timeout_s > 0
            return [settle_at_once(self._waiting.pop(0), OutcomeState.MADE)]

    told: list[str | None] = []
    items = [make_item(1), make_item(2, text="It rained. " * LONG_WEIGHT), make_item(3)]
    work(
        items, settings, store, Quick(settings, make_places(tmp_path)), tell=lambda progress: told.append(progress.long)
    )
    assert "a2 (3.3 MB)" in told
    assert told[-1] is None


def test_failed_before_is_passed_over_and_tried_again_when_asked(
    settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    items = [make_item(1), ArchiveItem("broken", Capture(b"{", "row 9", "application/json"))]
    first = work(items, settings, store, open_local(settings, tmp_path))
    assert (first.made, first.failed, first.failed_before) == (1, 1, 0)
    second = work(items, settings, store, open_local(settings, tmp_path))
    assert (second.skipped, second.failed, second.failed_before) == (1, 0, 1)
    third = work(items, settings, store, open_local(settings, tmp_path), retry=True)
    assert (third.skipped, third.failed, third.failed_before) == (1, 1, 0)


def test_a_few_articles_are_work_for_all(settings: WorkSettings, store: Store, tmp_path: Path) -> None:
    broken = [ArchiveItem(f"b{number}", Capture(b"{%d" % number, "row", "application/json")) for number in range(40)]
    crew = open_local(settings, tmp_path)
    assert work(broken, settings, store, crew).failed == 40
    assert len(crew.taken) >= 4 * crew.size


def test_other_keys_make_nothing_and_are_tried_again(settings: WorkSettings, store: Store, tmp_path: Path) -> None:
    other = replace(settings, certificate_sha256="0" * 64)
    done = work([make_item(1)], settings, store, LocalCrew(other, make_places(tmp_path)))
    assert done.failed == 1
    assert "[signing]" in outcomes(store, settings)["a1"].reason
    assert work([make_item(1)], settings, store, open_local(settings, tmp_path)).made == 1


def test_the_listing_is_read_only_as_far_as_workers_need_it(
    settings: WorkSettings, store: Store, tmp_path: Path
) -> None:
    listed = 0
    heavy = "x" * BATCH_WEIGHT

    def items() -> Iterator[ArchiveItem]:
        nonlocal listed
        for number in range(4 * LOOK_AHEAD):
            listed += 1
            yield ArchiveItem(f"b{number}", Capture(f"{number}{heavy}".encode(), "row", "application/json"))

    class Watched(LocalCrew):
        def submit(self, batch: Batch) -> None:
            assert listed <= LOOK_AHEAD * (1 + len(self.taken) // LOOK_AHEAD)
            super().submit(batch)

        def collect(self, *, timeout_s: float) -> list[Ended]:
            assert timeout_s > 0
            return [settle_at_once(self._waiting.pop(0))]

    crew = Watched(settings, make_places(tmp_path))
    assert work(items(), settings, store, crew).failed == 4 * LOOK_AHEAD
    assert crew.most_in_flight == crew.size


def make_orders(*sizes: int) -> list[WorkOrder]:
    return [WorkOrder(ArchiveItem(str(at), Capture(b"x" * size, "", None))) for at, size in enumerate(sizes)]


def weigh(batches: Iterable[Batch]) -> list[list[int]]:
    return [[order.item.weight for order in batch.orders] for batch in batches]


def test_batches_hold_alike_lengths_longest_first() -> None:
    batches = list(batch_by_length(make_orders(10, BATCH_WEIGHT * 2, 900, 5000, 6900, *[1000] * 60), workers=1))
    assert weigh(batches)[:3] == [[BATCH_WEIGHT * 2], [6900, 5000], [1000] * 12]
    assert all(batch.weight == sum(order.item.weight for order in batch.orders) for batch in batches)
    assert sum(len(batch.orders) for batch in batches) == 65


def test_batches_get_smaller_so_that_workers_end_together() -> None:
    sizes = [len(batch.orders) for batch in batch_by_length(make_orders(*[300] * 40), workers=2)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 5
    assert sizes[-8:] == [1] * 8, "one more article is the most that a worker can be behind"


def test_an_outcome_survives_the_ledger() -> None:
    outcome = Outcome("a", OutcomeState.MADE, edition="e", findings=(("word", 2),), doubtful_names=(("Åsa", 1),))
    assert read_outcome(outcome.to_json()) == outcome
