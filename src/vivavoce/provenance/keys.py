"""The newsroom's signing keys: made on first use, rotated, checked for expiry; or the house's own bought chain.

What lies in the folder, each file written whole or not at all and under a lock:

    root.pem         the newsroom's root certificate: public, to be published with the site
    root-key.pem     its private key, 0600
    signing.pem      private key and certificates that sign, 0600
    retired/*.pem    earlier certificates: public, so that what they signed is still known as ours

Source: C2PA Technical Specification 2.x, "Trust model": end-entity certificates with KeyUsage digitalSignature and an
    ExtendedKeyUsage of emailProtection; a self-signed end entity is refused, so a root stands above it.
"""

import itertools
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from filelock import FileLock

from vivavoce.errors import MachineError

ROOT_DAYS = 20 * 365
SIGNING_DAYS = 5 * 365
"""Without a time stamp, a file's signature can be checked for as long as the certificate that made it."""
WARNING_DAYS = 90
UNNAMED = "a newsroom without a name"
_CLOCK_SKEW = timedelta(hours=1)
_ROOT, _ROOT_KEY, _SIGNING, _RETIRED = "root.pem", "root-key.pem", "signing.pem", "retired"


@dataclass(frozen=True, slots=True)
class SigningOptions:
    """What a house has decided about its signatures."""

    keys: Path | None = None
    """Folder of its keys; None: in the user's data folder."""
    chain: Path | None = None
    """A bought certificate chain (PEM, the signing certificate first), in place of the newsroom's own."""
    key: Path | None = None
    """The chain's private key (PEM); None where `command` signs."""
    command: tuple[str, ...] = ()
    """A program that signs what it reads from standard input and writes the signature to standard output."""
    ta_url: str | None = None
    """An RFC 3161 time-stamp authority; its stamp keeps a signature good after its certificate has expired."""
    trust_list: Path | None = None
    """Root certificates (PEM) that `verify` believes beside the newsroom's own."""
    ta_roots: Path | None = None
    """Root certificates (PEM) of the time-stamp authorities that `verify` believes."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What signs: certificates and the way to their private key."""

    chain: tuple[x509.Certificate, ...]
    """The signing certificate first."""
    private_key: bytes | None
    """PEM; None where `command` signs."""
    command: tuple[str, ...]
    ta_url: str | None
    is_own: bool
    """Whether the newsroom made the chain itself."""

    @property
    def certificate(self) -> x509.Certificate:
        """The one that signs."""
        return self.chain[0]

    @property
    def name(self) -> str:
        """Whose signature it is."""
        return name_of(self.certificate)

    @property
    def chain_pem(self) -> bytes:
        """All certificates, the signing one first."""
        return b"".join(map(to_pem, self.chain))

    @property
    def expires_at(self) -> datetime:
        """When the first of its certificates runs out."""
        return min(certificate.not_valid_after_utc for certificate in self.chain)

    def warn_of_expiry(self, now: datetime) -> str | None:
        """Say how long the certificates still hold, where that is not long."""
        days = (self.expires_at - now).days
        if days >= WARNING_DAYS:
            return None
        remedy = "run: vivavoce keys rotate" if self.is_own else "buy a new one and name it in vivavoce.toml"
        when = f"{self.expires_at:%Y-%m-%d}"
        return (
            f"the signing certificate expired on {when}; {remedy}"
            if days < 0
            else (f"the signing certificate expires on {when}, in {days} days; {remedy}")
        )


# ---------------------------------------------------------------- opening


def open_identity(options: SigningOptions, folder: Path, *, publisher: str | None) -> Identity:
    """Give what signs for this house; its own keys are made where there are none yet.

    Args:
        options: The house's decisions.
        folder: Where its own keys lie, unless the options name another place.
        publisher: Whose name new certificates bear.

    Raises:
        MachineError: Keys can't be read or written, don't fit together, or have expired.
    """
    identity = _open_bought(options) if options.chain else _open_own(options, options.keys or folder, publisher)
    now = datetime.now(UTC)
    if not identity.certificate.not_valid_before_utc <= now < identity.expires_at:
        raise MachineError(
            identity.warn_of_expiry(now) or "the signing certificate is not valid yet; set this machine's clock"
        )
    return identity


