"""The one door to the C2PA library, which is young and changes: manifests in, signed files and readings out.

Source: C2PA Technical Specification 2.4; c2pa-python 0.38.
"""

import json
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from vivavoce.errors import MachineError, ProvenanceError, RemoteError
from vivavoce.provenance.keys import Identity, choose_algorithm, to_pem

MEDIA_TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/wav", "flac": "audio/flac"}
"""Formats with room for a signature inside, by our names for them."""
SIDECAR_MEDIA_TYPE = "application/octet-stream"
"""Under which the library signs bytes that it can't look into."""
_STAMP_LIST = "urn:vivavoce:ta-roots"
"""What the library calls our list of time-stamp authorities; it only wants a name."""
_COMMAND_TIMEOUT_S = 60
_ALGORITHMS = {
    "es256": (c2pa.C2paSigningAlg.ES256, 32),
    "es384": (c2pa.C2paSigningAlg.ES384, 48),
    "es512": (c2pa.C2paSigningAlg.ES512, 66),
    "ps256": (c2pa.C2paSigningAlg.PS256, None),
    "ed25519": (c2pa.C2paSigningAlg.ED25519, None),
}
"""Each with the length of one half of its signature, where it has halves."""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """Something that a file was made from."""

    title: str
    media_type: str
    identifier: str
    content: bytes
    address: str | None = None
    """Where it lies on the web."""


def sign_stream(file: Path, *, media_type: str | None, manifest: Mapping[str, Any], source: Ingredient,
                identity: Identity, target: Path) -> bytes:  # fmt: skip
    """Sign a file into another one.

    Args:
        file: The finished file.
        media_type: None where its format has no room for the signature.
        manifest: What is said of it, as the library's manifest definition.
        source: What it was made from.
        identity: Who signs.
        target: The signed file; written only where there is a media type.

    Returns:
        The signature's own bytes, for a file beside.

    Raises:
        MachineError: The key, the command that signs or the library failed.
        RemoteError: The time-stamp authority did not answer.
    """
    failed: list[Exception] = []
    try:
        with (
            c2pa.Context(_settings(())) as context,
            c2pa.Builder(dict(manifest), context) as builder,
            _open_signer(identity, failed) as signer,
            file.open("rb") as content,
        ):
            builder.add_ingredient(_describe(source), source.media_type, BytesIO(source.content))
            if media_type is None:
                builder.set_no_embed()
                return bytes(builder.sign(signer, SIDECAR_MEDIA_TYPE, content, BytesIO()))
            with target.open("w+b") as signed:
                return bytes(builder.sign(signer, media_type, content, signed))
    except c2pa.C2paError as error:
        if failed:
            raise failed[0] from error
        raise _explain(error, identity) from error


def _explain(error: Exception, identity: Identity) -> MachineError | RemoteError:
    why = " ".join(str(error).split())
    if identity.ta_url and any(word in why.lower() for word in (identity.ta_url.lower(), "http", "timestamp")):
        return RemoteError(f"the time-stamp authority {identity.ta_url} gave no stamp ({why}); try again later")
    return MachineError(f"the audio could not be signed ({why}); see: vivavoce keys")


def _describe(source: Ingredient) -> dict[str, Any]:
    described = {
        "title": source.title,
        "relationship": "inputTo",
        "label": source.identifier,
        "instance_id": source.identifier,
    }
    return described if source.address is None else {**described, "informational_URI": source.address}


def _settings(roots: Iterable[x509.Certificate], stamp_roots: Iterable[x509.Certificate] = ()) -> "c2pa.Settings":
    """Never ask the network, believe only the given roots, each for its own kind of certificate; draw no thumbnails."""
    anchors, stamps = (b"".join(map(to_pem, some)).decode("ascii") for some in (roots, stamp_roots))
    authorities = {"trust_anchors": stamps, "trust_uri": _STAMP_LIST, "trust_kind": "tsa"}
    return c2pa.Settings.from_dict(
        {
            "verify": {"verify_trust": bool(anchors), "remote_manifest_fetch": False, "ocsp_fetch": False},
            "trust": {
                **({"user_anchors": anchors} if anchors else {}),
                **({"anchors": [authorities]} if stamps else {}),
            },
            "builder": {"thumbnail": {"enabled": False}},
        }
    )


