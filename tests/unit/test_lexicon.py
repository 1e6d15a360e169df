import string
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InputError, UsageError
from vivavoce.lexicon import (
    Boundary,
    Entry,
    Lexicon,
    check_entry,
    find_matches,
    find_problems,
    format_csv,
    format_pls,
    join_lexicons,
    parse_csv,
    parse_pls,
    read_lexicon,
    write_lexicon,
)
from vivavoce.phonemes import AMERICAN, SECONDARY, VOWELS, from_ipa, to_ipa

PLS = (
    '<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" version="1.0" alphabet="ipa" xml:lang="en-US">'
    "{}</lexicon>"
)


@pytest.mark.parametrize(
    ("ipa", "phonemes"),
    [
        ("ˈkiːɪv", "kˈiɪv"),
        ("/vəˈladɪmɪr/".strip("/").replace("a", "æ"), "vəlˈædɪmɪɹ"),
        ("tʃɛk", "ʧɛk"),
        ("ˈdʒɔːdʒə", "ʤˈɔʤə"),
        ("zəˈlɛnski", "zəlˈɛnski"),
        ("ˈstoʊn", "stˈOn"),
        ("kˈijɪf", "kˈijɪf"),
        ("ˈɡɝːl", "ɡˈɜɹl"),
    ],
)
def test_ipa_becomes_the_voice_s_symbols(ipa: str, phonemes: str) -> None:
    assert from_ipa(ipa, british=False) == phonemes


def test_a_wrong_symbol_is_pointed_at() -> None:
    with pytest.raises(UsageError, match=r"no symbol 'x'.*'Kharkiv': →x←ˈɑɹkiv; try k or h"):
        check_entry(Entry("Kharkiv", "xˈɑɹkiv"))


