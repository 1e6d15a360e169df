"""Names by language of origin: which language a name is of, and how American broadcasters say it."""

from vivavoce.script.languages.en.origin.guess import OriginGuess, pronounce_by_origin

__all__ = ["OriginGuess", "pronounce_by_origin"]
