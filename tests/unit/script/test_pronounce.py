from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.engines.spacy_tagger import SpacyTagger
from vivavoce.lexicon import Boundary, Entry, Lexicon
from vivavoce.phonemes import symbols_of, to_british
from vivavoce.script.pronounce import Pronouncer, build_pronouncer, pronounce_tokens
from vivavoce.script.tokens import SpokenWord, Token
from vivavoce.script.write import speak_line


@cache
def pronouncer(variety: str = "en-US") -> Pronouncer:
    return build_pronouncer(variety=variety, tagger=SpacyTagger(), house=Lexicon())


def tokenise(sentence: str) -> list[Token]:
    """Split at spaces; "U.S." becomes letters, punctuation becomes the mark."""
    tokens, start = [], 0
    for text in sentence.split(" "):
        bare = text.rstrip(",.?!")
        mark = text[len(bare) :]
        if "." in bare:
            words = tuple(SpokenWord(letter, letter=True) for letter in bare.split("."))
        else:
            words = (SpokenWord(bare),)
        tokens.append(Token(bare, start, start + len(bare), words, "plain", mark))
        start += len(text) + 1
    return tokens


def say(sentence: str, variety: str = "en-US") -> str:
    return " ".join(word.phonemes for word in pronounce_tokens(tokenise(sentence), pronouncer(variety)))


@pytest.mark.parametrize(
    ("sentence", "phonemes"),
    [
        ("The end of the war", "ði ˈɛnd ʌv ðə wˈɔɹ"),
        ("a man went to Iraq", "ɐ mˈæn wˈɛnt tʊ ɪɹˈɑk"),
        ("I think so", "ˈI θˈɪŋk sˌO"),
        ("the U.S said", "ðə jˌu ˈɛs sˈɛd"),
        ("Russia's army", "ɹˈʌʃəz ˈɑɹmi"),
        ("We used shells", "wˌi jˈuzd ʃˈɛlz"),
        ("They used to live there", "ðˌA jˈust tə lˈɪv ðˈɛɹ"),
        ("It was used to kill", "ˌɪt wʌz jˈuzd tə kˈɪl"),
        ("They exported wine", "ðˌA ɪkspˈɔɹTᵻd wˈIn"),
        ("Houses burned", "hˈWzᵻz bˈɜɹnd"),
        ("workers' rights", "wˈɜɹkəɹz ɹˈIts"),
        ("German resistance in Mexico", "ʤˈɜɹmən ɹəzˈɪstᵊns ɪn mˈɛksəkO"),  # not as Germán, résistance, México
        ("Peter Rose is in charge", "pˈiTəɹ ɹˈOz ɪz ɪn ʧˈɑɹʤ"),  # not as Péter, Rosé, chargé
        ("Erdogan met Garcia", "ˈɛɹdOwˌɑn mˈɛt ɡɑɹsˈiə"),
    ],
)
def test_says(sentence: str, phonemes: str) -> None:
    assert say(sentence) == phonemes


@pytest.mark.parametrize("variety", ["en-US", "en-GB"])
@pytest.mark.parametrize(
    "sentence", ["Xqzwy Brzęczyszczykiewicz's hmm", "front-line well-known Ål", "'s n't 's-", "- ' -"]
)
def test_never_silent_and_within_the_inventory(sentence: str, variety: str) -> None:
    words = pronounce_tokens(tokenise(sentence), pronouncer(variety))
    assert len(words) == len(sentence.split())
    for word in words:
        assert word.phonemes.strip()
        assert set(word.phonemes) <= symbols_of(variety) | {" "}


letters = st.characters(whitelist_categories=["L", "M"], whitelist_characters="'’-")
spoken_words = st.one_of(
    st.text(letters, min_size=1, max_size=12).map(SpokenWord),
    st.sampled_from("ABÉßЖ漢1'").map(lambda letter: SpokenWord(letter, letter=True)),
    st.sampled_from(["read", "Polish", "the", "I", "Kyiv's", "non-Polish", "s'", "--", "'", "n't", "Ps"]).map(
        SpokenWord
    ),
)
sentences = st.lists(
    st.tuples(st.lists(spoken_words, max_size=3), st.sampled_from(["", ",", ".", "—"])), max_size=6
).map(
    lambda tokens: [
        Token(
            " ".join(word.text for word in words) or "x", 0, 1, tuple(words), "plain", mark, None if words else "editor"
        )
        for words, mark in tokens
    ]
)


