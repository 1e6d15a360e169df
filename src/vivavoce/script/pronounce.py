"""Spoken to phonemes, a sentence at a time; each word's answer says where it is from and how sure that is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vivavoce.lexicon import Lexicon
from vivavoce.phonemes import PRIMARY, begins_with_vowel
from vivavoce.script.companions import find_companions, find_foreign_words
from vivavoce.script.general import Surroundings, load_general_lexicon
from vivavoce.script.homographs import load_homograph_chooser
from vivavoce.script.house import apply_claims, claim_tokens, index_house
from vivavoce.script.inflection import add_clitic, split_clitic
from vivavoce.script.letters import stress_run
from vivavoce.script.news import load_news_lexicon
from vivavoce.script.readings import HIGH, Reading
from vivavoce.script.spelling import load_spelling_model
from vivavoce.script.tagging import TaggedSentence, TaggedWord, Tagger, tag_sentence
from vivavoce.script.tokens import Token
from vivavoce.script.words import WordReader
from vivavoce.types import Word


@dataclass(frozen=True, eq=False)
class Pronouncer:
    """All that pronouncing needs, loaded once."""

    variety: str
    tagger: Tagger
    reader: WordReader

    def for_text(self, text: str) -> "Pronouncer":
        """Prepare for one article: names are guessed in the light of all places where they stand, the same in each."""
        companions = find_companions(text, self.reader.general)
        foreign = find_foreign_words(text, self.reader.general)
        return replace(self, reader=replace(self.reader, companions=companions, foreign=foreign))


def build_pronouncer(*, variety: str, tagger: Tagger, house: Lexicon) -> Pronouncer:
    """Load the lexicons for "en-US" or "en-GB"."""
    reader = WordReader(
        british=variety == "en-GB",
        house=index_house(house, variety=variety),
        news=load_news_lexicon(variety),
        homographs=load_homograph_chooser(),
        general=load_general_lexicon(variety),
        spelling=load_spelling_model(),
        companions={},
        foreign={},
    )
    return Pronouncer(variety, tagger, reader)


def pronounce_tokens(tokens: Sequence[Token], pronouncer: Pronouncer) -> tuple[Word, ...]:
    """Say the tokens of one sentence. A token that says nothing gives no word."""
    claims = tuple(claim_tokens(tokens, pronouncer.reader.house))
    said = apply_claims(tokens, claims)
    claimed = {claim.token: claim.reading for claim in claims}
    sentence = tag_sentence(said, pronouncer.tagger)
    fixed = {
        place: reading for place, word in enumerate(sentence.words) if (reading := claimed.get(word.token)) is not None
    }
    of_tokens: list[list[Reading]] = [[] for _ in tokens]
    for word, reading in zip(sentence.words, _read_sentence(sentence, fixed, pronouncer.reader), strict=True):
        of_tokens[word.token].append(reading)
    return tuple(
        _build_word(token, of_tokens[place], house=claimed.get(place, _UNCLAIMED))
        for place, token in enumerate(said)
        if of_tokens[place]
    )


_UNCLAIMED = Reading("", "", 0.0)


def _build_word(token: Token, readings: Sequence[Reading], *, house: Reading | None) -> Word:
    """Put a token's readings together; the least sure one speaks for its source, unless the house has spoken."""
    weakest = min(readings, key=lambda reading: reading.confidence)
    by_house = house is not _UNCLAIMED
    return Word(
        text=token.text,
        spoken=" ".join(word.text.lower().replace("-", " ") for word in token.words),
        phonemes=house.phonemes if by_house and house else " ".join(reading.phonemes for reading in readings),
        start=token.start,
        end=token.end,
        rule=token.rule,
        source="house" if by_house else weakest.source,
        confidence=1.0 if by_house else weakest.confidence,
        is_name=any(reading.is_name for reading in readings),
        mark=token.mark,
    )


def _read_sentence(sentence: TaggedSentence, fixed: Mapping[int, Reading], reader: WordReader) -> list[Reading]:
    """Read right to left: a weak form depends on the sound that follows."""
    words = sentence.words
    known = dict(_read_letters(words, reader)) | dict(_read_phrases(words, reader)) | dict(fixed)
    readings: list[Reading] = []
    for place in range(len(words) - 1, -1, -1):
        word = words[place]
        pause = bool(word.mark) or not readings
        around = Surroundings(
            tag=word.tag,
            before_vowel=None if pause else begins_with_vowel(readings[-1].phonemes),
        )
        reading = known.get(place) or reader.read(word, sentence, around)
        if word.text == "I" and (place == 0 or words[place - 1].mark):
            reading = reading.said_as(PRIMARY + "I")  # a weak one at the start can vanish
        readings.append(reading)
    return readings[::-1]


def _read_letters(words: Sequence[TaggedWord], reader: WordReader) -> Iterator[tuple[int, Reading]]:
    """Name the letters of each token's runs, the last of a run stressed most."""
    runs: list[list[int]] = []
    for place, word in enumerate(words):
        if word.letter:
            if runs and runs[-1][-1] == place - 1 and words[place - 1].token == word.token:
                runs[-1].append(place)
            else:
                runs.append([place])
    for run in runs:
        texts = [words[place].text for place in run]
        names = stress_run([reader.name_letter(text) for text in texts])
        yield from ((place, Reading(name, "letters", HIGH)) for place, name in zip(run, names, strict=True))


def _read_phrases(words: Sequence[TaggedWord], reader: WordReader) -> Iterator[tuple[int, Reading]]:
    """Find the news lexicon's entries of several words, the longest first, a clitic on the last word or none."""
    place = 0
    while place < len(words):
        readings = _match_phrase([word.text for word in words[place : place + reader.news.longest]], reader)
        yield from ((place + offset, reading) for offset, reading in enumerate(readings))
        place += max(1, len(readings))


def _match_phrase(texts: Sequence[str], reader: WordReader) -> Sequence[Reading]:
    found: Sequence[Reading] = reader.news.match(texts)
    for length in range(len(texts), max(len(found), 1), -1):
        stem, clitic = split_clitic(texts[length - 1])
        if clitic:
            bare = reader.news.match([*texts[: length - 1], stem])
            if len(bare) == length:
                leaning = add_clitic(bare[-1].phonemes, clitic, british=reader.british)
                return [*bare[:-1], bare[-1].said_as(leaning)]
    return found if len(found) > 1 else ()
