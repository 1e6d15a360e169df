"""The news lexicon's tables: every line whole, sayable by the voice, sorted, and each written form there once."""

import csv
import re
from importlib.resources import files

import pytest
from spacy.lang.en.stop_words import STOP_WORDS

HEADER = ("written", "phonemes", "kind", "region", "confidence", "note")
VOWELS = frozenset("ɑæʌɔɛɪiʊuəɜᵊAIOWY")
CONSONANTS = frozenset("bdfhjklmnpstvwzɡŋɹʃʒðθʧʤT")
STRESS = frozenset("ˈˌ")
CONFIDENCES = frozenset({"high", "medium", "low"})
SPACING = re.compile(r"^\s|\s$|\s{2}|[\t\r\n]")

NAMES = files("vivavoce.script.languages.en") / "names"
TABLES = sorted(entry.name for entry in NAMES.iterdir() if entry.name.endswith(".tsv"))


def rows(table: str) -> list[tuple[str, ...]]:
    text = (NAMES / table).read_text(encoding="utf-8")
    return [tuple(row) for row in csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)]


def faults_of_word(phonemes: str) -> list[str]:
    """What the voice could not say, or would say without a clear stress."""
    faults = [f"symbol {symbol!r}" for symbol in phonemes if symbol not in VOWELS | CONSONANTS | STRESS]
    faults += [f"{mark} not before a vowel" for mark in re.findall(r"([ˈˌ])(?![ɑæʌɔɛɪiʊuəɜᵊAIOWY])", phonemes)]
    syllables = sum(symbol in VOWELS for symbol in phonemes)
    if not syllables:
        faults.append("no vowel")
    if phonemes.count("ˈ") > 1 or (syllables > 1 and "ˈ" not in phonemes):
        faults.append(f"{phonemes.count('ˈ')} primary stresses")
    if "ɜ" in phonemes and "ɜ" in phonemes.replace("ɜɹ", ""):
        faults.append("ɜ without ɹ")
    return faults


def faults_of_row(row: tuple[str, ...]) -> list[str]:
    if len(row) != len(HEADER):
        return [f"{len(row)} columns"]
    written, phonemes, kind, region, confidence, _ = row
    faults = [f"spacing in {field!r}" for field in row if SPACING.search(field)]
    if not (written and kind and region):
        faults.append("an empty column")
    if confidence not in CONFIDENCES:
        faults.append(f"confidence {confidence!r}")
    if len(written.split()) != len(phonemes.split()):
        faults.append("unequal word counts")
    return faults + [fault for word in phonemes.split() for fault in faults_of_word(word)]


def test_there_are_tables() -> None:
    assert TABLES


@pytest.mark.parametrize("table", TABLES)
def test_header_is_the_agreed_one(table: str) -> None:
    assert rows(table)[0] == HEADER


@pytest.mark.parametrize("table", TABLES)
def test_every_line_is_whole_and_sayable(table: str) -> None:
    faults = {row: found for row in rows(table)[1:] if (found := faults_of_row(row))}
    assert not faults


@pytest.mark.parametrize("table", TABLES)
def test_lines_are_sorted(table: str) -> None:
    written = [row[0] for row in rows(table)[1:]]
    assert written == sorted(written, key=lambda form: (form.casefold(), form))


def test_each_written_form_stands_once_in_all_tables() -> None:
    homes: dict[str, list[str]] = {}
    for table in TABLES:
        for row in rows(table)[1:]:
            homes.setdefault(row[0], []).append(table)
    assert {form: tables for form, tables in homes.items() if len(tables) > 1} == {}


def test_no_name_or_acronym_is_a_function_word() -> None:
    written = {row[0] for table in TABLES for row in rows(table)[1:]}
    assert {form for form in written if form.casefold() in STOP_WORDS} == set()


@pytest.mark.parametrize(
    "phonemes",
    ["k", "kˈiv!", "ˈkiv", "zæpəɹiʒə", "zˈæpəɹˈiʒə", "bˈɜd", "ɡɑˈrid"],
)
def test_the_check_itself_finds_faults(phonemes: str) -> None:
    assert faults_of_word(phonemes)
