"""The bytes of a C2PA store that no digest and no signature covers, held against the only values they may have.

The library finds every change to what is signed. Lengths and labels of the boxes around it, and the padding beside the
signature, it reads generously. Here each must be as the standard writes it, and padding must be zeros.

Source: ISO/IEC 19566-5 (JUMBF); C2PA Technical Specification 2.4, "Manifests"; RFC 9052 (COSE_Sign1), RFC 8949 (CBOR).
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509

from vivavoce.errors import ProvenanceError

_STORE, _MANIFEST = b"c2pa", b"c2ma"
_TAIL = bytes.fromhex("00110010800000aa00389b71")
_MARK = b"jumd" + _STORE + _TAIL
_PARTS = ((b"c2as", "c2pa.assertions"), (b"c2cl", "c2pa.claim.v2"), (b"c2cs", "c2pa.signature"))
_WITH_LABEL = 3
_TOGGLES_AT = 32
"""In a superbox: after its own header, that of its description, and the description's type."""
_TOGGLES = {_WITH_LABEL, _WITH_LABEL | 16}
"""With or without the salt; the library passes over bits that the standard does not know."""
_COSE_SIGN1 = b"\xd2\x84"
_STAMPS = {"sigTst", "sigTst2"}
_PADDING = {"pad", "pad2"}
_X5CHAIN = 33
"""COSE's label of the certificates (RFC 9360)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a store lies in a file, who signed it, and what stands beside its signature."""

    start: int
    end: int
    chain: tuple[x509.Certificate, ...]
    """The certificates that the signature names and covers, the signing one first."""
    stamped: bool
    """Whether there is a time stamp; a reader must then find it good."""


def find_frame(content: bytes) -> Frame | None:
    """Find a file's store and check all that nothing else covers.

    Returns:
        None where there is none.

    Raises:
        ProvenanceError: A byte is not as the standard writes it, or there are two stores.
    """
    found = content.find(_MARK)
    if found < 0:
        return None
    if content.find(_MARK, found + 1) >= 0:
        raise ProvenanceError("there are two C2PA stores in the file")
    start = found - 12
    box, end = _open(content, start, len(content)) if start >= 0 else (b"", 0)
    if box != b"jumb":
        raise ProvenanceError("the C2PA store's outermost box is damaged")
    manifest = _only(_read_superbox(content, start, end, _STORE, "c2pa"))
    parts = list(_read_superbox(content, *manifest, _MANIFEST, None))
    if len(parts) != len(_PARTS):
        raise ProvenanceError("the C2PA manifest has not the three parts that ours have")
    inner = [list(_read_superbox(content, *part, *kind)) for part, kind in zip(parts, _PARTS, strict=True)]
    if any(content[first + _TOGGLES_AT] not in _TOGGLES for first, _ in inner[0]):
        raise ProvenanceError("an assertion in the C2PA store is not described as the standard writes it")
    first, last = _only(inner[2])
    kind, _ = _open(content, first, last)
    if kind != b"cbor":
        raise ProvenanceError("the C2PA signature's box is damaged")
    return Frame(start, end, *_check_signature(content[first + 8 : last]))


def read_head(content: bytes) -> bytes:
    """Give an MP4 file's first box, which the standard leaves uncovered; empty in other files."""
    return content[: int.from_bytes(content[:4], "big")] if content[4:8] == b"ftyp" else b""


def check_boxes(content: bytes, frame: Frame, *, head: str) -> None:
    """Check the boxes of an MP4 file that the standard leaves uncovered.

    Args:
        content: The file.
        frame: Where its store lies.
        head: The first box as it was signed, in hexadecimal.

    Raises:
        ProvenanceError: A byte is not as it was signed.
    """
    start = len(read_head(content))
    expected = (frame.end - start).to_bytes(4, "big") + b"uuid" + _MP4_STORE
    if content[:start].hex() != head or content[start : frame.start] != expected:
        raise ProvenanceError("the boxes before the sound are not as they were signed")
    at = frame.end
    while at < len(content):
        kind, end = _open(content, at, len(content))
        if kind not in {b"moov", b"mdat"} and end - at > 8:  # noqa: PLR2004  # an empty box
            raise ProvenanceError("there is a box in the file that ours never hold")
        if kind not in {b"moov", b"mdat", b"free"}:
            raise ProvenanceError("there is a box in the file that ours never hold")
        at = end


_MP4_STORE = bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + bytes(4) + b"manifest\0" + bytes(8)
"""Identifier, version, purpose, no Merkle tree: C2PA Technical Specification 2.4, "Embedding manifests into BMFF"."""


# ---------------------------------------------------------------- boxes


