"""Bad input: the right exit code, one line that says what is wrong and what to do, no traceback, nothing written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from end_to_end.conftest import EXAMPLE, Run

GERMAN = (
    "title: Regen in Berlin\n\nIn Berlin hat es am Montag stark geregnet. Die Feuerwehr musste mehrere Keller "
    "auspumpen, teilte ein Sprecher mit. Verletzt wurde nach Angaben der Polizei niemand.\n"
)
REFUSED = {
    "empty": b"",
    "white space": b" \n\t\n  \n",
    "binary": bytes(range(256)) * 40,
    "no sentence": b"--- *** ---\n\n***\n",
    "title alone": b"title: A headline and nothing else\n",
    "another language": GERMAN.encode(),
    "mixed encoding": "Zażółć gęślą jaźń ".encode() * 5 + b"\xff\xfe\xfa\x80\x81" * 50,
    "impossible date": b"date: 2024-02-31\n\nRain fell on Kyiv on Monday. Nobody was hurt.\n",
}


def refused(done: "subprocess.CompletedProcess[str]", code: int, folder: Path) -> str:
    assert done.returncode == code, (done.returncode, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("vivavoce: ")
    assert "Traceback" not in done.stderr + done.stdout
    assert not folder.exists()
    return lines[0]


@pytest.mark.parametrize("name", REFUSED)
def test_a_source_that_cannot_be_an_article_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "story.txt").write_bytes(REFUSED[name])
    line = refused(run("narrate", tmp_path / "story.txt", "-o", tmp_path / "e", "--voice", "tones"), 3, tmp_path / "e")
    if name == "another language":
        assert "German" in line


def test_a_missing_file_and_a_folder_are_refused(run: Run, tmp_path: Path) -> None:
    refused(run("narrate", tmp_path / "nothing.txt", "-o", tmp_path / "e"), 3, tmp_path / "e")
    refused(run("narrate", tmp_path, "-o", tmp_path / "e"), 3, tmp_path / "e")


def test_a_folder_that_is_no_edition_of_this_article_is_left_alone(run: Run, tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    keep.mkdir()
    (keep / "diary.txt").write_text("mine")
    done = run("narrate", EXAMPLE, "-o", keep, "--voice", "tones")
    assert done.returncode == 2
    assert "choose another place" in done.stderr
    assert os.listdir(keep) == ["diary.txt"]


def test_an_edition_of_another_article_is_left_alone(run: Run, tmp_path: Path, example_edition: Path) -> None:
    (tmp_path / "story.txt").write_text("Snow fell on Oslo on Friday. The trams stood still until noon.\n")
    before = (example_edition / "edition.json").read_bytes()
    done = run("narrate", tmp_path / "story.txt", "-o", example_edition, "--voice", "tones")
    assert done.returncode == 2
    assert "another article" in done.stderr
    assert (example_edition / "edition.json").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a sentence of 3,000 words", "the rain fell on the town and " * 500),
        ("a token of 5,000 letters", "The word was " + "abcdefghij" * 500 + " and nobody could say it."),
        (
            "nothing but a list",
            "# A list\n\n- bread and butter for the table\n- milk for the coffee\n- eggs for the cake\n",
        ),
        ("nothing but a quote", "> We will not leave this town, and we will not be told to.\n"),
        ("a repeated headline", "title: Rain falls on Kyiv\n\nRain falls on Kyiv\n\nNobody was hurt when it rained.\n"),
    ],
)
def test_odd_articles_are_said_whole(run: Run, tmp_path: Path, name: str, text: str) -> None:  # noqa: ARG001  # shown by pytest
    (tmp_path / "story.md").write_text(text)
    done = run("narrate", tmp_path / "story.md", "-o", tmp_path / "edition", "--voice", "tones")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "edition" / "edition.json").exists()


@pytest.mark.parametrize("how", ["closed", "broken pipe"])
def test_nobody_reading_the_output_changes_nothing(tmp_path: Path, how: str) -> None:
    environment = {**os.environ, "VIVAVOCE_CACHE": str(tmp_path / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = f"'{sys.executable}' -m vivavoce narrate '{EXAMPLE}' -o '{tmp_path}/edition' --voice tones"
    command += " >&-" if how == "closed" else " | true; exit ${PIPESTATUS[0]}"
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (tmp_path / "edition" / "edition.json").exists()


def test_an_unknown_voice_format_or_option_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    for wrong in (["--voice", "nobody"], ["--format", "wma"], ["--colour", "red"], ["--date", "soon"]):
        done = run("narrate", EXAMPLE, "-o", tmp_path / "e", *wrong)
        assert done.returncode == 2, (wrong, done.stderr)
        assert "Traceback" not in done.stderr


def test_missing_and_damaged_models_are_named_with_the_command_that_mends_them(run: Run, tmp_path: Path) -> None:
    models = tmp_path / "models"
    line = refused(
        run("narrate", EXAMPLE, "-o", tmp_path / "e", env={"VIVAVOCE_MODELS": str(models)}), 7, tmp_path / "e"
    )
    assert "vivavoce voices install" in line
    (models / "kokoro-82m").mkdir(parents=True)
    (models / "kokoro-82m/model.int8.onnx").write_bytes(b"no model")
    (models / "installed.tsv").write_text("kokoro-82m/model.int8.onnx\t" + "0" * 64 + "\n")
    line = refused(
        run("narrate", EXAMPLE, "-o", tmp_path / "e", env={"VIVAVOCE_MODELS": str(models)}), 7, tmp_path / "e"
    )
    assert "damaged" in line
    assert run("doctor", env={"VIVAVOCE_MODELS": str(models)}).returncode == 7


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system wants root")
@pytest.mark.parametrize("full", ["output", "cache"])
def test_a_full_disk_is_said_and_leaves_no_half_edition(run: Run, tmp_path: Path, full: str) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", small], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    try:
        places = {"output": (small / "edition", tmp_path / "cache"), "cache": (tmp_path / "edition", small / "cache")}
        edition, cache = places[full]
        done = run("narrate", EXAMPLE, "-o", edition, "--voice", "tones", env={"VIVAVOCE_CACHE": str(cache)})
        assert done.returncode == 7, (done.returncode, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1
        assert "space" in done.stderr
        assert not edition.exists()
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_folder_that_cannot_be_written_is_named(run: Run) -> None:
    done = run("narrate", EXAMPLE, "-o", "/proc/nowhere/edition", "--voice", "tones")
    assert done.returncode == 7
    assert "/proc/nowhere" in done.stderr
