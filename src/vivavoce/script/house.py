"""The house lexicon at work: which of a sentence's tokens it claims, and which single words or parts of words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from vivavoce.lexicon import Boundary, Entry, Lexicon, Problem, find_problems
from vivavoce.phonemes import to_british
from vivavoce.script.inflection import add_clitic, add_s, split_clitic
from vivavoce.script.languages import LANGUAGES
from vivavoce.script.normalise import normalise_text
from vivavoce.script.readings import Reading
from vivavoce.script.style import ScriptStyle
from vivavoce.script.tokens import SpokenWord, Token

_SURE = 1.0


@dataclass(frozen=True, eq=False)
class HouseIndex:
    """The entries that apply, by their words in lower case, the latest first."""

    by_words: Mapping[tuple[str, ...], tuple[Entry, ...]]
    parts: tuple[Entry, ...]
    """Entries that match inside words, the longest first."""
    longest: int
    british: bool

    def sound_of(self, entry: Entry) -> str:
        """Give an entry's phonemes in the variety that is spoken."""
        return (
            to_british(entry.phonemes, entry.written) if self.british and entry.language != "en-GB" else entry.phonemes
        )

    def find(self, words: Sequence[str]) -> Entry | None:
        """Find the entry for exactly these words; one that asks for their case comes first."""
        matching = [
            entry
            for entry in self.by_words.get(tuple(word.casefold() for word in words), ())
            if not entry.case_sensitive or entry.written.split() == list(words)
        ]
        return next((entry for entry in matching if entry.case_sensitive), matching[0] if matching else None)

    def read_word(self, text: str) -> Reading | None:
        """Say a single word, or its plural, by an entry that gives phonemes."""
        entry = self.find([text])
        if entry is not None and entry.phonemes:
            return Reading(self.sound_of(entry), "house", _SURE)
        stem = self.find([text[:-1]]) if text.endswith("s") else None
        if stem is not None and stem.phonemes:
            return Reading(add_s(self.sound_of(stem), british=self.british), "house", _SURE)
        return None

    def find_part(self, text: str) -> tuple[str, Entry, str] | None:
        """Part a word at the longest entry that may match inside it: what stands before, the entry, what follows."""
        for entry in self.parts:
            where = text.find(entry.written) if entry.case_sensitive else text.casefold().find(entry.written.casefold())
            if where >= 0 and entry.phonemes:
                return text[:where], entry, text[where + len(entry.written) :]
        return None


def index_house(lexicon: Lexicon, *, variety: str) -> HouseIndex:
    """Index the entries that apply to a variety."""
    by_words: defaultdict[tuple[str, ...], tuple[Entry, ...]] = defaultdict(tuple)
    for entry in lexicon.entries:
        if entry.language in {"en", variety}:
            key = tuple(entry.written.casefold().split())
            by_words[key] = (entry, *by_words[key])
    parts = sorted(
        (entries[0] for entries in by_words.values() if entries[0].boundary is Boundary.PART),
        key=lambda entry: -len(entry.written),
    )
    return HouseIndex(dict(by_words), tuple(parts), max(map(len, by_words), default=0), british=variety == "en-GB")


@dataclass(frozen=True, slots=True)
class Claim:
    """A token that the house says in its own way."""

    token: int
    words: tuple[SpokenWord, ...]
    """To be said in place of the token's own; the tagger sees them."""
    reading: Reading | None
    """None where an alias is to be pronounced like any other words."""


def claim_tokens(tokens: Sequence[Token], house: HouseIndex) -> Iterator[Claim]:
    """Find the entries that claim whole tokens, the longest first, as printed: "24/7", "The Hague", "Kyiv's"."""
    place = 0
    while place < len(tokens):
        claims = _claim_at(tokens, place, house) if house.longest else []
        yield from claims
        place += max(1, len(claims))


