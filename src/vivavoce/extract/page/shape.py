"""What kind of page this is; only an article is read.

Each kind is told by what it says of itself together with how little running text it has: a word in a title alone
refuses nothing, and a long text is an article whatever the page calls itself.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from vivavoce.errors import InputError
from vivavoce.extract.page.leaves import Leaf
from vivavoce.extract.page.locate import is_prose
from vivavoce.extract.page.metadata import Metadata
from vivavoce.extract.phrases import fold_words, load_error_phrases, load_phrases
from vivavoce.types import Block, BlockKind

_STUB_WORDS = 150
_SHORT_WORDS = 60
_ERROR_WORDS = 90
_LONG_WORDS = 250
_LINK_HEADINGS = 8
_TEASER_SHARE = 0.5
_POSTS = 5
_VIDEO = re.compile(r"/(?:videos?|watch|mediathek)/", re.IGNORECASE)
_GALLERY = re.compile(
    r"/(?:gallery|galleries|photos?|pictures|fotostrecke|bilderstrecke|galerie|galeria|foto)/", re.IGNORECASE
)
_POST = re.compile(
    r"(?:^|[\s_-])(?:live-?blog|live-?ticker|liveblog|live-?update)(?:[\s_-]*)(?:post|entry|item|block)?s?(?:$|[\s_-])",
    re.IGNORECASE,
)
_SCRIPT_WALL = re.compile(
    r"enable javascript|javascript is (?:disabled|required)|requires javascript|javascript aktivieren|자바스크립트"
    r"|включите javascript|ative o javascript|habilite (?:o )?javascript|activ(?:e el|er) javascript|attiva javascript",
    re.IGNORECASE,
)
_PATH_OF_ARTICLE = re.compile(r"[a-z0-9]+-[a-z0-9]+-[a-z0-9]+|\d{5,}|\.html?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What judging a page's shape needs."""

    root: HtmlElement
    """The page before anything is cut."""
    leaves: tuple[Leaf, ...]
    """The lines that readers see, furniture aside."""
    body: tuple[Leaf, ...]
    """Those of the article's part of the page."""
    visible: str
    """All words that readers see, furniture included."""
    metadata: Metadata
    blocks: tuple[Block, ...]
    """What would be narrated."""

    @property
    def words(self) -> int:
        """How much would be narrated; two characters of a script without spaces count as a word."""
        text = " ".join(block.text for block in self.blocks)
        return len(text.split()) + sum("\u3040" <= c <= "\u9fff" for c in text) // 2


def judge_shape(evidence: Evidence, *, address: str) -> tuple[str, ...]:
    """Make sure that a page is an article, whole.

    Returns:
        Warnings: "paywall" where a full text stands behind a paywall's mark.

    Raises:
        InputError: The page is of another kind; the message names it.
    """
    for kind, advice, holds in _KINDS:
        if holds(evidence):
            raise InputError(f"{address}: this is {kind}, not an article; {advice} (kind: {kind.split(' ', 1)[1]})")
    return ("paywall",) if _is_marked_paid(evidence) else ()


def _is_error_page(evidence: Evidence) -> bool:
    heads = [evidence.metadata.title or "", *(leaf.text for leaf in evidence.leaves[:12] if leaf.words <= 12)]  # noqa: PLR2004  # a label's length
    says_so = any(load_error_phrases().judge_line(head) for head in heads)
    return says_so and evidence.words < _ERROR_WORDS


def _is_cookie_wall(evidence: Evidence) -> bool:
    walls = sum(load_phrases().judge_line(leaf.text) == "cookies" for leaf in evidence.leaves)
    return evidence.words < _SHORT_WORDS and walls > 0 and not _has_sentences(evidence, 2)


def _is_script_shell(evidence: Evidence) -> bool:
    if evidence.words >= _SHORT_WORDS or _has_sentences(evidence, 2):
        return False
    noscript = " ".join("".join(element.itertext()) for element in evidence.root.iter("noscript"))
    asks = bool(_SCRIPT_WALL.search(noscript) or _SCRIPT_WALL.search(evidence.visible))
    bare = len(fold_words(evidence.visible)) < _SHORT_WORDS and any(map(_is_code, evidence.root.iter("script")))
    return bare or asks


