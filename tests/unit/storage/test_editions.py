import os
import subprocess
import sys
from pathlib import Path

import pytest

from vivavoce.errors import MachineError
from vivavoce.storage.editions import stage_edition

SLOW_RUN = """
import sys, time
from pathlib import Path
from vivavoce.storage.editions import stage_edition
with stage_edition(Path(sys.argv[1])) as staging:
    (staging / "edition.json").write_text("slow")
    print("staged", flush=True)
    time.sleep(60)
"""


def make(target: Path, text: str) -> None:
    with stage_edition(target) as staging:
        (staging / "edition.json").write_text(text)


def test_an_edition_appears_whole_and_replaces_another_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "story"
    make(target, "first")
    before = target.stat().st_ino
    make(target, "second")
    assert (target / "edition.json").read_text() == "second"
    assert target.stat().st_ino != before
    assert os.listdir(tmp_path) == ["story"]


def test_an_empty_folder_becomes_the_edition(tmp_path: Path) -> None:
    (tmp_path / "story").mkdir()
    make(tmp_path / "story", "first")
    assert (tmp_path / "story" / "edition.json").read_text() == "first"


def test_a_failure_leaves_the_edition_before(tmp_path: Path) -> None:
    target = tmp_path / "story"
    make(target, "first")
    with pytest.raises(RuntimeError), stage_edition(target) as staging:
        (staging / "edition.json").write_text("half")
        raise RuntimeError
    assert (target / "edition.json").read_text() == "first"
    assert os.listdir(tmp_path) == ["story"]


def test_what_a_killed_run_left_is_swept_but_not_what_is_at_work(tmp_path: Path) -> None:
    target = tmp_path / "story"
    with subprocess.Popen(
        [sys.executable, "-c", SLOW_RUN, str(target)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as slow:
        assert slow.stdout is not None
        assert slow.stdout.readline() == "staged\n"
        make(target, "fast")
        assert len([name for name in os.listdir(tmp_path) if not name.endswith(".lock")]) == 2
        slow.kill()
        slow.wait()
    assert (target / "edition.json").read_text() == "fast"
    make(target, "again")
    assert os.listdir(tmp_path) == ["story"]


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="wants a folder that nobody can write")
def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(MachineError, match="can't be written"), stage_edition(Path("/proc/nowhere/story")):
        pass
