"""Very long articles: said whole, with memory that does not grow with the audio. Run by `make soak`."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from end_to_end.conftest import EXAMPLE

pytestmark = pytest.mark.soak

MOST_MEMORY_MB = {"tones": 2000, "am_michael": 2000}
"""A script of 100,000 words and its pages take most of it; the audio of eleven hours would be 3.8 GB."""


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("voice", "words"), [("tones", 100_000), ("am_michael", 10_000)])
def test_a_long_article_is_said_whole_in_flat_memory(voice: str, words: int, tmp_path: Path) -> None:
    body = EXAMPLE.read_text("utf-8").split("\n\n", 1)[1]
    text = "".join(
        f"{body.replace('11 hours', f'{number} hours').replace('$61 million', f'${number} million')}\n\n"
        for number in range(2, 2 + -(-words // len(body.split())))
    )
    (tmp_path / "story.txt").write_text(text, "utf-8")
    environment = {**os.environ, "VIVAVOCE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "vivavoce", "narrate", str(tmp_path / "story.txt"), "--voice", voice, "--json"]
    done = subprocess.run(
        [*command, "-o", str(tmp_path / "edition")], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 6}, done.stderr
    manifest = json.loads((tmp_path / "edition" / "edition.json").read_text("utf-8"))
    assert len(manifest["article"]["text"].split()) >= words
    spans = manifest["script"]["spans"]
    assert "".join(manifest["article"]["text"][s["start"] : s["end"]] for s in spans) == manifest["article"]["text"]
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    assert peak_mb < MOST_MEMORY_MB[voice], f"{manifest['audio'][0]['duration_s'] / 60:.0f} min of audio"
