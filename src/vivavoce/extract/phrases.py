"""Lines that belong to a page and not to its article, as lists per language.

Each file in `phrases/` is one language; its sections are the reasons for which a line is left out. `whole` lists lines
that are nothing else (any number in them stands for all numbers), `start` lists how a short line begins. Every list
holds for every page: a German page has English buttons.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_WORDS = re.compile(r"\w+")
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

    def judge_line(self, line: str) -> str | None:
        """Say for which reason a line is left out of an article; None for a line that belongs to it."""
        words = _fold_label(line)
        if not words:
            return None
        if reason := self.whole.get(words):
            return reason
        if len(words) > _SHORT_WORDS:
            return None
        return next((why for phrase, why in self.starts.get(words[0], ()) if words[: len(phrase)] == phrase), None)


@cache
def load_phrases() -> PhraseBook:
    """Read the lists of all languages."""
    whole: dict[tuple[str, ...], str] = {}
    starts: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for file in sorted(files(__package__).joinpath("phrases").iterdir(), key=lambda file: file.name):
        for reason, lists in tomllib.loads(file.read_text(encoding="utf-8")).items():
            whole.update((_fold_label(phrase), reason) for phrase in lists.get("whole", ()))
            for phrase in map(_fold_label, lists.get("start", ())):
                starts[phrase[0]].append((phrase, reason))
    ordered = {word: tuple(sorted(found, key=lambda pair: -len(pair[0]))) for word, found in starts.items()}
    return PhraseBook(whole=whole, starts=ordered)
