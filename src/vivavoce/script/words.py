"""One word by itself: as listed, by its stem, by its parts, by its origin, by its letters; it is never silent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vivavoce.phonemes import VOWELS, demote, ensure_stress, to_british
from vivavoce.script.general import GeneralLexicon, Surroundings
from vivavoce.script.homographs import HomographChooser
from vivavoce.script.house import HouseIndex
from vivavoce.script.inflection import add_clitic, split_clitic
from vivavoce.script.languages.en.origin import pronounce_by_origin
from vivavoce.script.letters import name_letter, stress_run
from vivavoce.script.news import NewsLexicon, fold_accents
from vivavoce.script.parts import PREFIXES, read_from_parts
from vivavoce.script.readings import FAIR, GUESS, HIGH, Reading
from vivavoce.script.spelling import SpellingModel, sound_out
from vivavoce.script.tagging import TaggedSentence, TaggedWord

_EITHER = frozenset({"VB", "VBP", "VBZ", "NN", "NNS", "JJ"})
"""Tags that the chooser may overrule where a word's sound depends on whether it is a verb."""

_LEAST_CONFIDENCE = 0.3
"""Below this a guessed language says less than English spelling does."""
_COINED_CONFIDENCE = 0.7
"""The same for a single word in small letters and quotes, which may be newly coined English."""
_PATRONYMIC = re.compile(r"(O'|D'|L'|Mc|Mac(?=[A-Z]))([A-Z]\w{2,})")
_PATRONYMIC_SOUNDS = {"o'": "O", "d'": "də", "l'": "lə", "mc": "mək", "mac": "mək"}


