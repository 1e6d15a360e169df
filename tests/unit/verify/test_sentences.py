import numpy as np

from vivavoce.verify.sentences import place_sentences

SOUNDS = " abcdefg"


def hear(said: str) -> np.ndarray:
    frames = np.full((len(said), len(SOUNDS)), -8.0, np.float32)
    frames[np.arange(len(said)), [SOUNDS.index(sound) for sound in said]] = -0.01
    return frames


def place(said: str, *sentences: str) -> list[str]:
    places = place_sentences(hear(said), [[SOUNDS.index(sound) for sound in sentence] for sentence in sentences])
    assert places is not None
    return [said[start:end] for start, end in places]


def test_each_sentence_lies_where_it_is_said() -> None:
    assert place("  a b c    dd ef   g a  ", "abc", "def", "ga") == ["a b c", "dd ef", "g a"]


def test_what_the_text_has_not_is_passed_over_between_sentences() -> None:
    assert place("gfgfgfg  abc  gggfff  def gfg", "abc", "def") == ["abc", "def"]


def test_a_sentence_that_is_not_said_takes_little_of_the_others() -> None:
    places = place("  abc      def  ", "abc", "ggg", "def")
    assert (places[0], places[2]) == ("abc", "def")


def test_too_little_sound_says_nothing() -> None:
    assert place_sentences(hear("ab"), [[1, 2, 3]]) is None
