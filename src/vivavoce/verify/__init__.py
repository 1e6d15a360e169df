"""Hearing what was said: a take against the words that it should say."""

from vivavoce.verify.ears import Ears, PhonemeRecogniser, WordClip, WordRecogniser
from vivavoce.verify.hear import hear_take

__all__ = ["Ears", "PhonemeRecogniser", "WordClip", "WordRecogniser", "hear_take"]
