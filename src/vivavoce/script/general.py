"""The general lexicon: misaki's word lists, read as data from its package, with the weak forms that its readers use.

Data and the rules for weak forms: misaki 0.9.4 (Apache-2.0, hexgrad); the rules are rewritten here. misaki itself is
not imported: its English module wants torch.
"""

import csv
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from vivavoce.errors import MachineError
from vivavoce.phonemes import PRIMARY, SECONDARY, ensure_stress, to_british
from vivavoce.script.inflection import stems_of
from vivavoce.script.readings import GOOD, HIGH, Reading

Sounds = str | dict[str, str | None]
"""One pronunciation, or several by tag, with "DEFAULT" and, before a pause, "None"."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a word's sound depends on besides itself."""

    tag: str = "NN"
    before_vowel: bool | None = None
    """Whether a vowel follows; None before a pause."""


@dataclass(frozen=True, eq=False)
class GeneralLexicon:
    """Words of the language: checked ones first, then those that were derived by machine."""

    checked: Mapping[str, Sounds]
    derived: Mapping[str, Sounds]
    british: bool
    american: "GeneralLexicon | None" = None
    """What British lists lack is carried over from here: "Hugh", "Mandelson"."""

    def look_up(self, word: str, around: Surroundings) -> Reading | None:
        """Say a word in its weak form, as listed in its own case or another's, or by the stem its ending leaves."""
        weak = _weak_form(word, around)
        if weak is not None:
            return Reading(to_british(weak) if self.british else weak, "general", HIGH)
        return self.look_up_listed(word, around) or self._inflected(word, around)

    def look_up_listed(self, word: str, around: Surroundings) -> Reading | None:
        """Say a word as listed: "Nobel" before "nobel", but "Then" as "then"."""
        for form in _casings(word):
            for sounds, confidence in ((self.checked.get(form), HIGH), (self.derived.get(form), GOOD)):
                phonemes = _select(sounds, around)
                if phonemes:
                    return Reading(_stress_by_case(_kokoro(phonemes), word), "general", confidence)
        carried = self.american.look_up_listed(word, around) if self.american else None
        return carried.said_as(to_british(carried.phonemes, word)) if carried else None

    def look_up_checked(self, word: str) -> Reading | None:
        """Say a lower-case word of the checked list, or its inflected form, with no regard to where it stands."""
        anywhere = Surroundings(before_vowel=False)
        phonemes = _select(self.checked.get(word), anywhere)
        if phonemes:
            return Reading(_kokoro(phonemes), "general", HIGH)
        return self._inflected(word, anywhere)

    def lists(self, word: str) -> bool:
        """Tell whether the word is listed in its own case or another's."""
        listed = any(form in self.checked or form in self.derived for form in _casings(word))
        return listed or (self.american is not None and self.american.lists(word))

    def checks(self, word: str) -> bool:
        """Tell whether the checked list has the word itself, in its own case or another's."""
        return any(form in self.checked for form in _casings(word))

    def knows_as_common(self, word: str) -> bool:
        """Tell whether the word is listed in lower case: "president", not "russia"."""
        return word.lower() in self.checked or word.lower() in self.derived

    def depends_on_tag(self, word: str) -> bool:
        """Tell whether a verb of this form sounds otherwise than a noun."""
        sounds = self.checked.get(word.lower())
        return isinstance(sounds, dict) and not sounds.keys().isdisjoint({"VERB", "NOUN", "ADJ"})

    def _inflected(self, word: str, around: Surroundings) -> Reading | None:
        for stem, ending in stems_of(word):
            found = self.look_up_listed(stem, around)
            if found is not None:
                return found.said_as(ending(found.phonemes, british=self.british))
        return None


def _weak_form(word: str, around: Surroundings) -> str | None:
    lower = word.lower()
    if lower not in _WEAK:
        return None
    final = around.before_vowel is None
    sounds: dict[str, str | None] = {
        "the": "ði" if around.before_vowel else "ðə",
        "a": "ɐ" if word == "a" or around.tag == "DT" else None,
        "an": "ɐn",
        "to": "tu" if final else "tʊ" if around.before_vowel else "tə",
        "in": PRIMARY + "ɪn" if final or around.tag not in {"IN", "NNP"} else "ɪn",
        "am": "ɐm" if word == "am" and not final else None,
        "i": SECONDARY + "I" if word == "I" else None,
        "by": "bˈI" if around.tag.startswith("RB") else None,
    }
    return sounds[lower]


_WEAK = frozenset({"the", "a", "an", "to", "in", "am", "i", "by"})


def _casings(word: str) -> tuple[str, ...]:
    lower = word.lower()
    return tuple(dict.fromkeys((word, lower, lower.capitalize())))


def _select(sounds: Sounds | None, around: Surroundings) -> str | None:
    if sounds is None or isinstance(sounds, str):
        return sounds
    pausal = "None" if around.before_vowel is None else around.tag
    for key in (pausal, around.tag, _parent_of(around.tag), "DEFAULT"):
        if sounds.get(key):
            return sounds[key]
    return None


def _parent_of(tag: str) -> str:
    return {"VB": "VERB", "NN": "NOUN", "RB": "ADV", "JJ": "ADJ"}.get(tag[:2], tag)


def _kokoro(phonemes: str) -> str:
    return phonemes.replace("ɾ", "T").replace("ʔ", "t")


def _stress_by_case(phonemes: str, word: str) -> str:
    if word.isupper() and len(word) > 1:
        return ensure_stress(phonemes)
    return phonemes if word.islower() else ensure_stress(phonemes, SECONDARY)


@cache
def load_general_lexicon(variety: str) -> GeneralLexicon:
    """Read misaki's lists for a variety ("en-US", "en-GB").

    Raises:
        MachineError: the package misaki or its data is missing.
    """
    prefix = "gb" if variety == "en-GB" else "us"
    folder = _data_folder()
    checked, derived = (_read_words(folder / f"{prefix}_{grade}.json") for grade in ("gold", "silver"))
    british = variety == "en-GB"
    american = load_general_lexicon("en-US") if british else None
    return GeneralLexicon(checked | _read_corrections(variety), derived, british=british, american=american)


def _read_corrections(variety: str) -> dict[str, Sounds]:
    """Read our own table of words that misaki has wrong, or not as news means them."""
    table = files("vivavoce.script.languages.en") / "corrections.tsv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["word"]: row["british" if variety == "en-GB" else "american"] for row in rows}


def _data_folder() -> Path:
    spec = importlib.util.find_spec("misaki")
    if spec is None or not spec.submodule_search_locations:
        raise MachineError("the package misaki, which holds the general lexicon, is missing: pip install misaki==0.9.4")
    return Path(spec.submodule_search_locations[0]) / "data"


def _read_words(file: Path) -> dict[str, Sounds]:
    try:
        words: dict[str, Sounds] = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise MachineError(
            f"the general lexicon {file.name} can't be read ({error}): reinstall misaki==0.9.4"
        ) from error
    return words
