"""Phone numbers, coordinates, web addresses, e-mail, handles and hashtags."""

import re

from vivavoce.script.fold import fold_to_ascii
from vivavoce.script.languages.en import numerals
from vivavoce.script.languages.en.initialism import read_capitals
from vivavoce.script.languages.en.words import is_common, segment_compound
from vivavoce.script.normalise import Reading, Scene, inflect, say, spell
from vivavoce.script.style import WebAddresses
from vivavoce.script.tokens import SpokenWord

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(
    rf"(?:mailto:)?(?P<local>[A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}})@(?P<host>{_LABEL}(?:\.{_LABEL}){{1,5}})"
)
_TLD = (
    r"(?:com|org|net|gov|edu|mil|int|info|biz|io|ai|app|dev|news|tv|me|co|eu|uk|us|ua|ru|de|fr|pl|it|es|nl|be|ch|at|"
    r"se|no|fi|dk|ie|pt|gr|cz|sk|hu|ro|bg|rs|hr|lt|lv|ee|tr|il|ir|in|cn|jp|kr|tw|hk|sg|au|nz|ca|mx|br|ar|za|ng|ke|"
    r"by|ge|kz|am|is|ly|gg|fm|onion|online|site|xyz|media|world|today|museum|blog|shop|store|cloud|live|pro|gouv)"
)
_URL = re.compile(
    rf"(?P<scheme>(?:https?|ftp)://)?(?P<host>(?:{_LABEL}\.){{1,6}}(?:{_TLD}|(?<=://)[a-z]{{2,12}}))(?![\w-])"
    r"(?P<port>:\d{1,5})?(?P<path>/[^\s\"'”’<>()\[\]]{0,2000})?"
)
_SCHEME_URL = re.compile(r"(?:https?|ftp)://[^\s\"”’<>()\[\]]{1,2000}")
_HANDLE = re.compile(r"@(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9_.]{0,48}[A-Za-z0-9_])?)")
_HASHTAG = re.compile(r"[#＃](?P<name>\w{1,100})")
_PHONE = re.compile(
    r"(?:\+\d{1,3}[\s.()-]{0,2}(?:\(?\d{1,5}\)?[\s.-]?){2,6}(?<=\d)"
    r"|\(\d{2,5}\)[\s-]?\d{3,4}[\s.-]?\d{3,4}"
    r"|1[-.]\d{3}[-.](?:\d{3}[-.]\d{4}|[A-Z0-9]{2,7}(?:-[A-Z0-9]{1,7}){0,2})"
    r"|\d{3}-\d{3}-\d{4}|\d{3}\.\d{3}\.\d{4}"
    r"|0\d{2,4}[\s-]\d{3,4}[\s-]?\d{3,4}(?:\s\d{2,4})?|0800\s\d{3}\s\d{2,4}|0800\s\d{4}|1800\s\d{3}\s\d{3}|800-\d{3}-\d{4}"
    r"|0\d{9,10}|\d{3}-\d{2}-\d{4})(?![\w])(?![-–]\d)"
)
_SHORT_PHONE = re.compile(r"\d{3}-\d{4}(?![\w-])")
_SHORT_CODE = re.compile(r"\d{5,6}(?![\w-]|[.,]\d)")
_EXTENSION = re.compile(r",?\s(?:ext\.?|x|extension)\s?(\d{1,6})(?!\w)")
_PHONE_CUES = frozenset({"call", "dial", "phone", "hotline", "telephone", "tel", "number", "at", "on", "line", "text"})
_DEGREES = re.compile(
    r"(?P<degrees>\d{1,3}(?:\.\d+)?)\s?[°º˚]\s?(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s?[′'’]\s?)?"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s?(?:[″\"”]|''|’’)\s?)?(?P<side>[NSEW])(?!\w)"
)
_BARE_DEGREES = re.compile(
    r"(?P<degrees>\d{1,3}\.\d{1,6})(?P<minutes>)(?P<seconds>)\s(?P<side>[NSEW])(?=[,.;)]|\s(?:and|by)\s|$)"
)
_DOMAIN = re.compile(rf"\.(?P<label>{_TLD})(?![\w-])(?!\.\w)")
_SIDES = {"N": "north", "S": "south", "E": "east", "W": "west"}
_PIECES = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_]+|_|[-/.~?&=#%+:@,;!*$]")
_SAID = {"_": "underscore", "-": "dash", "/": "slash", ".": "dot", "~": "tilde", "?": "question mark", "&": "and",
         "=": "equals", "#": "hash", "%": "percent", "+": "plus", ":": "colon", "@": "at", ",": "comma",
         ";": "semicolon", "!": "exclamation mark", "*": "star", "$": "dollar"}  # fmt: skip
_WORD_LABELS = frozenset({"com", "org", "net", "gov", "info", "biz", "mil", "app", "dev", "news", "media", "blog",
                          "shop", "online", "site", "gouv", "co", "live", "pro", "world", "today", "cloud", "store",
                          "onion", "museum", "edu", "int", "me"})  # fmt: skip
_LONG_PATH = 40


def read_web(scene: Scene, at: int) -> Reading | None:
    """Read an e-mail or web address: "john.smith@state.gov" → "john dot smith at state dot gov"."""
    if not scene.at_word_start(at) or (at and scene.text[at - 1] in "@./-_"):
        return None
    found = _EMAIL.match(scene.text, at)
    if found:
        words = (*_say_pieces(found["local"]), *say("at"), *_say_host(found["host"]))
        return Reading(found.end(), words, "email")
    return _read_url(scene, at)


def _read_url(scene: Scene, at: int) -> Reading | None:
    found = _URL.match(scene.text, at)
    if not found or (found.end() < len(scene.text) and scene.text[found.end()] == "@"):
        return _read_odd_url(scene, at)
    if not found["scheme"] and not _looks_like_host(found["host"]):
        return None
    end = found.end()
    while scene.text[end - 1] in ".,;:!?'":
        end -= 1
    if scene.style.web_addresses is WebAddresses.OMIT:
        return Reading(end, (), "url", "web-address")
    words = list(_say_host(found["host"]))
    path = (found["path"] or "")[: max(0, end - (found.start("path") if found["path"] else end))].rstrip("/")
    if path and len(path) <= _LONG_PATH and scene.style.web_addresses is WebAddresses.SAY:
        words += _say_pieces(path)
    elif scene.text[end : end + 2] in {"'s", "’s"} and not scene.text[end + 2 : end + 3].isalnum():
        return Reading(end + 2, inflect(tuple(words), "'s"), "url")
    return Reading(end, tuple(words), "url")


def _read_odd_url(scene: Scene, at: int) -> Reading | None:
    found = _SCHEME_URL.match(scene.text, at)
    if not found:
        return None
    if scene.style.web_addresses is WebAddresses.OMIT:
        return Reading(found.end(), (), "url", "web-address")
    rest = found[0].split("://", 1)[1].split("/", 1)[0].split("?", 1)[0]
    words = _say_pieces(rest[:200]) or say("web address")
    return Reading(found.end(), words, "url")


def _looks_like_host(host: str) -> bool:
    """Refuse a missing blank after a full stop: "end.It", but take "gov.uk" and "Booking.com"."""
    labels = host.split(".")
    last = labels[-1]
    if not last.islower() and not host.isupper():
        return False
    if len(labels) == 2 and last in {
        "in",
        "is",
        "it",
        "at",
        "no",
        "me",
        "us",
        "be",
        "am",
        "to",
        "so",
        "my",
        "by",
        "co",
        "io",
    }:
        return not is_common(labels[0]) or labels[0][0].isupper()
    return any(char.isalpha() for char in labels[-2])


def _say_host(host: str) -> tuple[SpokenWord, ...]:
    labels = host.split(".")
    said: list[SpokenWord] = []
    for place, label in enumerate(labels):
        if place:
            said += say("dot")
        said += _say_label(label, top=place > 0 and place >= len(labels) - 2)
    return tuple(said)


def _say_label(label: str, *, top: bool) -> tuple[SpokenWord, ...]:
    if top and label.lower() in _WORD_LABELS:
        return say(label.lower())
    if (top and len(label) == 2 and label.isalpha()) or label.lower() == "www":
        return tuple(SpokenWord(char, letter=True) for char in label.upper())
    if len(label) == 2 and label.isalpha() and not is_common(label):
        return tuple(SpokenWord(char, letter=True) for char in label.upper())
    return _say_pieces(label)


def _say_pieces(text: str) -> tuple[SpokenWord, ...]:
    """Say an address piece by piece: "John_Doe99" → "john underscore doe nine nine"."""
    said: list[SpokenWord] = []
    for found in _PIECES.finditer(text):
        said += _say_piece(found[0])
    return tuple(said)


def _say_piece(piece: str) -> tuple[SpokenWord, ...]:
    if piece in _SAID:
        return say(_SAID[piece])
    if piece.isdecimal():
        digits = "".join(str(int(digit)) for digit in piece)
        short = len(digits) < 3 and digits[0] != "0"
        year = len(digits) == 4 and digits[:2] in {"19", "20"}
        return say(
            numerals.cardinal(digits)
            if short
            else numerals.year(int(digits))
            if year
            else numerals.spell_digits(digits)
        )
    folded = fold_to_ascii(piece)
    if not folded:
        return ()
    known = read_capitals(folded.upper(), in_table_only=True) if folded.isupper() or not is_common(folded) else None
    if known:
        return known
    if folded.isupper() and len(folded) > 1 and not is_common(folded):
        return read_capitals(folded) or ()
    return tuple(SpokenWord(part) for part in segment_compound(folded))


def read_domain(scene: Scene, at: int) -> Reading | None:
    """Read the end of an address by itself: "the .gov site" → "dot gov"."""
    found = _DOMAIN.match(scene.text, at)
    if not found or scene.text[max(0, at - 1) : at] not in {" ", "(", "“", '"', "‘", "'"}:
        return None
    return Reading(found.end(), (*say("dot"), *_say_label(found["label"], top=True)), "url")


def read_handle(scene: Scene, at: int) -> Reading | None:
    """Read an account's name: "@ZelenskyyUa" → "at Zelenskyy Ua"."""
    found = _HANDLE.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    return Reading(found.end(), (*say("at"), *_say_pieces(found["name"])), "handle")


def read_hashtag(scene: Scene, at: int) -> Reading | None:
    """Read a hashtag or a number sign: "#StandWithUkraine" → "hashtag stand with ukraine", "#1" → "number one"."""
    found = _HASHTAG.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    name = found["name"]
    if name.isdecimal():
        return Reading(
            found.end(), say("number " + numerals.cardinal("".join(str(int(c)) for c in name))), "number-sign"
        )
    return Reading(found.end(), (*say("hashtag"), *_say_pieces(name)), "hashtag")


def read_phone(scene: Scene, at: int) -> Reading | None:
    """Read a phone number digit by digit: "+380 44" → "plus three eight zero four four"."""
    if not scene.at_word_start(at):
        return None
    found = _PHONE.match(scene.text, at)
    if not found:
        return _read_short_phone(scene, at)
    if sum(char.isdecimal() for char in found[0]) < 7 and not any(char.isupper() for char in found[0]):
        return None
    extension = _EXTENSION.match(scene.text, found.end())
    words = _say_phone(found[0])
    if not extension:
        return Reading(found.end(), words, "phone")
    return Reading(extension.end(), (*words, *say("extension " + numerals.spell_digits(extension[1]))), "phone")


def _read_short_phone(scene: Scene, at: int) -> Reading | None:
    """Read a local number, or a short code, after a word that says so: "call 555-0123", "text 741741"."""
    cues = [token.text.lower() for token in scene.tokens[-2:]]
    if cues and cues[-1] in {"is", "on", "at", "to"}:
        cues.pop()
    if not cues or cues[-1] not in _PHONE_CUES:
        return None
    found = _SHORT_PHONE.match(scene.text, at)
    if not found and cues[-1] in {"text", "dial"}:
        found = _SHORT_CODE.match(scene.text, at)
    return Reading(found.end(), _say_phone(found[0]), "phone") if found else None


def _say_phone(written: str) -> tuple[SpokenWord, ...]:
    said: list[SpokenWord] = list(say("plus")) if written.startswith("+") else []
    for place, group in enumerate(re.findall(r"\d+|[A-Z]+", written)):
        if group.isalpha():
            said += [SpokenWord(group.lower())] if is_common(group) else read_capitals(group) or spell(group)
        elif group in {"800", "900"} and place <= 1:
            said += say(numerals.cardinal(group))
        else:
            said += say(numerals.spell_digits(group))
    return tuple(said)


def read_coordinates(scene: Scene, at: int) -> Reading | None:
    """Read a latitude or longitude: "38°N" → "thirty eight degrees north"."""
    found = _DEGREES.match(scene.text, at) or _BARE_DEGREES.match(scene.text, at)
    if not found or not scene.at_word_start(at):
        return None
    said = []
    for name, one in (("degrees", "degree"), ("minutes", "minute"), ("seconds", "second")):
        value = found[name]
        if value:
            said.append(f"{numerals.decimal(value)} {one if value == '1' else one + 's'}")
    return Reading(found.end(), say(" ".join([*said, _SIDES[found["side"]]])), "coordinates")
