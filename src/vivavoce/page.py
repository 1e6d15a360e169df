"""Self-contained pages: templates with all text escaped, style and script inside, nothing fetched but the audio."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vivavoce.types import Article, AudioFile, EditionRecord

_HOMES = ("vivavoce.encode", "vivavoce.publish", "vivavoce.archive")
"""The packages in whose folder `pages` templates, style sheets and scripts lie."""
_STOPS = ".,;:!?–—-…"
_NAME_WORDS = 8


@dataclass(frozen=True, slots=True)
class SiteLinks:
    """What a page of an edition tells of the site that it stands on."""

    name: str
    home: str
    """The site's start page as the edition's page sees it: "../"."""
    folder_url: str
    """Where the edition's folder is published, with a slash at its end; empty where the site has no address yet."""
    feed_url: str | None
    audio_type: str
    """Media type of the recording that the page plays."""
    audio_file: str
    verify: str | None = None
    """The site's page that checks a recording, with this one's name, as the edition's page sees it."""


def render_page(
    template: str,
    *,
    style: tuple[str, ...],
    script: str | None = None,
    served: bool = False,
    in_worker: bool = False,
    **values: object,
) -> str:
    """Fill a page's template.

    Args:
        template: Name of the template among the package's pages.
        style: Names of the style sheets, later ones win.
        script: Name of the script, if the page has one.
        served: Whether the page is served with a script file beside it, and may ask its own host for more.
        in_worker: Whether its script runs WebAssembly in a worker that it makes itself, and may ask its own host.
        values: What the template shows. Text is escaped wherever it stands.

    Returns:
        HTML that runs the given script and no other: its content security policy names the digest of each part.
    """
    css = "".join(read_asset(name) for name in style)
    js = read_asset(script) if script else ""
    policy = (
        "default-src 'none'; media-src 'self' file:; img-src 'self' file: data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_digest(css)}'; "
    )
    policy += "script-src 'self'; connect-src 'self'" if served else f"script-src {_quoted(js)}"
    if in_worker:
        policy += " 'wasm-unsafe-eval'; worker-src blob:; connect-src 'self'"
    page = _environment().get_template(template)
    return page.render(css=Markup(css), js=Markup(js), policy=policy, **values) + "\n"  # noqa: S704  # our own files


def render_text(template: str, **values: object) -> str:
    """Fill a template that is no page: parts of a book, XML or CSS. Text is escaped wherever it stands."""
    return _environment().get_template(template).render(**values) + "\n"


def name_edition(article: Article) -> str:
    """Name an edition: its title, or its first words.

    Example:
        An article without a title that opens 'After his "sobering visit" to Kyiv, U.S. Secretary of State said …'
        → 'After his "sobering visit" to Kyiv, U.S. Secretary…'
    """
    if article.title:
        return article.title
    words = article.text.split()
    name = " ".join(words[:_NAME_WORDS])
    return name.rstrip(_STOPS) + "…" if len(words) > _NAME_WORDS else name


def pick_audio(record: EditionRecord) -> AudioFile:
    """Pick the file that a page plays: the MP3, which every browser knows, or the first there is."""
    return next((audio for audio in record.audio if audio.format == "mp3"), record.audio[0])


def link_url(url: str | None) -> str | None:
    """Give an address back if it may stand in a link: http and https only, so never a script."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


def format_clock(seconds: float) -> str:
    """Write a time as players show it.

    Example:
        75.4 → '1:15'; 3675 → '1:01:15'
    """
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def format_date(day: date) -> str:
    """Write a date as printed: '22 May 2024'."""
    return f"{day.day} {day:%B %Y}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(home, "pages") for home in _HOMES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=format_clock, date=format_date)
    return environment


@cache
def read_asset(name: str) -> str:
    """Read a style sheet or script of the package's pages."""
    places = (files(home) / "pages" / name for home in _HOMES)
    return next(place for place in places if place.is_file()).read_text(encoding="utf-8")


def _quoted(script: str) -> str:
    return f"'{_digest(script)}'" if script else "'none'"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