def find_identity(options: SigningOptions, folder: Path) -> Identity | None:
    """Give what signs for this house, valid or expired; None where no key has been made yet.

    Raises:
        MachineError: Keys can't be read or don't fit together.
    """
    if options.chain:
        return _open_bought(options)
    signing = (options.keys or folder) / _SIGNING
    return _read_own(options, signing) if signing.exists() else None


def read_roots(options: SigningOptions, folder: Path) -> tuple[x509.Certificate, ...]:
    """Give the certificates that make a signature this newsroom's own: present and earlier roots.

    Raises:
        MachineError: One can't be read.
    """
    keys = options.keys or folder
    files = [keys / _ROOT, *sorted((keys / _RETIRED).glob("root-*.pem"))]
    own = [certificate for file in files if file.exists() for certificate in _read_certificates(file)]
    return (*own, *([] if options.chain is None else _read_certificates(options.chain)[-1:]))


def read_trust_list(options: SigningOptions) -> tuple[x509.Certificate, ...]:
    """Give the roots that the house trusts beside its own.

    Raises:
        MachineError: The list can't be read.
    """
    return tuple(_read_certificates(options.trust_list)) if options.trust_list else ()


def read_stamp_roots(options: SigningOptions) -> tuple[x509.Certificate, ...]:
    """Give the roots of the time-stamp authorities that the house believes.

    Raises:
        MachineError: They can't be read.
    """
    return tuple(_read_certificates(options.ta_roots)) if options.ta_roots else ()


def _open_own(options: SigningOptions, folder: Path, publisher: str | None) -> Identity:
    signing = folder / _SIGNING
    if not signing.exists():
        with _locked(folder):
            if not signing.exists():
                _make_keys(folder, publisher or UNNAMED)
    return _read_own(options, signing)


def _read_own(options: SigningOptions, signing: Path) -> Identity:
    key = _read_key(signing)
    return _fit(Identity(tuple(_read_certificates(signing)), key, (), options.ta_url, is_own=True), signing)


def _open_bought(options: SigningOptions) -> Identity:
    chain = options.chain or Path()
    if (options.key is None) == (not options.command):
        raise MachineError(
            f"the chain {chain} wants either a private key or a command that signs; name one of both in vivavoce.toml"
        )
    key = _read_key(options.key) if options.key else None
    return _fit(Identity(tuple(_read_certificates(chain)), key, options.command, options.ta_url, is_own=False), chain)


def _fit(identity: Identity, file: Path) -> Identity:
    """Refuse a private key that is another certificate's."""
    if not identity.chain:
        raise MachineError(f"{file} holds no certificate; {_RESTORE}")
    if identity.private_key is not None:
        public = serialization.load_pem_private_key(identity.private_key, password=None).public_key()
        if _bytes_of(public) != _bytes_of(identity.certificate.public_key()):
            raise MachineError(f"the private key is not that of the first certificate in {file}; {_RESTORE}")
    return identity


_RESTORE = "restore it from your backup, or make new keys with: vivavoce keys rotate"


# ---------------------------------------------------------------- making


def rotate_keys(options: SigningOptions, folder: Path, *, publisher: str | None, new_root: bool = False) -> Identity:
    """Make a new signing key; what the old one signed is still known as ours.

    Args:
        options: The house's decisions.
        folder: Where its keys lie, unless the options name another place.
        publisher: Whose name the new certificates bear.
        new_root: Make a new root too: needed only where the root's key is lost or known to others.

    Raises:
        MachineError: Keys can't be read or written; or the chain is a bought one.
    """
    if options.chain:
        raise MachineError(f"the chain {options.chain} is not ours to rotate; buy a new one and name it instead")
    folder = options.keys or folder
    with _locked(folder):
        _retire(folder / _SIGNING, folder, "signing")
        if new_root:
            _retire(folder / _ROOT, folder, "root")
            (folder / _ROOT_KEY).unlink(missing_ok=True)
        _make_keys(folder, publisher or UNNAMED)
    return _read_own(options, folder / _SIGNING)