def _is_code(script: HtmlElement) -> bool:
    return "json" not in (script.get("type") or "")


def _is_live_blog(evidence: Evidence) -> bool:
    if "LiveBlogPosting" in evidence.metadata.declared_types:
        return True
    posts = sum(
        bool(_POST.search(element.get("class") or ""))
        for element in evidence.root.iter("div", "article", "li", "section")
    )
    return posts >= _POSTS


def _is_gallery(evidence: Evidence) -> bool:
    types = evidence.metadata.declared_types
    called = bool({"ImageGallery", "MediaGallery"} & types) or bool(_GALLERY.search(_path(evidence)))
    return called and evidence.words < _STUB_WORDS


def _is_video_page(evidence: Evidence) -> bool:
    types = evidence.metadata.declared_types
    declared = any(name.startswith("video") for name in types) or (
        "VideoObject" in types and "NewsArticle" not in types
    )
    return (declared or bool(_VIDEO.search(_path(evidence)))) and evidence.words < _STUB_WORDS


def _is_index_page(evidence: Evidence) -> bool:
    """Many headings that are links, little running text, and nothing that says article."""
    if _declares_article(evidence) and evidence.words >= _SHORT_WORDS:
        return False
    heads = sum(1 for head in evidence.root.iter("h2", "h3", "h4") if _is_link(head))
    teasers = sum(1 for _ in evidence.root.iter("article"))
    prose = sum(leaf.words for leaf in evidence.leaves if is_prose(leaf))
    kept = sum(len(block.text.split()) for block in evidence.blocks if block.kind is BlockKind.PARAGRAPH)
    scattered = _scatter(evidence) > _TEASER_SHARE
    front = _path(evidence).strip("/") == "" or not _PATH_OF_ARTICLE.search(_path(evidence))
    many = heads >= _LINK_HEADINGS or teasers >= _LINK_HEADINGS
    thin = max(kept, prose) < _LONG_WORDS
    return many and ((front and (thin or scattered)) or (thin and scattered) or evidence.words < _SHORT_WORDS)


def _scatter(evidence: Evidence) -> float:
    """Share of the running text that stands alone in its element: teasers, where an article's paragraphs are kin."""
    homes: dict[HtmlElement, int] = {}
    for leaf in filter(is_prose, evidence.leaves):
        parent = leaf.element.getparent()
        if parent is not None:
            homes[parent] = homes.get(parent, 0) + 1
    alone = sum(count for count in homes.values() if count == 1)
    return alone / sum(homes.values()) if homes else 1.0


def _is_link(head: HtmlElement) -> bool:
    return next(head.iterdescendants("a"), None) is not None or any(True for _ in head.iterancestors("a"))


def _is_paywall_stub(evidence: Evidence) -> bool:
    stated = evidence.metadata.article_words
    cut = stated is not None and evidence.words < stated / 2
    marked = _is_marked_paid(evidence)
    return marked and evidence.words < _LONG_WORDS and (cut or evidence.words < _STUB_WORDS)


def _is_marked_paid(evidence: Evidence) -> bool:
    return not evidence.metadata.free or any(
        load_phrases().judge_line(leaf.text) == "paywall" for leaf in evidence.body
    )


def _declares_article(evidence: Evidence) -> bool:
    types = evidence.metadata.declared_types
    return bool({"NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "article"} & types)


def _has_sentences(evidence: Evidence, number: int) -> bool:
    return sum(len(block.text.split()) >= 8 for block in evidence.blocks) >= number  # noqa: PLR2004  # a sentence's length


def _path(evidence: Evidence) -> str:
    return urlsplit(evidence.metadata.url or "//x/a-b-c").path


_KINDS = (
    ("an error page", "check the address", _is_error_page),
    ("a cookie wall", "save the page from a browser that has answered it", _is_cookie_wall),
    ("a live blog", "give a finished article", _is_live_blog),
    ("a gallery", "give an article with a text", _is_gallery),
    ("a video page", "give an article with a text", _is_video_page),
    ("a JavaScript shell", "save the page from a browser once it has loaded", _is_script_shell),
    ("an index page", "give the address of one article", _is_index_page),
    ("a paywall stub", "give the full text from your own system", _is_paywall_stub),
)
