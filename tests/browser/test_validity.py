"""Other people's validators on what we write."""

import subprocess
from pathlib import Path

import pytest

from editions import make_record
from judging import ROOT, find_html_faults
from vivavoce.encode.captions import write_captions

_PARSE_VTT = """
const { WebVTTParser } = require("webvtt-parser");
const { readFileSync } = require("node:fs");
const { errors, cues } = new WebVTTParser().parse(readFileSync(0, "utf8"), "metadata/subtitles/captions/descriptions");
console.log(JSON.stringify({ errors, cues: cues.length }));
"""


@pytest.mark.browser
@pytest.mark.parametrize("name", ["player", "transcript", "proof"])
def test_html_validate_finds_nothing(edition: Path, name: str) -> None:
    assert find_html_faults(edition / f"{name}.html") == ""


def test_the_reference_parser_of_webvtt_finds_nothing() -> None:
    record = make_record()
    done = subprocess.run(
        ["node", "-e", _PARSE_VTT], input=write_captions(record), capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == f'{{"errors":[],"cues":{len(record.placements)}}}'
