"""Words with several readings: a log-linear chooser on tags and neighbours, learnt once and shipped as small numbers.

A reading's score is the sum of two sets of weights: those of its kind (verb, past, name, other), which all words share,
and its own. So a word with no examples of its own is still told apart as a noun or a verb.
`tools/train_homographs.py` makes the weights; `languages/en/homographs/README.md` says from what.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from vivavoce.script.inflection import add_s, stems_of
from vivavoce.script.tagging import Tag

_WINDOW = 8
_LEADING_TAGS = frozenset({"MD", "TO", "VBZ", "VBD", "VBP", "DT", "PRP$", "IN", "PRP"})
_TENSES = ("VBD", "VBP", "VBZ", "MD")
_TIMES = {
    "past": frozenset({"yesterday", "ago", "last", "earlier", "previously", "once", "then", "had"}),
    "habit": frozenset({"every", "often", "usually", "never", "always", "daily", "these", "still", "today"}),
}
_CONTENT = frozenset("NVJR")
_SHORTEST_TOPIC = 3
"""Letters: shorter ones are clitics that stand apart."""
_FINITE = frozenset({"VBD", "VBP", "VBZ", "MD"})
_CLAUSE_MARKS = frozenset(",;:—.?!()")
_CLAUSE_WORDS = frozenset({"when", "if", "that", "because", "while", "after", "before", "since", "until", "although",
                           "though", "who", "which", "where", "whether", "unless", "as", "but", "so"})  # fmt: skip
_VERB_LEADS = (-8, -5, -3, -1.5, 0, 1.5, 3, 5, 8)
"""Steps of `Tag.verb` that the chooser tells apart."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One reading of one word."""

    word: str
    """Lower case."""
    reading: str
    kind: str
    """"verb", "past", "name", or "other" (nouns and adjectives)."""
    american: str
    british: str
    wikipedia: str = ""
    """The reading's id in WikipediaHomographData; empty for words that news adds."""

    def said(self, *, british: bool) -> str:
        """Its phonemes in one variety."""
        return self.british if british else self.american


Weights = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class HomographChooser:
    """Readings by word, and what was learnt of them."""

    senses: Mapping[str, tuple[Sense, ...]]
    of_kinds: Mapping[str, Weights]
    of_readings: Mapping[tuple[str, str], Weights]

    def choose(self, words: Sequence[str], tags: Sequence[Tag], place: int) -> Sense | None:
        """Choose the reading of the word at `place` of a tagged sentence; None if it has only one.

        A plural or a third person in -s is read as its stem is: "permits" as "permit".
        """
        senses = self.senses_of(words[place])
        if not senses:
            return None
        if words[place].islower():
            senses = tuple(sense for sense in senses if sense.kind != "name") or senses
        shared, own = describe_place(words, tags, place)
        return max(senses, key=lambda sense: self._score(sense, shared, own))

    def senses_of(self, word: str) -> tuple[Sense, ...]:
        """List a word's readings, those of its stem if it ends in -s."""
        lower = word.lower()
        stem = lower.removesuffix("s")
        if lower in self.senses or lower == stem:
            return self.senses.get(lower, ())
        return tuple(
            Sense(
                sense.word,
                sense.reading,
                sense.kind,
                add_s(sense.american, british=False),
                add_s(sense.british, british=True),
            )
            for sense in self.senses.get(stem, ())
            if sense.kind in {"verb", "other"}
        )

    def sound_verb_form(self, word: str, *, british: bool) -> str | None:
        """Say a past or participle by the verb's reading: "exported" as "export" is said when it is a verb."""
        for stem, ending in stems_of(word.lower()):
            for sense in self.senses.get(stem, ()):
                if sense.reading == "verb":
                    return ending(sense.said(british=british), british=british)
        return None

    def is_verb(self, words: Sequence[str], tags: Sequence[Tag], place: int) -> bool:
        """Tell a verb from a noun or adjective, for any word that can be both."""
        shared, _ = describe_place(words, tags, place)
        verb, other = (_sum(self.of_kinds.get(kind, {}), shared) for kind in ("verb", "other"))
        return verb > other

    def _score(self, sense: Sense, shared: Sequence[str], own: Sequence[str]) -> float:
        weights = self.of_readings.get((sense.word, sense.reading), {})
        return _sum(self.of_kinds.get(sense.kind, {}), shared) + _sum(weights, shared) + _sum(weights, own)