def _claim_at(tokens: Sequence[Token], place: int, house: HouseIndex) -> list[Claim]:
    printed: list[str] = []
    recased: list[str] = []
    best: list[Claim] = []
    for end in range(place, min(len(tokens), place + house.longest)):
        if tokens[end].omitted:
            break
        printed.extend(tokens[end].text.replace("’", "'").split())
        recased.extend(_recase(tokens[end]).split())
        found = _find_form(printed, house)
        if found is None and recased != printed:
            found = _find_form(recased, house)
        entry, clitic = found or (None, "")
        if entry is not None and (end > place or tokens[end].rule != "plain" or entry.alias):
            best = _share_out(tokens, range(place, end + 1), entry, clitic, house)
    return best


def _find_form(words: Sequence[str], house: HouseIndex) -> tuple[Entry, str] | None:
    """Find the entry for some words, and the ending that the last one has beside it."""
    for last, ending in _last_forms(words[-1]):
        entry = house.find([*words[:-1], last])
        if entry is not None:
            return entry, ending
    return None


def _recase(token: Token) -> str:
    """Give a token that a headline or a dateline has in capitals as it would be printed elsewhere."""
    text, said = token.text.replace("’", "'"), " ".join(word.text for word in token.words)
    return said if text.isupper() and said.casefold() == text.casefold() else text


def _last_forms(text: str) -> Iterator[tuple[str, str]]:
    yield text, ""
    stem, clitic = split_clitic(text)
    if clitic:
        yield stem, clitic
    if text.endswith("s"):
        yield text[:-1], "s"
    if text.endswith("."):
        yield text[:-1], ""


def _share_out(tokens: Sequence[Token], places: range, entry: Entry, ending: str, house: HouseIndex) -> list[Claim]:
    """Give each token its share of an entry: one word each, the last token all that is left."""
    said = (entry.alias or house.sound_of(entry)).split()
    if ending and not entry.alias:
        said[-1] = (
            add_s(said[-1], british=house.british)
            if ending == "s"
            else add_clitic(said[-1], ending, british=house.british)
        )
    elif ending:
        said[-1] += ending
    if len(said) < len(places):
        return []
    shares = [[word] for word in said[: len(places) - 1]] + [said[len(places) - 1 :]]
    return [
        Claim(
            place,
            tuple(SpokenWord(word) for word in share) if entry.alias else tokens[place].words,
            None if entry.alias else Reading(" ".join(share), "house", _SURE),
        )
        for place, share in zip(places, shares, strict=True)
    ]


def apply_claims(tokens: Sequence[Token], claims: Sequence[Claim]) -> list[Token]:
    """Put the words of aliases in the place of the tokens' own."""
    said = {claim.token: claim.words for claim in claims}
    return [replace(token, words=said.get(place, token.words)) for place, token in enumerate(tokens)]


_FRAMES = ("{}", "The {} said so.", "{} 10", "10 {}", "John {}", "{} Smith")
"""Surroundings in which one or the other kind of written form is read: a word, a title, a unit, a number's name."""


def find_all_problems(lexicon: Lexicon) -> Iterator[Problem]:
    """Report all that an editor should mend: what entries show by themselves, and those that no text can match."""
    reported = set()
    for problem in find_problems(lexicon):
        reported.add(problem.entry)
        yield problem
    for entry in lexicon.entries:
        if entry not in reported and not can_match(entry):
            yield Problem(entry, "can never match: text is not read as this form; leave out punctuation around it")


@lru_cache(maxsize=16_384)
def can_match(entry: Entry) -> bool:
    """Tell whether any text could be said by an entry: "Kyiv," cannot, for a word ends before its comma."""
    index = index_house(Lexicon((entry,)), variety=entry.language)
    return any(_claims_in(frame.format(entry.written), index) for frame in _FRAMES)


def _claims_in(text: str, index: HouseIndex) -> bool:
    tokens = normalise_text(text, start=0, language=LANGUAGES["en"], style=ScriptStyle())
    words = [part for token in tokens for word in token.words for part in (word.text, *word.text.split("-"))]
    return any(claim_tokens(tokens, index)) or any(index.read_word(word) or index.find_part(word) for word in words)
