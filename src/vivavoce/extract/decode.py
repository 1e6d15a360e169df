"""From bytes to text: byte order mark, strict UTF-8, the declared label, detection; binary junk is refused."""

import codecs
import re

from vivavoce.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"%PDF", "a PDF; export it as text, HTML or DOCX"),
    (b"PK\x03\x04", "a ZIP archive or an office file; of those only DOCX is read"),
    (b"\xd0\xcf\x11\xe0", "an old office file; save it as DOCX or text"),
    (b"\x1f\x8b", "a gzip file; unpack it first"),
    (b"\x89PNG", "an image; give the article's text"),
    (b"\xff\xd8\xff", "an image; give the article's text"),
    (b"GIF8", "an image; give the article's text"),
    (b"ID3", "an audio file; give the article's text"),
    (b"OggS", "an audio file; give the article's text"),
    (b"fLaC", "an audio file; give the article's text"),
    (b"\x7fELF", "a program; give the article's text"),
)
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
}
"""The WHATWG Encoding Standard reads these labels as a superset. Names are Python's own."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_DETECT_BYTES = 200_000
_LOWEST_CONFIDENCE = 0.05
_MOST_CONTROLS = 0.01
_MIXED_SHARE = 0.1
_MULTIBYTE_UTF8 = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|(?P<stray>[\x80-\xff]+?)", re.DOTALL
)


def decode_body(body: bytes, *, address: str, label: str | None = None, repair: bool = False) -> str:
    """Decode a text.

    Args:
        body: As received.
        address: For messages.
        label: The charset that the transport or the page declares.
        repair: Whether stray bytes in a UTF-8 text are read as windows-1252, as browsers' users expect of pages; a
            text file in two encodings is refused instead.

    Raises:
        InputError: Empty, binary, or in no encoding that gives text.
    """
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf\xfe\xff"):
        raise InputError(f"{address}: empty; give a text with at least one sentence")
    _refuse_magic(body, address)
    text = _decode_marked(body) or _decode_strict(body, "utf-8")
    if text is None or "\0" in text:
        text = _decode_otherwise(body, label=label, repair=repair, address=address)
    _refuse_junk(text, address)
    return text


def _decode_marked(body: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if body.startswith(mark) and (text := _decode_strict(body[len(mark) :], encoding)) is not None:
            return text
    return None


def _decode_strict(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _decode_otherwise(body: bytes, *, label: str | None, repair: bool, address: str) -> str:
    sequences, strays = _count_utf8(body)
    mostly_utf8 = sequences > strays
    if repair and mostly_utf8:
        return _repair_utf8(body)
    encodings = (_wider_encoding(label), _wider_encoding(_detect(body)))
    for encoding in encodings:
        if encoding is None or encoding == "utf-8" or (mostly_utf8 and not encoding.startswith("utf")):
            continue
        if encoding.startswith("cp125") and sequences >= _MIXED_SHARE * (sequences + strays) and not repair:
            continue
        if (text := _decode_strict(body, encoding)) is not None:
            return text
    if sequences > _MIXED_SHARE * strays and b"\0" not in body:
        raise InputError(f"{address}: UTF-8 mixed with another encoding; save the whole text as UTF-8")
    raise InputError(f"{address}: binary data, or text in an unknown encoding; save it as UTF-8")


def _count_utf8(body: bytes) -> tuple[int, int]:
    """Count multi-byte UTF-8 sequences and the bytes beyond ASCII that are part of none."""
    strays = sequences = 0
    for match in _MULTIBYTE_UTF8.finditer(body):
        if match["stray"]:
            strays += 1
        else:
            sequences += 1
    return sequences, strays


def _repair_utf8(body: bytes) -> str:
    return body.decode("utf-8", errors="vivavoce-windows-1252")


def _replace_stray(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.start + 1]
    return stray.decode("cp1252", errors="ignore"), error.start + 1


codecs.register_error("vivavoce-windows-1252", _replace_stray)


def _wider_encoding(label: str | None) -> str | None:
    try:
        name = codecs.lookup((label or "").strip(" \t\r\n\"'")).name
    except (LookupError, ValueError):
        return None
    return _WIDER.get(name, name)


def _detect(body: bytes) -> str | None:
    import chardet

    found = chardet.detect(body[:_DETECT_BYTES])
    return found["encoding"] if (found["confidence"] or 0) >= _LOWEST_CONFIDENCE else None


def _refuse_magic(body: bytes, address: str) -> None:
    for magic, what in _MAGIC:
        if body.startswith(magic):
            raise InputError(f"{address}: {what}")


def _refuse_junk(text: str, address: str) -> None:
    """NULs in moderation are a page's noise; a hundredth of control characters is no text."""
    controls = len(_CONTROLS.findall(text))
    if controls > _MOST_CONTROLS * len(text) + 8:
        raise InputError(f"{address}: binary data, not text; give a text, Markdown, HTML or DOCX file")
