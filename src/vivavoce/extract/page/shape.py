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
from vivavoce.extract.page.tree import text_of
from vivavoce.extract.phrases import fold_words, load_error_phrases, load_phrases
from vivavoce.types import Block, BlockKind

_STUB_WORDS = 150
_SHORT_WORDS = 60
_ERROR_WORDS = 90
_LONG_WORDS = 250
_FEW_WORDS = 40
_HEAD_WORDS = 12
_HEADLINE_WORDS = 4
_TOLD_WORDS = 90
_TOLD_PARAGRAPHS = 3
_TOLD_CHARACTERS = 60
_POST_CHARACTERS = 100
_MOSTLY_LINKS = 0.6
_STATED_SHARE = 0.6
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
        Warnings: "paywall" where a full text stands behind a paywall's mark, "shorter-than-stated" where JSON-LD says
        that the article has many more words than were found.

    Raises:
        InputError: The page is of another kind; the message names it.
    """
    for kind, advice, holds in _KINDS:
        if holds(evidence):
            raise InputError(f"{address}: this is {kind}, not an article; {advice} (kind: {kind.split(' ', 1)[1]})")
    warnings = (("paywall", _is_marked_paid(evidence)), ("shorter-than-stated", _is_shorter_than_stated(evidence)))
    return tuple(name for name, holds in warnings if holds)


def _is_error_page(evidence: Evidence) -> bool:
    """A headline that says so over little text, or any line that does on a page of few words."""
    if evidence.words >= _ERROR_WORDS:
        return False
    bare = len(fold_words(evidence.visible)) < 2 * _ERROR_WORDS
    said = [
        leaf.text
        for leaf in evidence.leaves[:12]
        if leaf.words <= _HEAD_WORDS and (leaf.level or (bare and any(map(str.isalpha, leaf.text))))
    ]
    return any(load_error_phrases().judge_line(head) for head in (evidence.metadata.title or "", *said))


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
    posts = [
        len(text_of(element))
        for element in evidence.root.iter("div", "article", "li", "section")
        if _POST.search(element.get("class") or "")
    ]
    told = [size for size in posts if size >= _POST_CHARACTERS]
    return len(told) >= _POSTS and sum(told) >= len(evidence.visible) / 3


def _is_told(evidence: Evidence) -> bool:
    """Whether there are paragraphs enough to be a story, whatever stands beside them."""
    prose = [
        block for block in evidence.blocks if block.kind is BlockKind.PARAGRAPH and len(block.text) >= _TOLD_CHARACTERS
    ]
    return len(prose) >= _TOLD_PARAGRAPHS and evidence.words >= _TOLD_WORDS


def _is_gallery(evidence: Evidence) -> bool:
    types = evidence.metadata.declared_types
    called = bool({"ImageGallery", "MediaGallery"} & types) or bool(_GALLERY.search(_path(evidence)))
    return called and evidence.words < _STUB_WORDS and not _is_told(evidence)


def _is_video_page(evidence: Evidence) -> bool:
    types = evidence.metadata.declared_types
    declared = any(name.startswith("video") for name in types) or (
        "VideoObject" in types and "NewsArticle" not in types
    )
    called = declared or bool(_VIDEO.search(_path(evidence)))
    return called and evidence.words < _STUB_WORDS and not _is_told(evidence)


def _is_index_page(evidence: Evidence) -> bool:
    """Many headings that are links, little running text or a text in as many places, and nothing that says article."""
    heads = sum(1 for head in evidence.root.iter("h2", "h3", "h4") if _is_link(head))
    teasers = sum(1 for _ in evidence.root.iter("article"))
    scattered = _scatter(evidence) > _TEASER_SHARE
    if max(heads, teasers) < _LINK_HEADINGS and not (scattered and _linked_share(evidence) > _MOSTLY_LINKS):
        return False
    prose = sum(leaf.words for leaf in evidence.leaves if is_prose(leaf))
    kept = sum(len(block.text.split()) for block in evidence.blocks if block.kind is BlockKind.PARAGRAPH)
    thin = max(kept, prose) < _LONG_WORDS
    if _path(evidence).strip("/") == "":
        return thin or scattered
    if _declares_article(evidence) and evidence.words >= _FEW_WORDS:
        return False
    if not scattered and (_is_told(evidence) or _is_headed(evidence)):
        return False
    front = not _PATH_OF_ARTICLE.search(f"{_path(evidence)}?{_query(evidence)}")
    return (front and (thin or scattered)) or (thin and scattered) or evidence.words < _FEW_WORDS


def _is_headed(evidence: Evidence) -> bool:
    """Whether two paragraphs or more stand together on a page with one headline of some words."""
    heads = [fold_words(text_of(head)) for head in evidence.root.iter("h1")]
    prose = sum(len(block.text) >= _TOLD_CHARACTERS for block in evidence.blocks)
    return len(heads) == 1 and len(heads[0]) >= _HEADLINE_WORDS and prose > 1


def _linked_share(evidence: Evidence) -> float:
    """How much of what readers see is links."""
    whole = sum(len(leaf.text) for leaf in evidence.leaves)
    return sum(leaf.linked * len(leaf.text) for leaf in evidence.leaves) / whole if whole else 0.0


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
    """Marked as paid, and short: under half of what JSON-LD states, or too little for a story where it states none."""
    if evidence.words >= _LONG_WORDS or not _is_marked_paid(evidence):
        return False
    stated = evidence.metadata.article_words
    if stated is not None and stated >= _FEW_WORDS:
        return evidence.words < stated / 2
    return evidence.words < _STUB_WORDS


def _is_shorter_than_stated(evidence: Evidence) -> bool:
    stated = evidence.metadata.article_words
    return stated is not None and stated >= _FEW_WORDS and evidence.words < _STATED_SHARE * stated


def _is_marked_paid(evidence: Evidence) -> bool:
    """The head says so, or a wall stands behind the last line that is there."""
    if not evidence.metadata.free:
        return True
    kept = {block.text for block in evidence.blocks}
    last = max((at for at, leaf in enumerate(evidence.body) if leaf.text in kept), default=-1)
    return any(load_phrases().judge_line(leaf.text) == "paywall" for leaf in evidence.body[last + 1 :])


def _declares_article(evidence: Evidence) -> bool:
    """One article is declared; an index declares many."""
    types = evidence.metadata.declared_types
    named = bool({"NewsArticle", "Article", "BlogPosting", "ReportageNewsArticle", "article"} & types)
    return named and not {"ItemList", "CollectionPage"} & types


def _has_sentences(evidence: Evidence, number: int) -> bool:
    return sum(len(block.text.split()) >= 8 for block in evidence.blocks) >= number  # noqa: PLR2004  # a sentence's length


def _path(evidence: Evidence) -> str:
    return urlsplit(evidence.metadata.url or "//x/a-b-c").path


def _query(evidence: Evidence) -> str:
    return urlsplit(evidence.metadata.url or "").query


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
