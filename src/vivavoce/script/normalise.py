"""Written to spoken: walks a text once, lets the language's semiotic classes read each place, and keeps every place.

A semiotic class is a function: given the scene (the text and what has been read of it) and a place, it returns what
it reads there, or None. The first class that reads wins. Between the readings only blanks and punctuation remain.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from vivavoce.script.fold import fold_to_ascii
from vivavoce.script.style import ScriptStyle
from vivavoce.script.tokens import SpokenWord, Token

_NEXT_WORD = re.compile(r"[\s\"'“”‘’()\[\]]{0,8}(\S{0,48})")
_PHRASING = frozenset(
    " \t\n\r\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000.,;:!?…\"'`´“”„‟«»‹›‘’‚‛()[]-‐‑‒–—―¿¡\u2028\u2029"
)
"""What may stand between two readings unlisted: blanks, and punctuation that is heard as phrasing at most."""
_SIGNS = "{}|*_•·\\/~^"
"""What may stand there, too, and is no punctuation; where no class reads it, it is left out and listed."""
_PASSED = _PHRASING | frozenset(_SIGNS)
_SILENT_SIGNS = re.compile(rf"[{re.escape(_SIGNS)}](?:[ \u00a0]*[{re.escape(_SIGNS)}])*")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a class reads from one place of the text on."""

    end: int
    words: tuple[SpokenWord, ...]
    rule: str
    omitted: str | None = None
    """Reason for which nothing is said; `words` is then empty."""


@dataclass(slots=True)
class Scene:
    """The text that is being read, and what stands before the place that is read now."""

    text: str
    style: ScriptStyle
    shouting: Sequence[tuple[int, int]] = ()
    """Stretches set in capitals for emphasis or as a headline, in order."""
    tokens: list[Token] = field(default_factory=list)

    def previous(self, back: int = 1) -> Token | None:
        """Return the token read just before, or further back."""
        return self.tokens[-back] if len(self.tokens) >= back else None

    def adjoins(self, at: int, joint: str = " ") -> bool:
        """Tell whether only `joint` stands between the last token and this place."""
        last = self.previous()
        return last is not None and self.text[last.end : at].replace("\u00a0", " ") == joint

    def next_word(self, at: int) -> str:
        """Return the printed word that follows a place, quotes and brackets skipped; "" at the end."""
        found = _NEXT_WORD.match(self.text, at)
        return found[1] if found else ""

    def at_word_start(self, at: int) -> bool:
        """Tell whether the character before is neither letter nor digit."""
        return at == 0 or not self.text[at - 1].isalnum()

    def shouts(self, at: int) -> bool:
        """Tell whether the place lies in a stretch that is set in capitals throughout."""
        place = bisect_right(self.shouting, (at, len(self.text))) - 1
        return place >= 0 and at < self.shouting[place][1]


SemioticClass = Callable[[Scene, int], Reading | None]


@dataclass(frozen=True, eq=False)
class Language:
    """What a language brings to normalising."""

    classes: Callable[[str], Sequence[SemioticClass]]
    """The classes that may read at a place that begins with the given character, best first."""
    find_shouting: Callable[[str, ScriptStyle], Sequence[tuple[int, int]]]
    settle: Callable[[SpokenWord], tuple[SpokenWord, ...]]
    """Makes sure that a word can be said: spells out what can't."""


def normalise_text(text: str, *, start: int, language: Language, style: ScriptStyle) -> tuple[Token, ...]:
    """Read a text as tokens with the words to say for each.

    Every character that is neither blank nor punctuation lies in exactly one token. Offsets count from `start`.
    Marks are not set here: they belong to phrasing.
    """
    scene = Scene(text, style, language.find_shouting(text, style))
    at = 0
    while at < len(text):
        reading = _read(scene, at, language)
        if reading is None and text[at] in _PASSED:
            at += 1
            continue
        reading = reading or Reading(_unsayable_end(text, at), (), "unpronounceable", "unpronounceable")
        words = tuple(settled for word in reading.words for settled in language.settle(word))
        scene.tokens.append(_token(scene, at, replace(reading, words=words)))
        at = reading.end
    return tuple(_move(token, start) for token in scene.tokens)


def find_signs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Find the signs in what stands between two readings, [start, end), that are neither said nor heard as phrasing."""
    return (found.span() for found in _SILENT_SIGNS.finditer(text, start, end))


def _read(scene: Scene, at: int, language: Language) -> Reading | None:
    for read in language.classes(scene.text[at]):
        reading = read(scene, at)
        if reading is not None:
            return reading
    return None


def _unsayable_end(text: str, at: int) -> int:
    """End of a run of symbols that no class reads: emoji with their modifiers, dingbats, box drawings."""
    end = at + 1
    while end < len(text) and not (text[end].isalnum() or text[end].isspace() or text[end] < "\u2000"):
        end += 1
    return end


def _token(scene: Scene, at: int, reading: Reading) -> Token:
    return Token(scene.text[at : reading.end], at, reading.end, reading.words, reading.rule, omitted=reading.omitted)


def _move(token: Token, by: int) -> Token:
    if not by:
        return token
    return Token(token.text, token.start + by, token.end + by, token.words, token.rule, token.mark, token.omitted)


def say(words: str) -> tuple[SpokenWord, ...]:
    """Write words to say: a single capital is a letter, so "U S aid" is two letters and a word."""
    return tuple(SpokenWord(word, letter=_is_letter(word)) for word in words.split())


def _is_letter(word: str) -> bool:
    return word[0].isupper() and (len(word) == 1 or word[1:] in {"'s", "s'"})


def spell(letters: str) -> tuple[SpokenWord, ...]:
    """Say letters by their names: "IAEA" → I, A, E, A."""
    return tuple(SpokenWord(letter, letter=True) for letter in fold_to_ascii(letters).upper())


def inflect(words: tuple[SpokenWord, ...], ending: str) -> tuple[SpokenWord, ...]:
    """Add a possessive or plural to the last word: (C, I, A), "'s" → (C, I, A's)."""
    if not ending or not words:
        return words
    last = words[-1]
    return (*words[:-1], SpokenWord(last.text + ending, last.letter))
