"""What content systems send: Ghost, WordPress (REST and webhook), and a plain JSON form; all become one value first.

The plain form has `title`, one of `html`, `text`, `paragraphs`, `blocks`, and any of `byline`, `date`, `publisher`,
`url`: what `extract --json` prints is read back.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Any

from vivavoce.errors import InputError
from vivavoce.extract.decode import decode_body
from vivavoce.extract.draft import Draft
from vivavoce.extract.page.fragment import read_fragment
from vivavoce.extract.plain import read_plain, split_names
from vivavoce.types import Block, BlockKind, Capture, Omission

_DROPPED_CODES = "caption gallery embed video audio playlist contact-form-7 newsletter mc4wp_form related_posts ad ads"
_DROPPED = re.compile(
    rf"\[({'|'.join(map(re.escape, _DROPPED_CODES.split()))})\b[^\]]*\](?:(?:(?!\[\1).)*?\[/\1\])?", re.DOTALL
)
_UNKNOWN_CODE = re.compile(r"\[/?[a-z][\w-]{2,}(?:\s+[\w-]+\s*=\s*[\"'][^\]]*|\s*/)\]|\[/[a-z][\w-]{2,}\]")
_MARKUP = re.compile(r"<(?:p|div|br|h[1-6]|ul|ol|blockquote|figure|section|article)\b", re.IGNORECASE)
_GUTENBERG = re.compile(r"<!--\s*/?wp:.*?-->", re.DOTALL)
_DAY = re.compile(r"^\s*(\d{4}-\d{2}-\d{2})")
_PAYWALL_CARD = re.compile(r"<!--\s*members-only\s*-->|\bgh-post-upgrade-cta\b")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Post:
    """A post of any system."""

    title: str | None = None
    html: str | None = None
    text: str | None = None
    blocks: tuple[Block, ...] = ()
    byline: tuple[str, ...] = ()
    published: date | None = None
    publisher: str | None = None
    url: str | None = None
    protected: bool = False


def read_cms(capture: Capture) -> Draft:
    """Read a payload.

    Raises:
        InputError: It is no JSON, no known form, or holds no one post with a body.
    """
    text = decode_body(capture.body, address=capture.address, label=capture.charset)
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{capture.address}: no valid JSON ({error}); send the post as your system exports it"
        ) from error
    post = _read_payload(payload, capture.address)
    if post.protected:
        raise InputError(f"{capture.address}: the post is locked by a password; send it unlocked (kind: paywall stub)")
    return _draft_post(post, capture)


def _read_payload(payload: Any, address: str) -> _Post:
    if isinstance(payload, list):
        if len(payload) != 1:
            raise InputError(f"{address}: {len(payload)} posts in one payload; send one")
        payload = payload[0]
    if not isinstance(payload, dict):
        raise InputError(f"{address}: JSON without a post; give an object with title and html or text")
    if isinstance(payload.get("posts"), list):
        return _read_payload(payload["posts"], address)
    post = payload.get("post")
    if isinstance(post, dict):
        link = payload.get("post_permalink") or payload.get("permalink")
        payload = post["current"] if isinstance(post.get("current"), dict) else {"permalink": link, **post}
    return _read_post(payload, address)


def _read_post(payload: Json, address: str) -> _Post:
    """Tell the systems apart by the keys that only they have."""
    if "post_content" in payload:
        return _read_wordpress_hook(payload)
    if isinstance(payload.get("content"), dict):
        return _read_wordpress(payload)
    if "primary_author" in payload or "mobiledoc" in payload or "lexical" in payload:
        return _read_ghost(payload)
    return _read_plain_form(payload, address)


def _read_ghost(post: Json) -> _Post:
    authors = post.get("authors") or [post.get("primary_author")]
    html = _string(post.get("html"))
    return _Post(
        title=_string(post.get("title")),
        html=html,
        text=None if html else _string(post.get("plaintext")),
        byline=_names(authors),
        published=_day(post.get("published_at")),
        url=_string(post.get("url")),
        protected=bool(html and _PAYWALL_CARD.search(html) and post.get("access") is False),
    )


def _read_wordpress(post: Json) -> _Post:
    content = post["content"]
    embedded = post.get("_embedded")
    authors = embedded.get("author") if isinstance(embedded, dict) else None
    return _Post(
        title=_rendered(post.get("title")),
        html=_string(content.get("rendered")) or _autop(_string(content.get("raw")) or ""),
        byline=_names(authors or []),
        published=_day(post.get("date")),
        url=_string(post.get("link")),
        protected=content.get("protected") is True and not _string(content.get("rendered")),
    )


def _read_wordpress_hook(post: Json) -> _Post:
    return _Post(
        title=_string(post.get("post_title")),
        html=_autop(_string(post.get("post_content")) or ""),
        byline=_names([post.get("author") or post.get("post_author_name") or post.get("author_name")]),
        published=_day(post.get("post_date")),
        url=_string(post.get("permalink")) or _string(post.get("guid")),
        protected=bool(_string(post.get("post_password"))),
    )


def _read_plain_form(post: Json, address: str) -> _Post:
    body = next(
        (post[key] for key in ("html", "content_html", "content", "body", "text", "content_text") if post.get(key)),
        None,
    )
    html = body if isinstance(body, str) and _MARKUP.search(body) else None
    text = body if isinstance(body, str) and html is None else None
    blocks = tuple(_read_blocks(post.get("blocks") or post.get("paragraphs") or []))
    if not (html or text or blocks):
        raise InputError(f"{address}: JSON without a body; give html, text, paragraphs or blocks")
    return _Post(
        title=_rendered(post.get("title") or post.get("headline")),
        html=html,
        text=text,
        blocks=blocks,
        byline=_names(post.get("byline") or post.get("authors") or post.get("author") or []),
        published=_day(
            post.get("published") or post.get("date") or post.get("date_published") or post.get("published_at")
        ),
        publisher=_string(post.get("publisher") or post.get("site_name")),
        url=_string(post.get("url") or post.get("link")),
    )


def _read_blocks(items: Any) -> list[Block]:
    blocks: list[Block] = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, str):
            blocks.append(Block(BlockKind.PARAGRAPH, item))
        elif isinstance(item, dict) and isinstance(item.get("text"), str):
            kind = item.get("kind")
            blocks.append(Block(BlockKind(kind) if kind in set(BlockKind) else BlockKind.PARAGRAPH, item["text"]))
    return blocks


def _draft_post(post: _Post, capture: Capture) -> Draft:
    blocks = post.blocks
    omitted: tuple[Omission, ...] = ()
    if not blocks and post.html:
        judged = read_fragment(strip_codes(post.html), title=post.title, byline=post.byline, address=capture.address)
        blocks, omitted = judged.blocks, judged.omitted
    elif not blocks and post.text:
        plain = read_plain(post.text, address=capture.address)
        blocks, omitted = plain.blocks, plain.omitted
    return Draft(
        blocks=blocks,
        title=post.title,
        byline=post.byline,
        published=post.published,
        publisher=post.publisher,
        url=capture.url or post.url,
        omitted=omitted,
    )


def strip_codes(markup: str) -> str:
    """Take shortcodes and editor comments out; "[sic]" and "[the mayor]" stay."""
    return _UNKNOWN_CODE.sub("", _DROPPED.sub("", _GUTENBERG.sub("", markup)))


def _autop(raw: str) -> str:
    """WordPress stores paragraphs as blank lines where its old editor wrote them."""
    if not raw or re.search(r"<p\b|wp:paragraph", raw):
        return raw
    return "".join(f"<p>{part}</p>" for part in re.split(r"\r?\n\s*\r?\n", raw) if part.strip())


def _string(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _rendered(value: Any) -> str | None:
    text = _string(value.get("rendered")) if isinstance(value, dict) else _string(value)
    return re.sub(r"<[^>]+>", "", unescape(text)) if text else None


def _names(values: Any) -> tuple[str, ...]:
    if isinstance(values, str):
        return tuple(split_names(values))
    items = values if isinstance(values, list) else [values]
    names = [item.get("name") if isinstance(item, dict) else item for item in items]
    return tuple(dict.fromkeys(name.strip() for name in names if isinstance(name, str) and name.strip()))


def _day(value: Any) -> date | None:
    match = _DAY.match(value) if isinstance(value, str) else None
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
