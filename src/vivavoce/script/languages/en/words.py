"""What the language's words look like: whether a spelling is a word, can be said as one, or is several run together."""

import re
from functools import cache, lru_cache

from vivavoce.script.general import load_general_lexicon
from vivavoce.script.news import load_news_lexicon

_VOWEL = re.compile(r"[aeiouy]")
_ONSETS = frozenset(
    [
        "b",
        "bl",
        "br",
        "c",
        "ch",
        "cl",
        "cr",
        "d",
        "dr",
        "dw",
        "f",
        "fl",
        "fr",
        "g",
        "gh",
        "gl",
        "gr",
        "gn",
        "h",
        "j",
        "k",
        "kh",
        "kl",
        "kn",
        "kr",
        "l",
        "m",
        "mc",
        "n",
        "p",
        "ph",
        "pl",
        "pr",
        "ps",
        "q",
        "r",
        "rh",
        "s",
        "sc",
        "sch",
        "scr",
        "sh",
        "shr",
        "sk",
        "sl",
        "sm",
        "sn",
        "sp",
        "spl",
        "spr",
        "sq",
        "st",
        "str",
        "sv",
        "sw",
        "t",
        "th",
        "thr",
        "tr",
        "ts",
        "tw",
        "v",
        "vl",
        "w",
        "wh",
        "wr",
        "x",
        "y",
        "z",
        "zh",
    ]
)
_CODAS = frozenset(
    [
        "b",
        "c",
        "ch",
        "ck",
        "d",
        "f",
        "ff",
        "ft",
        "g",
        "gh",
        "h",
        "k",
        "l",
        "lb",
        "lc",
        "ld",
        "lf",
        "lg",
        "lk",
        "ll",
        "lm",
        "ln",
        "lp",
        "ls",
        "lt",
        "lth",
        "m",
        "mb",
        "mp",
        "ms",
        "mpt",
        "n",
        "nc",
        "nch",
        "nd",
        "ng",
        "nk",
        "ns",
        "nt",
        "nth",
        "nx",
        "p",
        "ph",
        "ps",
        "pt",
        "r",
        "rb",
        "rc",
        "rch",
        "rd",
        "rf",
        "rg",
        "rk",
        "rl",
        "rm",
        "rn",
        "rp",
        "rs",
        "rsh",
        "rst",
        "rt",
        "rth",
        "rv",
        "s",
        "sh",
        "sk",
        "sm",
        "sp",
        "ss",
        "st",
        "sts",
        "t",
        "tch",
        "th",
        "ts",
        "tt",
        "v",
        "w",
        "wl",
        "wn",
        "x",
        "z",
        "zz",
    ]
)


@lru_cache(maxsize=16384)
def is_common(word: str) -> bool:
    """Tell whether the word, in lower case, is in the general lexicon's checked list."""
    return word.lower() in load_general_lexicon("en-US").checked


@lru_cache(maxsize=16384)
def is_word(word: str) -> bool:
    """Tell whether the general lexicon knows the word in any case."""
    lexicon = load_general_lexicon("en-US")
    lower = word.lower()
    return any(form in lexicon.checked or form in lexicon.derived for form in (lower, lower.capitalize()))


@lru_cache(maxsize=16384)
def is_known(word: str) -> bool:
    """Tell whether it is a word, or a name of the news: "gaza", "blinken"."""
    return is_word(word) or bool(load_news_lexicon("en-US").match([word.capitalize()]))


@lru_cache(maxsize=8192)
def can_be_said(word: str) -> bool:
    """Tell whether English readers would say it as a word: it has vowels, and clusters that occur around them."""
    clusters = re.split(r"[aeiouy]+", word.lower())
    if len(clusters) < 2:
        return False
    inner = all(_splits(cluster) for cluster in clusters[1:-1])
    return inner and (not clusters[0] or clusters[0] in _ONSETS) and (not clusters[-1] or clusters[-1] in _CODAS)


def _splits(cluster: str) -> bool:
    return any(
        (not cluster[:cut] or cluster[:cut] in _CODAS) and (not cluster[cut:] or cluster[cut:] in _ONSETS)
        for cut in range(len(cluster) + 1)
    )


@cache
def _frequent() -> frozenset[str]:
    from vivavoce.script.languages.en.tables import column

    return column("frequent")


@lru_cache(maxsize=4096)
def segment_compound(word: str) -> tuple[str, ...]:
    """Split words run together, where frequent words cover all of it: "metoo" → me, too; else leave it whole."""
    lower = word.lower()
    if len(lower) > 40 or is_word(lower):
        return (word,)
    best: list[tuple[str, ...] | None] = [()] + [None] * len(lower)
    for end in range(1, len(lower) + 1):
        for begin in range(max(0, end - 14), end):
            head = best[begin]
            part = lower[begin:end]
            if head is None or part not in _frequent():
                continue
            current = best[end]
            if current is None or len(head) + 1 < len(current):
                best[end] = (*head, part)
    return best[-1] or (word,)
