"""The house lexicon: how this newsroom says a word, as values; files in PLS 1.0 or CSV.

Looking words up in text is the script's business.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from vivavoce.errors import InputError, UsageError
from vivavoce.phonemes import NEAREST, VOWELS, find_foreign_symbol, from_ipa
from vivavoce.pls import PlsLexeme, read_pls, write_pls

LANGUAGES = ("en", "en-US", "en-GB")
_SCOPE = re.compile(r"house|section:\S.*|article:https?://[^\s/]\S*")


class Boundary(StrEnum):
    """Where an entry may match."""

    WORD = "word"
    """Whole words, with or without a possessive or plural ending."""
    PART = "part"
    """Any part of a word: "Kyiv" in "Kyivstar"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision of the house."""

    written: str
    """One word or several, as printed, single spaces between them."""
    phonemes: str = ""
    """The voice's symbols, a space between words; empty where `alias` says it in letters."""
    alias: str = ""
    """Words to be said instead, as one would write them; exactly one of `phonemes` and `alias` is given."""
    case_sensitive: bool = True
    boundary: Boundary = Boundary.WORD
    language: str = "en"
    """"en" for all of English, with American symbols; "en-US"; or "en-GB", with British symbols."""
    scope: str = "house"
    """"house", "section:NAME" or "article:URL"."""
    note: str = ""
    author: str = ""
    added: date | None = None

    @property
    def key(self) -> tuple[str, str, str, Boundary]:
        """What two entries share if only one of them can win."""
        written = self.written if self.case_sensitive else self.written.casefold()
        return written, self.language, self.scope, self.boundary


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Entries in the order in which they were made; of two for the same form, the later one wins."""

    entries: tuple[Entry, ...] = ()

    def add(self, entry: Entry) -> "Lexicon":
        """Add an entry in the place of one with the same key."""
        return Lexicon((*(other for other in self.entries if other.key != entry.key), entry))

    def remove(self, written: str) -> "Lexicon":
        """Leave out all entries for a written form."""
        return Lexicon(tuple(entry for entry in self.entries if entry.written != written))

    def select(self, *, variety: str, section: str | None = None, article: str | None = None) -> "Lexicon":
        """Keep what applies: to this variety, and to all articles, this section's or this one; the nearer scope last.

        Of two entries for one form, the article's wins over the section's, and that over the house's.
        """
        scopes = ("house", f"section:{section}", f"article:{article}")
        applying = [entry for entry in self.entries if entry.scope in scopes and entry.language in {"en", variety}]
        return Lexicon(tuple(sorted(applying, key=lambda entry: scopes.index(entry.scope))))


def check_entry(entry: Entry) -> Entry:
    """Check what an editor typed; IPA is rewritten in the voice's symbols, blanks are evened.

    Raises:
        UsageError: a symbol that the voice does not have, no way to say it, or two ways.
    """
    written, alias = " ".join(entry.written.split()), " ".join(entry.alias.split())
    if not any(character.isalnum() for character in written):
        raise UsageError(f"the lexicon entry {written!r} has no letter or digit that text could match")
    if bool(entry.phonemes.strip()) == bool(alias):
        raise UsageError(f"the lexicon entry {written!r} needs either phonemes or an alias, and not both")
    if entry.language not in LANGUAGES:
        raise UsageError(f"the language {entry.language!r} of {written!r} is none of {', '.join(LANGUAGES)}")
    if not _SCOPE.fullmatch(entry.scope):
        raise UsageError(
            f"the scope {entry.scope!r} of {written!r} is none: write house, section:NAME, or article: and an address, "
            "such as article:https://example.org/story"
        )
    british = entry.language == "en-GB"
    phonemes = " ".join(from_ipa(entry.phonemes.strip(" /[]"), british=british).split())
    _check_symbols(written, phonemes, british=british)
    words = len(written.split())
    if len((phonemes or alias).split()) < words:
        raise UsageError(f"the lexicon entry {written!r} must be said in {words} words or more: part them by blanks")
    return replace(entry, written=written, phonemes=phonemes, alias=alias)


def _check_symbols(written: str, phonemes: str, *, british: bool) -> None:
    place = find_foreign_symbol(phonemes, british=british)
    if place is not None:
        symbol = phonemes[place]
        hint = f"; try {NEAREST[symbol]}" if symbol in NEAREST else ""
        pointer = f"{phonemes[:place]}→{symbol}←{phonemes[place + 1 :]}"
        raise UsageError(f"the voice has no symbol {symbol!r}, in the phonemes of {written!r}: {pointer}{hint}")
    for word in phonemes.split():
        if VOWELS.isdisjoint(word):
            raise UsageError(f"the phonemes {word!r} of {written!r} have no vowel, so nobody can hear them as a word")


@dataclass(frozen=True, slots=True)
class Problem:
    """What an editor should mend in a lexicon."""

    entry: Entry
    reason: str


def find_problems(lexicon: Lexicon) -> Iterator[Problem]:
    """Report entries that conflict with another, and entries that can never match."""
    winners = {entry.key: entry for entry in lexicon.entries}
    blind = {entry.written.casefold(): entry for entry in lexicon.entries if not entry.case_sensitive}
    for entry in lexicon.entries:
        winner = winners[entry.key]
        if winner is not entry:
            same = (winner.phonemes, winner.alias) == (entry.phonemes, entry.alias)
            yield Problem(
                entry, "stands twice" if same else f"conflicts with a later entry: {winner.phonemes or winner.alias}"
            )
        other = blind.get(entry.written.casefold())
        if entry.case_sensitive and other is not None and other.key[1:] == entry.key[1:]:
            yield Problem(entry, f"conflicts with {other.written!r}, which matches any case; the exact case wins")
        if entry.boundary is Boundary.PART and " " in entry.written:
            yield Problem(entry, "can never match: no part of one word has a blank in it")
        elif entry.boundary is Boundary.PART and entry.alias:
            yield Problem(entry, "matches whole words only: part of a word can be given phonemes, but no alias")
        if entry.alias and entry.alias.casefold() == entry.written.casefold():
            yield Problem(entry, "changes nothing: the alias is the written form itself")


def find_matches(entry: Entry, text: str) -> Iterator[re.Match[str]]:
    """Find where an entry's words stand in a text, with a possessive or plural ending or without, or in capitals."""
    form = r"\s+".join(f"(?:{re.escape(word)}|{re.escape(word.upper())})" for word in entry.written.split())
    whole = form if entry.boundary is Boundary.PART else rf"(?<!\w){form}(?:[sS]|['’][sS]|[sS]['’])?(?!\w)"
    return re.finditer(whole, text, 0 if entry.case_sensitive else re.IGNORECASE)


