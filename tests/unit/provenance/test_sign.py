"""Every delivered format is signed, says what the claim says, and stays as it was where signing fails."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from signing import ARTICLE, CLAIM, make_identity, write_sound
from vivavoce.errors import MachineError, RemoteError
from vivavoce.provenance.credentials import MEDIA_TYPES, Reading, read_credentials
from vivavoce.provenance.inspect import Trust, inspect_file
from vivavoce.provenance.keys import Identity
from vivavoce.provenance.sign import EDITION_LABEL, CredentialSigner
from vivavoce.sound_files import read_mono
from vivavoce.types import Claim

FORMATS = ["mp3", "wav", "flac", "opus"]


def sign(file: Path, identity: Identity, claim: Claim = CLAIM) -> Path | None:
    return CredentialSigner(identity).sign(file, format_name=file.suffix[1:], claim=claim)


def read(file: Path, sidecar: Path | None, identity: Identity) -> Reading:
    media_type = MEDIA_TYPES.get(file.suffix[1:])
    content = sidecar.read_bytes() if sidecar else None
    reading = read_credentials(file, media_type=media_type, sidecar=content, roots=identity.chain[1:])
    assert reading is not None
    return reading


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_signed_file_says_what_was_claimed_and_sounds_the_same(tmp_path: Path, suffix: str) -> None:
    identity = make_identity(tmp_path / "keys")
    file = write_sound(tmp_path / f"audio.{suffix}")
    before = read_mono(file)[0]
    sidecar = sign(file, identity)
    assert (sidecar is not None) == (suffix == "opus")
    assert (read_mono(file)[0] == before).all()
    reading = read(file, sidecar, identity)
    assert (reading.trusted, reading.failures) == (True, ())
    created, marked = reading.assertion("c2pa.actions.v2")["actions"]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert marked["action"] == "c2pa.watermarked.bound"
    assert reading.assertion("c2pa.soft-binding")["blocks"][0]["value"] == CLAIM.edition[:8]
    edition = reading.assertion(EDITION_LABEL)
    assert edition["id"] == CLAIM.edition
    assert edition["script"] == {"sha256": CLAIM.script_sha256}
    assert edition["disclosure"]["text"] == CLAIM.disclosure.visible
    (ingredient,) = reading.manifest["ingredients"]
    assert ingredient["relationship"] == "inputTo"
    assert ingredient["instance_id"] == f"urn:sha256:{edition['article']['sha256']}"
    assert {file.name for file in tmp_path.iterdir()} == {"keys", file.name, *([sidecar.name] if sidecar else [])}


def test_only_an_approval_says_that_a_person_stands_behind_it(tmp_path: Path) -> None:
    identity = make_identity(tmp_path / "keys")
    levels = []
    for approved in (False, True):
        file = write_sound(tmp_path / "audio.mp3")
        sign(file, identity, replace(CLAIM, approved=approved))
        levels.append(read(file, None, identity).assertion("c2pa.ai-disclosure")["contentProfile"])
    assert levels == [{"humanOversightLevel": "prompt_guided"}, {"humanOversightLevel": "human_validated"}]


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "wav", "flac", "opus"])
def test_a_file_can_be_signed_again(tmp_path: Path, suffix: str) -> None:
    identity = make_identity(tmp_path / "keys")
    file = write_sound(tmp_path / f"audio.{suffix}")
    sign(file, identity)
    sidecar = sign(file, identity, replace(CLAIM, approved=True))
    roots = identity.chain[1:]
    found = inspect_file(file, trust=Trust(roots, (), ()))
    assert (found.good, found.approved, found.reasons) == (True, True, ())
    assert (sidecar is not None) == (suffix == "opus")


def test_recorded_parts_and_a_missing_mark_are_said(tmp_path: Path) -> None:
    identity = make_identity(tmp_path / "keys")
    composite = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
    disclosure = replace(CLAIM.disclosure, digital_source_type=composite)
    bare = replace(ARTICLE, title=None, url=None, published=None)
    file = write_sound(tmp_path / "audio.wav")
    sign(file, identity, replace(CLAIM, disclosure=disclosure, watermark=None, article=bare))
    reading = read(file, None, identity)
    (created,) = reading.assertion("c2pa.actions.v2")["actions"]
    assert created["digitalSourceType"] == composite
    assert reading.assertion("c2pa.soft-binding") == {}


def test_a_command_may_sign_in_the_keys_place(tmp_path: Path) -> None:
    own = make_identity(tmp_path / "keys")
    (tmp_path / "private.pem").write_bytes(own.private_key or b"")
    command = ("openssl", "dgst", "-sha256", "-sign", str(tmp_path / "private.pem"))
    identity = replace(own, private_key=None, command=command, is_own=False)
    file = write_sound(tmp_path / "audio.mp3")
    sign(file, identity)
    assert read(file, None, identity).trusted


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("/no/such/program",), "/no/such/program, did not work"),
        ((sys.executable, "-c", "import sys; sys.exit('the token is out')"), "the token is out"),
        ((sys.executable, "-c", "print('not a signature')"), "could not be signed"),
    ],
)
def test_where_signing_fails_the_file_stays_as_it_was(tmp_path: Path, command: tuple[str, ...], why: str) -> None:
    identity = replace(make_identity(tmp_path / "keys"), private_key=None, command=command)
    file = write_sound(tmp_path / "audio.mp3")
    before = file.read_bytes()
    with pytest.raises(MachineError, match=why):
        sign(file, identity)
    assert file.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"keys", "audio.mp3"}


def test_a_time_stamp_authority_that_does_not_answer_is_named(tmp_path: Path) -> None:
    identity = make_identity(tmp_path / "keys", ta_url="http://127.0.0.1:9/stamp")
    file = write_sound(tmp_path / "audio.mp3")
    with pytest.raises(RemoteError, match=r"127\.0\.0\.1:9"):
        sign(file, identity)
