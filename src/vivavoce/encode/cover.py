"""cover.jpg: a picture, or the headline on the house's colours, 3000 pixels square, marked "AI voice".

The fonts are FiraGO's (SIL OFL 1.1), which the package pymupdf-fonts carries: Latin, Cyrillic, Greek, Georgian, Arabic,
Hebrew, Devanagari and Thai. What they have no sign for is written in Latin letters, so that no cover shows boxes.
"""

import hashlib
import io
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pymupdf_fonts
from anyascii import anyascii
from PIL import Image, ImageColor, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from vivavoce.errors import InputError

COVER_PX = 3000
"""What podcast directories take at most, and ask for."""
_SMALL_PX = 600
_SMALL_BYTES = 45_000
"""So that an Opus file's tags stay within one page, see vorbis.py."""
_MARGIN_PX = 240
_SIZES = range(340, 90, -10)
_BARS = 61
_MARK = "AI voice"
_BOLD = "figbo"
_PROBE_PX = 48
_PICTURES = ("JPEG", "PNG", "WEBP")
_LEAST_PX = 600
"""What is smaller looks bad on a cover."""
_MOST_PX = 60_000_000
"""180 MB decoded: more than any camera that newsrooms use."""


@dataclass(frozen=True, slots=True)
class CoverStyle:
    """The house's look."""

    background: str = "#0b5a63"
    ink: str = "#ffffff"
    picture: Path | None = None
    """Fills the cover in the place of the headline."""
    from_article: bool = False
    """Whether the picture that the article's page names does; the other stands where that can't be had."""


def draw_cover(title: str, publisher: str | None, style: CoverStyle) -> Image.Image:
    """Draw a cover.

    Raises:
        InputError: The picture can't be read.
    """
    image = _fit_picture(style.picture) if style.picture else _draw_headline(title, publisher, style)
    _draw_mark(image, style)
    return image


def pack_cover(image: Image.Image) -> bytes:
    """Give a cover as a JPEG file of full size."""
    return _pack(image, quality=88)


def shrink_cover(image: Image.Image) -> bytes:
    """Give a cover as a JPEG small enough for a file's tags."""
    small = image.resize((_SMALL_PX, _SMALL_PX), Image.Resampling.LANCZOS)
    packed = (_pack(small, quality=quality) for quality in range(88, 8, -10))
    return next((jpeg for jpeg in packed if len(jpeg) <= _SMALL_BYTES), _pack(small.resize((200, 200)), quality=60))


