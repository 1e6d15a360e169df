"""Names held against what else could have been said: other sounds in place of the intended ones.

A name's rivals aren't known, so they are looked for: one sound after another is changed to what fits better, each
change at a price, until none is worth its price. What remains is how much better the name fits when it is misread.

    meant h ɛ ɹ ɪ s, said h i ɹ O z   →   9.7 nats for h ɛ ɹ O z

This is asked of the sounds as the recogniser writes them, and, of vowels alone, of what each frame sounds like. Some
rivals are known: what someone says who goes by the letters. They are worth no price. All three are weighed.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from vivavoce.phonemes import VOWELS
from vivavoce.types import TRUSTED, Word
from vivavoce.verify.lattice import Lattice

CHANGE_NATS = 0.7
"""What another sound costs."""
NEAR_NATS = 1.5
"""What another sound costs that is hard to tell from the one meant."""
LINKING_NATS = 4.5
"""What an "ɹ" after a murmured vowel costs: British voices say one before the next word's vowel."""
LOSS_NATS = 2.5
"""What leaving a sound out costs. The three part misread names from clean ones best on the fitting half."""
VOWEL_NATS = 2.0
"""What another vowel costs where each frame counts: there are more of them."""
NEAR_VOWEL_NATS = 8.0
"""What another vowel costs there that is hard to tell from the one meant, or stands for a murmured one."""
WEIGHTS = (0.44, 0.9, 0.29)
"""Of the square roots of what speaks for other sounds as written, other vowels as heard, and a reading as heard. Fitted
by evals/fit_names.py: their sum less a constant is the logarithm of the odds that the name was misread."""
_CHANGES = 4
_FEWEST = 3
_MURMURS = frozenset({"ə", "ɐ", "ᵊ", "ɜ", "ɜɹ", "əɹ"})
_LIKE_VOWELS = ("iɪ", "ɑɒɔʌ", "uʊ")
_SAME_VOWELS = ("OQ", "æa")
"""American and British signs for one vowel."""
_NEAR = ("pb", "tdTɾ", "kɡ", "fv", "sz", "θð", "ʧʤ", "əɜɐᵻᵊɪ", *_LIKE_VOWELS, *_SAME_VOWELS)


def list_names(words: Sequence[Word]) -> frozenset[int]:
    """Give the indices of words whose sounds are checked as a name's: written large, and known how to say."""
    return frozenset(
        index
        for index, word in enumerate(words)
        if word.confidence >= TRUSTED
        and (word.is_name or (index > 0 and word.text[:1].isupper()))
        and not any(map(str.isdigit, word.text))
    )


def score_name(
    written: Lattice,
    close: Lattice,
    place: int,
    meant: Sequence[int],
    readings: Sequence[Sequence[int]],
    sounds: Sequence[str],
) -> tuple[float, tuple[int, ...]]:
    """Weigh all that speaks for other sounds in a name's place.

    Args:
        written: The sentence over the sounds as the recogniser writes them.
        close: The sentence over what each frame sounds like.
        place: The name's place in it.
        meant: The name's sounds.
        readings: Sounds of what someone says who goes by its letters.
        sounds: All sounds that the recogniser tells apart.

    Returns:
        What speaks for them, weighed; and the sounds for which most does.
    """
    found = (
        score_misreading(written, place, meant, sounds),
        score_vowels(close, place, meant, sounds),
        score_readings(close, place, meant, readings, sounds),
    )
    weighed = [(weight * math.sqrt(nats), said) for weight, (nats, said) in zip(WEIGHTS, found, strict=True)]
    return sum(nats for nats, _ in weighed), max(weighed, key=lambda pair: pair[0])[1]


def score_vowels(
    lattice: Lattice, place: int, meant: Sequence[int], sounds: Sequence[str]
) -> tuple[float, tuple[int, ...]]:
    """Score the best misreading of one spoken word's vowels, as `score_misreading` does that of all its sounds."""
    return _seek(lattice, place, meant, sounds, partial(_vary_vowels, tuple(meant)))


def score_misreading(
    lattice: Lattice, place: int, meant: Sequence[int], sounds: Sequence[str]
) -> tuple[float, tuple[int, ...]]:
    """Score the best misreading of one spoken word.

    Args:
        lattice: The sentence.
        place: The word's place in it.
        meant: The word's sounds.
        sounds: All sounds that the recogniser tells apart.

    Returns:
        How much better it fits than what was meant, in nats after its price, and its sounds; never below 0. A reading
        with the same full vowels is none: the recogniser is unsure of single consonants at a word's edges.
    """
    return _seek(lattice, place, meant, sounds, _vary)


_Said = tuple[int, ...]
_Vary = Callable[[_Said, Sequence[str]], Iterator[tuple[_Said, float]]]


