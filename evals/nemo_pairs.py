"""NVIDIA NeMo's public English pairs, by class: how many are read as there, and what is read otherwise.

    python evals/nemo_pairs.py ../shared/data/lexical/nemo-english [--show CLASS]

The pairs are those of NeMo-text-processing's tests (Apache-2.0). Both sides are compared as words: case, punctuation,
the blanks inside initialisms and the "and" of numbers do not count. Where house style differs on purpose,
docs/decisions/0006 says why.
"""

import argparse
import re
import unicodedata
from pathlib import Path

from vivavoce.script.languages.en import ENGLISH
from vivavoce.script.normalise import normalise_text
from vivavoce.script.style import ScriptStyle

NUMBER_AND = re.compile(r"\b(hundred|thousand|million|billion) and (?=[a-z])")
SAME = {"mister": "mr", "missus": "mrs", "misses": "mrs", "oh": "o", "oclock": "o clock"}


def canon(text: str) -> str:
    """Words only, run together: "U S" and "US" count as one."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).lower()
    words = re.sub(r"[^a-z ]+", " ", re.sub(r"['’]", "", bare)).split()
    joined = NUMBER_AND.sub(r"\1 ", " ".join(SAME.get(word, word) for word in words))
    return joined.replace(" ", "")


def speak(text: str) -> str:
    """Read a text as vivavoce would say it."""
    tokens = normalise_text(text, start=0, language=ENGLISH, style=ScriptStyle())
    return " ".join(word.text for token in tokens for word in token.words)


def read_pairs(file: Path) -> list[tuple[str, list[str]]]:
    """Read written~spoken lines, or blocks that begin with "~" and list several answers."""
    pairs: list[tuple[str, list[str]]] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("~"):
            pairs.append((line[1:], []))
        elif "~" in line:
            written, spoken = line.split("~", 1)
            pairs.append((written, [spoken]))
        elif line.strip() and pairs:
            pairs[-1][1].append(line)
    return pairs


def main() -> None:
    """Print the score of each class."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--show", default="")
    chosen = options.parse_args()
    right_in_all = lines_in_all = 0
    for file in sorted(chosen.folder.glob("test_cases_*.txt")):
        name = file.stem.removeprefix("test_cases_")
        pairs = read_pairs(file)
        right = 0
        for written, spoken in pairs:
            said = speak(written)
            good = canon(said) in {canon(form) for form in spoken}
            right += good
            if name == chosen.show and not good:
                print(f"    {written} → {said}   [{spoken[0] if spoken else ''}]")
        print(f"{name:28} {right:4} of {len(pairs):4}")
        right_in_all, lines_in_all = right_in_all + right, lines_in_all + len(pairs)
    print(f"{'all':28} {right_in_all:4} of {lines_in_all:4}")


if __name__ == "__main__":
    main()