@pytest.mark.parametrize("variety", ["en-US", "en-GB"])
@settings(max_examples=150, deadline=None)
@given(tokens=sentences)
def test_whatever_comes_is_said_in_the_voice_s_symbols(variety: str, tokens: list[Token]) -> None:
    said = pronounce_tokens(tokens, pronouncer(variety))
    assert [word.text for word in said] == [token.text for token in tokens if token.words]
    for word in said:
        assert word.phonemes
        assert all(word.phonemes.split(" "))
        assert set(word.phonemes) <= symbols_of(variety) | {" "}
        assert word.source
        assert 0 <= word.confidence <= 1


def test_the_silent_apostrophe_of_a_plural_tells_that_a_noun_follows() -> None:
    said = pronounce_tokens(tokenise("The victims’ advocate spoke"), pronouncer())
    assert [word.phonemes for word in said][2] == "ˈædvəkət"


@pytest.mark.parametrize(
    ("word", "phonemes", "source"),
    [
        ("Zelenskyy's", "zəlˈɛnskiz", "news"),
        ("Macrons", "mækɹˈOnz", "news"),
        ("Wales", "wˈAlz", "general"),
        ("bases", "bˈAsᵻz", "heteronym"),
        ("airbridge", "ˈɛɹbɹˌɪʤ", "parts"),
        ("Qvarnstrup", "kvˈɑɹnstɹʊp", "origin:sv"),
        ("re-elected", "ɹˌiəlˈɛktᵻd", "general"),
        ("xqz", "ˌɛkskjˌuzˈi", "letters"),
    ],
)
def test_says_a_word_from_the_best_source(word: str, phonemes: str, source: str) -> None:
    (said,) = pronounce_tokens(tokenise(word), pronouncer())
    assert (said.phonemes, said.source) == (phonemes, source)


def test_a_name_is_said_alike_at_every_place_and_by_its_fullest_mention() -> None:
    text = "Qvarnstrup spoke. Later Bengt Qvarnstrup's aide, and Qvarnstrup, left."
    informed = pronouncer().for_text(text)
    said = pronounce_tokens(tokenise(text), informed)
    stems = {word.phonemes.removesuffix("s") for word in said if word.text.startswith("Qvarnstrup")}
    assert len(stems) == 1
    assert informed.reader.companions["Qvarnstrup"] == ("Bengt",)


@pytest.mark.parametrize(
    ("written", "entry", "phonemes"),
    [
        ("Kyiv's mayor", Entry("Kyiv", "kˈiv"), "kˈivz mˈAəɹ"),
        ("Kyivs", Entry("Kyiv", "kˈiv"), "kˈivz"),
        ("the KYIV", Entry("Kyiv", "kˈiv", case_sensitive=False), "ðə kˈiv"),
        ("the Hague's court", Entry("the Hague", "ðə hˈAɡ"), "ðə hˈAɡz kˈɔɹt"),
        ("Kyivstar", Entry("Kyiv", "kˈiv", boundary=Boundary.PART), "kˈivstˌɑɹ"),
        ("Polish", Entry("Polish", alias="Warsaw"), "wˈɔɹsˌɔ"),
    ],
)
def test_the_house_decides(written: str, entry: Entry, phonemes: str) -> None:
    house = build_pronouncer(variety="en-US", tagger=pronouncer().tagger, house=Lexicon((entry,)))
    said = pronounce_tokens(tokenise(written), house)
    assert " ".join(word.phonemes for word in said) == phonemes
    assert "house" in {word.source for word in said}


@pytest.mark.parametrize("entry", [Entry("Kyiv", alias="Warsaw"), Entry("Kyiv", "wˈɔɹsˌɔ")])
def test_what_the_house_decides_holds_in_capitals(entry: Entry) -> None:
    house = build_pronouncer(variety="en-US", tagger=pronouncer().tagger, house=Lexicon((entry,)))
    for line in ("KYIV — Rain fell.", "KYIV’S MAYOR SPEAKS OUT"):
        first = speak_line(line, pronouncer=house)[0]
        assert first.phonemes.removesuffix("z") == "wˈɔɹsˌɔ"


@pytest.mark.parametrize(
    ("american", "written", "british"),
    [
        ("zəlˈɛnski", "Zelensky", "zəlˈɛnski"),
        ("kˈɑɹkiv", "Kharkiv", "kˈɑːkiv"),
        ("ɡˈɑzə", "Gaza", "ɡˈɑːzə"),
        ("bɑɡətˈɑ", "Bogota", "bɑːɡətˈɑː"),
        ("hˈɑstəɹ", "Hoster", "hˈɒstə"),
        ("mˈækɹOn", "Macron", "mˈakɹQn"),
    ],
)
def test_american_entries_are_carried_over_into_british(american: str, written: str, british: str) -> None:
    assert to_british(american, written) == british