def _seek(
    lattice: Lattice, place: int, meant: Sequence[int], sounds: Sequence[str], vary: _Vary
) -> tuple[float, _Said]:
    """Change one sound after another, as long as it is worth its price."""
    best, said, paid = 0.0, tuple(meant), 0.0
    if len(said) < _FEWEST:
        return best, said
    for _ in range(_CHANGES):
        variants = list(vary(said, sounds))
        scores = lattice.score_variants([(place, variant) for variant, _ in variants])
        gains = [float(score) - price for score, (_, price) in zip(scores, variants, strict=True)] or [0.0]
        at = max(range(len(gains)), key=gains.__getitem__)
        if gains[at] - paid <= best:
            break
        best = gains[at] - paid
        paid += variants[at][1]
        said = variants[at][0]
    if _list_full_vowels(said, sounds) == _list_full_vowels(meant, sounds):
        return 0.0, tuple(meant)
    return best, said


def score_readings(
    lattice: Lattice, place: int, meant: Sequence[int], readings: Sequence[Sequence[int]], sounds: Sequence[str]
) -> tuple[float, tuple[int, ...]]:
    """Score the best of some readings of one spoken word.

    Args:
        lattice: The sentence.
        place: The word's place in it.
        meant: The word's sounds.
        readings: Sounds of each reading.
        sounds: All sounds that the recogniser tells apart.

    Returns:
        How much better it fits than what was meant, in nats, and its sounds; 0 for none. Only a reading counts that
        has as many vowels and another full one, not a near one, in place of a full one: a clear voice says in full what
        others murmur, and the other way about.
    """
    vowels = _list_vowels(meant, sounds)
    rivals = [
        (place, tuple(reading)) for reading in readings if _has_another_vowel(_list_vowels(reading, sounds), vowels)
    ]
    if len(meant) < _FEWEST or not rivals:
        return 0.0, tuple(meant)
    scores = lattice.score_variants(rivals)
    best = int(scores.argmax())
    return max(0.0, float(scores[best])), rivals[best][1]


def _list_vowels(said: Sequence[int], sounds: Sequence[str]) -> list[str]:
    """Give all vowels: a murmured one as "", a full one as the first of those that are hard to tell from it."""
    alike = {vowel: group[0] for group in (*_LIKE_VOWELS, *_SAME_VOWELS) for vowel in group}
    names = [sounds[sound] for sound in said if sounds[sound][0] in VOWELS]
    return ["" if name in _MURMURS else alike.get(name[0], name[0]) + name[1:] for name in names]


def _has_another_vowel(said: Sequence[str], meant: Sequence[str]) -> bool:
    pairs = zip(said, meant, strict=False)
    return len(said) == len(meant) and any(one and other and one != other for one, other in pairs)


def _list_full_vowels(said: Sequence[int], sounds: Sequence[str]) -> list[int]:
    return [sound for sound in said if sounds[sound][0] in VOWELS and sounds[sound] not in _MURMURS]


def _vary_vowels(meant: _Said, said: _Said, sounds: Sequence[str]) -> Iterator[tuple[_Said, float]]:
    """Change vowels that are still as meant (by way of a third one, one that is like it would come cheap) to full ones.

    A voice murmurs full vowels where it hurries; a murmured one said in full costs as much as one that is like it.
    """
    full = [(other, name) for other, name in enumerate(sounds) if name and name[0] in VOWELS and name not in _MURMURS]
    for at, one in enumerate(sounds[sound] for sound in meant):
        for other, name in full if one[0] in VOWELS and said[at] == meant[at] else ():
            if one != name and not _are_alike(one, name, _SAME_VOWELS):
                near = one in _MURMURS or _are_alike(one, name, _LIKE_VOWELS)
                yield (*said[:at], other, *said[at + 1 :]), NEAR_VOWEL_NATS if near else VOWEL_NATS


def _are_alike(one: str, other: str, groups: Sequence[str]) -> bool:
    return one[1:] == other[1:] and any(one[0] in group and other[0] in group for group in groups)


def _vary(said: tuple[int, ...], sounds: Sequence[str]) -> Iterator[tuple[tuple[int, ...], float]]:
    for at, sound in enumerate(said):
        for other, name in enumerate(sounds):
            if name and other != sound and (name[0] in VOWELS) == (sounds[sound][0] in VOWELS):
                yield (*said[:at], other, *said[at + 1 :]), _price(sounds[sound], name)
        if len(said) >= _FEWEST:
            yield (*said[:at], *said[at + 1 :]), LOSS_NATS


def _price(one: str, other: str) -> float:
    if one in _MURMURS and other in _MURMURS and len(one) != len(other):
        return LINKING_NATS
    return NEAR_NATS if _are_alike(one, other, _NEAR) else CHANGE_NATS
