"""An approval and the signatures that tell of it come together, or not at all, on every database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import feedparser
import pytest

from newsroom_at_work import AtWork, open_at_work
from vivavoce.encode.manifest import read_manifest
from vivavoce.house import NewsroomRules, Policy
from vivavoce.newsroom.actors import itself
from vivavoce.newsroom.approve import approve
from vivavoce.newsroom.publish import roll_back
from vivavoce.provenance.credentials import MEDIA_TYPES, read_credentials
from vivavoce.storage.records import JobState, now
from vivavoce.storage.versions import EditionRows
from vivavoce.studio import carry_out, is_whole
from vivavoce.types import EditionRecord

ASSERTION = "c2pa.ai-disclosure"
OPEN, APPROVED = "prompt_guided", "human_validated"


@pytest.fixture
def at_work(tmp_path: Path, database_url: str) -> Iterator[AtWork]:
    with open_at_work(tmp_path, database_url=database_url, database=database_url) as opened:
        yield opened


def in_formats(at_work: AtWork, *formats: str) -> AtWork:
    """Give the same newsroom, whose house delivers these formats."""
    house = at_work.room.house("house")
    house = replace(house, edition=replace(house.edition, formats=formats))
    room = replace(at_work.room, houses=MappingProxyType({"house": house}))
    return replace(at_work, room=room, worker=replace(at_work.worker, room=room))


def overseen(at_work: AtWork, edition_id: str, number: int, folder: Path) -> dict[str, str]:
    """Read from the signatures of a version's recordings how far people stood over them, with the C2PA library."""
    folder.mkdir()
    with at_work.room.store.read() as unit:
        for file in unit.editions.list_files(edition_id, number):
            (folder / file.name).write_bytes(at_work.room.blobs.read(file.blob))
    record = read_manifest((folder / "edition.json").read_text("utf-8"))
    assert is_whole(folder, record)
    found = {}
    for audio in record.audio:
        sidecar = (folder / audio.signature).read_bytes() if audio.signature else None
        media_type = MEDIA_TYPES.get(audio.format)
        reading = read_credentials(folder / audio.file, media_type=media_type, sidecar=sidecar, roots=())
        assert reading is not None
        assert [code for code in reading.failures if "untrusted" not in code.lower()] == []
        profile = reading.assertion(ASSERTION)["contentProfile"]
        assert isinstance(profile, dict)
        found[audio.format] = str(profile["humanOversightLevel"])
    assert record.provenance is not None
    assert {level == APPROVED for level in found.values()} == {record.provenance.approved}
    return found


def test_recordings_tell_of_an_approval_from_then_on(at_work: AtWork, tmp_path: Path) -> None:
    at_work = in_formats(at_work, "mp3", "opus")
    edition = at_work.narrate(at_work.client())
    assert overseen(at_work, edition, 1, tmp_path / "before") == {"mp3": OPEN, "opus": OPEN}
    approve(at_work.room, itself("house"), edition)
    assert overseen(at_work, edition, 1, tmp_path / "after") == {"mp3": APPROVED, "opus": APPROVED}
    with at_work.room.store.read() as unit:
        signed = unit.editions.list_files(edition, 1)
    approve(at_work.room, itself("house"), edition)
    with at_work.room.store.read() as unit:
        assert unit.editions.list_files(edition, 1) == signed, "a second approval signs nothing again"


def test_an_approval_of_what_is_out_reaches_the_feed(tmp_path: Path) -> None:
    rules = NewsroomRules(policy=Policy.CLEAN)
    with open_at_work(tmp_path, rules=rules, public_url="https://audio.example.org") as at_work:
        edition, public = at_work.narrate(at_work.client()), at_work.stranger()
        before = public.get("/feed.xml")
        approve(at_work.room, itself("house"), edition)
        after = public.get("/feed.xml", headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        length = public.head(f"/e/{edition}/audio.mp3").headers["content-length"]
        assert feedparser.parse(after.content).entries[0].enclosures[0].length == length


def test_all_versions_with_the_same_words_tell_of_it_and_no_others(at_work: AtWork, tmp_path: Path) -> None:
    client = at_work.client()
    edition = at_work.narrate(client)
    changes = (
        {"action": "pause", "where": "Nobody was hurt.", "pause_ms": 2000},
        {"action": "leave-out", "where": "Nobody was hurt."},
    )
    for change in changes:
        client.post(f"/api/v1/editions/{edition}/edits", json=change)
        at_work.work()
    approve(at_work.room, itself("house"), edition, 2)
    told = [overseen(at_work, edition, number, tmp_path / f"{number}")["mp3"] for number in (1, 2, 3)]
    assert told == [APPROVED, APPROVED, OPEN]
    client.delete(f"/api/v1/editions/{edition}/edits/2")
    at_work.work()
    assert overseen(at_work, edition, 4, tmp_path / "4") == {"mp3": APPROVED}, "these words were approved before"
    roll_back(at_work.room, itself("house"), edition, number=3)
    assert overseen(at_work, edition, 5, tmp_path / "5") == {"mp3": OPEN}


def test_an_approval_that_is_cut_off_leaves_nothing_and_can_be_repeated(
    at_work: AtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edition = at_work.narrate(at_work.client())

    def cut_off(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(EditionRows, "approve", cut_off)
        with pytest.raises(KeyboardInterrupt):
            approve(at_work.room, itself("house"), edition)
    assert overseen(at_work, edition, 1, tmp_path / "cut") == {"mp3": OPEN}
    with at_work.room.store.read() as unit:
        (version,) = unit.editions.list_versions(edition)
        assert unit.editions.find_approval(edition, version.script_sha256) is None
    approve(at_work.room, itself("house"), edition)
    assert overseen(at_work, edition, 1, tmp_path / "again") == {"mp3": APPROVED}


def test_a_version_that_was_made_while_its_words_were_approved_is_signed_anew(
    at_work: AtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = at_work.client()
    edition = at_work.narrate(client)

    def make_and_be_overtaken(*arguments: Any, **options: Any) -> EditionRecord:
        made = carry_out(*arguments, **options)
        approve(at_work.room, itself("house"), edition)
        return made

    client.post(
        f"/api/v1/editions/{edition}/edits", json={"action": "pause", "where": "Nobody was hurt.", "pause_ms": 900}
    )
    with monkeypatch.context() as patch:
        patch.setattr("vivavoce.newsroom.render.carry_out", make_and_be_overtaken)
        at_work.work()
    with at_work.room.store.write() as unit:
        assert [version.number for version in unit.editions.list_versions(edition)] == [1]
        (waiting,) = unit.jobs.search("house", state=JobState.QUEUED)
        unit.jobs.change_waiting(replace(waiting, not_before=now() - timedelta(seconds=1)))
    at_work.work()
    assert [overseen(at_work, edition, number, tmp_path / f"{number}")["mp3"] for number in (1, 2)] == [APPROVED] * 2