def _sum(weights: Weights, features: Sequence[str]) -> float:
    return sum(weights.get(feature, 0.0) for feature in features)


def describe_place(words: Sequence[str], tags: Sequence[Tag], place: int) -> tuple[list[str], list[str]]:
    """Describe a word's place by features: of syntax, which kinds share, and of the topic, which only words learn."""
    w = {offset: words[place + offset].lower() if 0 <= place + offset < len(words) else "^" for offset in range(-2, 3)}
    names = [tag.name for tag in tags]
    t = {offset: names[place + offset] if 0 <= place + offset < len(names) else "^" for offset in range(-2, 3)}
    leading = next((tag for tag in reversed(names[:place]) if tag in _LEADING_TAGS), "^")
    near = {word.lower() for word in words[max(0, place - _WINDOW) : place + _WINDOW]}
    shared = [
        "",
        f"case {_case_of(words[place], first=place == 0)}",
        f"after {leading}",
        *(f"{offset:+} {tag}" for offset, tag in t.items()),
        *(f"{offset:+} {word}" for offset, word in w.items() if offset),
        *(f"of {time}" for time, cues in _TIMES.items() if not cues.isdisjoint(near)),
        *(f"has {tag}" for tag in _TENSES if tag in names[:place] or tag in names[place + 1 :]),
        *(f"verb>{step}" for step in _VERB_LEADS if tags[place].verb > step),
        f"or {tags[place].rival}",
        *_describe_clause(words, names, place),
        *(f"{a:+}{b:+} {t[a]} {t[b]}" for a, b in ((-1, 0), (0, 1), (-1, 1), (-2, -1), (1, 2))),
    ]
    phrases = (f"{a:+}{b:+} {w[a]} {w[b]}" for a, b in ((-2, -1), (-1, 1), (1, 2)))
    return shared, sorted({*_topic(words, tags, place), *phrases})


def _describe_clause(words: Sequence[str], names: Sequence[str], place: int) -> Iterator[str]:
    """Say whether the clause around a word has a finite verb besides it, and where: without one, the word may be it."""
    before = set(_clause(words, names, range(place - 1, -1, -1)))
    after = set(_clause(words, names, range(place + 1, len(words))))
    finite = ("<" if _FINITE & before else "") + (">" if _FINITE & after else "") or "none"
    subject = "subject" if any(name[0] == "N" or name == "PRP" for name in before) else "bare"
    yield f"finite {finite}"
    yield f"finite {finite} {subject}"
    yield f"finite {finite} {subject} {names[place]}"


def _clause(words: Sequence[str], names: Sequence[str], places: range) -> Iterator[str]:
    for place in places:
        if words[place] in _CLAUSE_MARKS or words[place].lower() in _CLAUSE_WORDS:
            return
        yield names[place]


def _case_of(word: str, *, first: bool) -> str:
    if word.islower():
        return "lower"
    return "upper" if word.isupper() else "first" if first else "title"


def _topic(words: Sequence[str], tags: Sequence[Tag], place: int) -> Iterator[str]:
    for index in range(max(0, place - _WINDOW), min(len(words), place + _WINDOW + 1)):
        if index != place and tags[index].name[0] in _CONTENT and len(words[index]) >= _SHORTEST_TOPIC:
            yield "~ " + _root(words[index].lower())


def _root(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)].removesuffix("e")
    return word.removesuffix("e")


def data_folder() -> Traversable:
    """Name the folder of the readings and the weights."""
    return files("vivavoce.script.languages.en") / "homographs"


def read_senses() -> tuple[Sense, ...]:
    """Read the table of readings."""
    with (data_folder() / "readings.tsv").open("r", encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(Sense(**{field: row[field] or "" for field in Sense.__slots__}) for row in rows)


@cache
def load_homograph_chooser() -> HomographChooser:
    """Read the readings and the weights (hundredths, by kind and by "word reading")."""
    senses: dict[str, tuple[Sense, ...]] = {}
    for sense in read_senses():
        senses[sense.word] = (*senses.get(sense.word, ()), sense)
    learnt = json.loads((data_folder() / "weights.json").read_text(encoding="utf-8"))
    kinds, readings = (
        {
            name: {feature: hundredths / 100 for feature, hundredths in of_name.items()}
            for name, of_name in table.items()
        }
        for table in (learnt["kinds"], learnt["readings"])
    )
    return HomographChooser(senses, kinds, {(name.split()[0], name.split()[1]): w for name, w in readings.items()})
