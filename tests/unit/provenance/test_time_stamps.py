"""Signing with a real time-stamp authority, through the house's setting; what its stamp is good for."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from signing import CLAIM, make_identity, write_sound
from time_stamping import serve_time_stamps
from vivavoce.house import House, read_house
from vivavoce.provenance import keys
from vivavoce.provenance.inspect import Inspection, SignedBy, Trust, Verdict, inspect_file
from vivavoce.provenance.keys import Identity, open_identity
from vivavoce.provenance.sign import CredentialSigner
from vivavoce.settings import read_places
from vivavoce.studio import open_trust


def inspect(file: Path, identity: Identity, *stamps: x509.Certificate) -> Inspection:
    return inspect_file(file, trust=Trust((identity.chain[-1],), (), (), stamps))


def sign(file: Path, identity: Identity) -> Path:
    CredentialSigner(identity).sign(file, format_name=file.suffix[1:], claim=CLAIM)
    return file


def read_settings(folder: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> House:
    (folder / "vivavoce.toml").write_text(f"[signing]\n{line}\n", "utf-8")
    monkeypatch.setenv("VIVAVOCE_CONFIG", str(folder / "vivavoce.toml"))
    return read_house(read_places())


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "wav", "flac", "opus"])
def test_the_setting_brings_a_stamp_into_every_format(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tsa").mkdir()
    with serve_time_stamps(tmp_path / "tsa") as url:
        house = read_settings(tmp_path, f'ta_url = "{url}"', monkeypatch)
        identity = open_identity(house.signing, tmp_path / "keys", publisher="The Daily Gull")
        file = sign(write_sound(tmp_path / f"audio.{suffix}"), identity)
    found = inspect(file, identity)
    assert (found.verdict, found.time_stamped, found.good) == (Verdict.WHOLE, True, True), found.reasons
    assert not found.stamp_trusted, "no setting names the authority"
    stamped_at = datetime.fromisoformat(str(found.signed_at))
    assert abs((datetime.now(UTC) - stamped_at).total_seconds()) < 3600


def test_only_the_stamp_of_an_authority_that_the_house_names_outlives_the_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tsa").mkdir()
    names = ("stamped.mp3", "stamped.opus", "plain.mp3")
    stamped, stamped_opus, plain = (write_sound(tmp_path / name) for name in names)
    with serve_time_stamps(tmp_path / "tsa") as url:
        started = time.monotonic()
        sign(write_sound(tmp_path / "first.mp3"), make_identity(tmp_path / "others", ta_url=url))
        monkeypatch.setattr(keys, "SIGNING_DAYS", (4 + 12 * (time.monotonic() - started)) / 86_400)
        identity = make_identity(tmp_path / "keys", ta_url=url)
        for file in (stamped, stamped_opus):
            sign(file, identity)
    sign(plain, replace(identity, ta_url=None))
    assert identity.expires_at > datetime.now(UTC), "signing took four times as long as a moment before"
    time.sleep(max(0, (identity.expires_at - datetime.now(UTC)).total_seconds()) + 1.5)
    roots = tmp_path / "tsa" / "root.pem"
    authority = x509.load_pem_x509_certificate(roots.read_bytes())
    for file, named in ((plain, ()), (plain, (authority,)), (stamped, ()), (stamped, (identity.chain[-1],))):
        found = inspect(file, identity, *named)
        assert (found.verdict, found.signed_by, found.good) == (Verdict.EXPIRED, SignedBy.OWN, False), found.reasons
        assert (found.time_stamped, found.stamp_trusted) == (file == stamped, False)
    for file in (stamped, stamped_opus):
        found = inspect(file, identity, authority)
        assert (found.verdict, found.signed_by, found.good) == (Verdict.WHOLE, SignedBy.OWN, True), found.reasons
        assert found.stamp_trusted
    monkeypatch.setenv("VIVAVOCE_KEYS", str(tmp_path / "keys"))
    house = read_settings(tmp_path, f'ta_roots = "{roots}"', monkeypatch)
    assert inspect_file(stamped, trust=open_trust(house, read_places())).good


def test_the_root_of_a_time_stamp_authority_makes_no_signer_ours(tmp_path: Path) -> None:
    identity, other = make_identity(tmp_path / "keys"), make_identity(tmp_path / "other")
    file = sign(write_sound(tmp_path / "audio.mp3"), identity)
    for own, listed in (((), ()), ((other.chain[-1],), ()), ((), (other.chain[-1],))):
        found = inspect_file(file, trust=Trust(own, listed, (), identity.chain[1:]))
        assert (found.verdict, found.signed_by, found.good) == (Verdict.WHOLE, SignedBy.UNKNOWN, False)


def test_a_stamp_of_another_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "tsa").mkdir()
    with serve_time_stamps(tmp_path / "tsa") as url:
        file = sign(write_sound(tmp_path / "audio.mp3"), identity := make_identity(tmp_path / "keys", ta_url=url))
    reply = (tmp_path / "tsa" / "reply.tsr").read_bytes()
    content = bytearray(file.read_bytes())
    at = content.index(reply[-40:])
    content[at + 20] ^= 1
    file.write_bytes(content)
    assert inspect(file, identity).verdict is Verdict.CHANGED
