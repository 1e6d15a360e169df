"""`vivavoce say`: a text into a file, or into a pipe while it is still being said."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from end_to_end.conftest import Run

TEXT = "The harbour of Odesa opened on Monday, after eleven hours of talks. The mayor said that all was well."
COMMAND = (sys.executable, "-m", "vivavoce", "say", TEXT, "--voice", "tones", "-o", "-")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "VIVAVOCE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}


def test_what_is_streamed_is_what_a_file_holds(run: Run, tmp_path: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(COMMAND, capture_output=True, check=True, env=environment)
    assert not done.stderr
    streamed, rate_hz = sf.read(io.BytesIO(done.stdout))
    assert run("say", TEXT, "-o", tmp_path / "whole.wav", "--voice", "tones").returncode == 0
    whole, whole_rate_hz = sf.read(tmp_path / "whole.wav")
    assert rate_hz == whole_rate_hz
    assert len(streamed) == pytest.approx(len(whole), rel=0.1)
    assert np.std(streamed) == pytest.approx(np.std(whole), rel=0.2)


def test_sound_comes_before_all_is_said_and_a_closed_player_ends_it(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        [*COMMAND[:4], TEXT * 40, *COMMAND[5:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(4) == b"RIFF"
        process.stdout.read(10_000)
        assert process.poll() is None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_nothing_to_say_is_said_in_one_line(run: Run) -> None:
    done = run("say", " ", "-o", "-", "--voice", "tones")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
