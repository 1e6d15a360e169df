"""An edition's files, and what `say` writes, say where they come from; a change is told by the exit code."""

import json
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

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


@pytest.mark.parametrize("suffix", ["mp3", "opus"])
def test_a_recording_on_the_web_is_checked_with_the_file_beside_it(tmp_path: Path, run: Run, suffix: str) -> None:
    house = tmp_path / "vivavoce.toml"
    house.write_text('[ingest]\nallowed_hosts = ["127.0.0.1"]\n', "utf-8")
    env = {"VIVAVOCE_CONFIG": str(house)}
    site = tmp_path / "site"
    site.mkdir()
    assert run("say", "Harbour.", "-o", site / f"try.{suffix}", "--voice", "tones", env=env).returncode == 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_address[1]}/try.{suffix}?from=feed"
        done = run("verify", url, env=env)
        assert (done.returncode, "own key" in done.stdout) == (0, True), done.stdout + done.stderr
        (site / "try.c2pa").unlink(missing_ok=True)
        assert run("verify", url, env=env).returncode == (8 if suffix == "opus" else 0)
    finally:
        server.shutdown()
        server.server_close()


def test_an_edition_with_m4a_alone_is_proofed_and_its_file_heard(tmp_path: Path, run: Run) -> None:
    source = tmp_path / "story.txt"
    source.write_text("The harbour opened again.", "utf-8")
    made = run("narrate", source, "-o", tmp_path / "story", "--voice", "tones", "--format", "m4a")
    assert made.returncode == 0, made.stderr
    done = run("proof", tmp_path / "story")
    assert done.returncode in {0, 6}, done.stderr
    assert {path.name for path in (tmp_path / "story").glob(".*")} == set()
