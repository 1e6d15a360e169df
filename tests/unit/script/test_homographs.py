from functools import cache

import pytest

from vivavoce.engines.spacy_tagger import SpacyTagger
from vivavoce.phonemes import symbols_of
from vivavoce.script.homographs import HomographChooser, load_homograph_chooser, read_senses


@cache
def tagger() -> SpacyTagger:
    return SpacyTagger()


@cache
def chooser() -> HomographChooser:
    return load_homograph_chooser()


def choose(sentence: str) -> str | None:
    """Choose for the word between asterisks."""
    words = sentence.split()
    place = next(i for i, word in enumerate(words) if word.startswith("*"))
    words[place] = words[place].strip("*")
    sense = chooser().choose(words, tagger().tag(words), place)
    return sense.reading if sense else None


@pytest.mark.parametrize(
    ("sentence", "reading"),
    [
        ("Ministers *read* the letter aloud yesterday .", "past"),
        ("You can *read* the ruling on our site .", "verb"),
        ("Firms *estimate* the losses at a billion .", "verb"),
        ("The latest *estimate* was revised .", "noun"),
        ("The law *permits* searches at night .", "verb"),
        ("He *objects* to the tax .", "verb"),
        ("A bitter *row* about migrants split the cabinet .", "quarrel"),
        ("For the sixth time in a *row* rates were held .", "line"),
        ("The *polish* on the table shone .", "shine"),
        ("Two *Polish* soldiers were hurt .", "nation"),
        ("The mine produces *lead* and zinc .", "metal"),
        ("The ministry *projects* a deficit of two percent .", "verb"),
        ("Housing *projects* were torn down .", "noun"),
        ("If output *contracts* , jobs go .", "verb"),
        ("The accounts of the two men *conflict* .", "verb"),
        ("The *number* of strikes rose .", "count"),
        ("Neither side *does* it well .", "do"),
        ("The navy left its *bases* in Cuba .", "camps"),
        ("A blocked *sewer* flooded the street .", "drain"),
        ("A ticket costs seven thousand *won* .", "currency"),
        ("The ruling party *won* again .", "past"),
        ("Nets were *used* to catch them .", "past"),
        ("Trains *used* to stop here .", "habit"),
        ("Ropes *used* to tie them were cut .", "past"),
        ("Did the harvest *contract* ?", "verb"),
        ("Thirty percent *reject* the offer .", "verb"),
    ],
)
def test_chooses(sentence: str, reading: str) -> None:
    assert choose(sentence) == reading


def test_a_name_needs_its_capital() -> None:
    assert choose("a *nice* town in France") == "pleasant"


def test_a_word_of_one_reading_is_left_alone() -> None:
    assert choose("the *table* stands") is None


def test_every_reading_can_be_said_and_differs_from_the_word_s_others() -> None:
    senses = read_senses()
    for variety, sounds in (("en-US", [s.american for s in senses]), ("en-GB", [s.british for s in senses])):
        assert {symbol for sound in sounds for symbol in sound} <= symbols_of(variety)
    american = {(sense.word, sense.american) for sense in senses}
    assert len(american) == len(senses)
    assert len({sense.word for sense in senses if sense.wikipedia}) == 162


def test_every_word_of_the_table_has_several_readings_or_is_an_odd_plural() -> None:
    single = {word for word, senses in chooser().senses.items() if len(senses) == 1}
    assert single == {"houses", "mouths"}
