"""Sounds to English: where the stress lies, and what each vowel becomes in its place.

`tables/stress.tsv` says for each language which syllable a word's ending stresses; `tables/vowels.tsv` says what
American broadcasters make of each of the foreign vowels in each place of a word.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from vivavoce.script.languages.en.origin.rules import read_table, widen

VOWELS: Final = "aeiouyəɑæʌɔɛɪʊɜAIOWY"
_FOREIGN = "aeiouyə"
_PLACES = (
    "stressed_open",
    "stressed_closed",
    "first_open",
    "first_closed",
    "weak",
    "last_open",
    "last_closed",
    "hiatus",
)
_ONSET = re.compile("(?:ts|dz|s?[pbtdkɡfvθ]|[ʃʒhmnzɹl])?[ɹlwj]$|(?:ts|dz|.)$|$")
_BEFORE_R = {"O": "ɔ", "A": "ɛ", "æ": "ɛ", "ʌ": "ɜ"}


def find_stress(word: str, sounds: str, language: str) -> int:
    """Tell which vowel of `sounds` (an index into them) carries the stress of `word`."""
    nuclei = [place for place, sound in enumerate(sounds) if sound in VOWELS]
    marked = sounds.find("ˈ")
    if marked >= 0:
        return next((place for place in nuclei if place > marked), nuclei[-1])
    for ending, syllable in _stress_rules(language):
        if ending.search(word):
            return nuclei[max(syllable, -len(nuclei)) if syllable < 0 else min(syllable, len(nuclei)) - 1]
    return nuclei[-1]


def realise(sounds: str, stress: int, vowels: str) -> str:
    """Give every vowel its English value, and set the stress marks.

    Args:
        sounds: As `Rules.sound` gives them, with at least one vowel; its own stress marks are dropped.
        stress: Index in `sounds` of the vowel with the primary stress.
        vowels: The column set of `vowels.tsv` to read: a language's tag.
    """
    nuclei = [place for place, sound in enumerate(sounds) if sound in VOWELS]
    main = nuclei.index(stress)
    spoken: list[str] = [sound if sound not in VOWELS and sound not in "ˈˌ" else "" for sound in sounds]
    for order, place in enumerate(nuclei):
        accent = _accent(order, main)
        sound = sounds[place]
        after = sounds[place + 1 : place + 2].lstrip("ˈˌ")
        if sound == "ə" and accent == "ˌ":
            accent = ""
        if sound in _FOREIGN:
            sound = _values(vowels)[sound, _place(sounds, nuclei, order, accent)]
        if after == "ɹ":
            sound = _BEFORE_R.get(sound, sound)
        spoken[place] = accent + sound
    return _tidy("".join(spoken))


def _accent(order: int, main: int) -> str:
    """The main stress, and a lighter one on the first syllable and on the second before the main one."""
    if order == main:
        return "ˈ"
    return "ˌ" if order <= main - 2 and (order == 0 or (order == main - 2 and main > 3)) else ""


def _place(sounds: str, nuclei: list[int], order: int, accent: str) -> str:
    last = order == len(nuclei) - 1
    cluster = sounds[nuclei[order] + 1 : None if last else nuclei[order + 1]].replace("ˈ", "").replace("ˌ", "")
    if not last and not cluster:
        return "hiatus"
    is_open = not cluster if last else bool(_ONSET.match(cluster))
    if accent:
        return "stressed_open" if is_open and not last else "stressed_closed" if cluster else "stressed_open"
    if last:
        return "last_open" if is_open else "last_closed"
    if order == 0:
        return "first_open" if is_open and nuclei[0] > 0 else "first_closed"
    return "weak"


def _tidy(spoken: str) -> str:
    """Single consonants for double ones, and a velar nasal before k and ɡ."""
    spoken = re.sub(r"([^\W\dˈˌ])\1+", r"\1", spoken)
    return re.sub("n(?=[kɡ])", "ŋ", spoken)


@dataclass(frozen=True, slots=True)
class _StressRule:
    ending: re.Pattern[str]
    syllable: int


@cache
def _stress_rules(language: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    rows = read_table("stress")
    return tuple(
        (re.compile(widen(ending)), int(syllable)) for tag, ending, syllable in rows if language in tag.split()
    )


@cache
def _values(language: str) -> dict[tuple[str, str], str]:
    """(foreign vowel, place) → English vowel; a language's own line goes over the common one."""
    values: dict[tuple[str, str], str] = {}
    for tags, vowel, row in read_table("vowels"):
        if tags == "*" or language in tags.split():
            values.update(
                {(vowel, place): value for place, value in zip(_PLACES, row.split(), strict=True) if value != "."}
            )
    return values
