"""Letters to sounds: one engine for every language, its knowledge in `tables/*.tsv`.

A table's line is `letters  sounds  context`; the context is `before_after`, each side a regular expression in which
V stands for any vowel letter, C for any consonant letter, and `^` and `$` for the word's edges. At each place of the
word the longest letters win, then a line with a context, then the line that stands first. "-" as sounds means silent.
Sounds are the voice's own symbols, but for the vowels a, e, i, o, u, y, ə, which `prosody` makes English once the
stress is known.

    c  s  _[eiy]     c before e, i, y sounds s
    e  -  C_$        e at the end after a consonant is silent
    é  ˈe            an accent that marks the stress
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_VOWEL_LETTERS = "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýÿāăąēĕęěīĭįıōŏőœūŭůűųơưəạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
_CLASSES = {"V": f"[{_VOWEL_LETTERS}]", "C": f"[^\\W{_VOWEL_LETTERS}]"}


@dataclass(frozen=True, slots=True)
class Rules:
    """A language's letters and sounds, ready to be matched."""

    pattern: re.Pattern[str]
    sounds: tuple[str, ...]
    """The sounds of the pattern's groups, in their order."""

    def sound(self, word: str) -> str:
        """Turn a lower-case word into sounds; a letter that no line knows is tried without its diacritic.

        Spanish "guerra" → "ɡera", Polish "rzeszów" → "ʒeʃuf".
        """
        heard: list[str] = []
        place = 0
        while place < len(word):
            match = self.pattern.match(word, place)
            if match and match.lastindex:
                heard.append(self.sounds[match.lastindex - 1])
                place = match.end()
                continue
            plain = _without_diacritic(word[place])
            if plain:
                word = word[:place] + plain + word[place + 1 :]
            else:
                place += 1
        return "".join(heard)


@cache
def load_rules(tables: str) -> Rules:
    """Read the named tables, separated by blanks, into one set of rules; an earlier table's lines come first."""
    lines = [line for table in tables.split() for line in read_table(table)]
    lines.sort(key=lambda line: (-len(line[0]), line[2] == "_"))
    pattern = "|".join(f"{_before(context)}({re.escape(letters)}){_after(context)}" for letters, _, context in lines)
    return Rules(re.compile(pattern), tuple("" if sounds == "-" else sounds for _, sounds, _ in lines))


def read_table(name: str) -> tuple[tuple[str, str, str], ...]:
    """Read a table's lines as three columns; blank lines and lines that open with "#" are remarks."""
    text = files(__package__).joinpath("tables", f"{name}.tsv").read_text(encoding="utf-8")
    rows = (f"{line}\t_".split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return tuple((row[0], row[1], row[2]) for row in rows)


def widen(pattern: str) -> str:
    """Put the classes of letters in the place of V and C."""
    return re.sub("[VC]", lambda match: _CLASSES[match[0]], pattern)


def _before(context: str) -> str:
    before = context.partition("_")[0]
    return f"(?<={widen(before)})" if before else ""


def _after(context: str) -> str:
    after = context.partition("_")[2]
    return f"(?={widen(after)})" if after else ""


def _without_diacritic(letter: str) -> str:
    """The plain letter or letters under a diacritic; empty where there is nothing simpler."""
    plain = {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ı": "i",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ə": "a",
        "þ": "th",
        "ð": "d",
    }.get(letter)
    if plain is None:
        plain = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return "" if plain == letter else plain
