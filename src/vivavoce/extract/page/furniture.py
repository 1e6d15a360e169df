"""Parts of a page that are not its article, by what they are (a form) and what they are called ("related-posts")."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lxml.html import HtmlElement

from vivavoce.extract.page.tree import is_block, remove_element, text_of, walk_elements
from vivavoce.types import Omission

_TAGS = {
    "nav": "navigation",
    "menu": "navigation",
    "aside": "aside",
    "footer": "footer",
    "form": "form",
    "dialog": "dialog",
    "figcaption": "caption",
    "figure": "caption",
    "picture": "caption",
    "video": "player-label",
    "audio": "player-label",
    "button": "form",
    "select": "form",
    "textarea": "form",
    "fieldset": "form",
    "label": "form",
    "amp-ad": "advertisement",
    "amp-consent": "cookies",
}
_ROLES = {
    "navigation": "navigation",
    "dialog": "dialog",
    "alertdialog": "dialog",
    "search": "form",
    "contentinfo": "footer",
    "complementary": "aside",
    "banner": "navigation",
    "menu": "navigation",
    "toolbar": "share",
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SPLIT = re.compile(r"[-_:/.]+")
_MODIFIER = re.compile(
    r"^-(?:has|no|with|without|is|not|tag|category|post|type|format|status|js|page|single|template)-"
)
_FIELDS = frozenset({"button", "label"})
_ROOTS = frozenset({"html", "body", "main"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
"""Characters that say as much as two or three letters."""
_LINE = 60
"""Characters; what is shorter is a label as likely as a sentence."""
_ID_WORDS = 3
_ASIDE_PROSE = 3
_FORM_BOX_CHARACTERS = 900
_FORM_BOX_SHARE = 0.12
_PICTURES = ("img", "picture", "amp-img", "video", "amp-video", "amp-youtube")
_TEXT_TAGS = frozenset({"article", "p", "li", "blockquote", "pre", "td", "th"})
_PICTURE_BOX_CHARACTERS = 260
_REFERENCE = re.compile(r"^\[\w{1,3}\]$")
_REFERENCE_CHARACTERS = 6
_MOST_NAMES = 40
_MOST_STRONG = 0.6
_MOST_COMMENTS = 0.9
"""Readers may write more than the reporter did."""
_MOST_WEAK = 0.25


@dataclass(frozen=True, slots=True)
class Prose:
    """How much running text a page has, and where."""

    total: int
    inside: dict[HtmlElement, int]

    def share(self, element: HtmlElement) -> float:
        """The share of the page's running text that lies inside an element."""
        return self.inside.get(element, 0) / self.total if self.total else 0.0


def measure_prose(root: HtmlElement) -> Prose:
    """Count, for every element, the characters of paragraphs inside that are not mostly links."""
    inside: dict[HtmlElement, int] = {}
    total = 0
    for element in walk_elements(root):
        if not is_block(element) and element.tag != "span":
            continue
        size = _own_prose(element)
        total += size
        at: HtmlElement | None = element
        while size and at is not None:
            inside[at] = inside.get(at, 0) + size
            at = at.getparent()
    return Prose(total=total, inside=inside)


def _own_prose(element: HtmlElement) -> int:
    """Characters that stand directly in an element and its inline children, if they are a sentence or more."""
    pieces, linked = [element.text or ""], 0
    for child in element:
        if isinstance(child.tag, str) and not is_block(child) and child.tag != "span":
            text = text_of(child)
            linked += len(text) if child.tag == "a" else 0
            pieces.append(text)
        pieces.append(child.tail or "")
    text = " ".join("".join(pieces).split())
    size = len(text) + len(_DENSE.findall(text))
    return size if size > _LINE and linked < size / 2 else 0


def remove_furniture(root: HtmlElement) -> list[Omission]:
    """Cut what is not the article; list it."""
    prose = measure_prose(root)
    omitted = [*_remove_references(root), *_remove_sign_up_boxes(root, prose), *_remove_picture_boxes(root, prose)]
    for element in walk_elements(root):
        if element.tag in _ROOTS or not _is_attached(element, root):
            continue
        reason = _judge_element(element, prose.share(element))
        if reason:
            text = text_of(element)
            omitted += [Omission(text, reason)] if text else []
            remove_element(element)
    return omitted


def _remove_references(root: HtmlElement) -> list[Omission]:
    """Cut the numbers that point to footnotes: "closed[2]" → "closed"."""
    omitted: list[Omission] = []
    for raised in list(root.iter("sup")):
        link, text = next(raised.iterdescendants("a"), None), text_of(raised)
        points = link is not None and (link.get("href") or "").startswith("#")
        if (points or _REFERENCE.match(text)) and len(text) <= _REFERENCE_CHARACTERS and text:
            omitted.append(Omission(text, "footnote-mark"))
            remove_element(raised)
    return omitted


