"""An editor's changes make a new version, render only what they touch, and outlive a new version of the article."""

from pathlib import Path

from end_to_end.conftest import Run
from end_to_end.test_rerun import STORY, manifest_of, narrate


def said(edition: Path) -> str:
    return " | ".join(utterance["spoken"] for utterance in manifest_of(edition)["script"]["utterances"])


def test_a_change_makes_a_new_version_and_stays_when_the_article_changes(run: Run, tmp_path: Path) -> None:
    story, edition = tmp_path / "story.txt", tmp_path / "edition"
    story.write_text(STORY.format(place="Kyiv"))
    narrate(run, story, edition)
    first = manifest_of(edition)
    done = run("correct", edition, "--say", "Kyiv=cave", "--pause", "u4=1500", "--omit", "Nobody was hurt.")
    assert done.returncode == 0, done.stderr
    second = manifest_of(edition)
    assert second["replaces"] == first["id"]
    assert second["made"]["rendered_utterances"] == 1
    assert "rain fell on cave on monday" in said(edition)
    assert "nobody" not in said(edition)
    story.write_text("Snow followed. " + STORY.format(place="Kyiv and Lviv"))
    narrate(run, story, edition)
    assert "snow followed | rain fell on cave and lviv" in said(edition)
    assert "nobody" not in said(edition)
    assert [edit["action"] for edit in manifest_of(edition)["edits"]] == ["say-everywhere", "pause", "leave-out"]


def test_a_change_is_taken_back_by_its_number(run: Run, tmp_path: Path) -> None:
    story, edition = tmp_path / "story.txt", tmp_path / "edition"
    story.write_text(STORY.format(place="Kyiv"))
    narrate(run, story, edition)
    assert run("correct", edition, "--say", "Kyiv=keev").returncode == 0
    assert "'Kyiv'  →  keev" in run("correct", edition, "--list").stdout
    assert run("correct", edition, "--undo", "1").returncode == 0
    assert "rain fell on kyiv" in said(edition)


def test_a_change_that_waits_for_its_place_is_named(run: Run, tmp_path: Path) -> None:
    story, edition = tmp_path / "story.txt", tmp_path / "edition"
    story.write_text(STORY.format(place="Kyiv"))
    narrate(run, story, edition)
    assert run("correct", edition, "--omit", "Nobody was hurt.").returncode == 0
    story.write_text(STORY.format(place="Kyiv").replace("Nobody was hurt.", "One man was hurt."))
    assert (
        "'Nobody was hurt.' no longer stands in the article"
        in run("narrate", story, "-o", edition, "--voice", "tones").stdout
    )


def test_a_wrong_change_leaves_the_edition_as_it_was(run: Run, tmp_path: Path) -> None:
    story, edition = tmp_path / "story.txt", tmp_path / "edition"
    story.write_text(STORY.format(place="Kyiv"))
    narrate(run, story, edition)
    before = manifest_of(edition)
    for wrong in (["--say", "Kyiv"], ["--say", "Lviv=x"], ["--pause", "u4=never"], ["--undo", "1"], []):
        done = run("correct", edition, *wrong)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert run("correct", tmp_path, "--list").returncode == 3
    assert manifest_of(edition) == before
