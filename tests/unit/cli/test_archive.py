from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vivavoce.archive.plan import Forecast, Spread
from vivavoce.archive.run import Progress
from vivavoce.cli import archive
from vivavoce.cli.main import app
from vivavoce.errors import InputError, UsageError


def test_a_log_has_a_line_at_the_start_one_a_minute_and_one_for_the_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    tell = archive._watch(quiet=False)
    progress = Progress(listed=4)
    for seconds in (0.0, 20.0, 59.0, 61.0, 100.0):
        tell(replace(progress, made=2, seconds=seconds))
    tell(replace(progress, made=3, seconds=101.0, dashboard="http://127.0.0.1:8265"))
    first, minute, cluster = capsys.readouterr().err.splitlines()
    assert "2 of 4 listed: 2 made, 0 failed" in first
    assert minute.endswith("2.0 articles a minute, 1 min for the 2 listed so far")
    assert cluster.endswith("cluster http://127.0.0.1:8265")


def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    archive._watch(quiet=True)(Progress(listed=4))
    assert capsys.readouterr() == ("", "")


def test_a_plan_shows_small_and_large_figures() -> None:
    forecast = Forecast(
        25, 1.0, (), Spread(0.0512, 0.0481, 0.0533), Spread(41234.5, 40000.0, 43000.0), Spread(1, 1, 1), 0.4
    )
    lines = archive._plan_as_text(forecast, [], 1, 2).splitlines()
    assert "audio       0.0512 [0.0481 to 0.0533] hours" in lines
    assert any(line.startswith("work        41,200 [40,000 to 43,000] core-hours") for line in lines)
    assert any(line.endswith("hours on 1 machine of 2 cores") for line in lines)


@pytest.mark.usefixtures("_house")
def test_a_catalogue_without_articles_is_no_success(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    result = CliRunner().invoke(app, ["archive", str(empty), "-o", str(tmp_path / "out"), "--voice", "tones"])
    assert isinstance(result.exception, InputError)
    assert "lists no article" in str(result.exception)


@pytest.mark.usefixtures("_house")
def test_a_ledger_of_no_kind_that_we_know(tmp_path: Path) -> None:
    source = tmp_path / "one.jsonl"
    source.write_text('{"text": "One sentence."}\n')
    command = ["archive", str(source), "-o", str(tmp_path / "out"), "--voice", "tones", "--ledger", "mysql://a@b/c"]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, UsageError)
    assert "there is sqlite and postgresql" in str(result.exception)


@pytest.fixture
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVAVOCE_CONFIG", str(tmp_path / "vivavoce.toml"))
    monkeypatch.setenv("VIVAVOCE_KEYS", str(tmp_path / "keys"))