def _pack(image: Image.Image, *, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def check_picture(file: Path) -> None:
    """Make sure that a picture can fill a cover.

    Raises:
        InputError: It can't be read, is damaged, or of another size than covers can be made of.
    """
    _read_picture(file)


def _fit_picture(file: Path) -> Image.Image:
    return ImageOps.fit(_read_picture(file), (COVER_PX, COVER_PX), Image.Resampling.LANCZOS)


def _read_picture(file: Path) -> Image.Image:
    try:
        with Image.open(file, formats=_PICTURES) as picture:
            width, height = picture.size
            if min(width, height) < _LEAST_PX or width * height > _MOST_PX:
                raise InputError(
                    f"the cover picture {file} has {width} by {height} pixels; want {_LEAST_PX} or more each way, and "
                    f"{_MOST_PX // 1_000_000} million at most"
                )
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise InputError(f"the cover picture {file} can't be read ({error}); give a JPEG, PNG or WebP file") from error


# ---------------------------------------------------------------- drawing


def _draw_headline(title: str, publisher: str | None, style: CoverStyle) -> Image.Image:
    image = Image.new("RGB", (COVER_PX, COVER_PX), style.background)
    draw = ImageDraw.Draw(image)
    if publisher:
        kicker = _fit_line(drawable(publisher, _BOLD), _BOLD, 110, COVER_PX - 2 * _MARGIN_PX)
        draw.text((_MARGIN_PX, _MARGIN_PX), kicker, font=_font(_BOLD, 110), fill=style.ink, anchor="ls")
    lines, size = _fit_block(drawable(title, _BOLD))
    top = _MARGIN_PX + 240
    for number, line in enumerate(lines):
        place = (_MARGIN_PX, top + number * round(size * 1.18))
        draw.text(place, line, font=_font(_BOLD, size), fill=style.ink, anchor="la")
    _draw_bars(draw, title, style)
    return image


def _fit_block(text: str) -> tuple[list[str], int]:
    """Break a headline into lines at the largest size at which they all have room; the smallest cuts it."""
    width, height = COVER_PX - 2 * _MARGIN_PX, 1_760
    for size in _SIZES:
        lines = list(_break_lines(text, size, width))
        if len(lines) * size * 1.18 <= height and all(_width(line, _BOLD, size) <= width for line in lines):
            return lines, size
    size = _SIZES[-1]
    lines = [_fit_line(line, _BOLD, size, width) for line in _break_lines(text, size, width)]
    most = int(height / (size * 1.18))
    return (
        [*lines[: most - 1], _fit_line(lines[most - 1] + "…", _BOLD, size, width)] if len(lines) > most else lines
    ), size


def _break_lines(text: str, size: int, width: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and _width(longer, _BOLD, size) > width:
            yield line
            line = word
        else:
            line = longer
    if line:
        yield line


def _fit_line(text: str, font: str, size: int, width: int) -> str:
    while _width(text, font, size) > width and len(text) > 1:
        text = text[:-2].rstrip() + "…"
    return text


def _draw_bars(draw: ImageDraw.ImageDraw, title: str, style: CoverStyle) -> None:
    """Draw a wave that is each title's own."""
    seed = hashlib.sha512(title.encode()).digest()
    colour = _blend(style.background, style.ink, 0.35)
    step = (COVER_PX - 2 * _MARGIN_PX) / _BARS
    middle, tallest = 2_430, 170
    for bar in range(_BARS):
        swell = 0.35 + 0.65 * math.sin(math.pi * (bar + 0.5) / _BARS)
        half = max(14.0, tallest * swell * seed[bar] / 255)
        left = _MARGIN_PX + bar * step
        draw.rounded_rectangle((left, middle - half, left + step * 0.5, middle + half), radius=step * 0.25, fill=colour)


def _draw_mark(image: Image.Image, style: CoverStyle) -> None:
    """Write "AI voice" into the lower left corner, on a plate of its own."""
    draw = ImageDraw.Draw(image)
    font = _font(_BOLD, 90)
    left, bottom = _MARGIN_PX, COVER_PX - 150
    box = (left, bottom - 150, left + font.getlength(_MARK) + 96, bottom)
    draw.rounded_rectangle(box, radius=36, fill=style.ink)
    draw.text((left + 48, bottom - 75), _MARK, font=font, fill=style.background, anchor="lm")


def _blend(one: str, other: str, share: float) -> tuple[int, int, int]:
    first, second = ImageColor.getrgb(one)[:3], ImageColor.getrgb(other)[:3]
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


# ---------------------------------------------------------------- letters


def drawable(text: str, font: str = _BOLD) -> str:
    """Give a text in signs that the font has, the others in Latin letters.

    Example:
        'Війна в Київ' → itself; '北京 talks 🌊' → 'BeiJing talks'
    """
    words = unicodedata.normalize("NFC", " ".join(text.split()))
    kept = "".join(char if char == " " or _has_sign(char, font) else _replace(char) for char in words)
    return " ".join(kept.split())


def _replace(char: str) -> str:
    """Write a character in Latin letters; a symbol, such as an emoji, is left out."""
    return "" if unicodedata.category(char)[0] in "SC" else anyascii(char)


@cache
def _has_sign(char: str, font: str) -> bool:
    """Tell whether a font draws something of its own for a character: what it lacks all looks alike."""
    if unicodedata.combining(char):
        return True
    return _look(char, font) != _look("\U000f1234", font)


@cache
def _look(char: str, font: str) -> bytes:
    return bytes(_font(font, _PROBE_PX).getmask(char))


def _width(text: str, font: str, size: int) -> float:
    return _font(font, size).getlength(text)


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_font_file(name)), size)


@cache
def _font_file(name: str) -> bytes:
    file: bytes = pymupdf_fonts.myfont(name)
    return file