@pytest.mark.parametrize(
    "entry",
    [
        Entry("Kyiv"),
        Entry("Kyiv", "kˈiv", "Keev"),
        Entry("—", "kˈiv"),
        Entry("Kyiv", "kʃ"),
        Entry("The Hague", "hˈAɡ"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(entry: Entry) -> None:
    with pytest.raises(UsageError, match=r"entry|phonemes"):
        check_entry(entry)


def test_conflicts_and_entries_that_can_never_match_are_reported() -> None:
    lexicon = Lexicon(
        (
            Entry("Kyiv", "kˈiv"),
            Entry("Kyiv", "kˈijɪv"),
            Entry("the Dnipro", "ðə dnˈipɹO", boundary=Boundary.PART),
            Entry("Lviv", alias="lviv"),
        )
    )
    reasons = [(problem.entry.written, problem.reason) for problem in find_problems(lexicon)]
    assert [written for written, _ in reasons] == ["Kyiv", "the Dnipro", "Lviv"]
    assert "conflicts with a later entry: kˈijɪv" in reasons[0][1]


def test_an_entry_s_places_are_found_in_capitals_too() -> None:
    text = "LEEDS — Rain fell on Leeds. Leeds's mayor, LEEDS’S PRIDE; leeds, Leedsham."
    found = [match[0] for match in find_matches(Entry("Leeds", "lˈidz"), text)]
    assert found == ["LEEDS", "Leeds", "Leeds's", "LEEDS’S"]


def test_the_later_entry_wins_and_the_narrower_scope_is_chosen() -> None:
    joined = join_lexicons([Lexicon((Entry("A1", "ˈA"),)), Lexicon((Entry("A1", "ˈI"),))])
    assert [entry.phonemes for entry in joined.entries] == ["ˈI"]
    scoped = Lexicon(
        (Entry("A1", "ˈA", scope="section:sport"), Entry("B1", "bˈi", language="en-GB"), Entry("C1", "sˈi"))
    )
    assert [entry.written for entry in scoped.select(variety="en-US").entries] == ["C1"]
    assert [entry.written for entry in scoped.select(variety="en-GB", section="sport").entries] == ["B1", "C1", "A1"]


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        (Entry("Kyiv", "kˈiv", language="fr"), "'fr'"),
        (Entry("Kyiv", "kˈiv", scope="sport"), "'sport'"),
        (Entry("Kyiv", "kˈiv", scope="section:"), "'section:'"),
        (Entry("Kyiv", "kˈiv", scope="article:notaurl"), "article:https://example.org/story"),
        (Entry("Kyiv", "kˈiv", scope="article:ftp://a.example/1"), "'article:ftp://a.example/1'"),
        (Entry("Kyiv", "kˈiv", scope="article:https://"), "'article:https://'"),
    ],
)
def test_what_would_never_apply_is_refused(entry: Entry, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        check_entry(entry)


texts = st.text(st.characters(whitelist_categories=["L", "N", "P", "S"]), max_size=12)
words = st.text(string.ascii_letters + "ÉŁ", min_size=1, max_size=8)
syllables = st.builds(
    lambda onset, vowel, coda: f"{onset}ˈ{vowel}{coda}",
    st.sampled_from(["", "k", "st", "ʧ", "ʤ", "T"]),
    st.sampled_from(sorted(VOWELS & AMERICAN)),
    st.sampled_from(["", "n", "ts", "ɹ"]),
)
entries = st.builds(
    Entry,
    written=words,
    phonemes=syllables,
    case_sensitive=st.booleans(),
    boundary=st.sampled_from(Boundary),
    language=st.sampled_from(["en", "en-US"]),
    scope=st.sampled_from(["house", "section:sport"]),
    note=texts,
    author=texts,
    added=st.none() | st.dates(date(2000, 1, 1)),
)


@given(st.lists(entries, max_size=4))
def test_files_give_back_what_was_put_in(listed: list[Entry]) -> None:
    lexicon = Lexicon(tuple(listed))
    assert parse_csv(format_csv(lexicon)) == lexicon
    assert parse_pls(format_pls(lexicon)) == lexicon


@given(st.text(sorted(AMERICAN - {SECONDARY})))
def test_ipa_and_back(phonemes: str) -> None:
    assert from_ipa(from_ipa(to_ipa(phonemes), british=False), british=False) == from_ipa(phonemes, british=False)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (f'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>{PLS.format("&b;")}', "document type"),
        (f'<!DOCTYPE lexicon SYSTEM "http://example.org/a.dtd">{PLS.format("")}', "document type"),
        (PLS.format("<lexeme><grapheme>a</grapheme></lexeme>"), "not PLS 1.0, line 1"),
        (PLS.format("&b;"), "well-formed"),
        ("<lexicon/>", "not PLS 1.0"),
        (
            PLS.replace("ipa", "x-sampa").format("<lexeme><grapheme>a</grapheme><phoneme>a</phoneme></lexeme>"),
            "alphabet",
        ),
    ],
)
def test_pls_that_is_no_lexicon_or_reaches_out_is_refused(data: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_pls(data.encode())


def test_pls_of_other_makers_is_read() -> None:
    lexeme = (
        "<lexeme><grapheme>Łódź</grapheme><grapheme>Lodz</grapheme><phoneme>ˈwuːtʃ</phoneme><alias>no</alias></lexeme>"
    )
    read = parse_pls(PLS.format(lexeme).encode())
    assert [(e.written, e.phonemes, e.language) for e in read.entries] == [
        ("Łódź", "wˈuʧ", "en-US"),
        ("Lodz", "wˈuʧ", "en-US"),
    ]


@pytest.mark.parametrize(
    "data", [b"written,colour\nA,b\n", b"\xff\xfe", b"written,phonemes\nA,x\n", b"written,added\nA,then\n"]
)
def test_csv_that_is_no_lexicon_is_refused(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "house.csv"
    file.write_bytes(data)
    with pytest.raises(InputError, match=r"house\.csv"):
        read_lexicon(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv"):
        read_lexicon(tmp_path / "none.csv")


@pytest.mark.parametrize("name", ["house.csv", "house.pls"])
def test_a_lexicon_is_written_whole(name: str, tmp_path: Path) -> None:
    lexicon = Lexicon((Entry("Kyiv", "kˈijɪv"), Entry("24/7", alias="around the clock")))
    write_lexicon(lexicon, tmp_path / "new" / name)
    assert read_lexicon(tmp_path / "new" / name) == lexicon
    assert [file.name for file in (tmp_path / "new").iterdir()] == [name]
