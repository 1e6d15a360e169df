"""What every database must do for the archive's ledger."""

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from vivavoce.storage.ledger import LedgerRows
from vivavoce.storage.records import Claimant, LedgerState
from vivavoce.storage.store import Store, open_store

_START = datetime(2026, 1, 1, tzinfo=UTC)
_WANTED = [("a", "1"), ("b", "1"), ("c", "1")]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def who(driver: str, at_s: float = 0.0, archive: str = "archive") -> Claimant:
    moment = _START + timedelta(seconds=at_s)
    return Claimant(archive, driver, moment, moment + timedelta(seconds=60))


def claim(
    store: Store, claimant: Claimant, wanted: list[tuple[str, str]], *, again: Collection[LedgerState] = ()
) -> list[str]:
    with store.write() as change:
        return sorted(change.ledger.claim(wanted, claimant, again=again).granted)


def settle(store: Store, claimant: Claimant, name: str, state: LedgerState = LedgerState.DONE) -> bool:
    with store.write() as change:
        return change.ledger.settle(claimant, name, state=state, outcome=f'"{name}"')


def test_what_one_driver_holds_no_other_gets(store: Store) -> None:
    assert claim(store, who("one"), _WANTED[:2]) == ["a", "b"]
    assert claim(store, who("two"), _WANTED) == ["c"]


def test_many_drivers_at_once_share_without_overlap(store: Store) -> None:
    wanted = [(f"a{number}", "1") for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(lambda name: claim(store, who(name), wanted), ("one", "two", "three", "four")))
    assert sorted(name for share in shares for name in share) == sorted(name for name, _ in wanted)


@pytest.mark.parametrize("again", [(), (LedgerState.DONE,)])
def test_what_another_driver_ended_after_it_was_read_is_not_done_twice(
    again: Collection[LedgerState], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim(store, who("one"), _WANTED)
    read_all = LedgerRows._all

    def read_and_be_overtaken(rows: LedgerRows, kind: type[Any], query: Any) -> Any:
        entries = read_all(rows, kind, query)
        rows.settle(who("one"), "b", state=LedgerState.DONE, outcome="{}")
        return entries

    monkeypatch.setattr(LedgerRows, "_all", read_and_be_overtaken)
    assert claim(store, who("two"), _WANTED, again=again) == []


def test_what_is_no_longer_renewed_is_free(store: Store) -> None:
    claim(store, who("one"), _WANTED[:1])
    assert claim(store, who("two", 59), _WANTED[:1]) == []
    assert claim(store, who("two", 61), _WANTED[:1]) == ["a"]
    assert not settle(store, who("one", 62), "a"), "the first driver came too late"
    assert settle(store, who("two", 62), "a")


def test_renewing_holds_on(store: Store) -> None:
    claim(store, who("one"), _WANTED[:1])
    with store.write() as change:
        change.ledger.renew(who("one", 50))
    assert claim(store, who("two", 61), _WANTED[:1]) == []


def test_done_and_failed_stay_until_the_article_changes(store: Store) -> None:
    claim(store, who("one"), _WANTED)
    settle(store, who("one"), "a")
    settle(store, who("one"), "b", LedgerState.FAILED)
    settle(store, who("one"), "c", LedgerState.POSTPONED)
    assert claim(store, who("two"), _WANTED) == ["c"]
    assert claim(store, who("two"), [("a", "2"), ("b", "2")]) == ["a", "b"]


def test_a_new_claim_keeps_what_came_of_the_one_before(store: Store) -> None:
    claim(store, who("one"), _WANTED[:1])
    settle(store, who("one"), "a")
    with store.write() as change:
        before = change.ledger.claim([("a", "2")], who("one")).granted["a"]
    assert before
    assert before.outcome == '"a"'
    with store.read() as look:
        entry = look.ledger.find("archive", "a")
    assert entry
    assert (entry.state, entry.digest, entry.outcome) == (LedgerState.WORKING, "2", '"a"')


def test_again_claims_what_is_done(store: Store) -> None:
    claim(store, who("one"), _WANTED[:1])
    settle(store, who("one"), "a")
    assert claim(store, who("one"), _WANTED[:1], again=(LedgerState.DONE,)) == ["a"]


def test_what_failed_before_is_counted_or_claimed_again(store: Store) -> None:
    claim(store, who("one"), _WANTED)
    settle(store, who("one"), "a")
    settle(store, who("one"), "b", LedgerState.FAILED)
    settle(store, who("one"), "c", LedgerState.FAILED)
    with store.write() as change:
        claims = change.ledger.claim([("a", "1"), ("b", "1"), ("c", "2")], who("two"))
    assert (list(claims.granted), claims.failed) == (["c"], 1)
    assert claim(store, who("two"), _WANTED[:2], again=(LedgerState.FAILED,)) == ["b"]


def test_what_is_dropped_is_new_again(store: Store) -> None:
    claim(store, who("one"), _WANTED[:2])
    settle(store, who("one"), "a")
    with store.write() as change:
        change.ledger.drop("archive", "a")
    assert claim(store, who("two"), _WANTED[:1]) == ["a"]
    with store.read() as look:
        assert look.ledger.find("archive", "b")


def test_released_articles_are_taken_up_at_once(store: Store) -> None:
    claim(store, who("one"), _WANTED[:2])
    settle(store, who("one"), "a")
    with store.write() as change:
        change.ledger.release("archive", _START)
    assert claim(store, who("two"), _WANTED[:2]) == ["b"]


def test_archives_do_not_meet(store: Store) -> None:
    claim(store, who("one"), _WANTED)
    assert claim(store, who("two", archive="other"), _WANTED) == ["a", "b", "c"]
    with store.write() as change:
        change.ledger.forget("archive")
    with store.read() as look:
        assert look.ledger.count("archive") == {}
        assert look.ledger.count("other") == {LedgerState.WORKING: 3}


def test_a_long_ledger_is_listed_whole_and_in_order(store: Store) -> None:
    names = sorted(f"a{number}" for number in range(1203))
    claim(store, who("one"), [(name, "1") for name in names])
    with store.read() as look:
        assert [entry.source_id for entry in look.ledger.list("archive", (LedgerState.WORKING,))] == names
        assert list(look.ledger.list("archive", (LedgerState.DONE,))) == []