def _make_keys(folder: Path, publisher: str) -> None:
    """Make a signing key under the root that is there, or under a new one."""
    if not (folder / _ROOT_KEY).exists():
        _retire(folder / _ROOT, folder, "root")
        key = ec.generate_private_key(ec.SECP256R1())
        root = _make_root(key, publisher)
        _write(folder / _ROOT, to_pem(root), mode=0o644)
        _write(folder / _ROOT_KEY, _key_to_pem(key) + to_pem(root), mode=0o600)
    root_key = serialization.load_pem_private_key(_read_key(folder / _ROOT_KEY), password=None)
    root = _read_certificates(folder / _ROOT_KEY)[0]
    if not isinstance(root_key, ec.EllipticCurvePrivateKey):
        raise MachineError(f"{folder / _ROOT_KEY} is no key of ours; {_RESTORE}")
    signing_key = ec.generate_private_key(ec.SECP256R1())
    leaf = _make_leaf(signing_key, root, root_key, publisher)
    _write(folder / _SIGNING, _key_to_pem(signing_key) + to_pem(leaf) + to_pem(root), mode=0o600)


def _make_root(key: ec.EllipticCurvePrivateKey, publisher: str) -> x509.Certificate:
    name = _name(publisher, "root of the audio signatures")
    builder = _builder(name, name, key.public_key(), ROOT_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(_usage(signs_certificates=True), critical=True).sign(key, hashes.SHA256())


def _make_leaf(
    key: ec.EllipticCurvePrivateKey, root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, publisher: str
) -> x509.Certificate:
    builder = _builder(_name(publisher, "audio signatures"), root.subject, key.public_key(), SIGNING_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return builder.add_extension(authority, critical=False).sign(root_key, hashes.SHA256())


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(publisher: str, role: str) -> x509.Name:
    short = publisher[:48]
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, short),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{short[:33]}, {role}"[:64]),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _retire(file: Path, folder: Path, kind: str) -> None:
    """Keep a file's certificates, without any private key, as earlier ones."""
    if file.exists():
        for certificate in _read_certificates(file)[:1]:
            target = folder / _RETIRED / f"{kind}-{fingerprint_of(certificate)[:16]}.pem"
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _write(target, to_pem(certificate), mode=0o644)


# ---------------------------------------------------------------- certificates


def name_of(certificate: x509.Certificate) -> str:
    """Give the organisation that a certificate names, or its common name."""
    for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            return str(attribute.value)
    return certificate.subject.rfc4514_string()


def is_under(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]) -> bool:
    """Tell whether a chain leads to one of these roots: each certificate signed by the next, the last one's by a root.

    Asks whose a certificate is, whatever the date; whether it was good at the time of signing is for others to say.
    """
    pairs = itertools.pairwise(chain)
    return all(_issued(one, by) for one, by in pairs) and any(
        chain[-1] == root or _issued(chain[-1], root) for root in roots
    )


_NOT_ISSUED = (
    ValueError,
    TypeError,
    Warning,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library says of a certificate that another did not issue, or that is damaged."""


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        with warnings.catch_warnings(action="error"):
            issuer_is_ca = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
            certificate.verify_directly_issued_by(issuer)
    except _NOT_ISSUED:
        return False
    return issuer_is_ca


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Give a certificate's SHA-256."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def to_pem(certificate: x509.Certificate) -> bytes:
    """Give a certificate as text."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def choose_algorithm(certificate: x509.Certificate) -> str:
    """Give the name that COSE has for what a certificate's key signs with.

    Raises:
        MachineError: C2PA has no signature for such a key.
    """
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPublicKey):
        return "ps256"
    raise MachineError("the signing certificate's key is of a kind that C2PA does not know; want ECDSA on P-256")


_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


def _bytes_of(key: object) -> bytes:
    encoded: bytes = key.public_bytes(  # type: ignore[attr-defined]  # every kind of public key has it
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return encoded


# ---------------------------------------------------------------- files


def _read_certificates(file: Path) -> Sequence[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise MachineError(f"no certificates can be read from {file} ({error}); {_RESTORE}") from error


def _read_key(file: Path) -> bytes:
    """Give a file's private key as PEM of its own."""
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise MachineError(f"no private key can be read from {file} ({error}); {_RESTORE}") from error
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _key_to_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            yield
    except OSError as error:
        raise MachineError(
            f"the signing keys can't be written into {folder} ({error.strerror or error}); make it writable, or name "
            "another folder in vivavoce.toml"
        ) from error


def _write(file: Path, content: bytes, *, mode: int) -> None:
    """Write a file whole or not at all, for nobody else to read while it is written."""
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as part:  # made 0600
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).chmod(mode)
    Path(part.name).replace(file)
