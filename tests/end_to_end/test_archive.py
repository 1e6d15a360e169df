"""A back catalogue on a real Ray cluster of two workers, through the command line: killed and still whole."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive_at_work import check_archive, list_takes, write_rows
from ray_at_work import SOON_S, RayCluster, start_cluster, wait_for

pytest.importorskip("ray", reason="the extra is not installed: pip install 'vivavoce[archive]'")
pytest.importorskip("pyarrow", reason="the extra is not installed: pip install 'vivavoce[archive]'")

pytestmark = pytest.mark.timeout(3600)  # on a busy machine Ray alone may take minutes to start
_COUNT = 12


def start(cluster: RayCluster, catalogue: Path, folder: Path, *more: str) -> "subprocess.Popen[str]":
    """Start the command as a user would."""
    config = folder / "vivavoce.toml"
    config.write_text('[publication]\nbase_url = "https://audio.example/"\n', "utf-8")
    environment = {
        **cluster.environment,
        "VIVAVOCE_CACHE": str(folder / "cache"),
        "VIVAVOCE_CONFIG": str(config),
    }
    command = [sys.executable, "-m", "vivavoce", "archive", str(catalogue), "-o", str(folder / "archive")]
    return subprocess.Popen(
        [*command, "--voice", "tones", "--address", cluster.address, "--json", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def finish(run: "subprocess.Popen[str]") -> dict[str, Any]:
    """Wait for the command; standard output holds its result and nothing of Ray's."""
    out, err = run.communicate(timeout=SOON_S)
    assert run.returncode == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def list_standing(folder: Path) -> dict[str, int]:
    """Give the editions that stand, each with the moment when it was finished."""
    return {path.parent.name: path.stat().st_mtime_ns for path in folder.glob("archive/editions/*/edition.json")}


def test_a_killed_worker_an_ended_and_a_killed_driver_and_a_broken_article_cost_nothing_else(tmp_path: Path) -> None:
    catalogue = write_rows(tmp_path / "catalogue.jsonl", _COUNT)
    with catalogue.open("a", encoding="utf-8") as file:
        file.write('{"id": "broken", "text\n')
    with start_cluster() as cluster:
        run = start(cluster, catalogue, tmp_path)
        wait_for(lambda: list_standing(tmp_path), "an edition")
        takes = list_takes(tmp_path / "cache")
        os.kill(cluster.list_workers()[0], signal.SIGKILL)

        other = start(cluster, catalogue, tmp_path)
        assert "another run is at work" in other.communicate(timeout=SOON_S)[1]
        assert other.returncode == 2

        wait_for(lambda: len(list_standing(tmp_path)) >= _COUNT // 4, "a quarter of the editions")
        run.terminate()
        told = run.communicate(timeout=SOON_S)[1]
        assert (run.returncode, "SIGTERM" in told) == (130, False), told
        assert told.endswith("vivavoce: interrupted; nothing is lost, the same command goes on where it stopped\n")
        run = start(cluster, catalogue, tmp_path)

        wait_for(lambda: len(list_standing(tmp_path)) >= _COUNT // 2, "half of the editions")
        run.kill()
        run.communicate()
        standing, takes = list_standing(tmp_path), takes | list_takes(tmp_path / "cache")
        assert len(standing) < _COUNT, "the driver was killed in the middle"

        first = finish(start(cluster, catalogue, tmp_path, "--site", str(tmp_path / "site")))
        assert (first["editions"], len(first["failed"])) == (_COUNT, 1)
        assert first["failed"][0]["source_id"] == "broken"
        assert first["failed"][0]["listed_at"].endswith(f"line {_COUNT + 1}")
        assert first["progress"]["made"] <= _COUNT - len(standing)
        assert standing.items() <= list_standing(tmp_path).items(), "what stood was made again"
        assert takes.items() <= list_takes(tmp_path / "cache").items(), "a sentence was rendered again"
        check_archive(tmp_path / "archive", {f"a{number}" for number in range(_COUNT)})
        assert (tmp_path / "site" / "index.html").is_file()
        assert (tmp_path / "site" / "feed.xml").read_text("utf-8").count("<item>") == _COUNT

        second = finish(start(cluster, catalogue, tmp_path))
        progress = second["progress"]
        assert (progress["made"], progress["skipped"], progress["failed_before"]) == (0, _COUNT, 1)
        assert second["progress"]["dashboard"] is None, "a listing needs no worker"
    assert not cluster.list_workers()
