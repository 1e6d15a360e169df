"""Other people's validators on what we write."""

import subprocess
from pathlib import Path

import pytest

from editions import make_record
from vivavoce.encode.captions import write_captions

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "node_modules"

_PARSE_VTT = """
const { WebVTTParser } = require("webvtt-parser");
const { readFileSync } = require("node:fs");
const { errors, cues } = new WebVTTParser().parse(readFileSync(0, "utf8"), "metadata/subtitles/captions/descriptions");
console.log(JSON.stringify({ errors, cues: cues.length }));
"""

pytestmark = pytest.mark.skipif(not MODULES.is_dir(), reason="the judges are not installed: run npm ci")


@pytest.mark.browser
@pytest.mark.parametrize("name", ["player", "transcript", "proof"])
def test_html_validate_finds_nothing(edition: Path, name: str) -> None:
    command: list[str | Path] = [
        MODULES / ".bin" / "html-validate",
        "--config",
        ROOT / ".htmlvalidate.json",
        "--formatter",
        "text",
        edition / f"{name}.html",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.stdout, done.returncode) == ("", 0)


def test_the_reference_parser_of_webvtt_finds_nothing() -> None:
    record = make_record()
    done = subprocess.run(
        ["node", "-e", _PARSE_VTT], input=write_captions(record), capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == f'{{"errors":[],"cues":{len(record.placements)}}}'