def join_lexicons(lexicons: Sequence[Lexicon]) -> Lexicon:
    """Put lexicons together; the later ones win."""
    joined = Lexicon()
    for lexicon in lexicons:
        for entry in lexicon.entries:
            joined = joined.add(entry)
    return joined


@dataclass(frozen=True, slots=True)
class Comparison:
    """What taking in another lexicon's entries does to the house's."""

    added: int
    replaced: tuple[tuple[Entry, Entry], ...]
    """Pairs of an entry that was there and the one that wins over it: said or explained in another way."""
    unchanged: int

    @property
    def total(self) -> int:
        """How many entries were taken in; of those for one form, the last counts."""
        return self.added + len(self.replaced) + self.unchanged


def compare_lexicons(house: Lexicon, taken: Lexicon) -> Comparison:
    """Compare entries that are taken in with those that are there."""
    old = {entry.key: entry for entry in house.entries}
    new = {entry.key: entry for entry in taken.entries}
    known = [key for key in new if key in old]
    replaced = tuple((old[key], new[key]) for key in known if old[key] != new[key])
    return Comparison(len(new) - len(known), replaced, len(known) - len(replaced))


def read_lexicon(file: Path) -> Lexicon:
    """Read a lexicon file, .csv or .pls.

    Raises:
        InputError: it is missing, no lexicon, or holds an entry that can't be; the message names the entry.
        UsageError: its name ends in something else.
    """
    in_pls = _is_pls(file)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"the lexicon {file} can't be read ({error.strerror}); check the path") from error
    try:
        return parse_pls(data) if in_pls else parse_csv(data)
    except (InputError, UsageError) as error:
        raise InputError(f"{file.name}: {error}") from error