def _open(content: bytes, start: int, limit: int) -> tuple[bytes, int]:
    """Give a box's type and where it ends."""
    length = int.from_bytes(content[start : start + 4], "big")
    if length < 8 or start + length > limit:  # noqa: PLR2004  # the header's own length
        raise ProvenanceError(f"a box of the C2PA store says a wrong length at byte {start}")
    return content[start + 4 : start + 8], start + length


def _read_superbox(content: bytes, start: int, end: int, kind: bytes, label: str | None) -> Iterator[tuple[int, int]]:
    """Check a superbox's description; gives where each box inside begins and ends."""
    box, last = _open(content, start, end)
    described, at = _open(content, start + 8, end)
    description = content[start + 16 : at]
    name = description[17:-1]
    if (
        (box, last, described) != (b"jumb", end, b"jumd")
        or description[:17] != kind + _TAIL + bytes([_WITH_LABEL])
        or description[-1:] != b"\0"
        or (name != label.encode() if label is not None else not name.startswith(b"urn:c2pa:"))
    ):
        raise ProvenanceError(f"a box of the C2PA store is not described as the standard writes it at byte {start}")
    while at < end:
        _, inside = _open(content, at, end)
        yield at, inside
        at = inside


def _only(boxes: Iterator[tuple[int, int]] | list[tuple[int, int]]) -> tuple[int, int]:
    found = list(boxes)
    if len(found) != 1:
        raise ProvenanceError("the C2PA store holds more or less than one box where ours hold one")
    return found[0]


# ---------------------------------------------------------------- the signature


def _check_signature(content: bytes) -> tuple[tuple[x509.Certificate, ...], bool]:
    """Check what stands beside a COSE signature; gives its certificates, and whether a time stamp is there."""
    if not content.startswith(_COSE_SIGN1):
        raise ProvenanceError("the C2PA signature is none that can be read")
    reader = _Cbor(content, len(_COSE_SIGN1))
    covered, beside = reader.read(), reader.read()
    payload, signature = reader.read(), reader.read()
    if not isinstance(beside, dict) or payload is not None or not isinstance(signature, bytes) or not reader.at_end:
        raise ProvenanceError("the C2PA signature is not built as the standard writes it")
    for name, value in beside.items():
        if name in _PADDING and isinstance(value, bytes) and not value.strip(b"\0"):
            continue
        if name not in _STAMPS:
            raise ProvenanceError("unknown or non-zero bytes stand beside the C2PA signature")
    return _read_chain(covered), bool(_STAMPS & set(beside))


def _read_chain(covered: object) -> tuple[x509.Certificate, ...]:
    """Give the certificates in a signature's protected header."""
    header = _Cbor(covered, 0).read() if isinstance(covered, bytes) else None
    named = header.get(_X5CHAIN) if isinstance(header, dict) else None
    chain = (named,) if isinstance(named, bytes) else named
    if not isinstance(chain, tuple) or not chain:
        raise ProvenanceError("the C2PA signature names no certificate")
    try:
        with warnings.catch_warnings(action="error"):  # what the library only frowns at, ours never hold
            return tuple(map(x509.load_der_x509_certificate, chain))
    except (ValueError, TypeError, x509.InvalidVersion, Warning) as error:
        raise ProvenanceError("a certificate in the C2PA signature can't be read") from error


class _Cbor:
    """Reads the little of CBOR that stands in a signature: definite lengths, shortest forms, one way to say a thing."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content = content
        self._at = at

    @property
    def at_end(self) -> bool:
        """Whether all has been read."""
        return self._at == len(self._content)

    def read(self) -> object:
        """Read the next item."""
        major, number = self._head()
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major in {2, 3}:
            raw = self._take(number)
            return raw if major == 2 else raw.decode("utf-8", "replace")  # noqa: PLR2004  # CBOR's major types
        if major == 4:  # noqa: PLR2004
            return tuple(self.read() for _ in range(number))
        if major == 5:  # noqa: PLR2004
            return self._read_map(number)
        if (major, number) == (7, 22):
            return None
        raise ProvenanceError("something stands in the C2PA signature that ours never hold")

    def _read_map(self, count: int) -> dict[object, object]:
        found: dict[object, object] = {}
        for _ in range(count):
            name = self.read()
            if not isinstance(name, (str, int)) or name in found:
                raise ProvenanceError("a name stands twice beside the C2PA signature")
            found[name] = self.read()
        return found

    def _head(self) -> tuple[int, int]:
        first = self._take(1)[0]
        major, short = first >> 5, first & 31
        if short < 24:  # noqa: PLR2004  # RFC 8949, section 3
            return major, short
        if short > 27:  # noqa: PLR2004
            raise ProvenanceError("the C2PA signature uses a form of CBOR that ours never use")
        return major, int.from_bytes(self._take(1 << (short - 24)), "big")

    def _take(self, count: int) -> bytes:
        taken = self._content[self._at : self._at + count]
        if len(taken) != count:
            raise ProvenanceError("the C2PA signature is cut off")
        self._at += count
        return taken
