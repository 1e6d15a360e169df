"""Learn letters to sounds from misaki's American word lists (Apache-2.0), and print how it does on held-out words.

usage: train_spelling.py

Letters and sounds are aligned by expectation maximisation (a letter says none, one or two sounds), then runs of up to
five (letter, sounds) pairs are counted, with absolute discounting. Writes model.npz into the package's spelling folder.

Source: M. Bisani and H. Ney, Joint-sequence models for grapheme-to-phoneme conversion, Speech Communication 50 (2008).
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from vivavoce.phonemes import VOWELS
from vivavoce.script.general import load_general_lexicon
from vivavoce.script.spelling import ORDER, STEP, SpellingModel, hash_runs, load_spelling_model, sound_out

MODEL = Path(__file__).parents[1] / "src/vivavoce/script/languages/en/spelling/model.npz"
DISCOUNT = 0.6
HELD_OUT = 3000
START, END = 0, 1

Pair = tuple[str, str]
Run = tuple[int, ...]
Costs = Mapping[Pair, float]


def read_words() -> list[tuple[str, list[str]]]:
    """List the words that are spelled with plain letters, with their sounds; a mark belongs to its vowel."""
    lexicon = load_general_lexicon("en-US")
    words: dict[str, list[str]] = {}
    for listed in (lexicon.derived, lexicon.checked):
        for word, said in listed.items():
            sounds = said if isinstance(said, str) else said["DEFAULT"]
            if sounds and re.fullmatch("[A-Za-z][a-z]{1,19}", word):
                words[word.lower()] = re.findall("[ˈˌ]?.", sounds.translate(str.maketrans("ɾʔ", "tt")))
    return sorted(words.items())


def prior(pair: Pair) -> float:
    """Guess a pair's log probability before anything is counted: vowels say vowels, silence is rare."""
    letter, sounds = pair
    if not sounds:
        return -3.0
    alike = all((sound in VOWELS) == (letter in "aeiouy") for sound in sounds if sound not in "ˈˌ")
    return (-1.0 if alike else -5.0) - (2.0 if len(re.findall("[ˈˌ]?.", sounds)) > 1 else 0.0)


def align(word: str, sounds: Sequence[str], costs: Costs | None) -> list[Pair] | None:
    """Find the likeliest way in which the letters share out the sounds; None if they can't."""
    best: dict[int, tuple[float, list[Pair]]] = {0: (0.0, [])}
    for place, letter in enumerate(word):
        after: dict[int, tuple[float, list[Pair]]] = {}
        for done, (score, pairs) in best.items():
            for end in range(done, min(done + 2, len(sounds)) + 1):
                pair = (letter, "".join(sounds[done:end]))
                value = score + (prior(pair) if costs is None else costs.get(pair, -12.0))
                reachable = len(sounds) - end <= 2 * (len(word) - place - 1)
                if reachable and (end not in after or value > after[end][0]):
                    after[end] = (value, [*pairs, pair])
        best = after
    return best[len(sounds)][1] if len(sounds) in best else None


def align_words(words: Sequence[tuple[str, list[str]]]) -> list[list[Pair]]:
    """Align all words, with costs that a part of them has settled on."""
    costs: Costs | None = None
    for _ in range(4):
        counts = Counter(pair for word, sounds in words[:25000] for pair in align(word, sounds, costs) or ())
        of_letter: Counter[str] = Counter()
        for (letter, _), count in counts.items():
            of_letter[letter] += count
        costs = {pair: math.log(count / of_letter[pair[0]]) for pair, count in counts.items() if count > 1}
    return [aligned for word, sounds in words if (aligned := align(word, sounds, costs)) is not None]


