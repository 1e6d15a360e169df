"""Which names that were said by guess a lexicon has learnt since: their editions are worth another look."""

import re
from collections.abc import Iterable

from vivavoce.lexicon import Boundary, Lexicon

_ENDINGS = (re.compile(r"(?:[’']s?|s[’']?)$"), re.compile(r"es[’']?$"))


def find_known_names(names: Iterable[str], lexicon: Lexicon) -> frozenset[str]:
    """Give the names that an entry may say now.

    An entry is taken for one of a name's if they share a word, whatever its ending or case: an entry for "Kira
    Vondrak" may say "Vondrak", "Vondrak's" and "the Vondraks". One that matches inside words may say any that holds
    it. Too many are better than too few: an edition whose script stays the same is not made again.
    """
    words = {word for entry in lexicon.entries for word in entry.written.casefold().split()}
    parts = [entry.written.casefold() for entry in lexicon.entries if entry.boundary is Boundary.PART]
    return frozenset(name for name in names if _is_known(name.casefold(), words, parts))


def _is_known(name: str, words: set[str], parts: list[str]) -> bool:
    said = {form for word in name.split() for form in (word, *(ending.sub("", word) for ending in _ENDINGS))}
    return not words.isdisjoint(said) or any(part in name for part in parts)
