"""Words made of known parts: "cyberattack", "doomscrolling", "Partygate"; the last resort before spelling."""

from collections.abc import Callable, Iterator

from vivavoce.phonemes import PRIMARY, demote, ensure_stress
from vivavoce.script.readings import FAIR, Reading

LookUp = Callable[[str], Reading | None]

_SHORTEST = 3
_SHORTEST_OF_NAME = 4
PREFIXES = frozenset(
    ("agro", "anti", "auto", "bio", "co", "counter", "crypto", "cyber", "de", "dis", "down", "eco", "electro", "ethno",
     "euro", "ex", "fore", "geo", "hydro", "hyper", "inter", "mega", "micro", "mini", "mis", "multi", "nano", "narco",
     "neo", "non", "out", "over", "pan", "para", "petro", "post", "pre", "pro", "pseudo", "quasi", "re", "self", "semi",
     "socio", "step", "sub", "super", "tele", "trans", "turbo", "ultra", "un", "under", "up", "vice")
)  # fmt: skip
"""Beginnings that leave the main stress on what follows."""
_SUFFIXES_AMERICAN = {
    "gate": "ɡˌAt", "like": "lˌIk", "ness": "nəs", "less": "ləs", "wise": "wˌIz", "ship": "ʃˌɪp", "hood": "hˌʊd",
    "ism": "ˌɪzəm", "ist": "ɪst", "ists": "ɪsts", "er": "əɹ", "ers": "əɹz", "ish": "ɪʃ", "ful": "fəl", "ly": "li",
    "ment": "mənt", "able": "əbᵊl", "land": "lənd", "ville": "vɪl", "ton": "tən", "son": "sən", "ite": "ˌIt",
    "ites": "ˌIts", "ian": "iən", "ians": "iənz", "esque": "ˈɛsk", "ize": "ˌIz", "ise": "ˌIz",
}  # fmt: skip
"""Endings that leave the main stress on what stands before, but for "-esque"."""


def read_from_parts(word: str, look_up: LookUp) -> Reading | None:
    """Say a word by two parts that are both known: "airbridge" → "ˈɛɹbɹˌɪʤ". None if it has no such parts."""
    lower = word.lower()
    shortest = _SHORTEST if word == lower else _SHORTEST_OF_NAME
    for way in (_split_prefix, _split_suffix, _split_compound):
        for phonemes in way(lower, shortest, look_up):
            return Reading(phonemes, "parts", FAIR)
    return None


def _split_prefix(word: str, shortest: int, look_up: LookUp) -> Iterator[str]:
    for place in range(2, len(word) - shortest + 1):
        prefix, rest = look_up(word[:place]) if word[:place] in PREFIXES else None, look_up(word[place:])
        if prefix and rest and len(word) - place > shortest:
            yield demote(ensure_stress(prefix.phonemes)) + ensure_stress(rest.phonemes)


def _split_suffix(word: str, shortest: int, look_up: LookUp) -> Iterator[str]:
    for place in range(len(word) - 2, shortest - 1, -1):
        ending = _SUFFIXES_AMERICAN.get(word[place:])
        if ending is None:
            continue
        for stem in (word[:place], word[:place] + "e", _undouble(word[:place])):
            found = look_up(stem) if len(stem) >= shortest else None
            if found:
                yield (demote(found.phonemes) if PRIMARY in ending else ensure_stress(found.phonemes)) + ending


def _split_compound(word: str, shortest: int, look_up: LookUp) -> Iterator[str]:
    for place in range(len(word) - shortest, shortest - 1, -1):
        first, second = look_up(word[:place]), look_up(word[place:])
        if first and second:
            yield ensure_stress(first.phonemes) + demote(ensure_stress(second.phonemes))


def _undouble(stem: str) -> str:
    return stem[:-1] if len(stem) > _SHORTEST and stem[-1] == stem[-2] else stem
