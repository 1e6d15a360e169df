"""The voice's alphabet: which symbols each variety has, where stress stands, and how IPA is written in it.

The symbols are misaki's, which the voice was trained on: a diphthong or an affricate is one symbol, a stress mark
stands right before its vowel, American vowels carry no length mark, and the American flap is "T".
"""

import re

PRIMARY = "ˈ"
SECONDARY = "ˌ"
STRESSES = frozenset(PRIMARY + SECONDARY)
VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɐɪʊʌᵊᵻ")
AMERICAN = frozenset("AIOWYbdfhijklmnpstuvwzæðŋɐɑɔəɛɜɡɪɹʃʊʌʒʤʧθTᵊᵻˈˌ")
BRITISH = frozenset("AIQWYabdfhijklmnpstuvwzðŋɐɑɒɔəɛɜɡɪɹʃʊʌʒʤʧθᵊːˈˌ")


def symbols_of(variety: str) -> frozenset[str]:
    """Name the symbols that words of a variety ("en-US", "en-GB") are written in."""
    return BRITISH if variety == "en-GB" else AMERICAN


def begins_with_vowel(phonemes: str) -> bool:
    """Tell whether the first sound is a vowel: "ˈIl" → True, "jˈunjən" → False."""
    return next((symbol in VOWELS for symbol in phonemes if symbol not in STRESSES), False)


def count_syllables(phonemes: str) -> int:
    """Count the vowels: "ɹˈAdiˌO" → 3."""
    return sum(symbol in VOWELS for symbol in phonemes)


def without_stress(phonemes: str) -> str:
    """Take all marks away: "ˌʌndəɹˈɡO" → "ʌndəɹɡO"."""
    return phonemes.replace(PRIMARY, "").replace(SECONDARY, "")


def demote(phonemes: str) -> str:
    """Make the main stress a lesser one, and drop lesser ones: "kˈɑmpˌækt" → "kˌɑmpækt"."""
    if PRIMARY not in phonemes:
        return phonemes
    return phonemes.replace(SECONDARY, "").replace(PRIMARY, SECONDARY)


def ensure_stress(phonemes: str, mark: str = PRIMARY) -> str:
    """Give a word that has no main stress one: on its strongest, else its first vowel: "ɪt" → "ˈɪt"."""
    if PRIMARY in phonemes or (mark == SECONDARY and SECONDARY in phonemes):
        return phonemes
    if SECONDARY in phonemes:
        return phonemes.replace(SECONDARY, PRIMARY, 1)
    for place, symbol in enumerate(phonemes):
        if symbol in VOWELS:
            return phonemes[:place] + mark + phonemes[place:]
    return phonemes


def to_british(phonemes: str, written: str = "") -> str:
    """Carry American phonemes over into the British set: ("hˈɑt", "hot") → "hˈɒt", ("ɡˈɑzə", "Gaza") → "ɡˈɑːzə".

    A rule of thumb for entries that exist in American only: "ɹ" is kept before vowels alone, the vowels before a lost
    "ɹ" become long or centring, "O" becomes "Q", "æ" becomes "a", flaps become "t". American "ɑ" is a British "ɒ"
    where the spelling has an "o" and no "a" that it could stand for.
    """
    for pattern, replacement in _BRITISH_RULES:
        phonemes = pattern.sub(replacement, phonemes)
    rounded = "o" in written.lower() and "a" not in written.lower()
    return re.sub("ɑ(?!ː)", "ɒ" if rounded else "ɑː", phonemes)


_SOUND = "[AIOQWYaiuæɑɒɔəɛɜɐɪʊʌᵊᵻ]"
_BRITISH_RULES = tuple(
    (re.compile(pattern.replace("V", f"(?![ˈˌ]?{_SOUND})")), replacement)
    for pattern, replacement in (
        ("ʔ|T", "t"),
        ("ᵻ", "ɪ"),
        ("əɹV", "ə"),
        ("ɜɹV", "ɜː"),
        ("ɜɹ", "ɜːɹ"),
        ("ɑɹV", "ɑː"),
        ("ɔɹV|OɹV", "ɔː"),
        ("[ɪi]ɹV", "ɪə"),
        ("ɛɹV|AɹV", "ɛː"),
        ("[ʊu]ɹV", "ʊə"),
        ("([IWY])ɹV", r"\1ə"),
        ("ɹV", ""),
        ("ɔ(?!ː)", "ɔː"),
        ("(?<=[ˈˌ])i(?!ː)", "iː"),
        ("u(?!ː)", "uː"),
        ("O", "Q"),
        ("æ", "a"),
    )
)


