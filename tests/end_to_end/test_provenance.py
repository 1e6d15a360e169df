"""An edition's files, and what `say` writes, say where they come from; a change is told by the exit code."""

import json
from dataclasses import replace
from pathlib import Path

from end_to_end.conftest import Run
from vivavoce import studio
from vivavoce.house import read_house
from vivavoce.settings import read_places


def test_an_edition_and_its_files_are_ours(example_edition: Path, run: Run) -> None:
    done = run("verify", example_edition)
    assert done.returncode == 0, done.stderr
    assert "signed by this newsroom's own key" in done.stdout
    assert "authentic" not in done.stdout
    (found,) = json.loads(run("verify", example_edition / "audio.mp3", "--json").stdout)
    manifest = json.loads((example_edition / "edition.json").read_text())
    assert (found["ok"], found["verdict"], found["edition"]) == (True, "whole", manifest["id"])
    assert {"signature", "tags"} <= set(found["disclosed"])
    assert manifest["provenance"]["script_sha256"] == found["script_sha256"]


def test_a_changed_file_and_one_without_a_signature_leave_with_8(
    example_edition: Path, tmp_path: Path, run: Run
) -> None:
    content = (example_edition / "audio.mp3").read_bytes()
    (tmp_path / "changed.mp3").write_bytes(content[:-9] + bytes([content[-9] ^ 4]) + content[-8:])
    changed = run("verify", tmp_path / "changed.mp3")
    assert (changed.returncode, "CHANGED" in changed.stdout) == (8, True)
    stranger = run("verify", example_edition / "audio.mp3", env={"VIVAVOCE_KEYS": str(tmp_path / "other")})
    assert (stranger.returncode, "does not know" in stranger.stdout) == (8, True)
    (tmp_path / "note.mp3").write_text("no sound")
    assert run("verify", tmp_path / "note.mp3").returncode == 3


def test_what_say_writes_is_signed_with_its_sidecar(tmp_path: Path, run: Run) -> None:
    for name in ("try.wav", "try.opus"):
        assert run("say", "The harbour opened.", "-o", tmp_path / name, "--voice", "tones").returncode == 0
        assert run("verify", tmp_path / name).returncode == 0
    (tmp_path / "try.c2pa").unlink()
    assert run("verify", tmp_path / "try.opus").returncode == 8


def test_keys_are_shown_rotated_and_exported(tmp_path: Path, run: Run) -> None:
    env = {"VIVAVOCE_KEYS": str(tmp_path / "keys")}
    assert "no keys yet" in run("keys", env=env).stdout
    assert run("keys", "export", "-o", "-", env=env).returncode == 2
    assert run("say", "Harbour.", "-o", tmp_path / "old.wav", "--voice", "tones", env=env).returncode == 0
    before = json.loads(run("keys", "--json", env=env).stdout)
    assert run("keys", "rotate", env=env).returncode == 0
    after = json.loads(run("keys", "--json", env=env).stdout)
    assert before["certificate_sha256"] != after["certificate_sha256"]
    assert before["roots_sha256"] == after["roots_sha256"]
    assert run("verify", tmp_path / "old.wav", env=env).returncode == 0
    exported = run("keys", "export", "-o", "-", env=env).stdout
    assert "BEGIN CERTIFICATE" in exported
    assert "PRIVATE" not in exported + run("keys", env=env).stdout


def test_an_approval_gives_newly_signed_files(example_edition: Path, tmp_path: Path, run: Run) -> None:
    places = read_places()
    request = studio.prepare_request("unused", read_house(places))
    signed = studio.sign_again(example_edition, tmp_path, request, places, approved=True)
    assert signed.provenance is not None
    assert signed.provenance.approved
    assert studio.is_whole(tmp_path, signed)
    (found,) = json.loads(run("verify", tmp_path, "--json").stdout)
    assert (found["ok"], found["approved"], found["edition"]) == (True, True, signed.id)
    before = studio.open_edition(example_edition)
    assert replace(signed, audio=before.audio, provenance=before.provenance) == before
