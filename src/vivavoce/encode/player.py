"""The player: its script, the data it reads, and the pages that hold it (player.html of an edition, embed pages).

The script is built from web/player by `node web/player/build.mjs` and lies in the package; a test builds it again and
compares.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from vivavoce.encode.chapters import chapters_of
from vivavoce.encode.printed import cut_display
from vivavoce.encode.read_along import lay_out_page
from vivavoce.linked_data import MEDIA_TYPES, write_json_ld
from vivavoce.page import SiteLinks, link_url, name_edition, pick_audio, read_asset, render_page
from vivavoce.types import EditionRecord, Placement

SCRIPT = "vivavoce-player.js"
DATA_TYPE = "application/vnd.vivavoce.player+json"
"""Media type of what `write_player_data` writes, for links to it."""
EMBED_HEIGHT_PX = 220
"""What an embed page wants in a frame."""

_SCHEMA = "vivavoce/player/1"


@dataclass(frozen=True, slots=True)
class PlayerLinks:
    """Where a player finds what belongs to an edition: addresses, absolute or relative to where the data lies."""

    files: str = ""
    """Stands before the names of the edition's files, with its slash."""
    transcript: str | None = "transcript.html"
    """Under `files`, too."""
    verify: str | None = None
    """A page that says whether a recording is ours; the "AI" mark leads there."""
    playlist: str | None = None
    """A feed (RSS or JSON Feed) of the latest stories."""
    plays: str | None = None
    """Takes what is counted: {"edition": …, "reached": 0 | 25 | 50 | 75 | 100}."""


def read_player_script() -> str:
    """Give the player's script: classic, self-contained, defines <vivavoce-player>."""
    return read_asset(SCRIPT)


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
        script=SCRIPT,
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
        linked_data=Markup(write_json_ld(record, base_url=site.folder_url if site else "")),  # noqa: S704  # made safe there
        site=site,
        data=_for_element(_player_data(record, PlayerLinks(verify=site.verify if site else None), with_text=False)),
    )


def write_embed(
    record: EditionRecord, links: PlayerLinks, *, script_url: str, edition_id: str | None = None, note: str = ""
) -> str:
    """Write an embed page: nothing but the player, for a frame on somebody's page.

    Args:
        record: The edition.
        links: Relative to the page, or absolute.
        script_url: Where `read_player_script` is served.
        edition_id: As in `write_player_data`.
        note: As in `write_player_data`.
    """
    return render_page(
        "embed.html",
        style=("embed.css",),
        served=True,
        script_url=script_url,
        name=name_edition(record.article),
        disclosure=record.disclosure.visible,
        language=record.script.language,
        audio=links.files + pick_audio(record).file,
        data=_for_element(_player_data(record, links, edition_id=edition_id, note=note)),
    )


def write_player_data(
    record: EditionRecord, links: PlayerLinks, *, edition_id: str | None = None, note: str = ""
) -> str:
    """Write what a player reads of an edition: a small part of its manifest, with links; a page names its address.

    Args:
        record: The edition.
        links: Relative to where this is served, or absolute.
        edition_id: Names the edition in a listener's memory and in statistics; the record's own changes with each
            version.
        note: A correction's note, shown under the title.

    Returns:
        JSON, described in docs/player.md.
    """
    return _to_json(_player_data(record, links, edition_id=edition_id, note=note))


def _player_data(
    record: EditionRecord,
    links: PlayerLinks,
    *,
    edition_id: str | None = None,
    note: str = "",
    with_text: bool = True,
) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "id": edition_id or record.id,
        "title": name_edition(record.article),
        "byline": record.article.byline,
        "publisher": record.article.publisher,
        "language": record.script.language,
        "url": link_url(record.article.url),
        "note": note,
        "disclosure": record.disclosure.visible,
        "duration_s": round(record.length_samples / record.sample_rate_hz, 3),
        "audio": [{"src": links.files + audio.file, "type": MEDIA_TYPES[audio.format]} for audio in _files(record)],
        "transcript": links.transcript and links.files + links.transcript,
        "verify": links.verify,
        "playlist": links.playlist,
        "plays": links.plays,
        "chapters": [{"title": chapter.title, "start_ms": chapter.start_ms} for chapter in chapters_of(record)],
        "sentences": [_sentence(record, placement, with_text=with_text) for placement in record.placements],
    }


def _files(record: EditionRecord) -> Iterator[Any]:
    """Yield the recordings, the one that every browser plays first."""
    first = pick_audio(record)
    yield first
    yield from (audio for audio in record.audio if audio is not first)


def _sentence(record: EditionRecord, placement: Placement, *, with_text: bool) -> dict[str, Any]:
    """Give a sentence, its text as printed cut at its words: "The ", [120, "wall"], "."."""
    utterance = placement.utterance
    starts = [_ms(record, word.start_samples) for word in placement.words]
    entry: dict[str, Any] = {
        "id": utterance.id,
        "start_ms": _ms(record, placement.start_samples),
        "end_ms": _ms(record, placement.end_samples),
    }
    if not with_text:
        return entry | {"word_starts": starts}
    pieces = cut_display(utterance)
    return entry | {
        "kind": utterance.role if utterance.block is None else record.article.blocks[utterance.block].kind,
        "block": utterance.block,
        "text": [piece.text if piece.word is None else [starts[piece.word], piece.text] for piece in pieces],
    }


def _is_shown_unread(record: EditionRecord, start: int, end: int) -> bool:
    return bool(record.article.text[start:end].strip())


def _ms(record: EditionRecord, samples: int) -> int:
    return round(samples * 1000 / record.sample_rate_hz)


def _to_json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _for_element(data: dict[str, Any]) -> Markup:
    """Write JSON that can't end the element it stands in."""
    return Markup(_to_json(data).replace("<", "\\u003c"))  # noqa: S704  # no "<" is left
