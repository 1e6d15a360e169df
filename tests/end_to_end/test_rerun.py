"""Running again: nothing is made twice, and only what changed is made again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from end_to_end.conftest import EXAMPLE, Run
from vivavoce.sound_files import read_mono

STORY = "Rain fell on {place} on Monday. The mayor said so. Nobody was hurt.\n\nA second paragraph follows it.\n"


def manifest_of(edition: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((edition / "edition.json").read_text("utf-8"))
    return manifest


def narrate(run: Run, story: Path, edition: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    done = run("narrate", story, "-o", edition, "--voice", "tones", *options)
    assert done.returncode == 0, done.stderr
    return done


def test_the_same_command_again_makes_nothing(run: Run, tmp_path: Path) -> None:
    edition = tmp_path / "edition"
    narrate(run, EXAMPLE, edition)
    before = {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in edition.iterdir()}
    assert json.loads(narrate(run, EXAMPLE, edition, "--json").stdout)["unchanged"]
    assert {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in edition.iterdir()} == before


def test_a_changed_sentence_renders_alone_and_the_new_version_names_the_old(run: Run, tmp_path: Path) -> None:
    story, edition = tmp_path / "story.txt", tmp_path / "edition"
    story.write_text(STORY.format(place="Kyiv"))
    narrate(run, story, edition)
    first = manifest_of(edition)
    story.write_text(STORY.format(place="Lviv"))
    narrate(run, story, edition)
    second = manifest_of(edition)
    assert second["made"]["rendered_utterances"] == 1
    assert second["replaces"] == first["id"]
    assert "Lviv" in second["article"]["text"]


def test_two_cold_caches_give_the_same_audio(run: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        done = run(
            "narrate",
            EXAMPLE,
            "-o",
            tmp_path / name,
            "--voice",
            "tones",
            env={"VIVAVOCE_CACHE": str(tmp_path / f"cache-{name}")},
        )
        assert done.returncode == 0, done.stderr
    one, other = (read_mono(tmp_path / name / "audio.mp3")[0] for name in ("one", "two"))
    assert np.array_equal(one, other)  # the signatures in the files differ
    assert manifest_of(tmp_path / "one")["id"] == manifest_of(tmp_path / "two")["id"]


def test_a_killed_run_leaves_the_edition_before_and_the_next_one_goes_on(tmp_path: Path) -> None:
    story, edition = tmp_path / "story.txt", tmp_path / "edition"
    environment = {**os.environ, "VIVAVOCE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [
        sys.executable,
        "-m",
        "vivavoce",
        "narrate",
        str(story),
        "-o",
        str(edition),
        "--voice",
        "tones",
        "--json",
    ]
    story.write_text(STORY.format(place="Kyiv"))
    subprocess.run(command, check=True, capture_output=True, env=environment)
    before = (edition / "edition.json").read_bytes()
    story.write_text(STORY.format(place="Kyiv") + "\n".join(f"\nSentence number {n} is new." for n in range(400)))
    rendered = len(list((tmp_path / "cache").glob("*/*.npz")))
    for kind in (signal.SIGKILL, signal.SIGINT):
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            _wait_for_takes(tmp_path / "cache", rendered + 20)
            process.send_signal(kind)
            _, stderr = process.communicate()
        assert (edition / "edition.json").read_bytes() == before
        rendered = len(list((tmp_path / "cache").glob("*/*.npz")))
    assert process.returncode == 130
    assert "Traceback" not in stderr
    done = subprocess.run(command, check=True, capture_output=True, env=environment, text=True)
    assert json.loads(done.stdout)["reused_utterances"] >= rendered
    assert sorted(os.listdir(tmp_path)) == ["cache", "edition", "story.txt"]


def _wait_for_takes(cache: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while len(list(cache.glob("*/*.npz"))) < count:
        assert time.monotonic() < deadline, "no takes appear"
        time.sleep(0.01)


def test_two_runs_at_once_leave_one_whole_edition(tmp_path: Path) -> None:
    environment = {**os.environ, "VIVAVOCE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "vivavoce", "narrate", str(EXAMPLE), "-o", str(tmp_path / "edition")]
    both = [
        subprocess.Popen([*command, "--voice", "tones", "--quiet"], env=environment, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [process.wait() for process in both] == [0, 0]
    assert sorted(os.listdir(tmp_path)) == ["cache", "edition"]
    assert manifest_of(tmp_path / "edition")["proof"]["clean"]


def test_pruning_the_cache_only_costs_time(run: Run, tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text(STORY.format(place="Kyiv"))
    narrate(run, story, tmp_path / "edition")
    assert "removed" in run("cache", "prune", "--limit", "0").stdout
    assert not list((tmp_path / "cache").glob("*/*.npz"))
    narrate(run, story, tmp_path / "other")
