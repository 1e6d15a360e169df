"""How well names are said by language of origin: python evals/origin.py [--wrong] [--told] [LANGUAGE…].

Reads tests/gold/origin/LANGUAGE.tsv (word, the name's other words, accepted pronunciations) and prints for each
language: how many names have the right language chosen, are right (at most half a phoneme off), right with stress,
and the mean confidence; then how confidence and being right go together. `--told` gives the language instead of
having it chosen, which measures the rules alone. `--wrong` lists what is wrong. The distance follows the public
scorer's: vowels that Americans merge are one, near sounds cost a half.
"""

import argparse
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from vivavoce.script.languages.en.origin import pronounce_by_origin
from vivavoce.script.languages.en.origin.guess import say_in_language

GOLD = Path(__file__).parents[1] / "tests/gold/origin"
VOWELS = "AIWOYiuɛæɑɔəɪʊ"
MERGED = str.maketrans({"ʌ": "ə", "ɜ": "ə", "ᵊ": "ə", "T": "t"})
BEFORE_R = {"ɪ": "i", "ʊ": "u", "æ": "ɛ", "O": "ɔ"}
NEAR = {frozenset(pair) for pair in ["iɪ", "uʊ", "ɑO", "ɑæ", "ɛA", "sz", "fv", "ij", "uw", "Aæ", "td"]}
FLOOR_RIGHT = 0.88


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out for one gold name."""

    word: str
    expected: str
    language: str
    said: str
    confidence: float
    distance: float
    stressed_distance: float


Sound = tuple[str, bool]


def sounds(phonemes: str) -> list[Sound]:
    """Phonemes as (sound, stressed) with what Americans don't tell apart made the same."""
    plain = re.sub("[ ˌ]", "", phonemes.translate(MERGED).replace("tʃ", "ʧ").replace("dʒ", "ʤ"))
    found: list[Sound] = []
    for place, symbol in enumerate(plain):
        if symbol == "ˈ":
            continue
        after = plain[place + 1 : place + 2]
        merged = BEFORE_R.get(symbol, symbol) if after == "ɹ" else "ɑ" if symbol == "ɔ" else symbol
        if not (found and found[-1][0] == merged and merged not in VOWELS):
            found.append((merged, plain[place - 1 : place] == "ˈ"))
    return found


def distance(one: list[Sound], other: list[Sound], *, stress: bool) -> float:
    """Edit distance in phonemes."""
    single = sum(sound in VOWELS for sound, _ in one) < 2
    row = [0.0]
    for sound in other:
        row.append(row[-1] + _drop(sound))
    for mine in one:
        above, row = row, [row[0] + _drop(mine)]
        for place, yours in enumerate(other):
            swap = _swap(mine, yours)
            if stress and not single and mine[0] in VOWELS and yours[0] in VOWELS and mine[1] != yours[1]:
                swap += 0.5
            row.append(min(above[place] + swap, above[place + 1] + _drop(mine), row[-1] + _drop(yours)))
    return row[-1]


def _drop(sound: Sound) -> float:
    return 0.5 if sound[0] in "əjh" and not sound[1] else 1.0


def _swap(one: Sound, other: Sound) -> float:
    pair = {one[0], other[0]}
    if len(pair) == 1:
        return 0.0
    weak = not one[1] and not other[1]
    if weak and pair == {"ə", "ɪ"}:
        return 0.0
    if frozenset(pair) in NEAR or (weak and "ə" in pair and all(sound in VOWELS for sound in pair)):
        return 0.5
    return 1.0


def judge(language: str, *, told: bool) -> list[Verdict]:
    """Pronounce all gold names of a language."""
    verdicts = []
    for line in (GOLD / f"{language}.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        word, context, accepted = line.split("\t")
        guess = pronounce_by_origin(word, context=context.split())
        said = say_in_language(word, language) if told else guess.phonemes if guess else ""
        expected = [sounds(variant) for variant in accepted.split("|")]
        verdicts.append(
            Verdict(
                word,
                accepted,
                guess.language if guess else "en",
                said,
                guess.confidence if guess else 0.0,
                min(distance(one, sounds(said), stress=False) for one in expected),
                min(distance(one, sounds(said), stress=True) for one in expected),
            )
        )
    return verdicts


def main() -> None:
    """Print the figures, and fail under the floor."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("languages", nargs="*")
    options.add_argument("--wrong", action="store_true")
    options.add_argument("--told", action="store_true")
    asked = options.parse_args()
    everything: list[Verdict] = []
    print("language\tnames\tchosen\tright\twith stress\tconfidence")
    for language in asked.languages or sorted(path.stem for path in GOLD.glob("*.tsv")):
        verdicts = judge(language, told=asked.told)
        everything += verdicts
        _print_row(language, verdicts, sum(verdict.language == language for verdict in verdicts))
        for verdict in verdicts:
            if asked.wrong and verdict.stressed_distance > 0.5:
                mark = "    WRONG" if verdict.distance > 0.5 else "    stress"
                print(
                    mark, verdict.word, verdict.language, verdict.said, verdict.expected, verdict.confidence, sep="\t"
                )
    _print_row("all", everything, 0)
    print("\nconfidence\tnames\tright")
    bands = defaultdict(list)
    for verdict in everything:
        bands[int(min(verdict.confidence, 0.99) * 5)].append(verdict.distance <= 0.5)
    for band in sorted(bands):
        print(f"{band / 5:.1f}–{(band + 1) / 5:.1f}\t{len(bands[band])}\t{sum(bands[band]) / len(bands[band]):.2f}")
    assert sum(verdict.distance <= 0.5 for verdict in everything) >= FLOOR_RIGHT * len(everything)


def _print_row(language: str, verdicts: list[Verdict], chosen: int) -> None:
    count = len(verdicts)
    right = sum(verdict.distance <= 0.5 for verdict in verdicts) / count
    stressed = sum(verdict.stressed_distance <= 0.5 for verdict in verdicts) / count
    sure = sum(verdict.confidence for verdict in verdicts) / count
    print(f"{language}\t{count}\t{chosen / count:.2f}\t{right:.2f}\t{stressed:.2f}\t{sure:.2f}")


if __name__ == "__main__":
    main()
