"""Hearing what was said: a take, or any recording, against the words that it should say."""

from vivavoce.verify.ears import Ears, PhonemeRecogniser, Thresholds, WordClip, WordRecogniser
from vivavoce.verify.hear import hear_clip, hear_take

__all__ = ["Ears", "PhonemeRecogniser", "Thresholds", "WordClip", "WordRecogniser", "hear_clip", "hear_take"]
