"""Headline, byline, day, publisher of a page: from JSON-LD, OpenGraph, then the page itself."""

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, islice
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement, tostring

from vivavoce.extract.page.linked_data import find_article, names_of, read_nodes
from vivavoce.extract.page.tree import text_of
from vivavoce.extract.phrases import fold_words

_FIRST_YEAR = 1990
_MOST_DATED = 400_000
"""Characters of a page that are searched for its day."""
_ISO_DAY = re.compile(r"^\s*(\d{4})-(\d{2})-(\d{2})")
_SEPARATOR = re.compile(r"\s+[|\-–—·•»:]\s+|\s*\|\s*")
_BY = re.compile(
    r"^\s*(?:sponsored by|by|von|por|par|di|da|от|автор|текст|text|words|story|written by|reported by"
    r"|autor(?:i|in|es|a|ka)?|auteur|door|redactie|oprac\.?|yazan|haber|作者|文|记者|記者|글|작성자|취재)\b[:\s]+",
    re.IGNORECASE,
)
_STUCK_BY = re.compile(r"^\s*[Bb]y(?=[A-Z])")
_ROLE = re.compile(
    r"\s*(?:[,|/(•·–—]|\s-\s).*$"
    r"|\s+(?:staff|senior|chief|associate|managing|executive|special|political|national|foreign)\s.*$"
    r"|\s+(?:writer|reporter|editor|correspondent|"
    r"contributor|redakteur(?:in)?|korrespondent(?:in)?|envoyé|correspondant|journaliste"
    r"|corresponsal|repórter|redactor|inviato|корреспондент"
    r"|редактор|dziennikarz|기자|특파원|선임기자|논설위원)\w*\b.*$",
    re.IGNORECASE,
)
_HEAD_TAGS = ("h4", "b", "strong", "font", "span", "div", "td", "p", "dt", "li")
"""What old pages and new frameworks set a headline in."""
_HEAD_CHARACTERS = 300
_JOIN = re.compile(r"\s*[;|&]\s*|\s*,\s*(?:and|und|e|y|et|и)\s+|\s+(?:and|und|with|y|et|и)\s+|\s*,\s+")
_NO_NAME = re.compile(
    r"https?:|www\.|@|[=\"{}<>]|\.(?:com|org|net|de|ru|co)\b|\d{2,}"
    r"|^(?:admin|editors?|staff|redaktion|authors?|none|null|executive|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$"
    r"|\b(?:view|more|all) (?:more|all|articles|posts|stories|from|by)\b",
    re.IGNORECASE,
)
_BYLINE_NAME = re.compile(r"byline|author|autor|автор|\breporter|writer|journalist|기자", re.IGNORECASE)
_NEAR_ELEMENTS = 120
_NEAR_PROSE = 150
_BYLINE_CHARACTERS = 90
_NAME_WORDS = 6
_HOST_LETTERS = 4
_AGREEMENT = 0.6
_AUTHOR_KEYS = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl")
_OPENING = re.compile(
    r"^([A-ZÀ-ÞА-Я][\w'’.-]+(?: [A-ZÀ-ÞА-Я][\w'’.-]*){1,3}), (?:[A-ZÀ-ÞА-Я]\S*(?: (?:of|de|für|and|[A-ZÀ-ÞА-Я]\S*))*)$"
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page says of its article."""

    title: str | None
    byline: tuple[str, ...]
    published: date | None
    publisher: str | None
    url: str | None
    image: str | None
    """Address of the picture that it shows where it is shared."""
    title_forms: frozenset[tuple[str, ...]]
    """Every form in which the headline stands on the page, folded."""
    byline_words: tuple[tuple[str, ...], ...]
    """The names of the byline, folded."""
    article_words: int | None
    """The length that JSON-LD states."""
    declared_types: frozenset[str]
    """Of JSON-LD and OpenGraph."""
    free: bool
    """False where the page says that it stands behind a paywall."""


def read_metadata(root: HtmlElement, *, url: str | None) -> Metadata:
    """Read what a page says of itself; `root` is the whole page, before anything is cut."""
    from vivavoce.extract.page.linked_data import types_of

    nodes = read_nodes(root)
    article = find_article(nodes)
    metas = _read_metas(root)
    publisher = _choose_publisher(article, nodes, metas, root, url)
    forms = list(_title_forms(article, metas, root, publisher))
    title = _choose_title(root, forms)
    byline = _choose_byline(article, nodes, metas, root, publisher)
    types = {name for node in nodes for name in types_of(node)} | set(metas.get("og:type", [])[:1])
    return Metadata(
        title=title,
        byline=byline,
        published=_choose_day(article, metas, root),
        publisher=publisher,
        url=url or _canonical(root, metas),
        image=_choose_image(article, metas, url),
        title_forms=frozenset(fold_words(form) for form in (*forms, title or "") if fold_words(form)),
        byline_words=tuple(filter(None, map(fold_words, byline))),
        article_words=_stated_words(article),
        declared_types=frozenset(types),
        free=not any(str(node.get("isAccessibleForFree")).lower() == "false" for node in nodes),
    )


def _read_metas(root: HtmlElement) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        content = " ".join((meta.get("content") or "").split())
        if name and content:
            metas.setdefault(name, []).append(content)
    return metas


def _first(values: Iterable[Any]) -> str | None:
    return next((" ".join(value.split()) for value in values if isinstance(value, str) and value.strip()), None)


# ---------------------------------------------------------------- headline


def _title_forms(
    article: dict[str, Any], metas: dict[str, list[str]], root: HtmlElement, publisher: str | None
) -> Iterator[str]:
    """Every headline that the page's head states, best first, the site's name cut off."""
    titles = [text_of(title) for title in root.iter("title")][:1]
    stated = (article.get("headline"), *metas.get("og:title", ()), *metas.get("twitter:title", ()), *titles)
    heads = {fold_words(text_of(head)) for head in root.iter("h1", "h2", "h3")}
    heads |= {fold_words(line.text[:_HEAD_CHARACTERS]) for line in root.iter(*_HEAD_TAGS) if line.text}
    for form in stated:
        if isinstance(form, str) and form.strip():
            cut = _cut_site_name(_unescape(form), publisher)
            yield next((start for start in _starts(cut) if fold_words(start) in heads), cut)


def _starts(title: str) -> Iterator[str]:
    """Every start of a title that ends at a separator: "A | B - C" → "A | B", "A"."""
    for separator in reversed(list(_SEPARATOR.finditer(title))):
        yield title[: separator.start()]


def _unescape(text: str) -> str:
    from html import unescape

    return " ".join(re.sub(r"<[^>]{1,40}>", "", unescape(text)).split())


def _cut_site_name(title: str, publisher: str | None) -> str:
    """Cut the site's name off: "Bridge closed | The Paper" → "Bridge closed"."""
    parts = _SEPARATOR.split(title)
    if len(parts) == 1:
        return title
    site = set(fold_words(publisher or ""))
    last = fold_words(parts[-1])
    if site and last and len(site & set(last)) >= len(set(last)) / 2:
        return title[: title.rindex(parts[-1])].rstrip(" |-–—·•»:")
    return title


def _choose_title(root: HtmlElement, forms: list[str]) -> str | None:
    """The h1 that agrees with what the head states; where none does, the head's first form."""
    heads = [text for text in (text_of(head) for head in root.iter("h1")) if text]
    scored = [(max((_agreement(head, form) for form in forms), default=0.0), head) for head in heads]
    best, head = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    if best >= _AGREEMENT or (heads and not forms):
        return head or heads[0]
    return _cut_any_site_name(forms) if forms else None


def _cut_any_site_name(forms: list[str]) -> str:
    """Where another form is this one with something behind it, that something is the site's name."""
    shortest = min(forms, key=len)
    return shortest if forms[0].startswith(shortest) else forms[0]


def _agreement(head: str, form: str) -> float:
    """Share of common words of two headlines, counted on the longer one."""
    one, other = set(fold_words(head)), set(fold_words(form))
    if not one or not other:
        return 0.0
    if fold_words(form)[: len(fold_words(head))] == fold_words(head) and len(one) > 2:  # noqa: PLR2004  # "News" is no headline
        return 1.0
    return len(one & other) / max(len(one), len(other))


# ---------------------------------------------------------------- byline


def _choose_byline(
    article: dict[str, Any],
    nodes: list[dict[str, Any]],
    metas: dict[str, list[str]],
    root: HtmlElement,
    publisher: str | None,
) -> tuple[str, ...]:
    """The people whom the page names under its headline or JSON-LD names; else the newsroom.

    Where the two disagree wholly, what readers see is right: systems name whoever typed the article in.
    """
    named = names_of(article.get("author"), nodes) or names_of(article.get("creator"), nodes)
    people = _clean_names(name for name, kind in named if kind != "Organization" and _is_person(name, publisher))
    seen = tuple(name for name in _page_byline(root) if _is_person(name, publisher))
    if people and (not seen or _overlap(people, seen)):
        return max(people, seen, key=len)
    stated = [name for key in _AUTHOR_KEYS for name in metas.get(key, ()) if _is_person(name, publisher)]
    opening = _opening_byline(root)
    return seen or opening or _clean_names(stated) or _clean_names(name for name, _ in named)


def _overlap(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return not {fold_words(name) for name in some}.isdisjoint(map(fold_words, others))


def _is_person(name: str, publisher: str | None) -> bool:
    words = fold_words(name)
    return bool(words) and words != fold_words(publisher or "") and not _NO_NAME.search(name)


def _page_byline(root: HtmlElement) -> tuple[str, ...]:
    """The names in the first element behind the headline that is called a byline."""
    for element in _behind_headline(root):
        names = " ".join(element.get(key, "") for key in ("class", "rel", "itemprop", "data-testid"))
        text = text_of(element)
        if _BYLINE_NAME.search(names) and 0 < len(text) <= _BYLINE_CHARACTERS and (found := _clean_names([text])):
            return found
    return ()


def _behind_headline(root: HtmlElement) -> Iterator[HtmlElement]:
    """The elements between the headline and the running text."""
    headline = next((head for head in root.iter("h1") if text_of(head)), None)
    if headline is None:
        return
    elements = (element for element in root.iter() if isinstance(element.tag, str))
    behind = dropwhile(lambda element: element is not headline, elements)
    for element in islice(behind, 1, _NEAR_ELEMENTS):
        if element.tag == "p" and len(text_of(element)) > _NEAR_PROSE:
            return
        yield element


def _opening_byline(root: HtmlElement) -> tuple[str, ...]:
    """A body that opens with a name and its house: "Ann Example, Example University"."""
    for paragraph in islice((p for p in root.iter("p") if text_of(p)), 12):
        match = _OPENING.match(text_of(paragraph))
        if match:
            return _clean_names([match[1]])
    return ()


def _clean_names(stated: Iterable[str]) -> tuple[str, ...]:
    """Cut "by", roles and houses off: "By Ann Example, Staff Writer" → ("Ann Example",)."""
    names: dict[str, None] = {}
    for line in stated:
        bare = _BY.sub("", _STUCK_BY.sub("", _unescape(line)))
        for part in _JOIN.split(bare):
            name = _ROLE.sub("", _BY.sub("", part)).strip(" .,:;–—-")
            if _looks_like_name(name):
                names.setdefault(name)
    return tuple(names)


def _looks_like_name(name: str) -> bool:
    if not name or len(name.split()) > _NAME_WORDS or not any(map(str.isalpha, name)):
        return False
    return not _NO_NAME.search(name) and not _BY.match(f"{name} ")


# ---------------------------------------------------------------- publisher, day, address


def _choose_publisher(
    article: dict[str, Any],
    nodes: list[dict[str, Any]],
    metas: dict[str, list[str]],
    root: HtmlElement,
    url: str | None,
) -> str | None:
    stated = [*metas.get("og:site_name", ()), *(name for name, _ in names_of(article.get("publisher"), nodes))]
    sites = [node.get("name") for node in nodes if node.get("@type") in ("WebSite", "NewsMediaOrganization")]
    stated += [name for name in (*sites, *metas.get("application-name", ())) if isinstance(name, str)]
    named = _first(name for name in map(_unescape, stated) if not _is_address(name))
    return named or _name_in_title(root, url)


def _is_address(name: str) -> bool:
    return bool(re.match(r"^(?:https?:)?//|^www\.", name.strip()))


def _name_in_title(root: HtmlElement, url: str | None) -> str | None:
    """The words of the page that the host's name is made of: "© The Paper" on thepaper.example."""
    host = (urlsplit(url or "").hostname or "").removeprefix("www.").rpartition(".")[0].rpartition(".")[2]
    letters = re.sub(r"[^a-z0-9]", "", host)
    if len(letters) < _HOST_LETTERS:
        return None
    spaced = re.compile(r"\b" + r"[\s'’.&-]{0,2}".join(letters) + r"\b", re.IGNORECASE)
    found = [" ".join(match.split()) for match in spaced.findall(" ".join(root.itertext()))]
    named = [name for name in found if name[0].isupper()]
    return max(sorted(set(named)), key=lambda name: (name.count(" "), named.count(name)), default=None)


def _choose_day(article: dict[str, Any], metas: dict[str, list[str]], root: HtmlElement) -> date | None:
    keys = ("article:published_time", "datepublished", "og:article:published_time", "parsely-pub-date", "pubdate")
    stated = (article.get("datePublished"), *(value for key in keys for value in metas.get(key, ())))
    days = (day for day in map(_read_day, stated) if day and day.year >= _FIRST_YEAR)
    return next(days, None) or _guess_day(root)


def _read_day(value: Any) -> date | None:
    match = _ISO_DAY.match(value) if isinstance(value, str) else None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _guess_day(root: HtmlElement) -> date | None:
    from htmldate import find_date

    page = copy.deepcopy(root)
    etree.strip_elements(page, "script", "style", "svg", with_tail=False)
    markup = tostring(page, encoding="unicode")[:_MOST_DATED]
    found = find_date(markup, original_date=True, outputformat="%Y-%m-%d")
    return date.fromisoformat(found) if found else None


def _canonical(root: HtmlElement, metas: dict[str, list[str]]) -> str | None:
    links = (link.get("href") for link in root.iter("link") if (link.get("rel") or "").lower() == "canonical")
    found = _first((*links, *metas.get("og:url", ())))
    return found if found and found.startswith(("http://", "https://")) else None


def _choose_image(article: dict[str, Any], metas: dict[str, list[str]], url: str | None) -> str | None:
    """Give the address of the picture for sharing, or of the first that JSON-LD names."""
    stated = article.get("image")
    first = stated[0] if isinstance(stated, list) and stated else stated
    linked = first.get("url") if isinstance(first, dict) else first
    named = _first((*metas.get("og:image:secure_url", ()), *metas.get("og:image", ()), linked))
    try:
        found = urljoin(url or "", named or "")
    except ValueError:
        return None
    return found if found.startswith(("http://", "https://")) else None


def _stated_words(article: dict[str, Any]) -> int | None:
    if isinstance(body := article.get("articleBody"), str):
        return len(body.split())
    count = article.get("wordCount")
    return int(count) if isinstance(count, int) or (isinstance(count, str) and count.isdigit()) else None
