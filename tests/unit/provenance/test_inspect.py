"""Any changed byte is told from a whole file; whose key it was is said in honest words."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import c2pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing import CLAIM, make_identity, write_sound
from vivavoce.encode.audio import FORMATS
from vivavoce.encode.edition import make_tags
from vivavoce.errors import InputError
from vivavoce.provenance import keys, sign
from vivavoce.provenance.frame import Frame, find_frame
from vivavoce.provenance.inspect import Inspection, SignedBy, Trust, Verdict, inspect_file
from vivavoce.provenance.keys import Identity
from vivavoce.provenance.sign import CredentialSigner

SUFFIXES = ["mp3", "m4a", "wav", "flac", "opus"]


def inspect(file: Path, *own: Identity, listed: tuple[Identity, ...] = ()) -> Inspection:
    roots = tuple(identity.chain[-1] for identity in own)
    return inspect_file(file, trust=Trust(roots, tuple(identity.chain[-1] for identity in listed), ()))


def write_signed(file: Path, identity: Identity) -> Path:
    write_sound(file, seconds=0.3)
    tag = FORMATS[file.suffix[1:]].tag
    if tag:
        tag(file, make_tags(CLAIM.article, CLAIM.disclosure))
    CredentialSigner(identity).sign(file, format_name=file.suffix[1:], claim=CLAIM)
    return file


@pytest.fixture(scope="module", params=SUFFIXES)
def signed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Identity]:
    folder = tmp_path_factory.mktemp("signed")
    identity = make_identity(folder / "keys")
    return write_signed(folder / f"audio.{request.param}", identity), identity


def test_a_whole_file_of_ours_says_so(signed: tuple[Path, Identity]) -> None:
    file, identity = signed
    found = inspect(file, identity)
    assert (found.verdict, found.signed_by, found.reasons) == (Verdict.WHOLE, SignedBy.OWN, ())
    assert found.good
    assert found.signer == "The Daily Gull"
    assert found.edition == CLAIM.edition
    assert found.article_url == "https://gull.example/harbour"
    assert "signature" in found.disclosed
    assert "tags" in found.disclosed


def test_whose_key_it_was(signed: tuple[Path, Identity], tmp_path: Path) -> None:
    file, identity = signed
    stranger = make_identity(tmp_path / "stranger")
    assert inspect(file, stranger).signed_by is SignedBy.UNKNOWN
    assert not inspect(file, stranger).good
    listed = inspect(file, stranger, listed=(identity,))
    assert (listed.signed_by, listed.good) == (SignedBy.LISTED, True)


@given(at=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_any_changed_byte_is_found(signed: tuple[Path, Identity], at: float, mask: int) -> None:
    file, identity = signed
    _require_found(file, identity, int(at * file.stat().st_size), mask)


@given(at=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_any_changed_byte_of_the_signature_is_found(signed: tuple[Path, Identity], at: float, mask: int) -> None:
    """Also where the standard leaves lengths, labels and padding uncovered."""
    file, identity = signed
    held = file.with_suffix(".c2pa") if file.suffix == ".opus" else file
    frame = find_frame(held.read_bytes())
    assert frame is not None
    _require_found(held, identity, frame.start + int(at * (frame.end - frame.start)), mask, sound=file)


def _require_found(held: Path, identity: Identity, place: int, mask: int, *, sound: Path | None = None) -> None:
    content = bytearray(held.read_bytes())
    content[place] ^= mask
    folder = held.parent / "changed"
    folder.mkdir(exist_ok=True)
    for part in held.parent.glob("audio.*"):
        (folder / part.name).write_bytes(bytes(content) if part == held else part.read_bytes())
    try:
        found = inspect(folder / (sound or held).name, identity)
    except InputError:
        return  # its first bytes no longer look like sound
    assert not found.good, (place, mask)
    assert found.verdict in {Verdict.CHANGED, Verdict.UNSIGNED}


def _find_store(file: Path) -> tuple[Path, Frame]:
    """Give the file that holds a recording's signature, and where it lies in it."""
    held = file.with_suffix(".c2pa") if file.suffix == ".opus" else file
    frame = find_frame(held.read_bytes())
    assert frame is not None
    return held, frame


@contextmanager
def _flipped(file: Path, place: int, mask: int = 1) -> Iterator[None]:
    """Change bits of one byte while the block runs."""
    whole = file.read_bytes()
    file.write_bytes(whole[:place] + bytes([whole[place] ^ mask]) + whole[place + 1 :])
    try:
        yield
    finally:
        file.write_bytes(whole)


def test_a_certificate_of_ours_beside_anothers_signature_is_not_ours(signed: tuple[Path, Identity]) -> None:
    file, identity = signed
    held, frame = _find_store(file)
    with _flipped(held, frame.end - 1):  # the last byte of the signature
        found = inspect(file, identity)
    assert (found.verdict, found.signed_by) == (Verdict.CHANGED, SignedBy.UNKNOWN)
    at = frame.start - 9 if file.suffix == ".wav" else file.stat().st_size - 5  # WAV has its signature last
    with _flipped(file, at):
        found = inspect(file, identity)
    assert (found.verdict, found.signed_by) == (Verdict.CHANGED, SignedBy.OWN)


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "a byte more": lambda content: content + b"\0",
    "a byte less": lambda content: content[:-1],
    "a second half": lambda content: content[: len(content) // 2],
    "a second store": lambda content: content + content[_store(content)],
    "another title": lambda content: content.replace(b"Harbour open", b"Harbour shut", 1),
}


def _store(content: bytes) -> slice:
    frame = find_frame(content)
    assert frame is not None
    return slice(frame.start, frame.end)


