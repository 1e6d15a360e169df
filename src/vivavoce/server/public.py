"""What everybody may ask for: published audio, captions, transcript, player page, oEmbed; and tombstones."""

from html import escape
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from vivavoce.encode.player import EMBED_HEIGHT_PX
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.server.asking import Room
from vivavoce.server.audience import show
from vivavoce.server.files import answer_file
from vivavoce.server.players import answer_data, answer_embed
from vivavoce.server.problems import PUBLIC, answer_problem
from vivavoce.server.words import Address, FileName, Id, VersionNumber
from vivavoce.storage.records import EditionRow, EditionState, VersionFile, VersionRow

router = APIRouter(tags=["public"], responses=PUBLIC)
CURRENT = "public, max-age=60"
"""Short, so that a correction or a takedown reaches everybody within a minute; the ETag saves the bytes."""
IMMUTABLE = "public, max-age=300"
CLOSED = frozenset({"proof.html", "proof.json"})
"""Files of an edition that are the newsroom's own."""
EMBED_WIDTH = 640


@router.head("/e/{edition_id}", response_class=Response, include_in_schema=False)
@router.get("/e/{edition_id}", response_class=Response, operation_id="get_public_page")
def get_page(edition_id: Id, room: Room) -> Response:
    """Lead to an edition's page."""
    found = find_public(room, edition_id)
    return found if isinstance(found, Response) else RedirectResponse(f"/e/{edition_id}/player.html", 307)


@router.head("/e/{edition_id}/embed", response_class=Response, include_in_schema=False)
@router.get("/e/{edition_id}/embed", response_class=Response, operation_id="get_embed_page")
def get_embed(edition_id: Id, room: Room) -> Response:
    """Give the page that a publisher's site frames."""
    found = find_public(room, edition_id)
    return found if isinstance(found, Response) else answer_embed(room, found)


@router.head("/e/{edition_id}/player.json", response_class=Response, include_in_schema=False)
@router.get("/e/{edition_id}/player.json", response_class=Response, operation_id="get_player_data")
def get_player_data(edition_id: Id, room: Room) -> Response:
    """Give what a player on a publisher's page reads of an edition."""
    found = find_public(room, edition_id, as_page=False)
    return found if isinstance(found, Response) else answer_data(room, found)


@router.head("/e/{edition_id}/audio", response_class=Response, include_in_schema=False)
@router.get("/e/{edition_id}/audio", response_class=Response, operation_id="get_public_audio")
def get_audio(edition_id: Id, request: Request, room: Room) -> Response:
    """Give an edition's audio: the MP3, or the first format that there is."""
    found = find_public(room, edition_id)
    if isinstance(found, Response):
        return found
    name = choose_audio(room, found).name
    return get_public_file(edition_id, name, request, room)


@router.head("/e/{edition_id}/{name}", response_class=Response, include_in_schema=False)
@router.get("/e/{edition_id}/{name}", response_class=Response, operation_id="get_public_file")
def get_public_file(edition_id: Id, name: FileName, request: Request, room: Room) -> Response:
    """Give a file of the version that is out now."""
    found = find_public(room, edition_id, as_page=name.endswith(".html"))
    if isinstance(found, Response):
        return found
    return _answer(room, found, found.published_version, name, request, cache=CURRENT)


@router.head("/e/{edition_id}/v{number}/{name}", response_class=Response, include_in_schema=False)
@router.get(
    "/e/{edition_id}/v{number}/{name}",
    response_class=Response,
    operation_id="get_public_version_file",
    responses={308: {"description": "A newer version is out"}},
)
def get_version_file(edition_id: Id, number: VersionNumber, name: FileName, request: Request, room: Room) -> Response:
    """Give a file of one version; an earlier one than is out leads to the one that is."""
    found = find_public(room, edition_id, as_page=name.endswith(".html"))
    if isinstance(found, Response):
        return found
    if number != found.published_version:
        if number > found.head:
            raise NotThere(f"the edition has no version {number}")
        where = f"/e/{edition_id}/v{found.published_version}/{name}"
        return RedirectResponse(where, 308, headers={"Cache-Control": CURRENT})
    return _answer(room, found, number, name, request, cache=IMMUTABLE)


