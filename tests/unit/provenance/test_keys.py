"""Keys appear whole, for their owner only, the same for everyone who asks at once; what they signed stays known."""

import re
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from vivavoce.errors import MachineError
from vivavoce.provenance import keys
from vivavoce.provenance.keys import SigningOptions, fingerprint_of, open_identity, read_roots, rotate_keys

OWN = SigningOptions()


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    first = open_identity(OWN, tmp_path / "keys", publisher="The Daily Gull")
    assert open_identity(OWN, tmp_path / "keys", publisher="Another") == first
    assert first.name == "The Daily Gull"
    for name in ("signing.pem", "root-key.pem"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600
    assert "PRIVATE" not in (tmp_path / "keys" / "root.pem").read_text()
    leaf, root = first.chain
    leaf.verify_directly_issued_by(root)
    usages = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION]


def test_processes_that_make_keys_at_once_get_the_same(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from vivavoce.provenance.keys import *\n"
        "print(fingerprint_of(open_identity(SigningOptions(), Path(sys.argv[1]), publisher=None).certificate))"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "keys")]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": ":".join(sys.path)}) for _ in range(4)
    ]
    answers = {process.communicate(timeout=300)[0] for process in running}
    assert len(answers) == 1
    assert len(answers.pop().strip()) == 64


def test_a_rotated_key_keeps_the_root_and_a_new_root_keeps_the_old_one_known(tmp_path: Path) -> None:
    first = open_identity(OWN, tmp_path, publisher="Gull")
    second = rotate_keys(OWN, tmp_path, publisher="Gull")
    assert second.chain[1] == first.chain[1]
    assert second.certificate != first.certificate
    third = rotate_keys(OWN, tmp_path, publisher="Gull", new_root=True)
    assert third.chain[1] != first.chain[1]
    roots = {fingerprint_of(root) for root in read_roots(OWN, tmp_path)}
    assert roots == {fingerprint_of(first.chain[1]), fingerprint_of(third.chain[1])}
    assert all("PRIVATE" not in file.read_text() for file in (tmp_path / "retired").iterdir())


def test_a_lost_signing_key_is_made_again_under_the_same_root(tmp_path: Path) -> None:
    first = open_identity(OWN, tmp_path, publisher="Gull")
    (tmp_path / "signing.pem").unlink()
    assert open_identity(OWN, tmp_path, publisher="Gull").chain[1] == first.chain[1]


def test_a_lost_root_key_signs_on_and_rotation_makes_a_new_root(tmp_path: Path) -> None:
    first = open_identity(OWN, tmp_path, publisher="Gull")
    (tmp_path / "root-key.pem").unlink()
    assert open_identity(OWN, tmp_path, publisher="Gull") == first
    second = rotate_keys(OWN, tmp_path, publisher="Gull")
    assert second.chain[1] != first.chain[1]
    assert first.chain[1] in read_roots(OWN, tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_damaged_keys_are_named_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    open_identity(OWN, tmp_path, publisher="Gull")
    (tmp_path / "signing.pem").write_bytes(content)
    with pytest.raises(MachineError, match=r"signing\.pem.*vivavoce keys rotate"):
        open_identity(OWN, tmp_path, publisher="Gull")


def test_an_expired_certificate_signs_nothing_and_one_that_runs_out_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "SIGNING_DAYS", 10)
    identity = open_identity(OWN, tmp_path, publisher="Gull")
    now = datetime.now(UTC)
    assert re.search(r"expires on .* in (9|10) days; run: vivavoce keys rotate", identity.warn_of_expiry(now) or "")
    assert "expired on" in (identity.warn_of_expiry(now + timedelta(days=11)) or "")
    monkeypatch.setattr(keys, "SIGNING_DAYS", 0)
    rotate_keys(OWN, tmp_path, publisher="Gull")
    with pytest.raises(MachineError, match="expired on"):
        open_identity(OWN, tmp_path, publisher="Gull")


def test_a_bought_chain_wants_its_own_key(tmp_path: Path) -> None:
    ours, theirs = (open_identity(OWN, tmp_path / name, publisher=name) for name in ("ours", "theirs"))
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(ours.chain_pem)
    key.write_bytes(ours.private_key or b"")
    bought = open_identity(SigningOptions(chain=chain, key=key), tmp_path / "unused", publisher=None)
    assert bought.chain == ours.chain
    assert not bought.is_own
    assert not (tmp_path / "unused").exists()
    key.write_bytes(theirs.private_key or b"")
    with pytest.raises(MachineError, match="not that of the first certificate"):
        open_identity(SigningOptions(chain=chain, key=key), tmp_path, publisher=None)
    with pytest.raises(MachineError, match="private key or a command"):
        open_identity(SigningOptions(chain=chain), tmp_path, publisher=None)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match=r"can't be written into .*file"):
        open_identity(OWN, tmp_path / "file" / "keys", publisher=None)
