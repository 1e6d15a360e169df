"""A file → what it says of its origin, and whether that can be believed. Out: what the disclosure says."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from cryptography import x509

from vivavoce.audio import Samples
from vivavoce.encode.mp4 import decode_m4a
from vivavoce.errors import InputError, MachineError, ProvenanceError
from vivavoce.provenance.credentials import MEDIA_TYPES, Reading, read_credentials
from vivavoce.provenance.disclosed import actions_of, find_disclosures, find_in_tags, look_up, text_of
from vivavoce.provenance.frame import Frame, check_boxes, find_frame
from vivavoce.provenance.keys import is_under
from vivavoce.provenance.mark_reader import MarkReading, read_mark
from vivavoce.provenance.sign import EDITION_LABEL, SIDECAR_SUFFIX
from vivavoce.sound_files import read_length, read_pieces


class Verdict(StrEnum):
    """What came of a file's signature."""

    WHOLE = "whole"
    CHANGED = "changed"
    EXPIRED = "expired"
    """Whole, but its certificate has run out, and no authority that the house believes stamped it before that."""
    UNSIGNED = "unsigned"


class SignedBy(StrEnum):
    """Whose key signed."""

    OWN = "own"
    """This newsroom's own."""
    LISTED = "listed"
    """Under a root of the house's trust list."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a house believes, and which marks it can read."""

    own: tuple[x509.Certificate, ...]
    listed: tuple[x509.Certificate, ...]
    mark_keys: tuple[str, ...]
    stamps: tuple[x509.Certificate, ...] = ()
    """Roots of time-stamp authorities: what they stamped in time outlives its certificate."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file says of its origin, and what of that holds."""

    verdict: Verdict
    reasons: tuple[str, ...]
    """Why not whole: codes of the standard, or our own words."""
    signed_by: SignedBy | None
    signer: str | None
    """The certificate's organisation."""
    certificate: str | None
    """The certificate's serial number."""
    signed_at: str | None
    time_stamped: bool
    """Whether an authority vouches for the time; else it is the signer's own word."""
    stamp_trusted: bool
    """Whether the house believes that authority."""
    edition: str | None
    """As the signature says."""
    title: str | None
    article_url: str | None
    article_sha256: str | None
    script_sha256: str | None
    approved: bool
    watermark: MarkReading | None
    watermark_fits: bool | None
    """Whether it names the edition that the signature names; None where one of them is missing."""
    disclosed: tuple[str, ...]
    """Where the file says that a machine speaks."""
    unread: tuple[str, ...]
    """What could not be looked into for it: the signature, the sound."""

    @property
    def good(self) -> bool:
        """Whether this is a whole file of ours, or of somebody whom the house believes."""
        return (
            self.verdict is Verdict.WHOLE
            and self.signed_by in {SignedBy.OWN, SignedBy.LISTED}
            and self.watermark_fits is not False
        )


def inspect_file(file: Path, *, trust: Trust) -> Inspection:
    """Read back what a sound file says of its origin.

    Raises:
        InputError: The file is missing, or no sound.
    """
    format_name = recognise_format(file)
    sidecar_file = file.with_suffix(SIDECAR_SUFFIX)
    sidecar = sidecar_file.read_bytes() if format_name == "opus" and sidecar_file.is_file() else None
    mark, unread = _read_mark(file, format_name, trust.mark_keys)
    content = file.read_bytes()
    try:
        signature = _read_signature(file, format_name, content, sidecar, trust)
    except ProvenanceError as error:
        places = find_in_tags(content)
        return _describe(None, Verdict.CHANGED, (str(error),), None, mark, places, ("signature", *unread))
    if signature is None:
        return _describe(None, Verdict.UNSIGNED, (), None, mark, find_in_tags(content), unread)
    reading, signed_by, frame = signature
    verdict, reasons = _judge(reading, frame)
    head = reading.assertion(EDITION_LABEL).get("head")
    if format_name == "m4a" and frame and (head is not None or signed_by is not SignedBy.UNKNOWN):
        try:
            check_boxes(content, frame, head=str(head))
        except ProvenanceError as error:
            verdict, reasons = Verdict.CHANGED, (*reasons, str(error))
    outside = content if sidecar or not frame else content[: frame.start] + content[frame.end :]
    return _describe(reading, verdict, reasons, signed_by, mark, find_disclosures(reading, outside), unread)


def recognise_format(file: Path) -> str:
    """Tell a sound file's format by its first bytes.

    Raises:
        InputError: It is missing, or none of the formats that can be signed.
    """
    try:
        with file.open("rb") as content:
            start = content.read(12)
            if start[:3] == b"ID3":
                size = int.from_bytes(start[6:10], "big")
                content.seek(10 + sum((size >> 8 * byte & 0x7F) << 7 * byte for byte in range(4)))
                start = content.read(12) or start
    except OSError as error:
        raise InputError(
            f"{file} can't be read ({error.strerror}); give a sound file or an edition's folder"
        ) from error
    for name, at, magic in _MAGIC:
        if start[at : at + len(magic)] == magic:
            return name
    if len(start) > 1 and start[0] == 0xFF and start[1] & 0xE0 == 0xE0:  # noqa: PLR2004  # MPEG's frame sync
        return "mp3"
    raise InputError(f"{file} is no MP3, M4A, WAV, FLAC or Opus file; give a sound file or an edition's folder")


