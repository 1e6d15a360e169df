"""The news lexicon: names and terms of world news, whole names before single words.

The tables lie in `languages/en/names/*.tsv`: written, phonemes (misaki's American symbols), kind, region, confidence,
note. A name of several words teaches its single words too, wherever all names agree on one.
"""

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from vivavoce.script.readings import GOOD, HIGH, LOW, Reading

CONFIDENCES = {"high": HIGH, "medium": GOOD, "low": LOW}
TERMS = frozenset({"term", "word", "heteronym"})
"""Kinds that are not names."""


@dataclass(frozen=True, slots=True)
class NewsEntry:
    """One line of the tables."""

    written: str
    phonemes: str
    kind: str
    region: str
    confidence: str
    note: str

    @property
    def is_name(self) -> bool:
        """Whether it names someone or something."""
        return self.kind not in TERMS


@dataclass(frozen=True, eq=False)
class NewsLexicon:
    """Readings by written form; a name of several words has a reading for each of them."""

    phrases: Mapping[tuple[str, ...], tuple[Reading, ...]]
    longest: int

    def match(self, words: Sequence[str]) -> tuple[Reading, ...]:
        """Find the longest entry that the words begin with; () if there is none. Accents may be missing or extra."""
        for fold in (str, fold_accents):
            forms = [fold(word) for word in words[: self.longest]]
            for length in range(len(forms), 0, -1):
                found = self.phrases.get(tuple(forms[:length]))
                if found:
                    return found
        return ()


def fold_accents(text: str) -> str:
    """Write a name without its marks: "Erdoğan" → "Erdogan", "Łódź" → "Lodz"."""
    plain = text.translate(_UNMARKED)
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))


_UNMARKED = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe",
     "Œ": "Oe", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ə": "a", "Ə": "A", "ʻ": "'", "ʼ": "'", "’": "'"}
)  # fmt: skip


def read_entries() -> Iterator[NewsEntry]:
    """Read all lines of all tables, in the order of their names."""
    folder = files("vivavoce.script.languages.en") / "names"
    tables = (
        sorted((t for t in folder.iterdir() if t.name.endswith(".tsv")), key=lambda t: t.name)
        if folder.is_dir()
        else []
    )
    for table in tables:
        with table.open("r", encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield NewsEntry(**{field: (row[field] or "").strip() for field in NewsEntry.__slots__})


@cache
def load_news_lexicon() -> NewsLexicon:
    """Index the tables: whole entries first, then what single words of longer names agree on, then accents folded."""
    whole: dict[tuple[str, ...], tuple[Reading, ...]] = {}
    heard: defaultdict[str, set[Reading]] = defaultdict(set)
    for entry in read_entries():
        words, readings = tuple(entry.written.split()), _readings(entry)
        whole.setdefault(words, readings)
        if len(words) > 1:
            for word, reading in zip(words, readings, strict=True):
                if word[:1].isupper():
                    heard[word].add(reading)
    learnt = {(word,): tuple(ways) for word, ways in heard.items() if len({w.phonemes for w in ways}) == 1}
    singles = {words: (max(ways, key=lambda w: w.confidence),) for words, ways in learnt.items()}
    exact = singles | whole
    folded = {tuple(map(fold_accents, words)): readings for words, readings in exact.items()}
    phrases = folded | exact
    return NewsLexicon(phrases, max(map(len, phrases), default=0))


def _readings(entry: NewsEntry) -> tuple[Reading, ...]:
    confidence = CONFIDENCES[entry.confidence]
    return tuple(Reading(sound, "news", confidence, entry.is_name) for sound in entry.phonemes.split(" "))
