import numpy as np
import pytest

from vivavoce.testing import make_utterance
from vivavoce.types import Word
from vivavoce.verify.lattice import Lattice
from vivavoce.verify.names import list_names, score_misreading, score_name, score_readings, score_vowels

SOUNDS = ("", *"hɛɹɪsOziəðm")


def hear(said: str) -> np.ndarray:
    """Frames in which each sound of a sentence is heard once, with silence between."""
    frames = np.full((2 * len(said) + 1, len(SOUNDS)), -8.0, np.float32)
    frames[::2, 0] = -0.01
    frames[1::2] = [[-0.01 if sound == name else -8.0 for name in SOUNDS] for sound in said]
    return frames


def misread(meant: str, said: str) -> tuple[float, str]:
    words = [[SOUNDS.index(sound) for sound in word] for word in ("ðə", meant, "mɪ")]
    lattice = Lattice(hear(f"ðə{said}mɪ"), words)
    nats, sounds = score_misreading(lattice, 1, words[1], SOUNDS)
    return nats, "".join(SOUNDS[sound] for sound in sounds)


def test_a_name_said_as_meant_fits_best_as_it_is() -> None:
    assert misread("hɛɹɪs", "hɛɹɪs") == (0.0, "hɛɹɪs")


def test_a_misread_name_is_told_by_what_was_said_instead() -> None:
    nats, said = misread("hɛɹɪs", "hiɹOz")
    assert said == "hiɹOz"
    assert nats > 15


def test_a_sound_that_is_easily_taken_for_the_one_meant_counts_less() -> None:
    assert misread("hɛɹɪs", "hɛɹis")[0] < misread("hɛɹɪs", "hɛɹOs")[0]


def test_consonants_alone_make_no_misreading() -> None:
    assert misread("hɛɹɪs", "hɛɹɪm") == (0.0, "hɛɹɪs")


def test_one_sound_alone_is_no_name_to_check() -> None:
    assert misread("hɛ", "hO")[0] == 0.0


def misread_vowels(meant: str, said: str) -> tuple[float, str]:
    words = [[SOUNDS.index(sound) for sound in word] for word in ("ðə", meant, "mɪ")]
    nats, sounds = score_vowels(Lattice(hear(f"ðə{said}mɪ"), words), 1, words[1], SOUNDS)
    return nats, "".join(SOUNDS[sound] for sound in sounds)


def test_of_what_each_frame_sounds_like_only_vowels_count() -> None:
    assert misread_vowels("hɛɹɪs", "hɛɹɪs") == (0.0, "hɛɹɪs")
    assert misread_vowels("hɛɹɪs", "zɛðɪm") == (0.0, "hɛɹɪs")
    nats, said = misread_vowels("hɛɹɪs", "hɛɹOs")
    assert said == "hɛɹOs"
    assert nats > misread_vowels("hɛɹɪs", "hɛɹis")[0]


def test_of_vowels_heard_closely_a_murmured_one_counts_for_no_full_one_and_less_the_other_way_about() -> None:
    assert misread_vowels("hɛɹɪs", "hɛɹəs") == (0.0, "hɛɹɪs")
    assert misread_vowels("hɛɹəs", "hɛɹOs")[0] < misread_vowels("hɛɹɪs", "hɛɹOs")[0]


def test_a_name_without_vowels_has_none_to_misread() -> None:
    assert misread_vowels("hɹs", "hɹz") == (0.0, "hɹs")


def test_all_that_speaks_for_a_misread_name_is_weighed() -> None:
    words = [[SOUNDS.index(sound) for sound in word] for word in ("ðə", "hɛɹɪs", "mɪ")]
    meant, misread = (Lattice(hear(f"ðə{said}mɪ"), words) for said in ("hɛɹɪs", "hɛɹOs"))
    reading = [SOUNDS.index(sound) for sound in "hɛɹOs"]
    clean, healed, plain = (
        score_name(written, close, 1, words[1], [reading], SOUNDS)
        for written, close in ((meant, meant), (meant, misread), (misread, misread))
    )
    assert clean[0] == 0.0
    assert clean[0] < healed[0] < plain[0]
    assert healed[1] == plain[1] == tuple(reading)


def read_naively(meant: str, said: str, *readings: str) -> tuple[float, str]:
    words = [[SOUNDS.index(sound) for sound in word] for word in ("ðə", meant, "mɪ")]
    lattice = Lattice(hear(f"ðə{said}mɪ"), words)
    ways = [[SOUNDS.index(sound) for sound in reading] for reading in readings]
    nats, sounds = score_readings(lattice, 1, words[1], ways, SOUNDS)
    return nats, "".join(SOUNDS[sound] for sound in sounds)


def test_a_name_read_by_its_letters_is_told_among_its_readings() -> None:
    nats, said = read_naively("hɛɹɪs", "hOɹəz", "hɛɹəm", "hOɹəz", "hOɹəs")
    assert said == "hOɹəz"
    assert nats > 10
    assert read_naively("hɛɹɪs", "hɛɹɪs", "hOɹəz", "hOɹəs")[0] == 0.0


def test_readings_with_the_same_vowels_or_near_ones_are_no_rivals() -> None:
    assert read_naively("hɛɹɪs", "hɛɹiz", "hɛɹɪz", "hɛɹiz") == (0.0, "hɛɹɪs")


def test_a_murmured_vowel_said_in_full_is_no_misreading() -> None:
    assert read_naively("hɛɹəs", "hɛɹOs", "hɛɹOs") == (0.0, "hɛɹəs")
    assert read_naively("hɛɹəs", "hOɹəs", "hOɹəs")[0] > 0


def test_a_full_vowel_murmured_is_no_misreading() -> None:
    assert read_naively("hɛɹɪs", "hɛɹəs", "hɛɹəs") == (0.0, "hɛɹɪs")


def test_a_reading_with_another_number_of_vowels_is_no_rival() -> None:
    assert read_naively("hɛɹɪs", "hOɹs", "hOɹs") == (0.0, "hɛɹɪs")


@pytest.mark.parametrize(
    ("text", "is_name", "confidence", "checked"),
    [
        ("Harris", True, 0.95, True),
        ("Tuesday", False, 0.95, True),
        ("iPhone", True, 0.9, True),
        ("budget", False, 0.95, False),
        ("Kravets", True, 0.5, False),
    ],
)
def test_only_names_that_are_known_how_to_say_are_checked(
    text: str, is_name: bool, confidence: float, checked: bool
) -> None:
    first = make_utterance("said").words[0]
    word = Word(text, text.lower(), "hɛɹɪs", 5, 11, "plain", "news", confidence, is_name)
    assert list_names([first, word]) == (frozenset({1}) if checked else frozenset())
