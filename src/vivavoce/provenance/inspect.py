"""A file → what it says of its origin, and whether that can be believed. Out: what the disclosure says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509

from vivavoce.audio import Samples
from vivavoce.encode.mp4 import decode_m4a
from vivavoce.errors import InputError, MachineError, ProvenanceError
from vivavoce.provenance.credentials import MEDIA_TYPES, Reading, read_credentials
from vivavoce.provenance.frame import Frame, check_boxes, find_frame
from vivavoce.provenance.mark_reader import MarkReading, read_mark
from vivavoce.provenance.sign import EDITION_LABEL, SIDECAR_SUFFIX
from vivavoce.sound_files import read_length, read_pieces


class Verdict(StrEnum):
    """What came of a file's signature."""

    WHOLE = "whole"
    CHANGED = "changed"
    EXPIRED = "expired"
    """Whole, but its certificate has run out and no time stamp says that it was signed before."""
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
    mark = _read_mark(file, format_name, trust.mark_keys)
    content = file.read_bytes()
    try:
        reading, signed_by, frame = _read_signature(file, format_name, content, sidecar, trust)
    except ProvenanceError as error:
        return _describe(None, Verdict.CHANGED, (str(error),), None, mark, ())
    if reading is None:
        return _describe(None, Verdict.UNSIGNED, (), None, mark, ())
    verdict, reasons = _judge(reading, frame)
    if format_name == "m4a":
        try:
            check_boxes(content, frame, head=str(reading.assertion(EDITION_LABEL).get("head")))
        except ProvenanceError as error:
            verdict, reasons = Verdict.CHANGED, (*reasons, str(error))
    outside = content if sidecar else content[: frame.start] + content[frame.end :]
    return _describe(reading, verdict, reasons, signed_by, mark, _find_disclosures(reading, outside))


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
) -> tuple[Reading | None, SignedBy, Frame]:
    frame = find_frame(content if sidecar is None else sidecar)
    if frame is None:
        if sidecar is not None:
            raise ProvenanceError("the file beside it holds no signature")
        return None, SignedBy.UNKNOWN, Frame(0, 0, stamped=False)
    if sidecar is not None and (frame.start, frame.end) != (0, len(sidecar)):
        raise ProvenanceError("bytes stand around the signature in the file beside it")
    reading = None
    for signed_by, roots in ((SignedBy.OWN, trust.own), (SignedBy.LISTED, trust.listed)):
        if roots or reading is None:
            reading = read_credentials(file, media_type=MEDIA_TYPES.get(format_name), sidecar=sidecar, roots=roots)
            if reading is not None and reading.trusted:
                return reading, signed_by, frame
    if reading is None:
        raise ProvenanceError("there is a signature in the file, but not in its place")
    return reading, SignedBy.UNKNOWN, frame


def _judge(reading: Reading, frame: Frame) -> tuple[Verdict, tuple[str, ...]]:
    if frame.stamped and not reading.stamped:
        return Verdict.CHANGED, (*reading.failures, "the time stamp does not fit the signature")
    if not reading.failures:
        return Verdict.WHOLE, ()
    expired = all("expired" in code or "outsideValidity" in code for code in reading.failures)
    return (Verdict.EXPIRED if expired else Verdict.CHANGED), reading.failures


def _read_mark(file: Path, format_name: str, keys: tuple[str, ...]) -> MarkReading | None:
    if not keys:
        return None
    with TemporaryDirectory(prefix="vivavoce-sound-") as folder:
        try:
            if format_name == "m4a":
                decode_m4a(file, Path(folder) / "sound.wav")
                file = Path(folder) / "sound.wav"
            length, rate = read_length(file)
            for key in keys:
                found = read_mark(_mono(file), sample_rate_hz=rate, key=key, length_samples=length)
                if found:
                    return found
        except (RuntimeError, OSError, MachineError):
            return None  # what can't be decoded carries no mark that can be read
    return None


def _mono(file: Path) -> Iterable[Samples]:
    return (piece if piece.ndim == 1 else piece.mean(axis=1) for piece in read_pieces(file))


def _find_disclosures(reading: Reading, outside: bytes) -> tuple[str, ...]:
    found = []
    sources = (_text(action, "digitalSourceType") or "" for action in _actions(reading))
    if any("rainedAlgorithmicMedia" in source for source in sources):
        found.append("signature")
    said = reading.assertion(EDITION_LABEL)
    text = _text(said, "disclosure", "text")
    if text and text.encode() in outside:
        found.append("tags")
    if _look_up(said, "disclosure", "spoken") is True:
        found.append("spoken, as the signature says")
    return tuple(found)


def _describe(
    reading: Reading | None,
    verdict: Verdict,
    reasons: tuple[str, ...],
    signed_by: SignedBy | None,
    mark: MarkReading | None,
    disclosed: tuple[str, ...],
) -> Inspection:
    said = reading.assertion(EDITION_LABEL) if reading else {}
    info = reading.manifest.get("signature_info") if reading else None
    claimed_times = [_text(action, "when") for action in _actions(reading)] if reading else []
    edition = _text(said, "id")
    return Inspection(
        verdict=verdict,
        reasons=reasons,
        signed_by=signed_by,
        signer=_text(info, "issuer") or _text(info, "common_name"),
        certificate=_text(info, "cert_serial_number"),
        signed_at=_text(info, "time") or next(filter(None, claimed_times), None),
        time_stamped=bool(reading and reading.stamped),
        edition=edition,
        title=_text(said, "article", "title"),
        article_url=_text(said, "article", "url"),
        article_sha256=_text(said, "article", "sha256"),
        script_sha256=_text(said, "script", "sha256"),
        approved=_look_up(said, "approved") is True,
        watermark=mark,
        watermark_fits=edition.startswith(mark.edition) if edition and mark else None,
        disclosed=(*disclosed, *(("watermark",) if mark else ())),
    )


# ---------------------------------------------------------------- what strangers may have written


def _actions(reading: Reading) -> tuple[object, ...]:
    actions = reading.assertion("c2pa.actions.v2").get("actions")
    return tuple(actions) if isinstance(actions, list) else ()


def _text(said: object, *names: str) -> str | None:
    """Give a text that lies under these names; None where there is nothing, or something else."""
    found = _look_up(said, *names)
    return found if isinstance(found, str) else None


def _look_up(said: object, *names: str) -> object:
    for name in names:
        if not isinstance(said, Mapping):
            return None
        said = said.get(name)
    return said
