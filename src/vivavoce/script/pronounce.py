"""Spoken to phonemes: house, news and general lexicon, origin, rules; each answer says where it is from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vivavoce.lexicon import Lexicon
from vivavoce.phonemes import PRIMARY, begins_with_vowel, ensure_stress
from vivavoce.script.general import GeneralLexicon, Surroundings, load_general_lexicon
from vivavoce.script.guess import spell_out
from vivavoce.script.homographs import HomographChooser, load_homograph_chooser
from vivavoce.script.inflection import add_clitic, split_clitic
from vivavoce.script.letters import name_letter, stress_run
from vivavoce.script.news import NewsLexicon, load_news_lexicon
from vivavoce.script.readings import GUESS, HIGH, Reading
from vivavoce.script.tagging import TaggedSentence, TaggedWord, Tagger, tag_sentence
from vivavoce.script.tokens import Token
from vivavoce.types import Word


@dataclass(frozen=True, eq=False)
class Pronouncer:
    """All that pronouncing needs, loaded once."""

    variety: str
    tagger: Tagger
    house: Lexicon
    news: NewsLexicon
    homographs: HomographChooser
    general: GeneralLexicon

    @property
    def british(self) -> bool:
        """Whether words are said in the British set."""
        return self.variety == "en-GB"


def build_pronouncer(*, variety: str, tagger: Tagger, house: Lexicon) -> Pronouncer:
    """Load the lexicons for "en-US" or "en-GB"."""
    return Pronouncer(
        variety, tagger, house, load_news_lexicon(), load_homograph_chooser(), load_general_lexicon(variety)
    )


def pronounce_tokens(tokens: Sequence[Token], pronouncer: Pronouncer) -> tuple[Word, ...]:
    """Say the tokens of one sentence. A token that says nothing gives no word."""
    sentence = tag_sentence(tokens, pronouncer.tagger)
    readings = _read_sentence(sentence, pronouncer)
    said: list[list[Reading]] = [[] for _ in tokens]
    for word, reading in zip(sentence.words, readings, strict=True):
        said[word.token].append(reading)
    return tuple(_build_word(token, of_token) for token, of_token in zip(tokens, said, strict=True) if of_token)


def _build_word(token: Token, readings: Sequence[Reading]) -> Word:
    weakest = min(readings, key=lambda reading: reading.confidence)
    return Word(
        text=token.text,
        spoken=" ".join(word.text.lower().replace("-", " ") for word in token.words),
        phonemes=" ".join(reading.phonemes for reading in readings),
        start=token.start,
        end=token.end,
        rule=token.rule,
        source=weakest.source,
        confidence=weakest.confidence,
        is_name=any(reading.is_name for reading in readings),
        mark=token.mark,
    )


def _read_sentence(sentence: TaggedSentence, pronouncer: Pronouncer) -> list[Reading]:
    """Read right to left: a weak form depends on the sound that follows."""
    words = sentence.words
    known = dict(_read_letters(words, pronouncer)) | dict(_read_news(words, pronouncer))
    readings: list[Reading] = []
    following: Reading | None = None
    for place in range(len(words) - 1, -1, -1):
        word = words[place]
        pause = following is None or bool(word.mark)
        around = Surroundings(
            tag=word.tag,
            before_vowel=None if pause or following is None else begins_with_vowel(following.phonemes),
            before_to=place + 1 < len(words) and words[place + 1].text.lower() == "to",
        )
        reading = known.get(place) or _read_word(word, around, pronouncer)
        if word.text == "I" and (place == 0 or words[place - 1].mark):
            reading = reading.said_as(PRIMARY + "I")
        following = reading
        readings.append(reading)
    return readings[::-1]
