"""How far the news lexicon agrees with misaki's US dictionaries and with WikiPron; prints figures, changes nothing.

    python evals/names_crosscheck.py                     a line of figures per table
    python evals/names_crosscheck.py --differences       every word that differs, to be looked at one by one

Neither list is the truth: misaki's says Kyiv in three syllables, and WikiPron's is a pile of variants without stress.
WikiPron's data is CC BY-SA: it is read for comparison only, and nothing of it goes into the tables.
"""

import argparse
import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

NAMES = files("vivavoce.script.languages.en") / "names"
WIKIPRON = Path(__file__).parents[2] / "shared/data/lexical/wikipron-eng-us-broad.tsv.gz"
VOWELS = frozenset("ɑæʌɔɛɪiʊuəɜAIOWY")
SAME = str.maketrans({"ɔ": "ɑ", "T": "t", "ɾ": "t", "ʔ": "t", "ᵊ": "ə", "ᵻ": "ə", "ɜ": "ə", "ʌ": "ə", "ˌ": None})
"""Differences that broadcasters don't keep apart (cot and caught) or that the voice makes by itself (flaps)."""
FROM_IPA = (
    ("t͡ʃ", "ʧ"), ("d͡ʒ", "ʤ"), ("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("oʊ", "O"), ("ɔɪ", "Y"), ("ɝ", "əɹ"),
    ("ɚ", "əɹ"), ("l̩", "əl"), ("n̩", "ən"), ("m̩", "əm"), ("g", "ɡ"), ("o", "O"), ("e", "ɛ"), ("a", "ɑ"), ("ː", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One single-word line of the tables."""

    table: str
    written: str
    phonemes: str


def entries() -> Iterator[Entry]:
    """Every single word of every table."""
    for path in sorted(NAMES.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".tsv"):
            lines = path.read_text(encoding="utf-8").splitlines()
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if " " not in row["written"]:
                    yield Entry(path.name.removesuffix(".tsv"), row["written"], row["phonemes"])


def folded(phonemes: str) -> str:
    """Broad classes with the primary stress kept; short i and schwa are one where unstressed."""
    text = phonemes.translate(SAME).replace("ɪɹ", "iɹ").replace("ʊɹ", "uɹ").replace("æɹ", "ɛɹ")
    return "".join(
        "ə" if symbol == "ɪ" and text[max(0, place - 1) : place] != "ˈ" else symbol for place, symbol in enumerate(text)
    )


def sounds(phonemes: str) -> str:
    """The folded form without stress, for lists that have none."""
    return folded(phonemes).replace("ˈ", "").replace("ɪ", "ə")


def stressed_syllable(phonemes: str) -> int:
    """Index of the syllable with the primary stress; -1 where none is marked."""
    before, mark, _ = phonemes.partition("ˈ")
    return sum(symbol in VOWELS for symbol in before.translate(SAME)) if mark else -1


def misaki() -> dict[str, list[str]]:
    """What misaki has, gold before silver; a word with readings by part of speech gives all of them."""
    found: dict[str, list[str]] = {}
    for name in ("us_silver.json", "us_gold.json"):
        text = (files("misaki") / "data" / name).read_text(encoding="utf-8")
        for word, readings in json.loads(text).items():
            variants = readings.values() if isinstance(readings, dict) else [readings]
            found[word] = [variant for variant in variants if variant]
    return found


def wikipron() -> dict[str, list[str]]:
    """WikiPron's variants in the voice's symbols, without stress."""
    found: dict[str, list[str]] = {}
    with gzip.open(WIKIPRON, "rt", encoding="utf-8") as lines:
        for line in lines:
            word, ipa = line.rstrip("\n").split("\t")[:2]
            phonemes = ipa.replace(" ", "")
            for old, new in FROM_IPA:
                phonemes = phonemes.replace(old, new)
            found.setdefault(word, []).append(phonemes)
    return found


def report(title: str, reference: dict[str, list[str]], words: Iterable[Entry], *, stress: bool, every: bool) -> None:
    """One line per table: words in both, how many sound the same, how many are stressed the same."""
    print(f"\n{title}\n  {'table':26}{'in both':>9}{'same sounds %':>15}{'same stress %':>15}")
    tables: dict[str, list[Entry]] = {}
    for entry in words:
        if entry.written in reference:
            tables.setdefault(entry.table, []).append(entry)
    for table, both in tables.items():
        alike = [entry for entry in both if sounds(entry.phonemes) in map(sounds, reference[entry.written])]
        stressed = [
            entry
            for entry in both
            if stressed_syllable(entry.phonemes) in map(stressed_syllable, reference[entry.written])
        ]
        share = f"{100 * len(stressed) / len(both):15.1f}" if stress else f"{'-':>15}"
        print(f"  {table:26}{len(both):9}{100 * len(alike) / len(both):15.1f}{share}")
        if every:
            for entry in both:
                if entry not in alike or (stress and entry not in stressed):
                    print(f"      {entry.written:24} {entry.phonemes:24} {' | '.join(reference[entry.written])}")


def main() -> None:
    """Prints both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--differences", action="store_true", help="list every word that differs")
    every = parser.parse_args().differences
    words = list(entries())
    print(f"{len(words)} single words")
    report("misaki, US gold and silver", misaki(), words, stress=True, every=every)
    if WIKIPRON.exists():
        report("WikiPron, US broad (any variant)", wikipron(), words, stress=False, every=every)
    else:
        print("\nWikiPron: skipped, its list is not beside this checkout (shared/data/lexical)")


if __name__ == "__main__":
    main()