def _remove_sign_up_boxes(root: HtmlElement, prose: Prose) -> list[Omission]:
    """The box around a field for an address or a number invites; it is no part of the story."""
    omitted: list[Omission] = []
    for field in list(root.iter("input", "form")):
        if field.tag == "input" and field.get("type", "").lower() not in {"email", "tel"}:
            continue
        box = field
        for at in field.iterancestors():
            if at.tag in _ROOTS | {"article"} or prose.share(at) > _FORM_BOX_SHARE or holds(at, "h1"):
                break
            if len(text_of(at)) > _FORM_BOX_CHARACTERS:
                break
            box = at
        if _is_attached(box, root) and box is not field and prose.share(box) <= _FORM_BOX_SHARE:
            omitted += [Omission(text_of(box), "newsletter")] if text_of(box) else []
            remove_element(box)
    return omitted


def _remove_picture_boxes(root: HtmlElement, prose: Prose) -> list[Omission]:
    """The few words in the box around a picture or a player are its caption, however they are marked up."""
    omitted: list[Omission] = []
    for picture in list(root.iter(*_PICTURES)):
        box: HtmlElement | None = None
        for at in picture.iterancestors():
            size = len(text_of(at))
            if at.tag in _ROOTS | _TEXT_TAGS or size > _PICTURE_BOX_CHARACTERS or prose.share(at) > _FORM_BOX_SHARE:
                break
            if holds(at, *_HEADINGS):
                break
            box = at if is_block(at) and size else box
        if box is not None and _is_attached(box, root):
            omitted.append(Omission(text_of(box), "caption"))
            remove_element(box)
    return omitted


def _is_attached(element: HtmlElement, root: HtmlElement) -> bool:
    at: HtmlElement | None = element
    while at is not None and at is not root:
        at = at.getparent()
    return at is root


def _judge_element(element: HtmlElement, share: float) -> str | None:
    if element.tag == "figure" and _holds_text_of_its_own(element):
        return None
    if element.tag in _FIELDS and _is_in_sentence(element):
        return None
    by_kind = _TAGS.get(element.tag) or _ROLES.get(element.get("role", ""))
    if by_kind == "aside" and _holds_a_section(element):
        return None
    if by_kind and share < _MOST_WEAK and not (element.tag == "footer" and _is_in_quote(element)):
        return by_kind
    names = " ".join(filter(None, (element.get("class"), _telling_id(element))))
    reason = judge_names(names, weak=share < _MOST_WEAK) if names else None
    if share >= _MOST_STRONG and not (reason == "comments" and share <= _MOST_COMMENTS and not holds(element, "h1")):
        return None
    return reason if is_block(element) or reason == "caption" else None


def _telling_id(element: HtmlElement) -> str | None:
    """An id that may name a part of the page; those of headings and long ones are made of the text's own words."""
    name = element.get("id")
    telling = name and element.tag not in _HEADINGS and len(_SPLIT.split(name)) <= _ID_WORDS
    return name if telling else None


def _holds_text_of_its_own(figure: HtmlElement) -> bool:
    """Writing tools put tables and quotes into figures."""
    return holds(figure, "table", "blockquote", "ul", "ol") and not holds(figure, "img", "picture", "video")


def holds(element: HtmlElement, *tags: str) -> bool:
    """Whether an element holds another of these kinds."""
    return next(element.iterdescendants(*tags), None) is not None


def _is_in_sentence(field: HtmlElement) -> bool:
    """A word that explains itself when clicked is still a word."""
    paragraph = next(field.iterancestors("p", "li"), None)
    return paragraph is not None and len(text_of(paragraph)) - len(text_of(field)) > _LINE


def _holds_a_section(aside: HtmlElement) -> bool:
    """Some pages set whole sections of their text as asides."""
    prose = [p for p in aside.iter("p") if _own_prose(p) > 2 * _LINE]
    return len(prose) >= _ASIDE_PROSE


def _is_in_quote(element: HtmlElement) -> bool:
    return any(True for _ in element.iterancestors("blockquote"))


@dataclass(frozen=True, slots=True)
class _NameBook:
    """The names of `names.toml`: (hyphened name with a hyphen at both ends, reason)."""

    exact: dict[str, str]
    strong: tuple[tuple[str, str], ...]
    weak: tuple[tuple[str, str], ...]


@cache
def _load_names() -> _NameBook:
    sections = tomllib.loads(files(__package__).joinpath("names.toml").read_text(encoding="utf-8"))
    strong, weak, exact = (
        tuple((f"-{name}-", reason) for reason, names in sections[key].items() for name in names)
        for key in ("strong", "weak", "exact")
    )
    return _NameBook(exact=dict(exact), strong=strong, weak=weak)


@cache
def judge_names(names: str, *, weak: bool) -> str | None:
    """Say what an element is called: "c-related-posts wide" → "related"; None where that is no furniture."""
    book = _load_names()
    for name in names.split()[:_MOST_NAMES]:
        plain = f"-{'-'.join(filter(None, _SPLIT.split(_CAMEL.sub('-', name).lower())))}-"
        if _MODIFIER.match(plain):
            continue
        if reason := book.exact.get(plain):
            return reason
        known = (*book.strong, *book.weak) if weak else book.strong
        if reason := next((reason for part, reason in known if part in plain), None):
            return reason
    return None
