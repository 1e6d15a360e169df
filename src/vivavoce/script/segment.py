"""Tokens to sentences: where one ends, and how its phrases are marked for the voice.

A sentence never ends after a title, an initial, or an abbreviation that what follows belongs to; it may end after one
that can stand last ("in the U.S. The president …"), if the next word is one that opens sentences.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from vivavoce.script.tokens import Token

_TERMINAL = re.compile(r"[.!?…。！？]")
_DASH = re.compile(r"(?<!\w)[-–‑](?!\w)|—|―|--|(?<=\s)[-–](?=\s)")
_STRENGTH = {"": 0, ",": 1, ":": 2, ";": 3, "—": 4, "…": 5, ".": 6, "!": 7, "?": 8}
_NEVER_LAST = frozenset({"title", "initial"})
_MAY_BE_LAST = frozenset(
    {"initialism", "abbreviation", "date", "time", "measure", "party", "money", "percent", "fixed"}
)
_OPENERS = frozenset(
    [
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "he",
        "she",
        "it",
        "they",
        "we",
        "you",
        "his",
        "her",
        "its",
        "their",
        "our",
        "my",
        "there",
        "here",
        "in",
        "on",
        "at",
        "as",
        "after",
        "before",
        "when",
        "while",
        "since",
        "until",
        "for",
        "from",
        "with",
        "without",
        "by",
        "if",
        "what",
        "who",
        "why",
        "how",
        "where",
        "however",
        "meanwhile",
        "some",
        "many",
        "most",
        "more",
        "all",
        "no",
        "not",
        "one",
        "both",
        "each",
        "under",
        "over",
        "during",
        "despite",
        "although",
        "though",
        "because",
        "so",
        "yet",
        "nor",
        "or",
        "to",
        "according",
        "but",
        "and",
        "also",
        "then",
        "now",
        "another",
        "several",
        "earlier",
        "later",
        "last",
        "next",
        "still",
        "even",
        "instead",
        "once",
        "only",
        "just",
        "nearly",
        "about",
        "among",
        "between",
        "against",
        "across",
        "through",
        "throughout",
        "officials",
        "authorities",
        "police",
        "such",
        "other",
        "others",
        "every",
        "neither",
        "either",
        "whether",
    ]
)
_SAYING = re.compile(
    r"[\s\"”’')\]]*(?:[^\s.!?,;:]+\s+){0,4}?(?:said|says|asked|asks|told|wrote|added|shouted|cried|replied|declared|"
    r"tweeted|posted|wondered|exclaimed|responded|joked|quipped|recalled|warned|insisted|demanded)\b"
)
_FAR = 300
_ITEM_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch [start, end) of the article's text with its tokens, marks set; blanks after it included."""

    start: int
    end: int
    tokens: tuple[Token, ...]


def segment_tokens(text: str, tokens: Sequence[Token], *, start: int) -> tuple[Sentence, ...]:
    """Cut a block into sentences and mark their phrases.

    Args:
        text: The block.
        tokens: What was read of it, with offsets that count from `start`.
        start: Offset of the block in the article's text.
    """
    if not tokens:
        return (Sentence(start, start + len(text), ()),) if text else ()
    phrasing = _Phrasing(text, tokens, start)
    sentences: list[Sentence] = []
    opened = start
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        kept.append(token)
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        gap = phrasing.gap_after(place)
        if following is None:
            closed: int | None = start + len(text)
        else:
            closed = _sentence_end(phrasing, token, following, gap, first=len(kept) == 1)
        if closed is None:
            _mark(kept, phrasing.mark_within(gap, token))
            continue
        phrasing.mark_within(gap, token)
        _mark(kept, _final_mark(gap))
        sentences.append(Sentence(opened, closed, tuple(kept)))
        opened, kept = closed, []
    return tuple(sentences)


def _mark(tokens: list[Token], mark: str) -> None:
    """Put a mark after the last token that is said, unless a stronger one stands there."""
    for place in range(len(tokens) - 1, -1, -1):
        if tokens[place].omitted is None:
            if _STRENGTH[mark] > _STRENGTH[tokens[place].mark]:
                tokens[place] = replace(tokens[place], mark=mark)
            return


def _final_mark(gap: str) -> str:
    if "?" in gap or "？" in gap:
        return "?"
    if "!" in gap or "！" in gap:
        return "!"
    return "…" if "…" in gap or re.search(r"\.\s?\.\s?\.", gap[:_FAR]) else "."


