import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.script.languages.en.origin import pronounce_by_origin
from vivavoce.script.languages.en.origin.choose import languages, weigh_languages
from vivavoce.script.languages.en.origin.guess import say_in_language
from vivavoce.script.languages.en.origin.rules import load_rules, read_table
from vivavoce.script.languages.en.origin.scripts import romanise
from vivavoce.script.languages.en.origin.syllables import is_romaji, split_pinyin

INVENTORY = set("ɑæʌɔɛɪiʊuəɜAIOWYbdfhjklmnpstvwzɡŋɹʃʒðθʧʤTˈˌᵊ")
VOWELS = "ɑæʌɔɛɪiʊuəɜAIOWY"
FOREIGN = [tag for tag in languages() if tag != "en"]
GOLD = Path(__file__).parents[4] / "gold/origin"


def assert_speakable(phonemes: str) -> None:
    assert set(phonemes) <= INVENTORY
    assert phonemes.count("ˈ") == 1
    assert all(phonemes[mark.end()] in VOWELS for mark in re.finditer("[ˈˌ]", phonemes))


@pytest.mark.parametrize(
    ("name", "context", "language", "phonemes"),
    [
        ("Zaporizhzhia", ("Kherson",), "uk", "zˌɑpəɹˈiʒə"),
        ("Запоріжжя", (), "uk", "zˌɑpəɹˈiʒə"),
        ("Kaczyński", (), "pl", "kɑʧˈɪnski"),
        ("Scholz", ("Olaf",), "de", "ʃˈɔlts"),
        ("Mélenchon", ("Jean-Luc",), "fr", "mˌAlɑnʃˈOn"),
        ("Rodríguez", ("Delcy",), "es", "ɹOdɹˈiɡɛz"),
        ("Benghazi", (), "ar", "bɛŋɡˈɑzi"),
        ("Guangzhou", (), "zh", "ɡwɑŋʤˈO"),
    ],
)
def test_names_of_the_first_languages(name: str, context: tuple[str, ...], language: str, phonemes: str) -> None:
    guess = pronounce_by_origin(name, context=context)
    assert guess is not None
    assert (guess.language, guess.phonemes) == (language, phonemes)
    assert guess.confidence > 0.5


@pytest.mark.parametrize("name", ["Smithfield", "Wetherby", "Whitaker", "Highsmith", "Fairweather"])
def test_english_names_are_left_to_others(name: str) -> None:
    assert pronounce_by_origin(name) is None


def test_context_decides_between_languages() -> None:
    assert (
        weigh_languages("marin", ("sanna",))[languages().index("fi")]
        > weigh_languages("marin")[languages().index("fi")]
    )


def test_native_script_is_certain() -> None:
    guess = pronounce_by_origin("Євген")
    assert guess is not None
    assert guess.language == "uk"
    assert guess.confidence == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("word", "latin"),
    [("запоріжжя", "zaporizhzhia"), ("пригожин", "prigozhin"), ("вучић", "vučić"), ("μητσοτάκης", "mitsotákis")],
)
def test_other_scripts_are_romanised(word: str, latin: str) -> None:
    assert romanise(word)[0] == latin


def test_pinyin_is_split_into_its_syllables() -> None:
    assert split_pinyin("guangzhou") == ("guang", "zhou")
    assert split_pinyin("tiananmen") == ("tian", "an", "men")
    assert split_pinyin("xi'an") == ("xi", "an")
    assert split_pinyin("smith") == ()
    assert split_pinyin("") == split_pinyin("'") == ()


def test_romaji_is_told_from_the_rest() -> None:
    assert is_romaji("fukushima")
    assert not is_romaji("kramatorsk")


def test_hyphenated_name_has_one_primary_stress() -> None:
    guess = pronounce_by_origin("Ing-wen", context=("Tsai",))
    assert guess is not None
    assert_speakable(guess.phonemes)


@pytest.mark.parametrize("name", ["", "-", "'", "1234", "…", "ـ"])
def test_nothing_to_read_gives_nothing(name: str) -> None:
    assert pronounce_by_origin(name) is None


@given(st.text(max_size=40), st.lists(st.text(max_size=10), max_size=3))
def test_any_text_is_speakable_or_nothing(name: str, context: list[str]) -> None:
    guess = pronounce_by_origin(name, context=context)
    if guess is not None:
        assert_speakable(guess.phonemes)
        assert 0 <= guess.confidence <= 1
        assert guess == pronounce_by_origin(name, context=context)


@pytest.mark.parametrize("language", FOREIGN)
@given(name=st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüßéèêáíóúñçłśźżčšžőűğışțăå'-", min_size=1, max_size=16))
def test_every_language_speaks_any_letters(language: str, name: str) -> None:
    said = say_in_language(name, language)
    if said:
        assert_speakable(said)


@pytest.mark.parametrize("language", FOREIGN)
def test_tables_hold_symbols_of_the_voice_only(language: str) -> None:
    tables = next(tables for tag, tables, _ in read_table("languages") if tag == language)
    assert set("".join(load_rules(tables).sounds)) <= INVENTORY | set("aeiouy")


@pytest.mark.parametrize("path", sorted(GOLD.glob("*.tsv")), ids=lambda path: path.stem)
def test_gold_is_written_in_the_voice_s_symbols(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            word, _, accepted = line.split("\t")
            for variant in accepted.split("|"):
                assert set(variant) <= INVENTORY, (word, variant)
                assert variant.count("ˈ") <= 1, (word, variant)
