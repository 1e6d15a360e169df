import pytest

from vivavoce.verify.words import find_unheard, normalise_heard


@pytest.mark.parametrize(
    ("said", "heard", "unheard"),
    [
        ("the bridge was not damaged", "the bridge was damaged", ["not"]),
        ("a cease fire by the u n", "a ceasefire by the un", []),
        ("fifteen people died", "fifty people died", ["fifteen"]),
        ("the colour of the harbour", "the color of the harbor", []),
        ("prices rose again", "", ["prices", "rose", "again"]),
        ("he did did it", "he did it", ["did"]),
    ],
)
def test_a_word_is_unheard_when_its_letters_are_missing(said: str, heard: str, unheard: list[str]) -> None:
    words = said.split()
    assert [words[index] for index in find_unheard(words, heard)] == unheard


def test_what_a_recogniser_writes_is_brought_to_the_spoken_form() -> None:
    assert normalise_heard(" Café prices, he said, didn’t rise.") == "cafe prices he said didn't rise"
