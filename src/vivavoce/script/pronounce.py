"""Spoken to phonemes: house, news and general lexicon, origin, rules; each answer says where it is from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vivavoce.lexicon import Lexicon
from vivavoce.phonemes import PRIMARY, begins_with_vowel, ensure_stress
from vivavoce.script.general import GeneralLexicon, Surroundings, load_general_lexicon
from vivavoce.script.guess import spell_out
from vivavoce.script.inflection import add_clitic, split_clitic
from vivavoce.script.letters import name_letter, stress_run
from vivavoce.script.news import NewsLexicon, load_news_lexicon
from vivavoce.script.readings import GUESS, HIGH, Reading
from vivavoce.script.tagging import TaggedWord, Tagger, tag_words
from vivavoce.script.tokens import Token
from vivavoce.types import Word


@dataclass(frozen=True, eq=False)
class Pronouncer:
    """All that pronouncing needs, loaded once."""

    variety: str
    tagger: Tagger
    house: Lexicon
    news: NewsLexicon
    general: GeneralLexicon

    @property
    def british(self) -> bool:
        """Whether words are said in the British set."""
        return self.variety == "en-GB"


def build_pronouncer(*, variety: str, tagger: Tagger, house: Lexicon) -> Pronouncer:
    """Load the lexicons for "en-US" or "en-GB"."""
    return Pronouncer(variety, tagger, house, load_news_lexicon(), load_general_lexicon(variety))


def pronounce_tokens(tokens: Sequence[Token], pronouncer: Pronouncer) -> tuple[Word, ...]:
    """Say the tokens of one sentence. A token that says nothing gives no word."""
    tagged = tag_words(tokens, pronouncer.tagger)
    readings = _read_sentence(tagged, pronouncer)
    said: list[list[Reading]] = [[] for _ in tokens]
    for word, reading in zip(tagged, readings, strict=True):
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


def _read_sentence(words: Sequence[TaggedWord], pronouncer: Pronouncer) -> list[Reading]:
    """Read right to left: a weak form depends on the sound that follows."""
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


def _read_letters(words: Sequence[TaggedWord], pronouncer: Pronouncer) -> Iterator[tuple[int, Reading]]:
    runs: list[list[int]] = []
    for place, word in enumerate(words):
        if not word.letter:
            continue
        if runs and runs[-1][-1] == place - 1 and words[place - 1].token == word.token:
            runs[-1].append(place)
        else:
            runs.append([place])
    for run in runs:
        names = [
            name_letter(words[place].text, british=pronouncer.british) or spell_out(words[place].text) for place in run
        ]
        for place, name in zip(run, stress_run(names), strict=True):
            yield place, Reading(name, "letters", HIGH)


def _read_news(words: Sequence[TaggedWord], pronouncer: Pronouncer) -> Iterator[tuple[int, Reading]]:
    place = 0
    while place < len(words):
        found: tuple[Reading, ...] = ()
        clitic = ""
        if not words[place].letter:
            texts = [word.text for word in words[place : place + pronouncer.news.longest]]
            found, clitic = _match_news(texts, pronouncer.news)
        for offset, reading in enumerate(found):
            last = offset == len(found) - 1
            sound = add_clitic(reading.phonemes, clitic, british=pronouncer.british) if last else reading.phonemes
            yield place + offset, reading.said_as(sound)
        place += max(1, len(found))


def _match_news(texts: Sequence[str], news: NewsLexicon) -> tuple[tuple[Reading, ...], str]:
    """Match the words as they are, then with the clitic of the entry's last word taken off."""
    found = news.match(texts)
    for length in range(len(texts), len(found), -1):
        stem, clitic = split_clitic(texts[length - 1])
        if clitic:
            bare = news.match([*texts[: length - 1], stem])
            if len(bare) == length:
                return bare, clitic
    return found, ""


def _read_word(word: TaggedWord, around: Surroundings, pronouncer: Pronouncer) -> Reading:
    whole = pronouncer.general.look_up(word.text, around)
    if whole is None:
        stem, clitic = split_clitic(word.text)
        if clitic:
            bare = _read_word(replace(word, text=stem), around, pronouncer)
            return bare.said_as(add_clitic(bare.phonemes, clitic, british=pronouncer.british))
        parts = [part for part in word.parts if part]
        if len(parts) > 1:
            return _read_parts(word, parts, pronouncer)
        whole = Reading(spell_out(word.text), "rules", GUESS)
    return replace(whole, is_name=_is_name(word, pronouncer))


def _read_parts(word: TaggedWord, parts: Sequence[str], pronouncer: Pronouncer) -> Reading:
    around = Surroundings(before_vowel=False)
    readings = [_read_word(replace(word, text=part), around, pronouncer) for part in parts]
    weakest = min(readings, key=lambda reading: reading.confidence)
    return weakest.said_as(" ".join(ensure_stress(reading.phonemes) for reading in readings))


def _is_name(word: TaggedWord, pronouncer: Pronouncer) -> bool:
    return word.text[:1].isupper() and word.tag.startswith("NNP") and not pronouncer.general.knows_as_common(word.text)
