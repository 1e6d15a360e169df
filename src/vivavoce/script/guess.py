"""The last resort: letters to sounds for words that nothing knows."""

from vivavoce.phonemes import ensure_stress
from vivavoce.script.news import fold_accents

_SPELLINGS = {
    "tch": "ʧ", "sch": "ʃ", "igh": "I", "eau": "O", "sh": "ʃ", "ch": "ʧ", "th": "θ", "ph": "f", "zh": "ʒ", "kh": "k",
    "gh": "ɡ", "ck": "k", "ng": "ŋ", "qu": "kw", "ee": "i", "ea": "i", "oo": "u", "ou": "u", "ow": "W", "ai": "A",
    "ay": "A", "oa": "O", "oi": "Y", "oy": "Y", "au": "ɔ", "aw": "ɔ", "ie": "i", "ei": "A", "ey": "i", "ss": "s",
    "a": "ɑ", "b": "b", "c": "k", "d": "d", "e": "ɛ", "f": "f", "g": "ɡ", "h": "h", "i": "ɪ", "j": "ʤ", "k": "k",
    "l": "l", "m": "m", "n": "n", "o": "O", "p": "p", "q": "k", "r": "ɹ", "s": "s", "t": "t", "u": "u", "v": "v",
    "w": "w", "x": "ks", "y": "i", "z": "z",
}  # fmt: skip


_MURMUR = "ə"
"""What is said where there is no letter to go by: normalising omits such words, this keeps the promise of a sound."""


def spell_out(word: str) -> str:
    """Say a word by its letters' usual sounds; never empty."""
    text, sounds = fold_accents(word).lower(), ""
    while text:
        length = next((n for n in (3, 2, 1) if text[:n] in _SPELLINGS), 0)
        sound = _SPELLINGS.get(text[:length], "")
        if sound and not sounds.endswith(sound):
            sounds += sound
        text = text[length or 1 :]
    return ensure_stress(sounds) or _MURMUR
