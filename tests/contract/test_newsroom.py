"""What a newsroom does on every database: one edition for a story, backup and restore, the queue, the sweep."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsroom_at_work import STORY, AtWork, open_at_work
from vivavoce.errors import InputError, UsageError
from vivavoce.house import NewsroomRules
from vivavoce.jobs.queue import Queue, sending
from vivavoce.jobs.sweep import is_dead, name_worker, sweep, take_back
from vivavoce.newsroom.actors import itself
from vivavoce.newsroom.backup import back_up, restore
from vivavoce.newsroom.submit import Outcome, Sent, submit
from vivavoce.newsroom.tasks import new_job
from vivavoce.newsroom.upkeep import keep_up
from vivavoce.storage.records import JobKind, JobState, Priority, SourceKind, now


@pytest.fixture
def at_work(tmp_path: Path, database_url: str) -> Iterator[AtWork]:
    rules = NewsroomRules(keep_drafts_days=30)
    with open_at_work(tmp_path, database_url=database_url, rules=rules, database=database_url) as opened:
        yield opened


def send(at_work: AtWork, text: str = STORY.format(place="Kyiv"), source_id: str = "a") -> Outcome:
    sent = Sent(SourceKind.TEXT, body=text.encode(), source_id=source_id)
    return submit(at_work.room, itself("house"), sent).outcome


def test_a_hundred_identical_saves_at_once_are_one_edition(at_work: AtWork) -> None:
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda _: send(at_work), range(100)))
    assert sorted(outcomes).count(Outcome.CREATED) == 1
    assert outcomes.count(Outcome.UNCHANGED) == 99
    at_work.work()
    with at_work.room.store.read() as unit:
        editions = unit.editions.search("house")
        assert [edition.head for edition in editions] == [1]
        assert sorted(job.kind for job in unit.jobs.search("house")) == [JobKind.READ, JobKind.RENDER]


def test_a_story_s_whole_life(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = at_work.narrate(client, source_id="post-1", section="weather")

    def do(what: str, **body: object) -> dict[str, Any]:
        answer = client.post(f"/api/v1/editions/{edition}/{what}", json=body)
        assert answer.status_code in {200, 202}, answer.text
        at_work.work()
        found: dict[str, Any] = client.get(f"/api/v1/editions/{edition}").json()
        return found

    audio = f"/e/{edition}/audio.mp3"
    assert do("edits", action="say-everywhere", where="Kyiv", alias="key eve")["head"] == 2
    assert public.get(audio).status_code == 404
    do("approve")
    do("schedule", at=(now() + timedelta(hours=1)).isoformat())
    assert public.get(audio).status_code == 404
    assert do("publish")["published_version"] == 2
    first = public.get(audio).content
    assert public.post("/api/public/plays", json={"edition": edition, "reached": 0}).status_code == 204
    entry = {"written": "Lviv", "alias": "love eve", "language": "en-US"}
    assert client.put("/api/v1/lexicon", json=entry).status_code in {200, 201}
    assert at_work.narrate(client, STORY.format(place="Lviv"), source_id="post-1") == edition
    (touched,) = client.get("/api/v1/lexicon/impact", params={"written": "hurt"}).json()
    assert touched["edition"] == edition
    do("approve")
    assert do("publish", note="It was Lviv.")["published_version"] == 3
    assert public.get(f"/e/{edition}/v2/audio.mp3", follow_redirects=False).status_code == 308
    assert do("roll-back", version=2)["published_version"] == 4
    assert public.get(audio).content == first
    do("retract", note="Untrue.")
    assert public.get(audio).status_code == 410
    do("take-down", note="By court order.")
    assert client.get(f"/api/v1/editions/{edition}/versions/4/files").json() == []
    done = [line["action"] for line in client.get("/api/v1/audit", params={"subject": edition}).json()]
    assert done[:3] == ["edition.taken_down", "edition.retracted", "edition.publish"]


def test_a_backup_comes_back_on_another_machine(at_work: AtWork, tmp_path: Path) -> None:
    client = at_work.client()
    edition = at_work.narrate(client)
    client.post(f"/api/v1/editions/{edition}/edits", json={"action": "leave-out", "where": "Nobody was hurt."})
    at_work.work()
    file = tmp_path / "backup.tar"
    assert back_up(at_work.room, file) > 5
    with pytest.raises(UsageError, match="not empty"):
        restore(file, at_work.room)
    with open_at_work(tmp_path / "new") as other:
        restore(file, other.room)
        with other.room.store.read() as there, at_work.room.store.read() as here:
            assert there.editions.find("house", edition) == here.editions.find("house", edition)
            assert there.audit.search("house") == here.audit.search("house")
            assert there.jobs.search("house") == here.jobs.search("house")
            assert all(other.room.blobs.is_whole(blob) for blob in here.editions.list_blobs())
        with other.room.store.write() as unit:
            unit.audit.note(house="house", who="x", action="y", subject="z")
    (tmp_path / "no.tar").write_bytes(b"nothing")
    with open_at_work(tmp_path / "empty") as other:
        with pytest.raises(InputError, match="no backup"):
            restore(tmp_path / "no.tar", other.room)
        whole = file.read_bytes()
        with pytest.raises(UsageError, match="is empty; name the folder"):
            back_up(other.room, file)
        assert file.read_bytes() == whole, "an earlier backup stays"


def test_the_queue_carries_the_urgent_first_and_nothing_before_its_time(at_work: AtWork) -> None:
    queue = Queue(at_work.room.database_url)
    got: list[str] = []
    huey = queue.receive(got.append)
    late = new_job("house", JobKind.RENDER, "1" * 20, not_before=now() + timedelta(hours=1))
    for job in (
        archive := new_job("house", JobKind.RENDER, "2" * 20, priority=Priority.ARCHIVE),
        breaking := new_job("house", JobKind.RENDER, "3" * 20, priority=Priority.BREAKING),
        late,
    ):
        queue.send(job)
    assert queue.list_sent() == {archive.id, breaking.id, late.id}
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
    assert got == [breaking.id, archive.id]
    assert huey.read_schedule(None) == []
    queue.close()


def test_the_sweep_puts_back_what_a_dead_worker_held_and_sends_what_was_lost(at_work: AtWork) -> None:
    queue = Queue(at_work.room.database_url)
    send(at_work)
    gone = name_worker().rsplit(":", 2)[0] + ":4194304:1"
    assert is_dead(gone)
    assert not is_dead(name_worker())
    assert not is_dead("another-machine:1:1")
    with at_work.room.store.write() as unit:
        waiting = unit.jobs.search("house")[0]
        unit.jobs.claim(waiting.id, worker=gone, moment=now(), lease_s=3600)
    take_back(sending(at_work.room, queue))
    with at_work.room.store.read() as unit:
        job = unit.jobs.find(waiting.id)
    assert job is not None
    assert (job.state, job.error) == (JobState.QUEUED, "the worker went away")
    assert queue.list_sent() == {job.id}
    queue.huey.flush()
    with at_work.room.store.write() as unit:
        unit.jobs.change_waiting(replace(job, not_before=now() - timedelta(seconds=5)))
    for _ in range(3):
        sweep(at_work.room, queue)
    assert len(queue.huey.pending()) == 1, "a message that is on its way is not sent again"
    queue.close()


def test_a_worker_that_lost_its_lease_keeps_nothing(at_work: AtWork) -> None:
    send(at_work)
    at_work.worker.work(_waiting(at_work))
    render = _waiting(at_work)
    with at_work.room.store.write() as unit:
        slow = unit.jobs.claim(render, worker="slow", moment=now(), lease_s=0)
    take_back(at_work.room)
    at_work.work()
    with at_work.room.store.write() as unit:
        assert slow is not None
        assert not unit.jobs.finish(slow, now())
        assert [edition.head for edition in unit.editions.search("house")] == [1]


def test_what_can_t_pass_fails_once_and_what_can_is_tried_again(at_work: AtWork) -> None:
    send(at_work, "Дощ пішов у понеділок. Ніхто не постраждав. Мер говорив опівдні про повінь і відбудову міста.")
    at_work.work()
    address = Sent(SourceKind.URL, url="http://127.0.0.1:64999/story")
    submit(at_work.room, itself("house"), address)
    at_work.work()
    with at_work.room.store.read() as unit:
        by_kind = {(job.kind, job.state): job for job in unit.jobs.search("house")}
    failed = by_kind[JobKind.RENDER, JobState.FAILED]
    assert (failed.attempts, "Ukrainian" in failed.error) == (1, True)
    again = by_kind[JobKind.READ, JobState.QUEUED]
    assert again.attempts == 1
    assert again.not_before > now()
    assert send(at_work, "Дощ пішов у понеділок.") is Outcome.CHANGED


def test_old_drafts_and_persons_are_forgotten(at_work: AtWork) -> None:
    at_work.narrate(at_work.client())
    with at_work.room.store.write() as unit:
        article = unit.articles.search("house")[0]
        unit.articles.change(replace(article, updated_at=now() - timedelta(days=31)))
    keep_up(at_work.room)
    with at_work.room.store.read() as unit:
        assert unit.articles.search("house") == ()
        assert unit.editions.search("house") == ()
        assert unit.audit.search("house")[0].action == "article.forget"


def _waiting(at_work: AtWork) -> str:
    with at_work.room.store.read() as unit:
        return unit.jobs.list_waiting(now())[0].id
