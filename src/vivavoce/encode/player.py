"""player.html: the article as printed, read along with the recording; one file beside the audio, no network."""

import json

from markupsafe import Markup

from vivavoce.encode.read_along import lay_out_page
from vivavoce.linked_data import write_json_ld
from vivavoce.page import SiteLinks, link_url, name_edition, pick_audio, render_page
from vivavoce.types import EditionRecord


def write_player(record: EditionRecord, *, site: SiteLinks | None = None) -> str:
    """Write player.html.

    Args:
        record: The edition.
        site: The site that the page stands on; None for a page that stands alone.

    The page works from the file system and offline, asks nobody for anything but the audio beside it, and is
    readable without script, with the browser's own audio controls.
    """
    return render_page(
        "player.html",
        style=("house.css", "player.css"),
        script="player.js",
        name=name_edition(record.article),
        disclosure=record.disclosure.visible,
        language=record.script.language,
        publisher=record.article.publisher,
        url=link_url(record.article.url),
        page=lay_out_page(record),
        unread=any(_is_shown_unread(record, span.start, span.end) for span in record.script.spans if span.omitted),
        voice=record.voice.name,
        version=record.made.vivavoce,
        audio=pick_audio(record).file,
        duration_s=round(record.length_samples / record.sample_rate_hz, 3),
        linked_data=Markup(write_json_ld(record, base_url=site.folder_url if site else "")),  # noqa: S704  # made safe there
        site=site,
        timing=Markup(_timing(record)),  # noqa: S704  # numbers and ids that `_timing` has made safe
    )


def _is_shown_unread(record: EditionRecord, start: int, end: int) -> bool:
    return bool(record.article.text[start:end].strip())


def _timing(record: EditionRecord) -> str:
    """Write the times that the page's script needs, in whole milliseconds, as JSON that can't end its element."""

    def to_ms(samples: int) -> int:
        return round(samples * 1000 / record.sample_rate_hz)

    timing = {
        "duration_s": record.length_samples / record.sample_rate_hz,
        "ids": [placement.utterance.id for placement in record.placements],
        "sentence_starts": [to_ms(placement.start_samples) for placement in record.placements],
        "sentence_ends": [to_ms(placement.end_samples) for placement in record.placements],
        "word_starts": [to_ms(word.start_samples) for placement in record.placements for word in placement.words],
    }
    return json.dumps(timing, separators=(",", ":")).replace("<", "\\u003c")
