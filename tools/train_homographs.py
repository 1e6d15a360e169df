"""Learn the homograph chooser's weights, and print how it does on held-out sentences.

usage: train_homographs.py TRAIN.tsv.gz EVAL.tsv.gz

TRAIN and EVAL are the splits of WikipediaHomographData (Apache-2.0, google-research-datasets). Our own sentences
(`homograph_sentences.tsv`: word, reading, sentence with the word between asterisks) are learnt along with TRAIN; for
the figures every fifth is held out. Writes weights.json into the package's homographs folder.

Source: multinomial logistic regression with L2; weights shared by readings of one kind are a hierarchical prior.
"""

import csv
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from vivavoce.engines.spacy_tagger import SpacyTagger
from vivavoce.script.homographs import HomographChooser, Sense, describe_place, read_senses
from vivavoce.script.tagging import Tag, Tagger, lay_out_word

OWN_SENTENCES = Path(__file__).parent / "homograph_sentences.tsv"
WEIGHTS = Path(__file__).parents[1] / "src/vivavoce/script/languages/en/homographs/weights.json"
WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*(?:-[^\W_]+(?:['’][^\W_]+)*)*'?|[,.;:?!—–]")
SHARED_PENALTY, OWN_PENALTY = 0.2, 1.0
SMALLEST = 0.04
"""Weights below this are left out: two thirds of them, with no change in the figures."""
USUAL = {"does": "do", "multiply": "grow", "number": "count", "sewer": "drain", "used": "past", "wicked": "evil",
         "won": "past"}  # fmt: skip
"""Words whose other reading is so rare that wherever Wikipedia's sentences hold them, they have this one."""
UNUSUAL = {"used": "to"}
"""… unless this word follows."""
MOST_USUAL = 300
OWN_WEIGHT = 2.5
"""How much more one of our own sentences counts than one of Wikipedia's, which are no news."""


@dataclass(frozen=True, slots=True)
class Example:
    """A tagged sentence, the place of its homograph, and the reading there."""

    word: str
    reading: str
    words: tuple[str, ...]
    tags: tuple[Tag, ...]
    place: int
    weight: float = 1.0


def tokenise(sentence: str, start: int) -> tuple[list[str], int | None]:
    """Lay a written sentence out as the tagger sees a normalised one; find the word that covers `start`."""
    words: list[str] = []
    place = None
    for match in WORD.finditer(sentence):
        if not match.group()[0].isalnum():
            words.append({"–": "—", ";": ","}.get(match.group(), match.group()))
            continue
        shown, heads = lay_out_word(match.group().replace("’", "'"))
        if match.start() <= start < match.end():
            part = sentence[match.start() : start].count("-")
            place = len(words) + heads[min(part, len(heads) - 1)]
        words.extend(shown)
    return words, place


def read_wikipedia(file: Path, tagger: Tagger, senses: Sequence[Sense]) -> Iterator[Example]:
    """Read a split of WikipediaHomographData; sentences whose homograph stands in foreign script are skipped."""
    named = {sense.wikipedia: sense for sense in senses if sense.wikipedia}
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            words, place = tokenise(row["sentence"], int(row["start"]))
            if place is not None and words[place].lower() == row["homograph"]:
                sense = named[row["wordid"]]
                yield Example(sense.word, sense.reading, tuple(words), tagger.tag(words), place)


def find_usual(examples: Sequence[Example]) -> Iterator[Example]:
    """Find the words of USUAL in sentences that are there for another word."""
    found: Counter[str] = Counter()
    for example in examples:
        for place, word in enumerate(example.words):
            reading = USUAL.get(word.lower())
            following = example.words[place + 1 : place + 2]
            if reading and found[word.lower()] < MOST_USUAL and following != (UNUSUAL.get(word.lower()),):
                found[word.lower()] += 1
                yield Example(word.lower(), reading, example.words, example.tags, place)


def read_own(tagger: Tagger, senses: Sequence[Sense]) -> Iterator[Example]:
    """Read our own sentences."""
    known = {(sense.word, sense.reading) for sense in senses}
    with OWN_SENTENCES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            assert (row["word"], row["reading"]) in known, row
            before, _, rest = row["sentence"].partition("*")
            words, place = tokenise(before + rest.replace("*", "", 1), len(before))
            assert place is not None, row
            yield Example(row["word"], row["reading"], tuple(words), tagger.tag(words), place, OWN_WEIGHT)


@dataclass(frozen=True, eq=False)
class Problem:
    """Rows of features, one for each reading that an example's word has; examples are runs of rows."""

    rows: csr_matrix[Any]
    starts: NDArray[np.int64]
    example: NDArray[np.int64]
    right: NDArray[np.bool_]
    weights: NDArray[np.float64]
    penalty: NDArray[np.float64]
    columns: list[tuple[str, str, str]]
    """(kind, "", feature) or (word, reading, feature)."""


def build_problem(examples: Sequence[Example], senses: Sequence[Sense]) -> Problem:
    """Lay out the regression. Features seen once are left out."""
    by_word: dict[str, list[Sense]] = defaultdict(list)
    for sense in senses:
        by_word[sense.word].append(sense)
    described = [(example, *describe_place(example.words, example.tags, example.place)) for example in examples]
    common = Counter(feature for _, shared, _ in described for feature in shared)
    own = Counter((example.word, feature) for example, shared, topic in described for feature in (*shared, *topic))
    counts = Counter((example.word, example.reading) for example in examples)
    index: dict[tuple[str, str, str], int] = {}
    columns: list[int] = []
    ends, example_of, right, weights = [0], [], [], []
    for number, (example, shared, topic) in enumerate(described):
        for sense in by_word[example.word]:
            keys = [(sense.kind, "", f) for f in shared if common[f] >= 5]
            keys += [(sense.word, sense.reading, f) for f in (*shared, *topic) if own[sense.word, f] >= 2]
            columns.extend(index.setdefault(key, len(index)) for key in keys)
            ends.append(len(columns))
            example_of.append(number)
            right.append(sense.reading == example.reading)
        total = sum(counts[example.word, sense.reading] for sense in by_word[example.word])
        evened = total / len(by_word[example.word]) / counts[example.word, example.reading]
        weights.append(example.weight * evened**0.5)
    rows = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(ends) - 1, len(index)))
    penalty = np.array([OWN_PENALTY if reading else SHARED_PENALTY for _, reading, _ in index])
    example_numbers = np.array(example_of)
    starts = np.searchsorted(example_numbers, np.arange(len(examples)))
    return Problem(rows, starts, example_numbers, np.array(right), np.array(weights), penalty, list(index))


def fit(problem: Problem) -> NDArray[np.float64]:
    """Find the weights that make the right readings likeliest."""
    transposed = problem.rows.T.tocsr()
    of_row = problem.weights[problem.example]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = problem.rows @ weights
        scores = np.exp(scores - np.maximum.reduceat(scores, problem.starts)[problem.example])
        chance = scores / np.add.reduceat(scores, problem.starts)[problem.example]
        value = -(of_row * np.log(chance))[problem.right].sum() + (problem.penalty * weights**2).sum() / 2
        return value, transposed @ (of_row * (chance - problem.right)) + problem.penalty * weights

    found = minimize(loss, _read_weights(problem.columns), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x)


def _read_weights(columns: Sequence[tuple[str, str, str]]) -> NDArray[np.float64]:
    """Start from what was learnt before: there is one optimum, and it is near."""
    learnt = json.loads(WEIGHTS.read_text(encoding="utf-8")) if WEIGHTS.exists() else {"kinds": {}, "readings": {}}
    tables = ((learnt["readings"].get(f"{a} {b}", {}) if b else learnt["kinds"].get(a, {}), f) for a, b, f in columns)
    return np.array([table.get(feature, 0) / 100 for table, feature in tables])


def collect(problem: Problem, weights: NDArray[np.float64]) -> dict[str, dict[str, dict[str, int]]]:
    """Round the weights to hundredths, by kind and by reading."""
    learnt: dict[str, dict[str, dict[str, int]]] = {"kinds": defaultdict(dict), "readings": defaultdict(dict)}
    for (name, reading, feature), weight in zip(problem.columns, weights, strict=True):
        if abs(weight) >= SMALLEST:
            table = learnt["readings"][f"{name} {reading}"] if reading else learnt["kinds"][name]
            table[feature] = round(100 * weight)
    return learnt


def chooser_of(learnt: dict[str, dict[str, dict[str, int]]], senses: Sequence[Sense]) -> HomographChooser:
    """Build the chooser that the package would load."""
    by_word: dict[str, tuple[Sense, ...]] = {}
    for sense in senses:
        by_word[sense.word] = (*by_word.get(sense.word, ()), sense)
    scaled = {
        part: {name: {f: w / 100 for f, w in table.items()} for name, table in of_part.items()}
        for part, of_part in learnt.items()
    }
    readings = {(name.split()[0], name.split()[1]): table for name, table in scaled["readings"].items()}
    return HomographChooser(by_word, scaled["kinds"], readings)


def report(name: str, chooser: HomographChooser, examples: Sequence[Example]) -> None:
    """Print the share of right readings, and the wrong ones."""
    wrong = []
    for example in examples:
        chosen = chooser.choose(example.words, example.tags, example.place)
        if chosen is None or chosen.reading != example.reading:
            wrong.append(f"{example.word} {example.reading}: {' '.join(example.words)}")
    print(f"{name}: {100 * (1 - len(wrong) / max(1, len(examples))):.2f} % of {len(examples)}")
    print("\n".join(f"    {line}" for line in wrong))


def main() -> None:
    """Train on everything but what is held out, report, then train on all of it and write the weights."""
    train_file, eval_file = map(Path, sys.argv[1:3])
    tagger, senses = SpacyTagger(), read_senses()
    wikipedia = list(read_wikipedia(train_file, tagger, senses))
    wikipedia += list(find_usual(wikipedia))
    own = list(read_own(tagger, senses))
    held_out = own[2::5]
    problem = build_problem([*wikipedia, *(e for e in own if e not in held_out)], senses)
    chooser = chooser_of(collect(problem, fit(problem)), senses)
    report("own sentences held out", chooser, held_out)
    report("Wikipedia eval", chooser, list(read_wikipedia(eval_file, tagger, senses)))
    problem = build_problem([*wikipedia, *own], senses)
    WEIGHTS.write_text(json.dumps(collect(problem, fit(problem)), ensure_ascii=False, sort_keys=True, indent=0) + "\n")
    print(f"{WEIGHTS.name}: {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
