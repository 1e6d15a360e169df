"""Every pair in tests/gold/spoken_*.tsv: written → one of the spoken forms that a newsreader may choose."""

import csv
from pathlib import Path

import pytest

from vivavoce.script.languages.en import ENGLISH
from vivavoce.script.normalise import normalise_text
from vivavoce.script.style import ScriptStyle, Variety

GOLD = Path(__file__).parents[2] / "gold"


def pairs(name: str) -> list[tuple[str, str]]:
    with (GOLD / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row[0], row[1]) for row in rows if len(row) == 2 and not row[0].startswith("# ")]


def speak(written: str, style: ScriptStyle) -> str:
    tokens = normalise_text(written, start=0, language=ENGLISH, style=style)
    words = " ".join(word.text for token in tokens for word in token.words)
    return words.lower().replace("-", " ").replace("'", "")


def accepted(spoken: str) -> set[str]:
    return {" ".join(form.lower().replace("-", " ").replace("'", "").split()) for form in spoken.split("|")}


@pytest.mark.parametrize(("written", "spoken"), pairs("spoken_american.tsv"))
def test_american(written: str, spoken: str) -> None:
    assert speak(written, ScriptStyle()) in accepted(spoken)


@pytest.mark.parametrize(("written", "spoken"), pairs("spoken_british.tsv"))
def test_british(written: str, spoken: str) -> None:
    assert speak(written, ScriptStyle(variety=Variety.BRITISH)) in accepted(spoken)