@router.get("/oembed")
def get_oembed(
    url: Annotated[Address, Query()],
    room: Room,
    maxwidth: Annotated[int | None, Query(ge=1, le=10_000)] = None,
    maxheight: Annotated[int | None, Query(ge=1, le=10_000)] = None,
    format: Annotated[Literal["json"], Query()] = "json",  # noqa: A002, ARG001  # the protocol's own names
) -> dict[str, Any]:
    """Tell how to embed the edition at an address of ours (oEmbed 1.0)."""
    edition, version = _find_at(room, url)
    width, height = min(maxwidth or EMBED_WIDTH, EMBED_WIDTH), min(maxheight or EMBED_HEIGHT_PX, EMBED_HEIGHT_PX)
    title = version.title or "Audio edition"
    src = f"{room.public_url}/e/{edition.id}/embed"
    frame = (
        f'<iframe src="{escape(src)}" width="{width}" height="{height}" title="{escape(title)}" '
        'loading="lazy" style="border:0" allow="autoplay"></iframe>'
    )
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": room.house(edition.house).publication.name or "vivavoce",
        "provider_url": room.public_url,
        "cache_age": 60,
        "html": frame,
        "width": width,
        "height": height,
    }


def _find_at(room: Newsroom, url: str) -> tuple[EditionRow, VersionRow]:
    ours = urlsplit(room.public_url)
    asked = urlsplit(url)
    parts = asked.path.removeprefix(ours.path).split("/")
    if asked.netloc != ours.netloc or len(parts) < 3 or parts[1] != "e":  # noqa: PLR2004  # /e/ID
        raise NotThere("that is no address of an edition of ours")
    with room.store.read() as unit:
        edition = unit.editions.find_anywhere(parts[2][:32])
        if edition is None or edition.published_version is None:
            raise NotThere("there is no such edition")
        version = unit.editions.find_version(edition.id, edition.published_version)
    if version is None:
        raise NotThere("there is no such edition")
    return edition, version


# ---------------------------------------------------------------- what is out


def choose_audio(room: Newsroom, edition: EditionRow) -> VersionFile:
    """Choose the file that is played where none is named.

    Raises:
        NotThere: There is no audio.
    """
    with room.store.read() as unit:
        files = unit.editions.list_files(edition.id, edition.published_version or 0)
    audio = [file for file in files if file.media_type.startswith("audio/")]
    if not audio:
        raise NotThere("the edition has no audio")
    return next((file for file in audio if file.media_type == "audio/mpeg"), audio[0])


def find_public(room: Newsroom, edition_id: str, *, as_page: bool = True) -> EditionRow | Response:
    """Give an edition that is out, or the answer for one that was.

    Raises:
        NotThere: It is not out, or there is none.
    """
    with room.store.read() as unit:
        edition = unit.editions.find_anywhere(edition_id)
    if edition is None or edition.state in {EditionState.DRAFT, EditionState.SCHEDULED}:
        raise NotThere("there is no such edition")
    if edition.state is EditionState.PUBLISHED:
        return edition
    return _answer_tombstone(edition, as_page=as_page)


def _answer(
    room: Newsroom, edition: EditionRow, number: int | None, name: str, request: Request, *, cache: str
) -> Response:
    with room.store.read() as unit:
        file = None if name in CLOSED else unit.editions.find_file(edition.id, number or 0, name)
    if file is None:
        raise NotThere(f"the edition has no file {name!r}")
    return show(request, answer_file(room, file, request, cache=cache))


def _answer_tombstone(edition: EditionRow, *, as_page: bool) -> Response:
    """Say that an edition was withdrawn, when, and why."""
    day = f"{edition.withdrawn_at:%-d %B %Y}" if edition.withdrawn_at else ""
    said = f"This audio edition was withdrawn on {day}." if day else "This audio edition was withdrawn."
    headers = {"Cache-Control": CURRENT, "Access-Control-Allow-Origin": "*"}
    if not as_page:
        return answer_problem(410, f"{said} {edition.note}".strip(), headers=headers)
    note = f"<p>{escape(edition.note)}</p>" if edition.note else ""
    page = (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Withdrawn</title><main><h1>Withdrawn</h1><p>{escape(said)}</p>{note}</main></html>"
    )
    headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors *"
    return HTMLResponse(page, 410, headers=headers)