@pytest.mark.parametrize("change", CHANGES)
def test_changes_of_other_lengths_are_found(tmp_path: Path, change: str) -> None:
    identity = make_identity(tmp_path / "keys")
    file = write_signed(tmp_path / "audio.mp3", identity)
    file.write_bytes(CHANGES[change](file.read_bytes()))
    assert inspect(file, identity).verdict is Verdict.CHANGED


def test_a_file_without_a_signature_is_unsigned(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        assert inspect(write_sound(tmp_path / f"audio.{suffix}")).verdict is Verdict.UNSIGNED


def test_a_strangers_file_that_is_built_otherwise_is_not_called_changed(tmp_path: Path) -> None:
    """Edited by another program, it holds the manifest of what it was before, too."""
    ours, stranger = make_identity(tmp_path / "keys"), make_identity(tmp_path / "stranger")
    file = write_signed(tmp_path / "audio.mp3", ours)
    edited = tmp_path / "edited.mp3"
    info = c2pa.C2paSignerInfo("es256", stranger.chain_pem, stranger.private_key, None)
    with (
        c2pa.Builder({"title": "edited", "claim_generator_info": [{"name": "other"}]}) as builder,
        c2pa.Signer.from_info(info) as signer,
        file.open("rb") as before,
        edited.open("w+b") as after,
    ):
        builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
        builder.sign(signer, "audio/mpeg", before, after)
    found = inspect(edited, ours)
    assert (found.verdict, found.signed_by, found.good) == (Verdict.WHOLE, SignedBy.UNKNOWN, False), found.reasons
    content = edited.read_bytes()
    edited.write_bytes(content[:-5] + bytes([content[-5] ^ 1]) + content[-4:])
    assert inspect(edited, ours).verdict is Verdict.CHANGED


def test_another_files_sidecar_does_not_fit(tmp_path: Path) -> None:
    identity = make_identity(tmp_path / "keys")
    file = write_signed(tmp_path / "audio.opus", identity)
    write_sound(file, seconds=0.5)
    assert inspect(file, identity).verdict is Verdict.CHANGED


def test_a_rotated_key_leaves_earlier_files_ours(tmp_path: Path) -> None:
    first = make_identity(tmp_path / "keys")
    file = write_signed(tmp_path / "audio.mp3", first)
    keys.rotate_keys(keys.SigningOptions(), tmp_path / "keys", publisher="The Daily Gull", new_root=True)
    roots = keys.read_roots(keys.SigningOptions(), tmp_path / "keys")
    assert inspect_file(file, trust=Trust(roots, (), ())).good


def test_an_expired_certificate_is_not_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SIGNING_DAYS", 8 / 86_400)
    identity = make_identity(tmp_path / "keys")
    file = write_signed(tmp_path / "audio.mp3", identity)
    time.sleep(max(0, (identity.expires_at - datetime.now(UTC)).total_seconds()) + 1.5)
    found = inspect(file, identity)
    assert (found.verdict, found.signed_by, found.good) == (Verdict.EXPIRED, SignedBy.OWN, False)


def test_a_damaged_signature_is_told_from_one_that_discloses_nothing(signed: tuple[Path, Identity]) -> None:
    file, identity = signed
    held, frame = _find_store(file)
    with _flipped(held, frame.start + 60, mask=8):
        found = inspect(file, identity)
    assert (found.verdict, found.unread) == (Verdict.CHANGED, ("signature",))
    assert found.disclosed == ("tags",)


def test_sound_that_cannot_be_read_is_told_from_sound_without_a_mark(tmp_path: Path) -> None:
    file = write_sound(tmp_path / "audio.flac")
    trust = Trust((), (), ("vivavoce",))
    assert inspect_file(file, trust=trust).unread == ()
    file.write_bytes(file.read_bytes()[:20])
    found = inspect_file(file, trust=trust)
    assert (found.verdict, found.unread, found.disclosed) == (Verdict.UNSIGNED, ("sound",), ())


def test_a_stripped_file_still_discloses_it_in_its_tags(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        file = write_sound(tmp_path / f"audio.{suffix}")
        bare = inspect(file).disclosed
        tag = FORMATS[suffix].tag
        if tag:
            assert bare == ()
            tag(file, make_tags(CLAIM.article, CLAIM.disclosure))
        assert inspect(file).disclosed == ("tags",)


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("The harbour opened again.")
    for name in ("note.txt", "missing.mp3"):
        with pytest.raises(InputError, match="give a sound file"):
            inspect(tmp_path / name)


def test_every_format_that_can_be_signed_is_tried_here() -> None:
    assert set(FORMATS) == set(SUFFIXES)


def test_unknown_bits_in_any_boxs_description_are_found(tmp_path: Path) -> None:
    identity = make_identity(tmp_path / "keys")
    file = write_signed(tmp_path / "audio.opus", identity)
    sidecar = file.with_suffix(".c2pa")
    content = sidecar.read_bytes()
    described = [found.start() for found in re.finditer(b"jumd", content)]
    assert len(described) > 8
    for at in described:
        changed = bytearray(content)
        changed[at + 20] ^= 32
        sidecar.write_bytes(changed)
        assert inspect(file, identity).verdict is Verdict.CHANGED, at


def test_claims_of_another_shape_are_no_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = {"id": 5, "article": ["x"], "script": "y", "disclosure": {"text": 3, "spoken": "no"}, "approved": "yes"}
    monkeypatch.setattr(sign, "_edition", lambda _claim: strange)
    identity = make_identity(tmp_path / "keys")
    file = write_signed(tmp_path / "audio.mp3", identity)
    found = inspect(file, identity)
    assert (found.verdict, found.edition, found.title, found.approved) == (Verdict.WHOLE, None, None, False)
