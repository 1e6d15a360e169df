"""Lines that belong to a page and not to its article, as lists per language.

Each file in `phrases/` is one language; its sections are the reasons for which a line is left out. `whole` lists lines
that are nothing else (any number in them stands for all numbers), `start` lists how a short line begins, `within` lists
words that give away a line of some length. Every list holds for every page: a German page has English buttons.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_WORDS = re.compile(r"\w+")
_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_ERRORS = "error-page"
_LINKED = 0.25
_LONG_WORDS = 45
"""No legal line or invitation is longer; a paragraph that is may speak of one."""
_SHORT_WORDS = 24
"""A line that begins like a label and runs longer than this is a sentence."""


def fold_words(text: str) -> tuple[str, ...]:
    """Give the words of a line without case, width and punctuation: "Read also:" → ("read", "also")."""
    return tuple(_WORDS.findall(unicodedata.normalize("NFKC", text).casefold()))


def _fold_label(text: str) -> tuple[str, ...]:
    """As `fold_words`, with any number as "0": labels differ in their counts, "5 min read"."""
    return tuple("0" if word.isdecimal() else word for word in fold_words(text))


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """All phrases of all languages, ready to be looked up."""

    whole: dict[tuple[str, ...], str]
    starts: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    """By first word: (words, reason), longest first."""
    within: tuple[tuple[str, str], ...]
    """(folded words with a space at both ends, reason)."""
    fold: Callable[[str], tuple[str, ...]]
    """How lines are made comparable with the phrases."""

    def judge_line(self, line: str, *, linked: float = 0.0, heading: bool = False) -> str | None:
        """Say for which reason a line is left out of an article; None for a line that belongs to it.

        A line that begins like a label is one only if it is short and is a link, goes on after a colon, or is no
        sentence: "Read more: Bridge closed" is, "Read more than you write." is not.
        """
        words = self.fold(line)
        if not words:
            return None
        if reason := self.whole.get(words):
            return reason
        if len(words) <= _LONG_WORDS and (reason := self._judge_within(words)):
            return reason
        if len(words) > _SHORT_WORDS:
            return None
        found = next((pair for pair in self.starts.get(words[0], ()) if words[: len(pair[0])] == pair[0]), None)
        if found is None or not (linked >= _LINKED or _is_label(line, len(found[0]), heading=heading)):
            return None
        return found[1]

    def _judge_within(self, words: tuple[str, ...]) -> str | None:
        line = f" {' '.join(words)} "
        return next((reason for phrase, reason in self.within if phrase in line), None)


def _is_label(line: str, words: int, *, heading: bool) -> bool:
    """Whether a colon follows the first words, or no end mark the last; headings never have one."""
    if not heading and not _END.search(line):
        return True
    starts = [match.end() for match in _WORDS.finditer(line)]
    return len(starts) >= words and line[starts[words - 1] :].lstrip(" »”").startswith((":", "|", "–", "—", "→", ">"))


@cache
def load_phrases() -> PhraseBook:
    """Read the lists of lines that are no part of an article, in all languages."""
    return _read_book(lambda section: section != _ERRORS, fold=_fold_label)


@cache
def load_error_phrases() -> PhraseBook:
    """Read the lists of headings that say that a page is an error's; "404" stands for no other number there."""
    return _read_book(lambda section: section == _ERRORS, fold=fold_words)


def _read_book(wanted: Callable[[str], bool], *, fold: Callable[[str], tuple[str, ...]]) -> PhraseBook:
    whole: dict[tuple[str, ...], str] = {}
    starts: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    within: list[tuple[str, str]] = []
    for reason, lists in _read_sections():
        if not wanted(reason):
            continue
        whole |= {fold(phrase): reason for phrase in lists.get("whole", ())}
        within += [(f" {' '.join(fold(phrase))} ", reason) for phrase in lists.get("within", ())]
        for phrase in map(fold, lists.get("start", ())):
            starts[phrase[0]].append((phrase, reason))
    ordered = {word: tuple(sorted(found, key=lambda pair: -len(pair[0]))) for word, found in starts.items()}
    return PhraseBook(whole=whole, starts=ordered, within=tuple(within), fold=fold)


def _read_sections() -> Iterator[tuple[str, dict[str, list[str]]]]:
    for file in sorted(files(__package__).joinpath("phrases").iterdir(), key=lambda file: file.name):
        yield from tomllib.loads(file.read_text(encoding="utf-8")).items()
