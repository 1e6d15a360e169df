"""The house's settings file at work."""

import json
from pathlib import Path

from end_to_end.conftest import Run


def test_init_writes_a_file_once_and_narrate_follows_it(run: Run, tmp_path: Path) -> None:
    env = {"VIVAVOCE_CONFIG": str(tmp_path / "house" / "vivavoce.toml")}
    assert run("init", env=env).returncode == 0
    again = run("init", env=env)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    (tmp_path / "house" / "vivavoce.toml").write_text(
        '[voice]\nname = "tones"\n'
        '[publication]\nname = "The Courier"\n[disclosure]\nsentence = "A machine reads this."\n'
    )
    (tmp_path / "story.txt").write_text("Rain fell on Kyiv on Monday.")
    done = run("narrate", tmp_path / "story.txt", "-o", tmp_path / "edition", env=env)
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "edition" / "edition.json").read_text("utf-8"))
    assert manifest["voice"]["name"] == "tones"
    assert manifest["article"]["publisher"] == "The Courier"
    assert manifest["disclosure"]["visible"].startswith("A machine reads this.")
    assert manifest["script"]["utterances"][0]["spoken"] == "a machine reads this"


def test_a_wrong_setting_stops_every_command_with_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "vivavoce.toml").write_text("[audio]\nformat = 'mp3'\n")
    (tmp_path / "story.txt").write_text("Rain fell on Kyiv on Monday.")
    for command in (["narrate", "-o", tmp_path / "edition"], ["extract"], ["script"]):
        done = run(*command, tmp_path / "story.txt", env={"VIVAVOCE_CONFIG": str(tmp_path / "vivavoce.toml")})
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "audio.format: there is no such setting" in done.stderr
