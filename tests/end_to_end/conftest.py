"""One narration of the example with the test voice, shared by the tests that only look at it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "harbour-deal.txt"
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def call(*arguments: object, cache: Path, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run the command line as a user would, with a cache of its own."""
    environment = {**os.environ, "VIVAVOCE_CACHE": str(cache), "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.update(options.pop("env", {}))
    command = [sys.executable, "-m", "vivavoce", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment, **options)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command with a cold cache of the test's own."""
    return lambda *arguments, **options: call(*arguments, cache=tmp_path / "cache", **options)


@pytest.fixture(scope="session")
def example_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the example's edition, said by the test voice. Nobody may change it."""
    folder = tmp_path_factory.mktemp("example")
    done = call("narrate", EXAMPLE, "-o", folder / "edition", "--voice", "tones", cache=folder / "cache")
    assert done.returncode == 0, done.stderr
    return folder / "edition"


@pytest.fixture(scope="session")
def example_manifest(example_edition: Path) -> dict[str, Any]:
    """Give the manifest of the example's edition."""
    manifest: dict[str, Any] = json.loads((example_edition / "edition.json").read_text("utf-8"))
    return manifest