def _sentence_end(phrasing: "_Phrasing", token: Token, following: Token, gap: str, *, first: bool) -> int | None:
    """Offset where the sentence ends, if it ends between these two tokens."""
    if "\n" in gap:
        return token.end + gap.rindex("\n") + 1
    stops = _TERMINAL.search(gap)
    own = token.text.endswith(".") and token.rule != "url"
    if stops is None and not own:
        return None
    opener = following.text
    if stops is None or (own and gap[stops.start()] == "." and stops.start() > 0):
        ends = token.rule in _MAY_BE_LAST and opener[:1].isupper() and _opens(following) and not _shouted(following)
    elif first and gap.startswith(".") and token.text.isdigit() and len(token.text) <= _ITEM_DIGITS:
        ends = False
    else:
        ends = _ends_at_stop(phrasing, token, following, gap)
    return _cut(token.end, gap) if ends else None


def _shouted(following: Token) -> bool:
    """Tell whether a word goes on with a headline in capitals: "U.S. AND UK SIGN PACT"."""
    return len(following.text) > 1 and following.rule == "recased"


def _opens(following: Token) -> bool:
    return following.words[0].text.lower() in _OPENERS if following.words else False


def _ends_at_stop(phrasing: "_Phrasing", token: Token, following: Token, gap: str) -> bool:
    if not re.search(r"\s", gap):
        return following.text[:1].isupper() and token.rule == "plain" and len(token.text) > 1
    if following.text[:1].islower() and not _opens_camel(following.text):
        return False
    if "“" in gap or '"' in gap or "”" in gap or "’" in gap or "'" in gap:
        after = phrasing.text[following.start - phrasing.start : following.start - phrasing.start + 80]
        if re.search(r"[!?…][\"”’']", gap) and not re.search(r"\s[\"“‘']", gap) and _SAYING.match(after):
            return False
    return not (token.rule in _NEVER_LAST and token.text.endswith("."))


def _opens_camel(word: str) -> bool:
    return len(word) > 1 and word[1].isupper()


def _cut(token_end: int, gap: str) -> int:
    """The sentence keeps the blanks after it; what opens the next one goes with that."""
    blanks = list(re.finditer(r"\s+", gap))
    if blanks:
        stop = _TERMINAL.search(gap)
        after = [blank for blank in blanks if stop is None or blank.start() > stop.start()]
        return token_end + (after[-1] if after else blanks[-1]).end()
    closing = re.match(r"[.!?…。！？\"”’')\]]*", gap)
    return token_end + (closing.end() if closing else 0)


class _Phrasing:
    """Walks the gaps of one block in order; knows whether a quotation is open and which brackets are heard."""

    def __init__(self, text: str, tokens: Sequence[Token], start: int) -> None:
        self.text = text
        self.start = start
        self._tokens = tokens
        self._quoted = text[: tokens[0].start - start].count("“") > 0 or '"' in text[: tokens[0].start - start]
        self._closing: set[int] = set()

    def gap_after(self, place: int) -> str:
        """What stands between a token and the next one."""
        end = self._tokens[place + 1].start - self.start if place + 1 < len(self._tokens) else len(self.text)
        return self.text[self._tokens[place].end - self.start : end]

    def mark_within(self, gap: str, token: Token) -> str:
        """The mark for a gap inside a sentence."""
        if gap in {" ", "", "-"}:
            return ""
        best = ""
        begin = token.end - self.start
        for offset, char in enumerate(gap[:_FAR]):
            mark = self._mark_of(char, begin + offset, gap, offset)
            if _STRENGTH[mark] > _STRENGTH[best]:
                best = mark
        if _DASH.search(gap[:_FAR]) and _STRENGTH[best] < _STRENGTH["—"]:
            best = "—"
        return best

    def _mark_of(self, char: str, at: int, gap: str, offset: int) -> str:
        if char in '“”"':
            self._quoted = char == "“" or (char == '"' and not self._quoted)
        elif char == "(":
            return self._open_bracket(at)
        elif char == ")":
            return "," if at in self._closing else ""
        elif char in ",;?!…":
            return char
        elif char == ":":
            return ":" if gap[offset + 1 : offset + 2] in {" ", "", "\u00a0"} else ""
        elif char == ".":
            return "…" if re.match(r"\s?\.\s?\.", gap[offset + 1 : offset + 5]) else ""
        return "," if char in "|•·" else ""

    def _open_bracket(self, at: int) -> str:
        """A bracket outside quotations that holds several words, or a figure set apart, is heard as an aside."""
        close = self.text.find(")", at, at + _FAR)
        if self._quoted or close < 0:
            return ""
        inside = self.text[at:close].strip()
        apart = self.text[at - 1 : at].isspace() and any(char.isdecimal() for char in inside)
        if " " not in inside and not apart:
            return ""
        self._closing.add(close)
        return ","
