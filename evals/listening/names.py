"""Sentences full of names to learn from, said by voices that say nothing in the held-out half of the corpus.

Each of templates.txt is filled with names of the package's lists, such as stand in none of the corpus's sentences, and
with a few that every newspaper prints. About half of the names are misread, in one of the ways of the corpus.
"""

import csv
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from listening.corpus import (
    SENTENCES,
    UNSEEN,
    UNSEEN_VOICES,
    VOICES,
    change_vowels,
    is_plain_name,
    list_wrong_readings,
    make_utterance,
)
from vivavoce.phonemes import to_british
from vivavoce.script import speak_line
from vivavoce.types import Utterance, Word
from vivavoce.verify.names import list_names

TEMPLATES = Path(__file__).parent / "templates.txt"
_PACKAGE = Path(__file__).parents[2] / "src/vivavoce"
_PLANTED = 0.55
_BY_SPELLING = 0.55
"""Share of misread names that are read by their letters or by the spelling model, where that makes a difference."""
_KNOWN = 0.6
_REACH = 2
"""A misread name spoils the scores of so many words beside it."""
KNOWN = {
    "city": "London Paris Rome Vienna Athens Dublin Prague Warsaw Budapest Bucharest Stockholm Helsinki Copenhagen "
    "Geneva Zurich Munich Hamburg Cologne Milan Naples Venice Barcelona Porto Lyon Marseille Antwerp Rotterdam Cairo "
    "Lagos Dakar Tunis Kinshasa Pretoria Tehran Baghdad Damascus Beirut Amman Doha Karachi Lahore Delhi Mumbai Dhaka "
    "Colombo Bangkok Hanoi Manila Singapore Tokyo Kyoto Beijing Shanghai Sydney Melbourne Toronto Montreal Ottawa "
    "Vancouver Seattle Atlanta Miami Orlando Philadelphia Havana Caracas Lima Quito Montevideo Panama Germany France "
    "Italy Spain Poland Norway Sweden Finland Denmark Scotland Hungary Romania Bulgaria Serbia Croatia Albania Bosnia "
    "Russia Moldova Georgia Armenia Israel Jordan Egypt Libya Algeria Morocco Nigeria Ghana Kenya Ethiopia Somalia "
    "Uganda Zambia India Pakistan Nepal Vietnam Malaysia Indonesia Japan China Taiwan Canada Mexico Bolivia Argentina",
    "nation": "German Italian Spanish Polish Norwegian Swedish Finnish Danish Scottish Hungarian Romanian Bulgarian "
    "Serbian Turkish Russian Armenian Israeli Egyptian Nigerian Kenyan Indian Indonesian Japanese Korean Australian "
    "Canadian Mexican Argentine Peruvian African European American",
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "month": "January February April June July August September October November December",
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """A sentence, as it should be said and as it is."""

    voice: str
    variety: str
    meant: Utterance
    said: Utterance
    names: frozenset[int]
    """Places of the words that are checked as names."""
    misread: frozenset[int]

    @property
    def clean(self) -> frozenset[int]:
        """Places of names that are said as meant, and far from those that aren't."""
        return frozenset(at for at in self.names if all(abs(at - wrong) > _REACH for wrong in self.misread))


def list_teachers() -> tuple[str, ...]:
    """List the voices that are neither in the held-out half nor among the unseen."""
    rows = csv.DictReader((_PACKAGE / "data/voices.tsv").read_text("utf-8").splitlines(), delimiter="\t")
    return tuple(row["name"] for row in rows if row["name"] not in {*VOICES[1::2], *UNSEEN_VOICES})


def make_lesson(index: int, pronouncers: Mapping[str, object]) -> Lesson:
    """Make one lesson: a British voice says American phonemes in every other round, as in the corpus."""
    chance = random.Random(f"names {index}")  # noqa: S311  # no secret: lessons that come out the same each time
    teachers = list_teachers()
    voice = teachers[index % len(teachers)]
    british = voice.startswith("b") and index // len(teachers) % 2 == 1
    variety = "en-GB" if british else "en-US"
    text = _fill(chance.choice(TEMPLATES.read_text("utf-8").splitlines()), chance)
    meant = make_utterance(index, speak_line(text, pronouncer=pronouncers[variety]), text)
    words, names, misread = list(meant.words), list_names(meant.words), set[int]()
    for at in sorted(names):
        near = any(at - wrong <= _REACH for wrong in misread)
        if not near and is_plain_name(words[at]) and chance.random() < _PLANTED:
            words[at] = replace(words[at], phonemes=_misread(words[at], chance, british=british))
            misread |= {at} if words[at] != meant.words[at] else set()
    return Lesson(voice, variety, meant, replace(meant, words=tuple(words)), names, frozenset(misread))


def _misread(word: Word, chance: random.Random, *, british: bool) -> str:
    wrong = [said for said, _ in list_wrong_readings(word)]
    said = chance.choice(wrong) if wrong and chance.random() < _BY_SPELLING else change_vowels(word, chance)
    return to_british(said, word.text) if british else said


def _fill(template: str, chance: random.Random) -> str:
    return re.sub(r"\{(\w+)\}", lambda gap: _FILLERS[gap.group(1)](chance), template)


def _draw(kind: str) -> Callable[[random.Random], str]:
    return lambda chance: chance.choice(KNOWN[kind].split())


_FILLERS: dict[str, Callable[[random.Random], str]] = {
    "person": lambda chance: f"{chance.choice(_list_given())} {chance.choice(_list_names('surname'))}",
    "place": lambda chance: chance.choice(_list_names("place")),
    "org": lambda chance: chance.choice(_list_names("company", "org")),
    "city": lambda chance: _draw("city")(chance) if chance.random() < _KNOWN else chance.choice(_list_names("place")),
    "nation": _draw("nation"),
    "day": _draw("day"),
    "month": _draw("month"),
}


@cache
def _list_names(*kinds: str) -> Sequence[str]:
    """List single words of the news lexicon that stand in none of the corpus's sentences."""
    return sorted(
        {
            row["written"]
            for file in (_PACKAGE / "script/languages/en/names").glob("*.tsv")
            for row in csv.DictReader(file.read_text("utf-8").splitlines(), delimiter="\t")
            if row["kind"] in kinds and re.fullmatch("[A-Z][a-z]{3,}", row["written"])
        }
        - _list_taken()
    )


@cache
def _list_given() -> Sequence[str]:
    table = _PACKAGE / "script/languages/en/tables/given_names.tsv"
    return [name for name in table.read_text("utf-8").split() if name.istitle() and name not in _list_taken()]


@cache
def _list_taken() -> frozenset[str]:
    return frozenset(_split_words(SENTENCES, UNSEEN))


def _split_words(*files: Path) -> Iterator[str]:
    for file in files:
        yield from re.findall("[A-Za-z]+", file.read_text("utf-8"))
