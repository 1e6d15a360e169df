"""Which format a source is in: by what it declares, else by how it begins."""

import re
from enum import Enum

from vivavoce.types import Capture


class Format(Enum):
    """What a source may be written in."""

    PLAIN = "plain text"
    MARKDOWN = "Markdown"
    PAGE = "HTML"
    DOCX = "DOCX"
    MAIL = "mail"
    CMS = "a CMS's JSON"
    FEED = "a feed"


_BY_TYPE = {
    "text/html": Format.PAGE,
    "application/xhtml+xml": Format.PAGE,
    "text/markdown": Format.MARKDOWN,
    "message/rfc822": Format.MAIL,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Format.DOCX,
    "application/rss+xml": Format.FEED,
    "application/atom+xml": Format.FEED,
    "application/feed+json": Format.FEED,
}
_PAGE = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_FEED = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?.*?\?>\s*)*<(?:\w+:)?(?:rss|feed|rdf|urlset|sitemapindex)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(r"<\?xml|<!doctype", re.IGNORECASE)
_JSON = re.compile(r"\{\s*\"|\[\s*\{\s*\"")
_JSON_FEED = re.compile(r"\"version\"\s*:\s*\"https?:(?:\\?/){2}jsonfeed\.org")
_MAIL = re.compile(r"(?:[A-Za-z][\w-]{1,40}: [^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3}")
_MAIL_KEYS = re.compile(r"^(?:Message-ID|MIME-Version|Received|Return-Path): ", re.IGNORECASE | re.MULTILINE)
_MARKDOWN = re.compile(r"---[ \t]*\r?\n(?:[\w-]+:.*\r?\n(?:[ \t-].*\r?\n)*)+(?:---|\.\.\.)[ \t]*(?:\r?\n|$)|#{1,3} \S")
"""Front matter or a heading: what comes without a name or type, through a pipe, shows only so that it is Markdown."""
_DOCX = b"PK\x03\x04"


def recognise_format(capture: Capture) -> Format:
    """Say what a source is written in."""
    start = capture.body[:4000].replace(b"\0", b"").decode("latin-1").lstrip("þÿï»¿ \t\r\n")
    if capture.body.startswith(_DOCX):
        return Format.DOCX
    if capture.media_type == "application/json":
        return Format.FEED if _JSON_FEED.search(start) else Format.CMS
    by_type = _BY_TYPE.get(capture.media_type or "")
    if by_type is Format.PAGE and _FEED.match(start):
        return Format.FEED
    if capture.media_type is None and _MARKDOWN.match(start):
        return Format.MARKDOWN
    return by_type or _recognise_start(start)


def _recognise_start(start: str) -> Format:
    if _PAGE.match(start):
        return Format.PAGE
    if _FEED.match(start) or _XML.match(start):
        return Format.FEED  # XML of another kind is refused there by what it is
    if _JSON.match(start):
        return Format.FEED if _JSON_FEED.search(start) else Format.CMS
    if _MAIL.match(start) and _MAIL_KEYS.search(start):
        return Format.MAIL
    return Format.PLAIN
