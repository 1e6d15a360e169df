"""Words heard against words said, letter by letter, so that spelling and spacing don't count as differences.

said  "cease fire by the u n"   heard  "Ceasefire by the UN."   → all heard
said  "did not pay"             heard  "did pay"                → "not" isn't
"""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

SHARE_HEARD = 0.6
"""A word counts as heard when at least this share of its letters stands in the same order in what was heard."""

_FUNCTION_WORDS = (
    "a an the and or but nor so yet as at by for from in into of off on onto out over to up with than that this these "
    "those there it its he him his she her they them their we us our you your i me my who whom whose which what when "
    "where be am is are was were been being have has had do does did will would shall should can could may might must "
    "if then also s"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())


def normalise_heard(text: str) -> str:
    """Bring a recogniser's sentence to the form of `Utterance.spoken`: lower case, words only.

    "Café prices, he said, didn't rise." → "cafe prices he said didn't rise"
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z]+(?:'[a-z]+)*", bare.replace("’", "'")))


def find_unheard(said: Sequence[str], heard: str) -> tuple[int, ...]:
    """Give the indices of the words of `said` whose letters aren't in `heard`, both normalised."""
    letters = [_letters(word) for word in said]
    matched = _matched_letters("".join(letters), _letters(heard))
    unheard = []
    at = 0
    for index, word in enumerate(letters):
        share = sum(matched[at : at + len(word)]) / max(1, len(word))
        if word and share < SHARE_HEARD:
            unheard.append(index)
        at += len(word)
    return tuple(unheard)


def _letters(text: str) -> str:
    """All letters in a row; the letter I, which a recogniser writes as "eye", is the same on both sides."""
    return "".join(c for c in re.sub(r"\beye\b", "i", normalise_heard(text)) if c.isalpha())


def _matched_letters(said: str, heard: str) -> list[bool]:
    matched = [False] * len(said)
    for block in SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks():
        matched[block.a : block.a + block.size] = [True] * block.size
    return matched
