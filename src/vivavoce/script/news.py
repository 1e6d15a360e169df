"""The news lexicon: names and terms of world news, whole names before single words.

The tables lie in `languages/en/names/*.tsv`: written, phonemes (misaki's American symbols), kind, region, confidence,
note. A name of several words teaches its single words too, wherever all such names agree on one.
"""

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from vivavoce.phonemes import to_british
from vivavoce.script.general import load_general_lexicon
from vivavoce.script.inflection import add_s
from vivavoce.script.readings import GOOD, HIGH, LOW, Reading

CONFIDENCES = {"high": HIGH, "medium": GOOD, "low": LOW}
TERMS = frozenset({"term"})
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


@dataclass(frozen=True, eq=False)
class NewsLexicon:
    """Readings by written form, one for each of its words."""

    phrases: Mapping[tuple[str, ...], tuple[Reading, ...]]
    """Entries as written, and with their accents folded where that is no other entry and no word of English."""
    parts: Mapping[str, Reading]
    """Single words that only longer names taught, with and without accents."""
    longest: int
    british: bool

    def match(self, words: Sequence[str]) -> tuple[Reading, ...]:
        """Find the longest entry that the words begin with; () if there is none."""
        for length in range(min(self.longest, len(words)), 0, -1):
            found = self.phrases.get(tuple(words[:length])) or self.phrases.get(
                tuple(map(fold_accents, words[:length]))
            )
            if found:
                return found
        return ()

    def read_word(self, word: str) -> Reading | None:
        """Say a single word."""
        found = self.match([word])
        return found[0] if found else None

    def read_plural(self, word: str) -> Reading | None:
        """Say the plural of a name: "Macrons"."""
        stem = self.read_word(word[:-1]) if word.endswith("s") and word[:1].isupper() else None
        return stem.said_as(add_s(stem.phonemes, british=self.british)) if stem else None

    def look_up_part(self, word: str) -> Reading | None:
        """Say a word as the longer names that hold it do."""
        return self.parts.get(word) or self.parts.get(fold_accents(word))


def fold_accents(text: str) -> str:
    """Write a name without its marks: "Erdoğan" → "Erdogan", "Łódź" → "Lodz"."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text.translate(_UNMARKED))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


_UNMARKED = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe",
     "Œ": "Oe", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D", "ə": "a", "Ə": "A", "ʻ": "'", "ʼ": "'", "’": "'"}
)  # fmt: skip


def read_entries() -> Iterator[NewsEntry]:
    """Read all lines of all tables, in the order of their names."""
    folder = files("vivavoce.script.languages.en") / "names"
    for table in sorted((t for t in folder.iterdir() if t.name.endswith(".tsv")), key=lambda t: t.name):
        with table.open("r", encoding="utf-8") as lines:
            next(lines)
            yield from (NewsEntry(*row) for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def load_news_lexicon(variety: str) -> NewsLexicon:
    """Index the tables for "en-US", or "en-GB" with the phonemes carried over by rule."""
    exact: dict[tuple[str, ...], tuple[Reading, ...]] = {}
    taught: defaultdict[str, dict[str, Reading]] = defaultdict(dict)
    for entry in read_entries():
        words, readings = tuple(entry.written.split()), _readings(entry, british=variety == "en-GB")
        exact[words] = readings
        if len(words) > 1:
            for word, reading in zip(words, readings, strict=True):
                taught[word][reading.phonemes] = max(reading, taught[word].get(reading.phonemes, reading), key=_surety)
    general = load_general_lexicon(variety)
    folded = {
        plain: readings
        for words, readings in exact.items()
        if not all(map(str.isascii, words))
        and (len(plain := tuple(map(fold_accents, words))) > 1 or not general.lists(plain[0]))
    }
    agreed = {word: next(iter(ways.values())) for word, ways in taught.items() if len(ways) == 1}
    phrases = folded | exact
    parts = {fold_accents(word): reading for word, reading in agreed.items()} | agreed
    return NewsLexicon(phrases, parts, max(map(len, phrases), default=0), variety == "en-GB")


def _surety(reading: Reading) -> float:
    return reading.confidence


def _readings(entry: NewsEntry, *, british: bool) -> tuple[Reading, ...]:
    sounds = to_british(entry.phonemes, entry.written) if british else entry.phonemes
    confidence, is_name = CONFIDENCES[entry.confidence], entry.kind not in TERMS
    return tuple(Reading(sound, "news", confidence, is_name) for sound in sounds.split(" "))
