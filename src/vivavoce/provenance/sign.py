"""An audio file and what is claimed of it → a signed file. The last thing that is ever done to a file."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import vivavoce
from vivavoce.provenance.credentials import MEDIA_TYPES, Ingredient, sign_stream
from vivavoce.provenance.frame import read_head
from vivavoce.provenance.keys import Identity, fingerprint_of
from vivavoce.types import Article, Claim

EDITION_LABEL = "org.vivavoce.edition"
"""Our own assertion: which edition, of which article, in which words."""
SIDECAR_SUFFIX = ".c2pa"
_NAME_CHARACTERS = 60
_HEAD_BYTES = 256


class CredentialSigner:
    """Signs files with C2PA Content Credentials; meets `pipeline.Signer`."""

    def __init__(self, identity: Identity) -> None:
        """Sign with these keys."""
        self._identity = identity

    @property
    def name(self) -> str:
        """The signing certificate's name."""
        return self._identity.name

    @property
    def certificate_sha256(self) -> str:
        """Of the signing certificate."""
        return fingerprint_of(self._identity.certificate)

    def sign(self, file: Path, *, format_name: str, claim: Claim) -> Path | None:
        """Sign a file where it lies.

        Raises:
            MachineError: Key, command or library failed; the file is as it was.
            RemoteError: The time-stamp authority did not answer; the file is as it was.
        """
        media_type = MEDIA_TYPES.get(format_name)
        signed = file.with_name(f".{file.name}.signed")
        try:
            credentials = sign_stream(
                file,
                media_type=media_type,
                manifest=write_claim(claim, title=file.name, head=_read_head(file)),
                source=_source(claim.article),
                identity=self._identity,
                target=signed,
            )
            if media_type is not None:
                signed.replace(file)
                return None
        finally:
            signed.unlink(missing_ok=True)
        sidecar = file.with_suffix(SIDECAR_SUFFIX)
        part = sidecar.with_name(f".{sidecar.name}.part")
        part.write_bytes(credentials)
        part.replace(sidecar)
        return sidecar


def write_claim(claim: Claim, *, title: str, head: bytes = b"") -> dict[str, Any]:
    """Write what is claimed as a C2PA manifest.

    Args:
        claim: What is said.
        title: Stands where the article has none.
        head: What the standard leaves uncovered of an MP4 file.

    Source:
        C2PA Technical Specification 2.4: c2pa.actions.v2, c2pa.ai-disclosure, c2pa.soft-binding.
    """
    assertions = [
        ("c2pa.actions.v2", {"actions": _actions(claim)}),
        ("c2pa.ai-disclosure", _ai_disclosure(claim)),
        (EDITION_LABEL, {**_edition(claim), **({"head": head.hex()} if head else {})}),
    ]
    if claim.watermark:
        mark = {"alg": claim.watermark, "blocks": [{"scope": {}, "value": claim.edition[:8]}]}
        assertions.append(("c2pa.soft-binding", mark))
    return {
        "title": claim.article.title or title,
        "claim_generator_info": [{"name": "vivavoce", "version": vivavoce.__version__}],
        "assertions": [{"label": label, "data": content, "created": True} for label, content in assertions],
    }


def _read_head(file: Path) -> bytes:
    with file.open("rb") as content:
        return read_head(content.read(_HEAD_BYTES))


def _actions(claim: Claim) -> list[dict[str, Any]]:
    created = {
        "action": "c2pa.created",
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "digitalSourceType": claim.disclosure.digital_source_type,
        "softwareAgent": {"name": "vivavoce", "version": vivavoce.__version__},
        "parameters": {"ingredientIds": [_identify(claim.article)]},
    }
    return [created, {"action": "c2pa.watermarked.bound"}] if claim.watermark else [created]


def _ai_disclosure(claim: Claim) -> dict[str, Any]:
    """Say how far people stood over it: "human_validated" only after an approval."""
    return {
        "modelType": "c2pa.types.model",
        "modelName": f"{claim.voice.engine}, voice {claim.voice.name}",
        "contentProfile": {"humanOversightLevel": "human_validated" if claim.approved else "prompt_guided"},
    }


def _edition(claim: Claim) -> dict[str, Any]:
    article = claim.article
    said = {
        "title": article.title,
        "byline": list(article.byline),
        "published": article.published.isoformat() if article.published else None,
        "publisher": article.publisher,
        "url": article.url,
        "sha256": _digest(article),
    }
    return {
        "id": claim.edition,
        "article": {name: content for name, content in said.items() if content},
        "script": {"sha256": claim.script_sha256},
        "disclosure": {"text": claim.disclosure.visible, "spoken": claim.disclosure.spoken},
        "approved": claim.approved,
    }


def _source(article: Article) -> Ingredient:
    title = article.title or " ".join(article.text.split())[:_NAME_CHARACTERS] or "text"
    return Ingredient(title, "text/plain", _identify(article), article.text.encode(), article.url)


def _identify(article: Article) -> str:
    return f"urn:sha256:{_digest(article)}"


def _digest(article: Article) -> str:
    return hashlib.sha256(article.text.encode()).hexdigest()
