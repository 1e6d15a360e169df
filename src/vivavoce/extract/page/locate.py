"""Where on a page its article lies: trafilatura says which lines, the tree says in which element.

The library finds the body well but drops sub-heads and list items inside it and lets neighbours in. So its lines serve
as witnesses only: the element that holds nearly all of them is the article, and is then read line by line. Where the
page's running text says that the library saw too little, the element that holds most of that text is taken instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from lxml.html import HtmlElement, tostring

from vivavoce.extract.page.leaves import Leaf
from vivavoce.extract.phrases import fold_words

_CORE_SHARE = 0.85
_PROSE_SHARE = 0.7
_MATCHED = 0.6
_MUCH_MORE = 1.25
_PROSE_WORDS = 12
_PROSE_LINKED = 0.3
_SHINGLE = 3
_STEPS = (3, 5, 8)
_HOME_SHARE = 0.8
_LINKED_HEAD = 0.8
"""What stands behind a line that is a link is likely the first lines of another story."""
_HOME_HOLDS = 0.6
"""Of the running text; where no near element holds so much of it, one further up is asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """The lines of an article's part of the page, and which of them are vouched for."""

    leaves: tuple[Leaf, ...]
    vouched: frozenset[Leaf]
    """Those that the library, or the page's own prose, says are the article's."""
    home: "Home | None"
    """Where most of the running text stands."""
    whole: bool = False
    """Nothing but the article was given: a system's body field, a mail."""

    def is_home(self, leaf: Leaf) -> bool:
        """Whether a line stands where the running text stands, or one step aside."""
        if self.home is None:
            return False
        near = (leaf.element, *islice(leaf.element.iterancestors(), self.home.steps + 1))
        return any(at is self.home.element for at in near)

    def is_inside(self, leaf: Leaf) -> bool:
        """Whether a line stands anywhere in the element where the running text stands."""
        if self.home is None:
            return False
        return leaf.element is self.home.element or any(at is self.home.element for at in leaf.element.iterancestors())


@dataclass(frozen=True, slots=True, eq=False)
class Home:
    """The element that the paragraphs share, and how many steps below it they stand: some pages wrap each in a box."""

    element: HtmlElement
    steps: int


def locate_body(root: HtmlElement, leaves: Sequence[Leaf]) -> Body | None:
    """Find the article among a page's lines; None where nothing looks like one."""
    vouched = _match_library(root, leaves)
    prose = [leaf for leaf in leaves if is_prose(leaf)]
    core = _deepest_holder(vouched, _CORE_SHARE)
    dense = _deepest_holder(prose, _PROSE_SHARE)
    if (
        dense is not None
        and len(list(dense.iter("h1"))) <= 1
        and _size(_within(dense, prose)) > _MUCH_MORE * _size(filter(is_prose, vouched))
    ):
        core, vouched = dense, [*vouched, *_within(dense, prose)]
    if core is None:
        return None
    sure = frozenset(vouched)
    inside = set(_within(core, leaves))
    kept = tuple(leaf for leaf in leaves if leaf in inside or leaf in sure)
    return Body(leaves=kept, vouched=sure, home=_find_home(kept))


def whole_body(leaves: Sequence[Leaf]) -> Body:
    """Take all lines for the article's."""
    return Body(leaves=tuple(leaves), vouched=frozenset(leaves), home=_find_home(leaves), whole=True)


def _find_home(leaves: Iterable[Leaf]) -> Home | None:
    lines = list(leaves)
    prose = list(filter(is_prose, lines))
    told = [leaf for before, leaf in pairwise(lines) if is_prose(leaf) and before.linked < _LINKED_HEAD]
    prose = told if 2 * len(told) >= len(prose) else prose
    home: Home | None = None
    for most_steps in _STEPS:
        home, share = _find_near_home(prose, most_steps)
        if share >= _HOME_HOLDS:
            break
    return home


def _find_near_home(prose: Sequence[Leaf], most_steps: int) -> tuple[Home | None, float]:
    """The innermost element at most so many steps over the paragraphs that holds about the most; and its share."""
    held: dict[HtmlElement, int] = {}
    steps: dict[HtmlElement, int] = {}
    for leaf in prose:
        for step, at in enumerate(islice(leaf.element.iterancestors(), most_steps), start=1):
            held[at] = held.get(at, 0) + len(leaf.text)
            steps[at] = max(step, steps.get(at, 0))
    most = max(held.values(), default=0)
    enough = [element for element, size in held.items() if size >= _HOME_SHARE * most]
    home = max(enough, key=_depth, default=None)
    return (Home(home, steps[home]) if home is not None else None), most / max(1, _size(prose))


def is_prose(leaf: Leaf) -> bool:
    """Whether a line is running text."""
    return leaf.words >= _PROSE_WORDS and leaf.linked < _PROSE_LINKED and leaf.level == 0


def _match_library(root: HtmlElement, leaves: Sequence[Leaf]) -> list[Leaf]:
    lines = list(_ask_library(root))
    known = {words for line in lines for words in [fold_words(line)]}
    shingles = {piece for words in known for piece in _shingle(words)}
    return [leaf for leaf in leaves if _is_among(fold_words(leaf.text), known, shingles)]


def _is_among(words: tuple[str, ...], known: set[tuple[str, ...]], shingles: set[tuple[str, ...]]) -> bool:
    if words in known:
        return True
    pieces = _shingle(words)
    return len(words) > _SHINGLE and sum(piece in shingles for piece in pieces) >= _MATCHED * len(pieces)


def _shingle(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [words[at : at + _SHINGLE] for at in range(max(1, len(words) - _SHINGLE + 1))]


def _ask_library(root: HtmlElement) -> Iterable[str]:
    import trafilatura

    document = trafilatura.bare_extraction(
        tostring(root, encoding="unicode"), include_comments=False, include_tables=True, include_formatting=True
    )
    if document is None or isinstance(document, dict) or document.body is None:
        return
    for element in document.body.iter("p", "head", "item", "quote", "cell", "ab"):
        yield " ".join("".join(map(str, element.itertext())).split())


def _deepest_holder(leaves: Iterable[Leaf], share: float) -> HtmlElement | None:
    """The innermost element that holds that share of the lines' characters."""
    held: dict[HtmlElement, int] = {}
    whole = 0
    for leaf in leaves:
        whole += len(leaf.text)
        for at in (leaf.element, *leaf.element.iterancestors()):
            held[at] = held.get(at, 0) + len(leaf.text)
    enough = [element for element, size in held.items() if size >= share * whole]
    return max(enough, key=_depth, default=None)


def _depth(element: HtmlElement) -> int:
    return sum(1 for _ in element.iterancestors())


def _within(holder: HtmlElement, leaves: Iterable[Leaf]) -> list[Leaf]:
    return [
        leaf for leaf in leaves if leaf.element is holder or any(at is holder for at in leaf.element.iterancestors())
    ]


def _size(leaves: Iterable[Leaf]) -> int:
    return sum(len(leaf.text) for leaf in leaves)