def _open_signer(identity: Identity, failed: list[Exception]) -> "c2pa.Signer":
    algorithm = choose_algorithm(identity.certificate)
    code, half = _ALGORITHMS[algorithm]
    if identity.private_key is not None:
        return c2pa.Signer.from_info(
            c2pa.C2paSignerInfo(algorithm, identity.chain_pem, identity.private_key, identity.ta_url)
        )
    sign = _by_command(identity.command, half, failed)
    return c2pa.Signer.from_callback(sign, code, identity.chain_pem.decode("ascii"), identity.ta_url)


def _by_command(command: tuple[str, ...], half: int | None, failed: list[Exception]) -> Callable[[bytes], bytes]:
    """Let a program sign; what goes wrong is kept aside, because the library only hears that something did."""

    def sign(content: bytes) -> bytes:
        try:
            done = subprocess.run(command, input=content, capture_output=True, timeout=_COMMAND_TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            failed.append(MachineError(f"the command that signs, {command[0]}, did not work ({error}); mend it"))
            return b""
        if done.returncode or not done.stdout:
            why = done.stderr.decode("utf-8", "replace").strip().splitlines()
            failed.append(
                MachineError(
                    f"the command that signs, {command[0]}, gave code {done.returncode} and {len(done.stdout)} bytes"
                    f" ({why[-1] if why else 'without a word'}); mend it"
                )
            )
            return b""
        return done.stdout if half is None else _flatten(done.stdout, half)

    return sign


def _flatten(signature: bytes, half: int) -> bytes:
    """Give an ECDSA signature as its two numbers side by side, as COSE wants it; most programs write DER."""
    if len(signature) == 2 * half:
        return signature
    try:
        return b"".join(number.to_bytes(half, "big") for number in decode_dss_signature(signature))
    except (ValueError, OverflowError):
        return signature  # the library refuses it


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Reading:
    """What the library says of a signed file."""

    manifest: Mapping[str, Any]
    """The active manifest."""
    trusted: bool
    """Whether the signing certificate stands under one of the given roots."""
    failures: tuple[str, ...]
    """Codes of what is wrong, as the standard names them."""
    stamped: bool
    """Whether a time stamp was found and is good."""
    stamp_trusted: bool
    """Whether the authority that gave it stands under one of the given roots."""
    genuine: bool
    """Whether the certificate's key made the signature, whatever became of the file since."""

    def assertion(self, label: str) -> Mapping[str, Any]:
        """Give what the manifest asserts under a label; empty where it says nothing."""
        for entry in self.manifest.get("assertions", ()):
            if entry.get("label") == label and isinstance(entry.get("data"), dict):
                found: Mapping[str, Any] = entry["data"]
                return found
        return {}


def read_credentials(
    file: Path,
    *,
    media_type: str | None,
    sidecar: bytes | None,
    roots: Iterable[x509.Certificate],
    stamp_roots: Iterable[x509.Certificate] = (),
) -> Reading | None:
    """Read and check a file's signature.

    Args:
        file: The sound file.
        media_type: None where its format has no room for the signature.
        sidecar: The signature's own bytes, where they lie beside the file.
        roots: Under which a signing certificate is trusted.
        stamp_roots: Under which a time-stamp authority is.

    Returns:
        None where the file has none.

    Raises:
        ProvenanceError: There is something like a signature that can't be read.
    """
    try:
        with c2pa.Context(_settings(roots, stamp_roots)) as context, file.open("rb") as content:
            kind = SIDECAR_MEDIA_TYPE if media_type is None or sidecar else media_type
            with c2pa.Reader(kind, content, manifest_data=sidecar, context=context) as reader:
                return _read(reader)
    except c2pa.C2paError.ManifestNotFound:
        return None
    except c2pa.C2paError as error:
        raise ProvenanceError(f"the signature can't be read: {' '.join(str(error).split())}") from error


def _read(reader: "c2pa.Reader") -> Reading:
    store = json.loads(reader.json())
    results = store.get("validation_results", {}).get("activeManifest", {})
    codes = {entry["code"] for entry in results.get("success", ())}
    failures = tuple(
        entry["code"] for entry in results.get("failure", ()) if entry["code"] != "signingCredential.untrusted"
    )
    active = store.get("manifests", {}).get(store.get("active_manifest"))
    if active is None:
        raise ProvenanceError("the C2PA store holds no manifest that can be read")
    state = reader.get_validation_state()
    if state == "Invalid" and not failures:
        failures = ("invalid",)
    stamped = bool(codes & {"timeStamp.validated", "timeStamp.trusted"})
    genuine = "claimSignature.validated" in codes
    return Reading(active, state == "Trusted", failures, stamped, "timeStamp.trusted" in codes, genuine)
