"""Heteronyms in Wikipedia's sentences, through the whole front-end: which reading is nearest to what is said.

usage: homographs.py EVAL.tsv.gz

EVAL is the eval split of WikipediaHomographData (Apache-2.0, google-research-datasets). Prints the share of right
readings and the wrong ones; fails below the floor.
"""

import csv
import gzip
import sys
from pathlib import Path

from vivavoce.engines.spacy_tagger import SpacyTagger
from vivavoce.lexicon import Lexicon
from vivavoce.script.homographs import Sense, read_senses
from vivavoce.script.pronounce import Pronouncer, build_pronouncer
from vivavoce.script.write import speak_line

FLOOR = 0.95


def is_right(sentence: str, start: int, sense: Sense, pronouncer: Pronouncer) -> bool:
    """Tell whether the word that covers `start` is said in the sense's way, alone or in a compound."""
    words = speak_line(sentence, pronouncer=pronouncer)
    said = next((w for w in words if w.start is not None and w.end is not None and w.start <= start < w.end), None)
    return said is not None and sense.american in said.phonemes


def main() -> None:
    """Score the eval split."""
    senses = {sense.wikipedia: sense for sense in read_senses()}
    pronouncer = build_pronouncer(variety="en-US", tagger=SpacyTagger(), house=Lexicon())
    with gzip.open(Path(sys.argv[1]), "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    wrong = [row for row in rows if not is_right(row["sentence"], int(row["start"]), senses[row["wordid"]], pronouncer)]
    for row in wrong:
        print(f"{row['wordid']}: {row['sentence']}")
    right = 1 - len(wrong) / len(rows)
    print(f"{100 * right:.2f} % of {len(rows)} sentences")
    assert right >= FLOOR, f"below the floor of {FLOOR:.0%}"


if __name__ == "__main__":
    main()
