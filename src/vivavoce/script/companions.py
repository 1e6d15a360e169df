"""Which words stand together: in names, understood by their fullest mention, and in foreign words in quotes."""

import re
from collections.abc import Mapping

from vivavoce.script.general import GeneralLexicon
from vivavoce.script.inflection import split_clitic

_SET_OFF = re.compile(
    r"“([^“”\n]{2,80})”|‘([^‘’\n]{2,80})’|«([^«»\n]{2,80})»|„([^„“”\n]{2,80})[“”]|\"([^\"\n]{2,80})\"|(?<!\w)'([^'\n]{2,80})'(?!\w)"
    r"|(?<![\w*])\*([^*\n]{2,80})\*(?![\w*])|(?<![\w_])_([^_\n]{2,80})_(?![\w_])"
)
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_LONGEST_PHRASE = 8
_LONGEST_NAME = 12
"""Longer runs of capitalised words are lists or headlines; what stands further apart tells nothing."""
_WORD_OR_MARK = re.compile(r"[^\W\d_][\w'’-]*|[^\w\s]")


def find_companions(text: str, general: GeneralLexicon) -> Mapping[str, tuple[str, ...]]:
    """Map each word of a name to the others of its longest mention: "Jean-Claude Juncker … Juncker" → ("Jean-Claude",).

    Common words that only stand at the head of a sentence are no part of a name.
    """
    longest: dict[str, tuple[str, ...]] = {}
    run: list[str] = []
    for found in (*_WORD_OR_MARK.findall(text), "."):
        word, _ = split_clitic(found.replace("’", "'"))
        is_member = word[:1].isupper() and not general.knows_as_common(word)
        if is_member and len(run) < _LONGEST_NAME:
            run.append(word)
            continue
        for place, member in enumerate(run):
            others = (*run[:place], *run[place + 1 :])
            if len(others) > len(longest.get(member, ())):
                longest[member] = others
        run = [word] if is_member else []
    return longest


def find_foreign_words(text: str, general: GeneralLexicon) -> Mapping[str, tuple[str, ...]]:
    """Map the words of foreign phrases set in quotes or italics to their neighbours there: "die Wende" → {"Wende": …}.

    A phrase is foreign if it is short and most of its words are in no English list. Words that English lists as well
    are left to it.
    """
    foreign: dict[str, tuple[str, ...]] = {}
    for found in _SET_OFF.finditer(text):
        words = _WORD.findall(found[found.lastindex or 0].replace("’", "'"))
        unknown = [word for word in words if not general.lists(split_clitic(word)[0])]
        if len(words) > _LONGEST_PHRASE or 2 * len(unknown) <= len(words) - (len(words) > 1):
            continue
        for word in unknown:
            foreign[word] = tuple(other for other in words if other != word)
    return foreign