_MAGIC = (("flac", 0, b"fLaC"), ("wav", 0, b"RIFF"), ("opus", 0, b"OggS"), ("m4a", 4, b"ftyp"), ("mp3", 0, b"ID3"))


def _read_signature(
    file: Path, format_name: str, content: bytes, sidecar: bytes | None, trust: Trust
) -> tuple[Reading, SignedBy, Frame | None] | None:
    try:
        frame = find_frame(content if sidecar is None else sidecar)
    except ProvenanceError:
        strangers = _read_strangers(file, format_name, sidecar, trust)
        if strangers is None:
            raise
        return strangers, SignedBy.UNKNOWN, None
    if frame is None:
        if sidecar is not None:
            raise ProvenanceError("the file beside it holds no signature")
        return None
    if sidecar is not None and (frame.start, frame.end) != (0, len(sidecar)):
        raise ProvenanceError("bytes stand around the signature in the file beside it")
    signed_by, roots = _tell_whose(frame, trust)
    reading = read_credentials(
        file, media_type=MEDIA_TYPES.get(format_name), sidecar=sidecar, roots=roots, stamp_roots=trust.stamps
    )
    if reading is None:
        raise ProvenanceError("there is a signature in the file, but not in its place")
    known = reading.trusted or (reading.genuine and reading.failures)
    return reading, signed_by if known else SignedBy.UNKNOWN, frame


def _read_strangers(file: Path, format_name: str, sidecar: bytes | None, trust: Trust) -> Reading | None:
    """Read a store that is built otherwise than ours; None where it is one of ours or a known signer's, damaged.

    What a stranger's store leaves uncovered is not looked at: it says nothing that this house would believe.
    """
    reading = read_credentials(
        file,
        media_type=MEDIA_TYPES.get(format_name),
        sidecar=sidecar,
        roots=(*trust.own, *trust.listed),
        stamp_roots=trust.stamps,
    )
    return reading if reading and not reading.trusted and not reading.failures else None


def _tell_whose(frame: Frame, trust: Trust) -> tuple[SignedBy, tuple[x509.Certificate, ...]]:
    """Say whose certificate it is, run out or not, and under which roots the library may then trust it.

    The library would also trust a signer under the root of a time-stamp authority; its certificate leads nowhere here.
    """
    for signed_by, roots in ((SignedBy.OWN, trust.own), (SignedBy.LISTED, trust.listed)):
        if is_under(frame.chain, roots):
            return signed_by, roots
    return SignedBy.UNKNOWN, ()


def _judge(reading: Reading, frame: Frame | None) -> tuple[Verdict, tuple[str, ...]]:
    if frame and frame.stamped and not reading.stamped:
        return Verdict.CHANGED, (*reading.failures, "the time stamp does not fit the signature")
    if not reading.failures:
        return Verdict.WHOLE, ()
    expired = all("expired" in code or "outsideValidity" in code for code in reading.failures)
    return (Verdict.EXPIRED if expired else Verdict.CHANGED), reading.failures


def _read_mark(
    file: Path, format_name: str, keys: tuple[str, ...]
) -> tuple[MarkReading | None, tuple[Literal["sound"], ...]]:
    """Look for a mark; says also where the sound can't be read."""
    if not keys:
        return None, ()
    with TemporaryDirectory(prefix="vivavoce-sound-") as folder:
        try:
            if format_name == "m4a":
                decode_m4a(file, Path(folder) / "sound.wav")
                file = Path(folder) / "sound.wav"
            length, rate = read_length(file)
            for key in keys:
                found = read_mark(_mono(file), sample_rate_hz=rate, key=key, length_samples=length)
                if found:
                    return found, ()
        except (RuntimeError, OSError, MachineError):
            return None, ("sound",)
    return None, ()


def _mono(file: Path) -> Iterable[Samples]:
    return (piece if piece.ndim == 1 else piece.mean(axis=1) for piece in read_pieces(file))


def _describe(
    reading: Reading | None,
    verdict: Verdict,
    reasons: tuple[str, ...],
    signed_by: SignedBy | None,
    mark: MarkReading | None,
    disclosed: tuple[str, ...],
    unread: tuple[str, ...],
) -> Inspection:
    said = reading.assertion(EDITION_LABEL) if reading else {}
    info = reading.manifest.get("signature_info") if reading else None
    claimed_times = [text_of(action, "when") for action in actions_of(reading)] if reading else []
    edition = text_of(said, "id")
    return Inspection(
        verdict=verdict,
        reasons=reasons,
        signed_by=signed_by,
        signer=text_of(info, "issuer") or text_of(info, "common_name"),
        certificate=text_of(info, "cert_serial_number"),
        signed_at=text_of(info, "time") or next(filter(None, claimed_times), None),
        time_stamped=bool(reading and reading.stamped),
        stamp_trusted=bool(reading and reading.stamp_trusted),
        edition=edition,
        title=text_of(said, "article", "title"),
        article_url=text_of(said, "article", "url"),
        article_sha256=text_of(said, "article", "sha256"),
        script_sha256=text_of(said, "script", "sha256"),
        approved=look_up(said, "approved") is True,
        watermark=mark,
        watermark_fits=edition.startswith(mark.edition) if edition and mark else None,
        disclosed=(*disclosed, *(("watermark",) if mark else ())),
        unread=unread,
    )
