from vivavoce.script.companions import find_foreign_words
from vivavoce.script.general import load_general_lexicon


def test_words_in_quotes_or_italics_that_english_lacks_are_foreign() -> None:
    text = (
        "The “narodnaya druzhina” patrols. He said 'banderovets' and *gezellig*, "
        'but "the plan is dead" and “deepfaking” are English.'
    )
    foreign = find_foreign_words(text, load_general_lexicon("en-US"))
    assert foreign["narodnaya"] == ("druzhina",)
    assert {"druzhina", "banderovets", "gezellig"} < set(foreign)
    assert not {"plan", "dead", "the"} & set(foreign)


def test_an_apostrophe_opens_no_quotation() -> None:
    assert find_foreign_words("It's Zelensky's zzxq and Putin's", load_general_lexicon("en-US")) == {}
