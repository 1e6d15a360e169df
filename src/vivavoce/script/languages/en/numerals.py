"""Numbers as English words: cardinals, ordinals, years, digits, and the clipped way of names ("one thirty five")."""

from collections.abc import Iterable

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = (
    "",
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
    "sextillion",
    "septillion",
    "octillion",
    "nonillion",
    "decillion",
)
_LONGEST = 3 * len(_SCALES)
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def _below_hundred(n: int) -> list[str]:
    if n < len(_ONES):
        return [_ONES[n]]
    return [_TENS[n // 10]] + ([_ONES[n % 10]] if n % 10 else [])


def _below_thousand(n: int, joiner: list[str]) -> list[str]:
    hundreds, rest = divmod(n, 100)
    if not hundreds:
        return _below_hundred(rest)
    return [_ONES[hundreds], "hundred"] + (joiner + _below_hundred(rest) if rest else [])


def cardinal(digits: str | int, *, british: bool = False) -> str:
    """Say a whole number: 507650 → "five hundred seven thousand six hundred fifty".

    A number too long to have a name is said digit by digit. British English says "and" before the tens.
    """
    plain = str(digits).replace(",", "").lstrip("0") or "0"
    if len(plain) > _LONGEST:
        return spell_digits(plain)
    joiner = ["and"] if british else []
    groups = [int(plain[max(0, end - 3) : end]) for end in range(len(plain), 0, -3)]
    words: list[str] = []
    for power in range(len(groups) - 1, -1, -1):
        group = groups[power]
        if not group and (words or power):
            continue
        if power == 0 and words and group < 100:
            words += joiner
        words += _below_thousand(group, joiner) + ([_SCALES[power]] if power else [])
    return " ".join(words)


def ordinal(digits: str | int, *, british: bool = False) -> str:
    """Say a place in an order: 101 → "one hundred first"."""
    words = cardinal(digits, british=british).split()
    last = words[-1]
    words[-1] = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join(words)


def spell_digits(digits: Iterable[str], *, zero: str = "zero") -> str:
    """Say digits one by one: "0380" → "zero three eight zero"."""
    return " ".join(zero if digit == "0" else _ONES[int(digit)] for digit in digits)


def decimal(written: str, *, british: bool = False) -> str:
    """Say a number as printed, with or without a fraction: "3.14" → "three point one four"."""
    whole, _, fraction = written.replace(",", "").partition(".")
    head = cardinal(whole, british=british) if whole else ""
    if not fraction:
        return head
    return f"{head} point {spell_digits(fraction)}".strip()


def year(number: int, *, british: bool = False) -> str:
    """Say a year: 1905 → "nineteen o five", 2009 → "two thousand nine", 2024 → "twenty twenty four"."""
    century, rest = divmod(number, 100)
    if number < 100 or 2000 <= number < 2010 or number >= 10000 or number % 1000 == 0:
        return cardinal(number, british=british)
    if not rest:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {_two_digits(rest)}"


def _two_digits(rest: int) -> str:
    return f"o {_ONES[rest]}" if rest < 10 else cardinal(rest)


def clipped(digits: str) -> str:
    """Say a number that is a name: "135" → "one thirty five", "101" → "one o one", "300" → "three hundred"."""
    if digits.startswith("0") or len(digits) > 4:
        return spell_digits(digits, zero="zero")
    if len(digits) < 3:
        return cardinal(digits)
    head, rest = int(digits[:-2]), int(digits[-2:])
    if not rest:
        return cardinal(digits) if head % 10 == 0 else f"{cardinal(head)} hundred"
    return f"{cardinal(head)} {_two_digits(rest)}"


def plural(words: str) -> str:
    """Put the last word in the plural: "forty" → "forties", "six" → "sixes"."""
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith(("x", "s")) else "s")
