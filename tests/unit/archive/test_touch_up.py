import pytest

from vivavoce.archive.touch_up import find_known_names
from vivavoce.lexicon import Boundary, Entry, Lexicon

_NAMES = ("Vondrak", "VONDRAK", "Vondrak’s", "Vondraks'", "Joneses", "James", "Novondrakia", "Oxvold")


@pytest.mark.parametrize(
    ("entry", "known"),
    [
        (Entry("Vondrak", alias="von drack"), _NAMES[:4]),
        (Entry("Kira Vondrak", alias="keera von drack"), _NAMES[:4]),
        (Entry("Jones", alias="joans"), ("Joneses",)),
        (Entry("James", alias="jamz"), ("James",)),
        (Entry("vondrak", alias="von drack", boundary=Boundary.PART), (*_NAMES[:4], "Novondrakia")),
        (Entry("Vond", alias="vond"), ()),
    ],
)
def test_names_are_known_in_all_the_forms_that_an_entry_may_say(entry: Entry, known: tuple[str, ...]) -> None:
    assert find_known_names(_NAMES, Lexicon((entry,))) == set(known)
