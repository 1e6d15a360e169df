import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.cli.main import app
from vivavoce.errors import UsageError

runner = CliRunner()


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIVAVOCE_CONFIG", str(tmp_path / "config" / "vivavoce.toml"))
    return tmp_path


def run(*arguments: str) -> str:
    result = runner.invoke(app, ["lexicon", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def test_add_list_export_import_remove(house: Path) -> None:
    run("add", "Kyiv", "--phonemes", "ˈkiːɪv", "--note", "our choice", "--author", "desk")
    assert json.loads(run("list", "--json"))[0]["phonemes"] == "kˈiɪv"
    assert "our choice" in run("list")
    run("export", str(house / "house.pls"))
    run("remove", "Kyiv")
    assert json.loads(run("list", "--json")) == []
    run("import", str(house / "house.pls"))
    assert json.loads(run("list", "--json"))[0]["author"] == "desk"


def test_import_and_export_say_what_they_did(house: Path) -> None:
    run("add", "Kyiv", "--phonemes", "kˈiɪv", "--author", "desk")
    run("add", "Lviv", "--phonemes", "ləvˈiv", "--author", "desk")
    said = run("export", str(house / "house.csv"))
    assert said == f"2 entries of {house / 'config' / 'lexicon.csv'} written to {house / 'house.csv'}\n"
    names = house / "names.csv"
    names.write_text("written,phonemes\nKyiv,kˈiv\nOdesa,OdˈAsə\nOdesa,OdˈɛsƏ\n".replace("Ə", "ə"), encoding="utf-8")
    result = runner.invoke(app, ["lexicon", "import", str(names)])
    assert result.stdout.splitlines() == [
        f"2 entries of {names}: 1 new, 1 changed, 0 as they were",
        f"{house / 'config' / 'lexicon.csv'} now has 3",
        "Kyiv: kˈiv replaces kˈiɪv",
    ]
    assert result.stderr.splitlines() == ["names.csv: Odesa: conflicts with a later entry: Odˈɛsə"]


def test_a_lexicon_is_named_as_one(house: Path) -> None:
    with pytest.raises(UsageError, match=r"a \.csv or a \.pls file, and house\.txt says neither"):
        run("export", str(house / "house.txt"))


def test_removing_what_is_not_there_says_so() -> None:
    with pytest.raises(UsageError, match="no entry 'Kyiv'"):
        run("remove", "Kyiv")


def test_impact_names_the_editions_that_an_entry_touches(house: Path) -> None:
    for name, text in (("one", "Kyiv's mayor left Kyiv."), ("two", "Kyivstar grew."), ("three", "KYIV stands.")):
        folder = house / "editions" / name
        folder.mkdir(parents=True)
        (folder / "edition.json").write_text(json.dumps({"article": {"title": name, "text": text}}), encoding="utf-8")
    run("add", "Kyiv", "--alias", "keev")
    found = [line.split("\t") for line in run("impact", "Kyiv", str(house / "editions")).splitlines()]
    assert [(places, title) for _folder, places, title in found] == [("2", "one"), ("1", "three")]


def test_test_shows_how_it_is_said() -> None:
    run("add", "Kyiv", "--phonemes", "kˈiv")
    run("add", "24/7", "--alias", "around the clock")
    shown = [line.split("\t") for line in run("test", "Kyiv's army fights 24/7").splitlines()]
    assert shown[0] == ["Kyiv's", "kˈivz", "house"]
    assert shown[-1] == ["24/7", "əɹˈWnd ðə klˈɑk", "house"]


def test_a_scoped_entry_holds_in_its_section_or_article_only() -> None:
    run("add", "Reading", "--phonemes", "ɹˈɛdɪŋ", "--scope", "section:uk")
    run("add", "Reading", "--phonemes", "ɹˈidɪŋ", "--scope", "article:https://a.example/1")
    assert "heteronym" in run("test", "Reading")
    assert run("test", "Reading", "--section", "uk").split("\t")[1:] == ["ɹˈɛdɪŋ", "house\n"]
    both = run("test", "Reading", "--section", "uk", "--article", "https://a.example/1")
    assert both.split("\t")[1:] == ["ɹˈidɪŋ", "house\n"]


def test_what_can_never_match_is_reported() -> None:
    for written in ("Kyiv,", "Kyiv", "No.", "24/7", "O'Brien", "front-line", "(NATO)"):
        run("add", written, "--alias", "one two three")
    listed = json.loads(run("list", "--json"))
    assert [entry["written"] for entry in listed if entry["problems"]] == ["Kyiv,", "(NATO)"]
