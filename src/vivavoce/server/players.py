"""What players ask for: their script, an edition's data, the latest stories; and what they count."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vivavoce.encode.player import DATA_TYPE, PlayerLinks, read_player_script, write_embed, write_player_data
from vivavoce.newsroom.manifests import load_record
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.server.asking import Room, address_of, find_desk
from vivavoce.server.problems import PUBLIC, answer_problem
from vivavoce.storage.records import EditionRow, EditionState, VersionRow

router = APIRouter(tags=["public"], responses=PUBLIC)
SCRIPT_PATH = "/player.js"
VERIFY_PATH = "/verify"
_LATEST = 20
_OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}
_EMBED_POLICY = "frame-ancestors *"
"""What may run in the page stands in its own head."""


@router.head(SCRIPT_PATH, response_class=Response, include_in_schema=False)
@router.get(SCRIPT_PATH, response_class=Response, operation_id="get_player_script")
def get_script() -> Response:
    """Give the player's script, for any page."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"}
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return Response(read_player_script(), media_type="text/javascript", headers=headers)


def links_of(edition: EditionRow) -> PlayerLinks:
    """Give the addresses that belong to an edition that is out, relative to the folder /e/ID/."""
    return PlayerLinks(
        verify=f"../..{VERIFY_PATH}?edition={edition.id}",
        playlist=f"../../latest/{edition.house}.json",
        plays="../../api/public/plays",
    )


def answer_embed(room: Newsroom, edition: EditionRow) -> Response:
    """Answer with the page that a publisher's site frames."""
    record = load_record(room, edition.house, edition.id, edition.published_version)
    page = write_embed(
        record,
        links_of(edition),
        script_url=f"../..{SCRIPT_PATH}",
        edition_id=edition.id,
        note=edition.note,
    )
    headers = {**_OPEN, "Content-Security-Policy": _EMBED_POLICY}
    return Response(page, media_type="text/html", headers=headers)


def answer_data(room: Newsroom, edition: EditionRow) -> Response:
    """Answer with what a player reads of an edition."""
    record = load_record(room, edition.house, edition.id, edition.published_version)
    links = links_of(edition)
    data = write_player_data(record, links, edition_id=edition.id, note=edition.note)
    return Response(data, media_type=DATA_TYPE, headers=_OPEN)


@router.get("/latest/{house}.json")
def get_latest(house: Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")], room: Room) -> Response:
    """Give a house's latest editions, for a player's playlist.

    Source:
        jsonfeed.org, version 1.1.
    """
    settings = room.house(house)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": settings.publication.name or "vivavoce",
        "home_page_url": settings.publication.homepage or room.public_url,
        "items": list(_latest(room, house)),
    }
    return Response(json.dumps(feed, ensure_ascii=False), media_type="application/feed+json", headers=_OPEN)


def _latest(room: Newsroom, house: str) -> Iterator[dict[str, Any]]:
    with room.store.read() as unit:
        editions = unit.editions.search(house, state=EditionState.PUBLISHED, limit=_LATEST)
        versions = [
            (edition, unit.editions.find_version(edition.id, edition.published_version or 0)) for edition in editions
        ]
    for edition, version in versions:
        if version is not None:
            yield _item(room, edition, version)


def _item(room: Newsroom, edition: EditionRow, version: VersionRow) -> dict[str, Any]:
    public = f"{room.public_url}/e/{edition.id}"
    return {
        "id": edition.id,
        "url": public,
        "title": version.title or "",
        "language": version.language,
        "date_published": edition.first_published_at.isoformat() if edition.first_published_at else None,
        "attachments": [
            {"url": f"{public}/audio", "mime_type": "audio/mpeg", "duration_in_seconds": round(version.duration_s)}
        ],
        "_vivavoce": {"edition": f"../e/{edition.id}/player.json"},
    }


class Play(BaseModel):
    """Somebody has come so far in an edition; who, is not asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    edition: Annotated[str, Field(pattern=r"^[0-9a-f]{20}$")]
    reached: Literal[0, 25, 50, 75, 100]


@router.post(
    "/api/public/plays",
    status_code=204,
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": Play.model_json_schema()}}}},
)
async def count_play(request: Request, room: Room) -> Response:
    """Count that an edition was started, or heard to a quarter; taken as text, so that browsers send it unasked."""
    find_desk(request).asks.take(f"plays {address_of(request)}")
    try:
        play = Play.model_validate_json(await request.body())
    except ValidationError:
        return answer_problem(422, "want edition, an id, and reached, one of 0, 25, 50, 75, 100")
    await to_thread.run_sync(keep_play, room, play)
    return Response(status_code=204, headers={"Access-Control-Allow-Origin": "*"})


def keep_play(room: Newsroom, play: Play) -> None:
    """Count it, if the edition is out.

    Raises:
        NotThere: There is no such edition.
    """
    with room.store.write() as unit:
        edition = unit.editions.find_anywhere(play.edition)
        if edition is None or edition.state is not EditionState.PUBLISHED:
            raise NotThere("there is no such edition")
        unit.plays.add(edition.id, datetime.now(UTC).date(), play.reached)
