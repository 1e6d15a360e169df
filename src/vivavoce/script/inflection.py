"""English endings as sounds: what -s, -ed, -ing and the clitics add to a stem.

Behaviour follows misaki's English module (Apache-2.0, hexgrad), rewritten.
"""

import re
from collections.abc import Callable, Iterator

_HISSING = frozenset("szʃʒʧʤ")
_VOICELESS = frozenset("ptkfθ")
_FLAPPING = frozenset("AIOWYiuæɑəɛɪɹʊʌ")
_DOUBLED = frozenset("bdfgklmnprstvz")


def add_s(stem: str, *, british: bool) -> str:
    """Add the plural, the possessive or the third person: "kˈæt" → "kˈæts", "hˈWs" → "hˈWsᵻz"."""
    if stem[-1] in _HISSING:
        return stem + ("ɪz" if british else "ᵻz")
    return stem + ("s" if stem[-1] in _VOICELESS else "z")


def add_ed(stem: str, *, british: bool) -> str:
    """Add the past: "wˈɔk" → "wˈɔkt", "stˈAt" → "stˈATᵻd"."""
    if stem[-1] in "td":
        return _flap(stem, british=british) + ("ɪd" if british else "ᵻd")
    return stem + ("t" if stem[-1] in "pkfθʃsʧ" else "d")


def add_ing(stem: str, *, british: bool) -> str:
    """Add the participle: "stˈAt" → "stˈATɪŋ"; a British "ə" or long vowel gets its "ɹ" back only from spelling."""
    return _flap(stem, british=british) + "ɪŋ"


def _flap(stem: str, *, british: bool) -> str:
    if not british and len(stem) > 1 and stem[-1] == "t" and stem[-2] in _FLAPPING:
        return stem[:-1] + "T"
    return stem


Ending = Callable[..., str]

_RULES: tuple[tuple[re.Pattern[str], str, Ending], ...] = tuple(
    (re.compile(pattern), stem, ending)
    for pattern, stem, ending in (
        (r"(?<=..[^s'])s$", "", add_s),
        (r"(?<=..)ies$", "y", add_s),
        (r"(?<=...)es$", "", add_s),
        (r"(?<=..e)d$", "", add_ed),
        (r"(?<=..)(?<!e)ed$", "", add_ed),
        (r"(?<=..)ied$", "y", add_ed),
        (r"(?<=..)([bdfgklmnprstvz])\1ed$", r"\1", add_ed),
        (r"(?<=..)cked$", "c", add_ed),
        (r"(?<=..)ing$", "e", add_ing),
        (r"(?<=...)ing$", "", add_ing),
        (r"(?<=..)([bdfgklmnprstvz])\1ing$", r"\1", add_ing),
        (r"(?<=..)cking$", "c", add_ing),
    )
)


def stems_of(word: str) -> Iterator[tuple[str, Ending]]:
    """Propose stems and the ending to add back, likeliest first: "tried" → ("tri", …), ("try", add_ed)."""
    for pattern, replacement, ending in _RULES:
        stem, found = pattern.subn(replacement, word)
        if found:
            yield stem, ending


CLITICS: tuple[str, ...] = ("'s", "'ll", "'ve", "'re", "'d", "'m")


def split_clitic(word: str) -> tuple[str, str]:
    """Part a word from what leans on it: "Kyiv's" → ("Kyiv", "'s"), "workers'" → ("workers", "'")."""
    for clitic in CLITICS:
        if word.lower().endswith(clitic) and len(word) > len(clitic):
            return word[: -len(clitic)], clitic
    if word.endswith("'") and len(word) > 1:
        return word[:-1], "'"
    return word, ""


def add_clitic(stem: str, clitic: str, *, british: bool) -> str:
    """Say a clitic after a stem: ("kˈijɪf", "'s") → "kˈijɪfs"; a bare apostrophe is silent."""
    if clitic == "'s":
        return add_s(stem, british=british)
    if clitic == "'d" and stem[-1] in "td":
        return stem + ("ɪd" if british else "ᵻd")
    after_vowel, after_consonant = _LEANING.get(clitic, ("", ""))
    sound = after_vowel if stem[-1] in _OPEN else after_consonant
    return stem + (sound.replace("əɹ", "ə") if british else sound)


_LEANING = {"'ll": ("l", "ᵊl"), "'ve": ("v", "əv"), "'re": ("əɹ", "əɹ"), "'d": ("d", "əd"), "'m": ("m", "əm")}
_OPEN = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵊᵻɹː")
