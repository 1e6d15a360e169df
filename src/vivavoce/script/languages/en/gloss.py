"""Brackets that repeat or annotate: an acronym after its name, [sic], reference marks."""

import re
from collections.abc import Sequence

from vivavoce.script.languages.en.initialism import acronyms
from vivavoce.script.languages.en.tables import mapping
from vivavoce.script.normalise import Reading, Scene
from vivavoce.script.tokens import SpokenWord, Token

_GLOSS = re.compile(r"\(\s?[\"“'‘]?(?P<acronym>[^\W\d_][\w.&/-]{1,13})[\"”'’]?\s?\)|\[(?P<square>[A-Z][\w.&/-]{1,9})\]")
_SIC = re.compile(r"[\[(]sic\.?[\])]", re.IGNORECASE)
_REFERENCE = re.compile(r"\[(?:\d{1,3}(?:[,–-]\s?\d{1,3}){0,5}|citation needed|note \d{1,2})\]")
_ELLIPSIS = re.compile(r"[\[(](?:\.\s?\.\s?\.|…)[\])]")
_PARTY_TAG = re.compile(r"(?:D|R|I|DFL|Con|Lab)-")
_COUNTRIES = frozenset({"US", "UK", "USA", "EU", "UAE", "UN", "U.S.", "U.K.", "AP", "AFP", "UPI", "PA", "CNN", "BBC",
                        "DPA", "ANSA", "EFE", "TASS", "AAP", "NPR", "ANI", "PTI"})  # fmt: skip
_SKIPPED = frozenset({"of", "the", "and", "for", "in", "on", "to", "de", "du", "des", "la", "le", "a", "an", "&", "at"})
_FAR = 12
_BODIES = frozenset({"agency", "alliance", "army", "association", "authority", "bank", "bloc", "body", "bureau",
                     "cartel", "center", "centre", "club", "coalition", "commission", "committee", "company", "council",
                     "court", "department", "directorate", "faction", "federation", "firm", "force", "forces",
                     "foundation", "front", "fund", "group", "guard", "guards", "institute", "league", "lobby",
                     "militia", "ministry", "mission", "movement", "network", "office", "organisation",
                     "organization", "party", "police", "program", "programme", "regulator", "service", "services",
                     "society", "syndrome", "treaty", "tribunal", "union", "university", "watchdog"})  # fmt: skip
"""What an acronym in brackets names when it is no initials of the English words: "the intelligence agency (BfV)"."""
_EDITED = re.compile(
    r"(?P<head>[^\W\d_]{0,20})\[(?P<inserted>[^\W\d_]{1,12})\](?P<tail>[^\W\d_]{0,20}(?:[’'][^\W\d_]{1,3})?)(?![^\W_])"
)


def read_gloss(scene: Scene, at: int) -> Reading | None:
    """Leave out an acronym right after the name it stands for: "The New York Times (NYT)"."""
    if scene.text[at] not in "([":
        return None
    for pattern, reason in ((_SIC, "sic"), (_REFERENCE, "reference-mark")):
        found = pattern.match(scene.text, at)
        if found and scene.tokens:
            return Reading(found.end(), (), reason, reason)
    found = _GLOSS.match(scene.text, at)
    if not found or not scene.adjoins(at, " "):
        return None
    acronym = found["acronym"] or found["square"]
    if not _is_acronym(acronym) or not _glosses(scene, acronym):
        return None
    return Reading(found.end(), (), "gloss", "acronym-gloss")


def _is_acronym(written: str) -> bool:
    capitals = sum(char.isupper() for char in written)
    if _PARTY_TAG.match(written):
        return False
    return capitals >= 2 or written in acronyms() or written in mapping("initialisms")


def _glosses(scene: Scene, acronym: str) -> bool:
    """The letters are the initials of the words before, or a name of several words stands there."""
    letters = [char for char in acronym.lower() if char.isalpha()]
    words = [token for token in scene.tokens[-_FAR:] if token.words]
    initials = [
        piece[0].lower() for token in words for piece in token.text.replace("-", " ").split() if piece[0].isalpha()
    ]
    if _ends_with(initials, letters):
        return True
    if acronym in _COUNTRIES or not words or any(char.isdecimal() for char in acronym):
        return False
    return _shortens([token.text.lower() for token in words[-4:]], letters) or _names_something(words[-3:])


def _ends_with(initials: Sequence[str], letters: Sequence[str]) -> bool:
    """Match the acronym's letters, in order, among the last initials; small words between may be skipped."""
    reach = initials[-(2 * len(letters) + 2) :]
    place = 0
    for initial in reach:
        if place < len(letters) and initial == letters[place]:
            place += 1
    return place >= max(2, len(letters) - 1) if len(letters) > 3 else place == len(letters)


def _shortens(words: Sequence[str], letters: Sequence[str]) -> bool:
    """The letters stand in the last words, in order, each word's first among them: "dimethyl sulphide (DMS)"."""
    return any(_spell_out(words[start:], letters) for start in range(len(words)))


def _spell_out(words: Sequence[str], letters: Sequence[str]) -> bool:
    if not words or not letters:
        return not words and not letters
    if words[0][:1] != letters[0]:
        return False
    inside = iter(words[0][1:])
    for taken in range(1, len(letters) + 1):
        if _spell_out(words[1:], letters[taken:]):
            return True
        if taken < len(letters) and letters[taken] not in inside:
            return False
    return False


def _names_something(words: Sequence[Token]) -> bool:
    """A body's name stands before: two capitalised words, or a possessive and its thing."""
    if words[-1].text.isupper() and len(words) == 1:
        return False
    capitalised = sum(word.text[:1].isupper() for word in words)
    possessive = any(word.text.endswith(("'s", "’s")) for word in words[:-1])
    return (
        capitalised >= 2
        or possessive
        or words[-1].text.lower() in _BODIES
        or (
            capitalised == 1
            and words[-1].text[:1].isupper()
            and words[-1].rule == "plain"
            and not words[-1].text.isupper()
        )
    )


def read_edited_word(scene: Scene, at: int) -> Reading | None:
    """Read a word in which an editor put letters of his own: "[T]he" → "The", "sanction[ed]" → "sanctioned"."""
    found = _EDITED.match(scene.text, at)
    if not found or not scene.at_word_start(at) or not (found["head"] or found["tail"]):
        return None
    word = found["head"] + found["inserted"] + found["tail"].replace("’", "'")
    return Reading(found.end(), (SpokenWord(word),), "edited-word")


def read_bracketed_ellipsis(scene: Scene, at: int) -> Reading | None:
    """Leave out an editor's cut: "[...]"."""
    found = _ELLIPSIS.match(scene.text, at)
    return Reading(found.end(), (), "editorial-cut", "editorial-cut") if found else None
