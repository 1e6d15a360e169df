"""A name that no lexicon knows: guess its language, read it by that language's rules, say it in American English."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from vivavoce.script.languages.en.origin.choose import languages, weigh_languages
from vivavoce.script.languages.en.origin.prosody import VOWELS, find_stress, realise
from vivavoce.script.languages.en.origin.rules import load_rules, read_table
from vivavoce.script.languages.en.origin.scripts import romanise
from vivavoce.script.languages.en.origin.syllables import say_pinyin, split_pinyin

_ENGLISH: Final = "en"
_CANDIDATES = 4
_LEAST_SHARE = 0.02
_RULES_RIGHT = 0.9
"""How often the rules say a name right whose language is known: evals/origin.py --told."""


@dataclass(frozen=True, slots=True)
class OriginGuess:
    """How a name is probably said, and why."""

    phonemes: str
    """One word in the voice's symbols (misaki's, American), with exactly one primary stress."""
    language: str
    """BCP 47 primary tag of the language whose rules gave the phonemes ("sh" for Serbo-Croatian and its kin)."""
    confidence: float
    """0 to 1: the probability of the languages that say the name in this way, times that of their rules being right."""


def pronounce_by_origin(name: str, *, context: Sequence[str] = ()) -> OriginGuess | None:
    """Pronounce one word of a name by the language it seems to come from.

    Args:
        name: A single word as printed; hyphens and apostrophes inside are understood, other scripts are romanised.
        context: The other words of the name, and names nearby, which help to choose the language.

    Returns:
        The guess; None where the word is English in form, or has no letters to be read.

    Example:
        "Zaporizhzhia" → zˌɑpəɹˈiʒə (uk); "Johnson" → None.
    """
    word, certain = romanise(_fold(name))
    if not any(letter.isalpha() for letter in word):
        return None
    neighbours = tuple(romanise(_fold(other))[0] for other in context)
    shares = {certain: 1.0} if certain else _shares(word, neighbours)
    best = max(shares, key=lambda tag: shares[tag])
    if best == _ENGLISH:
        return None
    says = {tag: _say(word, tag) for tag in shares if tag != _ENGLISH}
    votes: dict[str, float] = {}
    for tag, phonemes in says.items():
        votes[phonemes] = votes.get(phonemes, 0.0) + shares[tag]
    phonemes = max(votes, key=lambda said: votes[said])
    language = max((tag for tag, said in says.items() if said == phonemes), key=lambda tag: shares[tag])
    return OriginGuess(phonemes, language, _RULES_RIGHT * min(1.0, votes[phonemes])) if phonemes else None


def say_in_language(name: str, language: str) -> str:
    """Pronounce a word of a name whose language is known (one of `choose.languages()`, not English)."""
    return _say(romanise(_fold(name))[0], language)


def _fold(name: str) -> str:
    """Lower case, composed, with one kind of apostrophe; the Turkish dotted capital is an i."""
    lowered = unicodedata.normalize("NFC", name.lower().replace("i̇", "i"))
    return re.sub("[’‘ʼʻ`´ʿʾ]", "'", lowered)


@lru_cache(maxsize=4096)
def _shares(word: str, context: tuple[str, ...]) -> dict[str, float]:
    """The likeliest languages of a word with their probabilities."""
    chances = zip(languages(), weigh_languages(word, context).tolist(), strict=True)
    ranked = sorted(chances, key=lambda chance: -chance[1])[:_CANDIDATES]
    return {tag: share for tag, share in ranked if share >= _LEAST_SHARE or tag == ranked[0][0]}


def _say(word: str, language: str) -> str:
    """Pronounce a word by one language's rules; empty where its letters have no sound."""
    parts = [part for part in re.split("[-‐‑–]", word) if part]
    spoken = [said for said in (_say_part(part, language) for part in parts) if said]
    return "".join(said.replace("ˈ", "ˌ") for said in spoken[:-1]) + spoken[-1] if spoken else ""


def _say_part(word: str, language: str) -> str:
    sounds = _sounds(word, language)
    if not any(sound in VOWELS for sound in sounds):
        sounds = f"{sounds}ə" if sounds else ""
    return realise(sounds, find_stress(word, sounds, language), language) if sounds else ""


def _sounds(word: str, language: str) -> str:
    syllables = split_pinyin(word) if language == "zh" else ()
    sounds = say_pinyin(syllables) if syllables else load_rules(_tables()[language]).sound(word)
    return re.sub("(?<=[bpdtkɡfvszʃʒθ])(?=[ɹl]$)", "ə", sounds)


@cache
def _tables() -> dict[str, str]:
    return {tag: tables for tag, tables, _ in read_table("languages")}