def count_runs(aligned: Sequence[Sequence[Pair]], numbers: Mapping[Pair, int]) -> list[Counter[Run]]:
    """Count runs by length; long ones that were seen once are left out."""
    counts: list[Counter[Run]] = [Counter() for _ in range(ORDER + 1)]
    for pairs in aligned:
        if all(pair in numbers for pair in pairs):
            run = (START,) * (ORDER - 1) + tuple(numbers[pair] for pair in pairs) + (END,)
            for end in range(ORDER, len(run) + 1):
                for length in range(1, ORDER + 1):
                    counts[length][run[end - length : end]] += 1
    return [
        Counter({run: n for run, n in of_length.items() if n > 1 or length < 3})
        for length, of_length in enumerate(counts)
    ]


def estimate(
    counts: Sequence[Counter[Run]],
) -> tuple[dict[Run, float], dict[Run, float]]:
    """Turn counts into log probabilities of runs and log back-off weights of contexts."""
    chances: dict[Run, float] = {}
    backoffs: dict[Run, float] = {}
    for length in range(1, ORDER + 1):
        totals: Counter[Run] = Counter()
        kinds: Counter[Run] = Counter()
        for run, count in counts[length].items():
            totals[run[:-1]] += count
            kinds[run[:-1]] += 1
        for context, total in totals.items():
            backoffs[context] = math.log(DISCOUNT * kinds[context] / total)
        for run, count in counts[length].items():
            lower = math.exp(chances[run[1:]]) if length > 1 else 1 / len(counts[1])
            left_over = math.exp(backoffs[run[:-1]])
            chances[run] = math.log((count - DISCOUNT) / totals[run[:-1]] + left_over * lower)
    del backoffs[()]
    return chances, backoffs


def pack(table: Mapping[Run, float]) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Sort a table by hash: differences of hashes, and values in steps below zero."""
    keys, values = [], []
    for length in range(1, ORDER + 1):
        runs = [run for run in table if len(run) == length]
        if runs:
            keys.append(hash_runs(np.array(runs)))
            values.append(np.array([table[run] for run in runs]))
    hashes, steps = np.concatenate(keys), np.concatenate(values)
    order = np.argsort(hashes, kind="stable")
    packed = np.clip(np.round(-steps[order] / STEP), 0, 255).astype(np.uint8)
    return np.diff(hashes[order], prepend=np.uint32(0)).astype(np.uint32), packed


def learn(words: Sequence[tuple[str, list[str]]]) -> None:
    """Learn from words and write the model."""
    aligned = align_words(words)
    seen = Counter(pair for pairs in aligned for pair in pairs)
    kept = sorted(pair for pair, count in seen.items() if count > 20)
    numbers = {pair: number for number, pair in enumerate(kept, 2)}
    chances, backoffs = estimate(count_runs(aligned, numbers))
    run_steps, chance_steps = pack(chances)
    context_steps, backoff_steps = pack(backoffs)
    MODEL.parent.mkdir(exist_ok=True)
    np.savez_compressed(
        MODEL,
        letters=np.array(["", "", *(letter for letter, _ in kept)]),
        sounds=np.array(["", "", *(sounds for _, sounds in kept)]),
        run_steps=run_steps,
        chances=chance_steps,
        context_steps=context_steps,
        backoffs=backoff_steps,
    )


def report(words: Sequence[tuple[str, list[str]]], model: SpellingModel) -> None:
    """Print the share of words that come out right, with and without stress; flaps and lesser stresses aside."""
    exact = plain = 0
    for word, sounds in words:
        right = re.sub("ˌ", "", "".join(sounds))
        said = re.sub("ˌ", "", sound_out(word, model)).replace("T", "t")
        exact += said == right
        plain += said.replace("ˈ", "") == right.replace("ˈ", "")
    right_share, plain_share = (100 * count / len(words) for count in (exact, plain))
    print(f"{len(words)} held-out words: {right_share:.1f} % right, {plain_share:.1f} % without stress")


def main() -> None:
    """Report on held-out words, then learn from all."""
    words = sorted(read_words(), key=lambda word: crc32(word[0].encode()))
    learn(words[HELD_OUT:])
    report(words[:HELD_OUT], load_spelling_model())
    learn(words)
    print(f"{MODEL.name}: {MODEL.stat().st_size} bytes")


if __name__ == "__main__":
    main()
