from pathlib import Path
from unittest.mock import patch

import boto3
import pytest
from moto.server import ThreadedMotoServer

from archive_at_work import LocalCrew, make_item, make_places, make_settings
from vivavoce.archive.items import Batch, OutcomeState, WorkOrder
from vivavoce.archive.shelf import Shelf
from vivavoce.errors import MachineError, UsageError


def fill(folder: Path) -> Path:
    folder.mkdir()
    for name in ("audio.mp3", "edition.json", "zz.txt"):
        (folder / name).write_bytes(name.encode())
    return folder


def test_the_manifest_goes_last_and_nothing_partial_is_listed(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path / "archive"))
    written: list[str] = []
    original = Path.replace

    def replace(self: Path, target: Path) -> Path:
        written.append(Path(target).name)
        assert list(shelf.list()) == []
        return original(self, target)

    with patch.object(Path, "replace", replace):
        assert shelf.keep(fill(tmp_path / "edition"), "e1") == len("audio.mp3edition.jsonzz.txt")
    assert written[-1] == "edition.json"
    assert sorted(written) == ["audio.mp3", "edition.json", "zz.txt"]
    assert list(shelf.list()) == ["e1"]
    assert not list(tmp_path.rglob("*.part"))


def test_a_place_that_can_not_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(MachineError, match="run the same command again"):
        Shelf(str(tmp_path / "file")).write("report.html", b"")


def test_an_unknown_store_is_a_matter_of_usage() -> None:
    with pytest.raises(UsageError):
        Shelf("nosuch://bucket/archive")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_an_archive_on_s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="archive")
        settings = make_settings(tmp_path, "s3://archive/back")
        order = WorkOrder(make_item(1))
        for state in (OutcomeState.MADE, OutcomeState.WHOLE):
            crew = LocalCrew(settings, make_places(tmp_path))
            crew.submit(Batch((order,), 1))
            (ended,) = crew.collect(timeout_s=1)
            assert ended.outcomes
            assert ended.outcomes[0].state is state, ended.outcomes[0].reason
            assert ended.outcomes[0].bytes > 50_000, "also of one that was there"
            assert list(Shelf(settings.output).list()) == [ended.outcomes[0].edition]
    finally:
        server.stop()