@dataclass(frozen=True, eq=False)
class WordReader:
    """Says words that no phrase has claimed."""

    british: bool
    house: HouseIndex
    news: NewsLexicon
    homographs: HomographChooser
    general: GeneralLexicon
    spelling: SpellingModel
    companions: Mapping[str, tuple[str, ...]]
    """The other words of the names that a word stands in, throughout an article: they tell its language."""
    foreign: Mapping[str, tuple[str, ...]]
    """The other words of the foreign phrases that a word stands in, likewise."""

    def read(self, word: TaggedWord, sentence: TaggedSentence, around: Surroundings) -> Reading:
        """Say a word in its sentence: whole if it is listed whole, else its parts, and what leans on it."""
        stem, clitic = split_clitic(word.text)
        if clitic and not self.house.read_word(stem):
            listed = self.general.look_up_listed(word.text, around)
            if listed is not None:
                return listed
        if clitic:
            around = replace(around, before_vowel=False)
        reading = self._read_stem(stem, word.heads, sentence, around)
        return reading.said_as(add_clitic(reading.phonemes, clitic, british=self.british))

    def name_letter(self, text: str) -> str:
        """Say a letter's name; what is no letter of ours is sounded out."""
        return name_letter(text, british=self.british) or self._guess(text).phonemes

    def _read_stem(self, stem: str, heads: Sequence[int], sentence: TaggedSentence, around: Surroundings) -> Reading:
        parts = stem.split("-")
        if len(parts) == 1:
            return self._read_part(stem, heads[-1], sentence, around)
        whole = (
            self.house.read_word(stem)
            or self.news.read_word(stem)
            or self.general.look_up(stem, around)
            or (self.general.look_up(stem.replace("-", ""), around) if parts[0].lower() in PREFIXES else None)
        )
        if whole is not None:
            return whole
        inner = replace(around, before_vowel=False)
        readings = [
            self._read_part(part, head, sentence, replace(inner, tag=sentence.tags[head].name))
            for part, head in zip(parts, heads, strict=True)
            if part
        ]
        if not readings:
            return self._guess(stem)
        weakest = min(readings, key=lambda reading: reading.confidence)
        joined = " ".join(ensure_stress(reading.phonemes) for reading in readings)
        return replace(weakest, phonemes=joined, is_name=any(reading.is_name for reading in readings))

    def _read_part(self, text: str, head: int, sentence: TaggedSentence, around: Surroundings) -> Reading:
        decided = self.house.read_word(text) or self._read_house_part(text)
        if decided is not None:
            return decided
        sense = self.homographs.choose(sentence.shown, sentence.tags, head)
        if sense is not None:
            return Reading(sense.said(british=self.british), "heteronym", HIGH, sense.kind == "name")
        listed = self.news.read_word(text) or (None if self.general.lists(text) else self.news.read_plural(text))
        if listed is not None:
            return listed
        form = None if self.general.checks(text) else self.homographs.sound_verb_form(text, british=self.british)
        if form is not None:
            return Reading(form, "heteronym", HIGH)
        around = replace(around, tag=self._settle_tag(text, head, sentence))
        found = self._look_up(text, around)
        return replace(found, is_name=found.is_name or self._is_name(text, sentence.tags[head].name))

    def _look_up(self, text: str, around: Surroundings) -> Reading:
        return (
            self.general.look_up(text, around)
            or self.news.look_up_part(text)
            or self._read_patronymic(text, around)
            or self._read_folded(text, around)
            or read_from_parts(text, self._look_up_common)
            or self._read_by_origin(text)
            or self._guess(text)
        )

    def _read_patronymic(self, text: str, around: Surroundings) -> Reading | None:
        """Say "O'Brien", "McAllister" and "D'Souza" as what stands first and the name that follows."""
        found = _PATRONYMIC.fullmatch(text)
        if found is None:
            return None
        rest = self._look_up(found[2], around)
        first = _PATRONYMIC_SOUNDS[found[1].lower()].removesuffix("k" if rest.phonemes.lstrip("ˈˌ")[0] in "kɡ" else "")
        first = first.replace("O", "Q") if self.british else first
        return replace(rest, phonemes=first + ensure_stress(rest.phonemes), confidence=min(FAIR, rest.confidence))

    def _read_house_part(self, text: str) -> Reading | None:
        parted = self.house.find_part(text)
        if parted is None:
            return None
        before, entry, after = parted
        around = Surroundings(before_vowel=False)
        first, last = (self._look_up(piece, around).phonemes if piece else "" for piece in (before, after))
        return Reading(demote(first) + self.house.sound_of(entry) + demote(last), "house", 1.0)

    def _settle_tag(self, text: str, head: int, sentence: TaggedSentence) -> str:
        tag = sentence.tags[head].name
        if tag not in _EITHER or not self.general.depends_on_tag(text):
            return tag
        is_verb = self.homographs.is_verb(sentence.shown, sentence.tags, head)
        if is_verb == tag.startswith("VB"):
            return tag
        return "VB" if is_verb else "NN"

    def _is_name(self, text: str, tag: str) -> bool:
        return text[:1].isupper() and tag.startswith("NNP") and not self.general.knows_as_common(text)

    def _read_folded(self, text: str, around: Surroundings) -> Reading | None:
        plain = fold_accents(text)
        return None if plain == text else self.general.look_up(plain, around)

    def _look_up_common(self, text: str) -> Reading | None:
        """Look a part of a word up: only common words, so that names are not cut into other names."""
        return self.general.look_up_checked(text)

    def _read_by_origin(self, text: str) -> Reading | None:
        if not text[:1].isupper() and text not in self.foreign and text.isascii():
            return None
        context = self.foreign.get(text) or self.companions.get(text, ())
        guess = pronounce_by_origin(text, context=context)
        least = _LEAST_CONFIDENCE if text[:1].isupper() or context or not text.isascii() else _COINED_CONFIDENCE
        if guess is None or guess.confidence < least:
            return None
        sounds = to_british(guess.phonemes, text) if self.british else guess.phonemes
        return Reading(sounds, f"origin:{guess.language}", min(FAIR, guess.confidence), is_name=text[:1].isupper())

    def _guess(self, text: str) -> Reading:
        sounds = sound_out(text, self.spelling)
        if VOWELS.isdisjoint(sounds):
            names = [name_letter(letter, british=self.british) for letter in fold_accents(text)]
            return Reading("".join(stress_run([name for name in names if name])) or sounds, "letters", GUESS)
        return Reading(to_british(sounds, text) if self.british else sounds, "rules", GUESS)