def from_ipa(text: str, *, british: bool) -> str:
    """Write IPA in the voice's symbols; what is in them already stays: "ˈkiːɪv" → "kˈiɪv", "tʃˈɛk" → "ʧˈɛk".

    Symbols that have no counterpart are left for `find_foreign_symbol` to find.
    """
    for sequence, symbol in (*_IPA, *(_IPA_BRITISH if british else _IPA_AMERICAN)):
        text = text.replace(sequence, symbol)
    return _STRESS_BEFORE_ONSET.sub(r"\2\1", text)


def to_ipa(phonemes: str) -> str:
    """Write the voice's symbols in IPA, so that `from_ipa` gives them back."""
    for sequence, symbol in _EXPORTED:
        phonemes = phonemes.replace(symbol, sequence)
    return phonemes


def find_foreign_symbol(phonemes: str, *, british: bool) -> int | None:
    """Find the first place that the voice could not say; None if there is none. Blanks part words."""
    known = (BRITISH if british else AMERICAN) | {" "}
    return next((place for place, symbol in enumerate(phonemes) if symbol not in known), None)


_EXPORTED = (
    ("eɪ", "A"), ("aɪ", "I"), ("oʊ", "O"), ("əʊ", "Q"), ("aʊ", "W"), ("ɔɪ", "Y"), ("d͡ʒ", "ʤ"), ("t͡ʃ", "ʧ"),
    ("ɾ", "T"),
)  # fmt: skip
_IPA = (
    ("'", PRIMARY), (",", SECONDARY), (".", ""), ("t͡ʃ", "ʧ"), ("d͡ʒ", "ʤ"), ("tʃ", "ʧ"), ("dʒ", "ʤ"), ("eɪ", "A"),
    ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"), ("g", "ɡ"), ("r", "ɹ"), ("ɻ", "ɹ"), ("ɫ", "l"), ("ʔ", "t"), ("l̩", "ᵊl"),
    ("n̩", "ᵊn"), ("m̩", "ᵊm"),
)  # fmt: skip
_IPA_AMERICAN = (
    ("oʊ", "O"), ("əʊ", "O"), ("ɜː", "ɜɹ"), ("ɜɹɹ", "ɜɹ"), ("ɝ", "ɜɹ"), ("ɚ", "əɹ"), ("ɾ", "T"), ("ː", ""), ("ɒ", "ɑ"),
    ("ɨ", "ᵻ"), ("e", "ɛ"), ("o", "O"),
)  # fmt: skip
_IPA_BRITISH = (("oʊ", "Q"), ("əʊ", "Q"), ("ɾ", "t"), ("æ", "a"), ("ᵻ", "ɪ"), ("ɨ", "ɪ"), ("e", "ɛ"))
_STRESS_BEFORE_ONSET = re.compile(rf"([ˈˌ])((?:(?!{_SOUND})[^\sˈˌ])+)(?={_SOUND})")
NEAREST = {
    "x": "k or h", "χ": "k or h", "ç": "h", "ʁ": "ɹ", "ɣ": "ɡ", "β": "v", "ɸ": "f", "ɲ": "nj", "ʎ": "lj", "ɬ": "l",
    "y": "u or ju", "ø": "ɜɹ", "œ": "ɜɹ", "ɯ": "u", "ɤ": "ʌ", "ɕ": "ʃ", "ʑ": "ʒ", "ʂ": "ʃ", "ʐ": "ʒ", "c": "k",
    "q": "k",
    "ʋ": "v", "ʍ": "w", "ɵ": "ʊ", "ʏ": "ʊ", "ɶ": "ɑ", "ɱ": "m", "ʲ": "j, or nothing", "a": "æ or ɑ", "o": "O",
}  # fmt: skip
"""What an editor might mean by a symbol that the voice does not have."""