def write_lexicon(lexicon: Lexicon, file: Path) -> None:
    """Write a lexicon file, .csv or .pls, whole or not at all.

    Raises:
        UsageError: its name ends in something else.
    """
    data = format_pls(lexicon) if _is_pls(file) else format_csv(lexicon)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.draft")
    draft.write_bytes(data)
    draft.replace(file)


def _is_pls(file: Path) -> bool:
    ending = file.suffix.lower()
    if ending not in {".pls", ".xml", ".csv"}:
        raise UsageError(f"a lexicon is a .csv or a .pls file, and {file.name} says neither; name it so")
    return ending != ".csv"


_COLUMNS = tuple(field.name for field in fields(Entry))


def parse_csv(data: bytes) -> Lexicon:
    """Read CSV with a header line; only `written` and one of `phonemes` and `alias` are needed."""
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"no CSV in UTF-8 ({error}); save it again as such") from error
    unknown = {column for row in rows for column in row} - set(_COLUMNS)
    if unknown:
        raise InputError(f"unknown column {min(map(str, unknown))!r}; the columns are {', '.join(_COLUMNS)}")
    return Lexicon(tuple(_entry_from_strings(row) for row in rows))


def format_csv(lexicon: Lexicon) -> bytes:
    """Write CSV with all columns."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    writer.writerow(_COLUMNS)
    for entry in lexicon.entries:
        writer.writerow(_to_strings(entry).values())
    return lines.getvalue().encode("utf-8")


def _to_strings(entry: Entry) -> dict[str, str]:
    values = {name: getattr(entry, name) for name in _COLUMNS}
    values["case_sensitive"] = "yes" if entry.case_sensitive else "no"
    values["added"] = entry.added.isoformat() if entry.added else ""
    return {name: str(value) for name, value in values.items()}


def _entry_from_strings(row: Mapping[str, str | None]) -> Entry:
    given = {name: value.strip() for name, value in row.items() if value and value.strip()}
    written = given.get("written", "")
    try:
        return check_entry(
            Entry(
                written,
                phonemes=given.get("phonemes", ""),
                alias=given.get("alias", ""),
                case_sensitive=given.get("case_sensitive", "yes").lower() not in {"no", "false", "0"},
                boundary=Boundary(given.get("boundary", "word")),
                language=given.get("language", "en"),
                scope=given.get("scope", "house"),
                note=given.get("note", ""),
                author=given.get("author", ""),
                added=date.fromisoformat(given["added"]) if "added" in given else None,
            )
        )
    except ValueError as error:
        raise InputError(f"the entry {written!r} is wrong: {error}") from error


def parse_pls(data: bytes) -> Lexicon:
    """Read a pronunciation lexicon of W3C PLS 1.0; each grapheme becomes an entry."""
    entries: list[Entry] = []
    for lexeme in read_pls(data):
        known = {name: value for name, value in lexeme.details if name in _COLUMNS}
        said = {"phonemes": lexeme.phoneme, "alias": "" if lexeme.phoneme else lexeme.alias}
        shared = {"language": _language(lexeme.language), **known, **said}
        entries.extend(_entry_from_strings({**shared, "written": grapheme}) for grapheme in lexeme.graphemes)
    return Lexicon(tuple(entries))


def _language(tag: str) -> str:
    return tag if tag in {"en-US", "en-GB"} else "en"


_IN_PLS = frozenset({"written", "phonemes", "alias"})


def format_pls(lexicon: Lexicon) -> bytes:
    """Write PLS 1.0; what it has no place for is kept in its metadata element."""
    return write_pls(
        [
            PlsLexeme(
                graphemes=(entry.written,),
                phoneme=entry.phonemes,
                alias=entry.alias,
                language="en",
                details=tuple((name, value) for name, value in _to_strings(entry).items() if name not in _IN_PLS),
            )
            for entry in lexicon.entries
        ]
    )
