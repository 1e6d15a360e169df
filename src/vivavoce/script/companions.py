"""Which words stand together in an article's names, so that a name is understood by its fullest mention."""

import re
from collections.abc import Mapping

from vivavoce.script.general import GeneralLexicon
from vivavoce.script.inflection import split_clitic

_WORD_OR_MARK = re.compile(r"[^\W\d_][\w'’-]*|[^\w\s]")


def find_companions(text: str, general: GeneralLexicon) -> Mapping[str, tuple[str, ...]]:
    """Map each word of a name to the others of its longest mention: "Jean-Claude Juncker … Juncker" → ("Jean-Claude",).

    Common words that only stand at the head of a sentence are no part of a name.
    """
    longest: dict[str, tuple[str, ...]] = {}
    run: list[str] = []
    for found in (*_WORD_OR_MARK.findall(text), "."):
        word, _ = split_clitic(found.replace("’", "'"))
        if word[:1].isupper() and not general.knows_as_common(word):
            run.append(word)
            continue
        for place, member in enumerate(run):
            others = (*run[:place], *run[place + 1 :])
            if len(others) > len(longest.get(member, ())):
                longest[member] = others
        run = []
    return longest
