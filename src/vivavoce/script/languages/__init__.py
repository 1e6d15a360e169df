"""A folder per language; what each one brings to normalising."""

from vivavoce.script.languages.en import ENGLISH
from vivavoce.script.normalise import Language

LANGUAGES: dict[str, Language] = {"en": ENGLISH}
