"""Keys and signatures of webhooks.

Source:
    Standard Webhooks 1.0: the headers webhook-id, webhook-timestamp and webhook-signature, HMAC-SHA256 over
    "id.timestamp.body", keys with the prefix whsec_.
"""

import base64
import hashlib
import hmac
import secrets

SECRET_MARK = "whsec_"  # noqa: S105  # how the standard's keys begin


def new_secret() -> str:
    """Make a key to sign with."""
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, message_id: str, timestamp_s: int, body: bytes) -> str:
    """Give the signature header of a message."""
    key = base64.b64decode(secret.removeprefix(SECRET_MARK))
    signed = hmac.new(key, f"{message_id}.{timestamp_s}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"
