import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.cli.main import app

runner = CliRunner()


@pytest.fixture(autouse=True)
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVAVOCE_CONFIG", str(tmp_path / "vivavoce.toml"))


def test_one_line_out_for_every_line_in() -> None:
    result = runner.invoke(app, ["script", "--lines"], input="NATO met in the U.S. in 2024.\n\n🙂\nIt ended.")
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["spoken"] for line in said] == ["nato met in the u s in twenty twenty four", "", "", "it ended"]
    assert said[0]["phonemes"].startswith("nˈATO mˈɛt ɪn ðə jˌu ˈɛs")
    assert said[1]["phonemes"] == ""


def test_a_script_as_json_and_as_a_table(tmp_path: Path) -> None:
    source = tmp_path / "story.txt"
    source.write_text(
        "Mr. Qvarnstrup met the International Atomic Energy Agency (IAEA) 🙂 in Kyiv.\n", encoding="utf-8"
    )
    whole = json.loads(runner.invoke(app, ["script", str(source), "--json"]).stdout)
    body = [word for u in whole["utterances"] if u["role"] == "body" for word in u["words"]]
    assert [word["text"] for word in body if word["guessed_name"]] == ["Qvarnstrup"]
    assert {"text": "(IAEA)", "reason": "acronym-gloss"} in [
        {"text": "(" + o["text"].strip("() ") + ")", "reason": o["reason"]} for o in whole["omitted"]
    ]
    shown = runner.invoke(app, ["script", str(source)]).stdout
    assert "! Qvarnstrup" in " ".join(shown.split())
    assert "left out [acronym-gloss]" in shown


def test_a_source_or_lines_but_not_both() -> None:
    assert runner.invoke(app, ["script"]).exit_code != 0
    assert runner.invoke(app, ["script", "story.txt", "--lines"]).exit_code != 0


def test_an_article_is_said_with_its_own_and_its_section_s_entries(tmp_path: Path) -> None:
    lexicon = tmp_path / "lexicon.csv"
    lexicon.write_text(
        "written,phonemes,scope\nKyiv,kˈiɪv,section:war\nLviv,lvˈif,article:https://a.example/1\n", "utf-8"
    )
    source = tmp_path / "story.txt"
    source.write_text("Kyiv and Lviv were hit.\n", "utf-8")

    def sources(*options: str) -> list[str]:
        whole = json.loads(runner.invoke(app, ["script", str(source), "--json", *options]).stdout)
        words = [word for u in whole["utterances"] if u["role"] == "body" for word in u["words"]]
        return [word["source"] for word in words if word["text"] in {"Kyiv", "Lviv"}]

    assert sources() == ["news", "news"]
    assert sources("--section", "war", "--url", "https://a.example/1") == ["house", "house"]
