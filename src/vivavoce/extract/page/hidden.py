"""What readers of a page don't see: attributes, styles, rules of its style sheets, boxes for screen readers only."""

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from vivavoce.extract.page.tree import remove_element, text_of, walk_elements

_NEVER_SHOWN = frozenset(
    [
        "script",
        "style",
        "template",
        "noscript",
        "title",
        "svg",
        "canvas",
        "object",
        "embed",
        "iframe",
        "math",
        "datalist",
    ]
)
_KEEP_WHOLE = frozenset({"html", "body", "head"})
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*(?:\.0+)?\s*(?:[;!}]|$)"
    r"|font-size\s*:\s*0(?:px|em|rem|%|pt)?\s*(?:[;!}]|$)|text-indent\s*:\s*-\d{3,}"
    r"|(?:left|top|right|margin-left|margin-top)\s*:\s*-\d{4,}px"
    r"|clip\s*:\s*rect\(\s*(?:[01](?:px)?[\s,]*){4}\)|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|transform\s*:\s*scale\(\s*0\s*\)|(?:max-)?height\s*:\s*0(?:px)?\s*;[^}]*overflow\s*:\s*hidden",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![-\w])(background(?:-color)?|color)\s*:\s*([^;!}]+)", re.IGNORECASE)
_NAMES = {"white": "#ffffff", "black": "#000000", "transparent": "transparent"}
_SCREEN_READER = re.compile(
    r"^(?:sr-only|visually-?hidden|visuallyhidden|screen-reader(?:-text|-only)?|screenreader|a11y-hidden|u-hidden"
    r"|offscreen|off-screen|is-hidden|d-none|element-invisible|assistive-text|show-for-sr|print-only|hidden-text)$",
    re.IGNORECASE,
)
_RESPONSIVE = re.compile(r":|^d-(?:\w+-)?(?:block|flex|inline|grid|table)")
"""Names that show on some screens what another name hides."""
_SIMPLE_SELECTOR = re.compile(r"^(?:([a-z][\w-]*)?(?:([.#])([\w-]+))?)$", re.IGNORECASE)
_BRACE = re.compile(r"[{};]")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_MOST_STYLE = 300_000
_MOST_RULE = 2_000
"""Characters of one rule, or of one element's own style, that are looked at."""
_MOST_HIDDEN = 0.5
"""A rule that hides more than this share of the page's words hides it until a script has run, not from readers."""


def remove_hidden(root: HtmlElement) -> list[str]:
    """Cut what no reader sees; give its texts, without those of scripts and styles."""
    rules = _HidingRules(root)
    whole = len(text_of(root))
    texts: list[str] = []
    for element in walk_elements(root):
        if element.getparent() is None or element.tag in _KEEP_WHOLE:
            continue
        if element.tag in _NEVER_SHOWN:
            remove_element(element)
        elif _is_hidden(element, rules) and len(text := text_of(element)) < _MOST_HIDDEN * whole:
            texts += [text] if text else []
            remove_element(element)
    return texts


def _is_hidden(element: HtmlElement, rules: "_HidingRules") -> bool:
    get = element.get
    if get("hidden") is not None and get("hidden") != "until-found":
        return True
    if get("aria-hidden", "").lower() == "true" or (element.tag == "dialog" and get("open") is None):
        return True
    if _is_in_closed_details(element):
        return True
    style = get("style", "")[:_MOST_RULE]
    if style and (_HIDING.search(style) or _is_ink_on_its_paper(style)):
        return True
    classes = (get("class") or "").split()
    responsive = any(map(_RESPONSIVE.search, classes))
    return (not responsive and any(map(_SCREEN_READER.match, classes))) or rules.hide(element, classes)


def _is_in_closed_details(element: HtmlElement) -> bool:
    parent = element.getparent()
    closed = parent is not None and parent.tag == "details" and parent.get("open") is None
    return closed and element.tag != "summary"


def _is_ink_on_its_paper(style: str) -> bool:
    """White on white, black on black, or no colour at all."""
    colours = {name.lower(): _name_colour(value) for name, value in _COLOUR.findall(style)}
    ink = colours.get("color")
    paper = colours.get("background-color") or colours.get("background")
    return ink is not None and ink in {"transparent", paper or "#ffffff"}


def _name_colour(value: str) -> str:
    colour = value.strip().lower()
    colour = _NAMES.get(colour, colour)
    if re.fullmatch(r"#[0-9a-f]{3}", colour):
        return "#" + "".join(digit * 2 for digit in colour[1:])
    if rgb := re.fullmatch(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+([\d.]+))?\s*\)", colour):
        if rgb[4] is not None and float(rgb[4]) == 0:
            return "transparent"
        return "#" + "".join(f"{int(part) & 255:02x}" for part in rgb.groups()[:3])
    return colour


class _HidingRules:
    """The page's own style rules that hide: by class, id or tag name alone, outside of @media."""

    def __init__(self, root: HtmlElement) -> None:
        self._names: dict[str, set[str]] = {".": set(), "#": set()}
        for style in root.iter("style"):
            if (style.get("media") or "all").lower() in {"all", "screen"}:
                self._read("".join(style.itertext())[:_MOST_STYLE])

    def _read(self, sheet: str) -> None:
        for selectors, body in _part_rules(_COMMENT.sub(" ", sheet)):
            unreadable = "background" in body and _is_ink_on_its_paper(body)
            hides, shows = bool(_HIDING.search(body)) or unreadable, "display" in body
            for _, mark, name in _part_selectors(selectors):
                if hides:
                    self._names[mark].add(name)
                elif shows:
                    self._names[mark].discard(name)

    def hide(self, element: HtmlElement, classes: list[str]) -> bool:
        """Whether a rule hides the element."""
        by_class = not self._names["."].isdisjoint(classes)
        return by_class or element.get("id") in self._names["#"]


def _part_rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Give (selectors, declarations) of every rule that stands in no @-block, in one pass, whatever is left open."""
    depth, start, selectors = 0, 0, ""
    for mark in _BRACE.finditer(sheet):
        if mark[0] == "{":
            if depth == 0:
                selectors, start = sheet[start : mark.start()].strip(), mark.end()
            depth += 1
        elif mark[0] == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                if selectors and not selectors.startswith("@"):
                    yield selectors[-_MOST_RULE:], sheet[start : mark.start()][:_MOST_RULE]
                selectors, start = "", mark.end()
        elif depth == 0:
            start = mark.end()


def _part_selectors(selectors: str) -> Iterator[tuple[str, str, str]]:
    for selector in selectors.split(","):
        match = _SIMPLE_SELECTOR.match(selector.strip())
        if match and match[2]:
            yield match[1] or "", match[2], match[3]
