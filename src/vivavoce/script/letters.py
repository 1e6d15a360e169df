"""Letters said by their names, and how a run of them is stressed: "U", "S" → "jˌu", "ˈɛs"."""

from collections.abc import Sequence

from vivavoce.phonemes import demote
from vivavoce.script.inflection import add_s

_AMERICAN = {
    "a": "ˈA", "b": "bˈi", "c": "sˈi", "d": "dˈi", "e": "ˈi", "f": "ˈɛf", "g": "ʤˈi", "h": "ˈAʧ", "i": "ˈI",
    "j": "ʤˈA", "k": "kˈA", "l": "ˈɛl", "m": "ˈɛm", "n": "ˈɛn", "o": "ˈO", "p": "pˈi", "q": "kjˈu", "r": "ˈɑɹ",
    "s": "ˈɛs", "t": "tˈi", "u": "jˈu", "v": "vˈi", "w": "dˈʌbᵊlju", "x": "ˈɛks", "y": "wˈI", "z": "zˈi",
}  # fmt: skip
_BRITISH = {
    letter: name.replace("ˈi", "ˈiː").replace("jˈu", "jˈuː")
    for letter, name in _AMERICAN.items()
} | {"o": "ˈQ", "r": "ˈɑː", "w": "dˈʌbᵊljuː", "z": "zˈɛd"}  # fmt: skip


def name_letter(letter: str, *, british: bool) -> str | None:
    """Say a letter's name, a plural or possessive with it: "B" → "bˈi", "Ps" and "P's" → "pˈiz"; None if it is none."""
    names = _BRITISH if british else _AMERICAN
    name = names.get(letter[:1].lower())
    if name is None:
        return None
    match letter[1:].lower():
        case "":
            return name
        case "s" | "'s" | "s'" | "es":
            return add_s(name, british=british)
        case _:
            return None


def stress_run(names: Sequence[str]) -> list[str]:
    """Stress the last letter of a run most: ("jˈu", "ˈɛs") → ["jˌu", "ˈɛs"]."""
    return [*map(demote, names[:-1]), *names[-1:]]
