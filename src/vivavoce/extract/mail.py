"""A newsletter as mail (EML): its subject, sender and day, and the better of its bodies."""

import email
import email.policy
from datetime import date
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

from vivavoce.errors import InputError
from vivavoce.extract.decode import decode_body
from vivavoce.extract.draft import Draft
from vivavoce.extract.page.fragment import read_fragment
from vivavoce.extract.plain import read_plain
from vivavoce.types import Capture


def read_mail(capture: Capture) -> Draft:
    """Read a mail.

    Raises:
        InputError: It has no body of text.
    """
    message = email.message_from_bytes(capture.body, policy=email.policy.default)
    part = _find_body(message)
    if part is None:
        raise InputError(f"{capture.address}: a mail without a body of text; give the text itself")
    title, sender = _header(message, "subject"), parseaddr(_header(message, "from") or "")[0] or None
    payload = part.get_payload(decode=True)
    body = payload if isinstance(payload, bytes) else b""
    text = decode_body(body, address=capture.address, label=part.get_content_charset(), repair=True)
    if part.get_content_subtype() == "html":
        judged = read_fragment(text, title=title, byline=(), address=capture.address)
        blocks, omitted = judged.blocks, judged.omitted
    else:
        plain = read_plain(text.split("\n-- \n", 1)[0], address=capture.address)
        blocks, omitted = plain.blocks, plain.omitted
    return Draft(
        blocks=blocks, title=title, published=_day(message), publisher=sender, url=capture.url, omitted=omitted
    )


def _find_body(message: EmailMessage) -> EmailMessage | None:
    """The HTML body, else the plain one; broken structures have neither."""
    try:
        body = message.get_body(preferencelist=("html", "plain"))
    except (AttributeError, KeyError, ValueError, IndexError):
        return None
    return body if isinstance(body, EmailMessage) else None


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message.get(name)
    except (ValueError, IndexError, KeyError, AttributeError):
        return None
    return " ".join(str(value).split()) or None if value is not None else None


def _day(message: EmailMessage) -> date | None:
    try:
        return parsedate_to_datetime(_header(message, "date") or "").date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
