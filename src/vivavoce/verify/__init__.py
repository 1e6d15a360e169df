"""Hearing what was said: a take, or any recording, against the words that it should say."""

from vivavoce.verify.ears import Ears, PhonemeRecogniser, SpellingReader, Thresholds, WordClip, WordRecogniser
from vivavoce.verify.hear import hear_clip, hear_take, place_utterances
from vivavoce.verify.levels import find_jumps, find_sound, measure_speech_db
from vivavoce.verify.signal import find_flaws

__all__ = [
    "Ears",
    "PhonemeRecogniser",
    "SpellingReader",
    "Thresholds",
    "WordClip",
    "WordRecogniser",
    "find_flaws",
    "find_jumps",
    "find_sound",
    "hear_clip",
    "hear_take",
    "measure_speech_db",
    "place_utterances",
]
