"""The houses' podcast feeds, and what search engines read of an edition."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as PathParameter

from vivavoce.encode.edition import MANIFEST
from vivavoce.house import DEFAULT_HOUSE
from vivavoce.linked_data import write_json_ld
from vivavoce.newsroom.manifests import read_record
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.publish.address import check_base_url
from vivavoce.publish.feed import write_feed
from vivavoce.publish.values import Publication
from vivavoce.publishing import make_channel
from vivavoce.server.asking import Room
from vivavoce.server.problems import PUBLIC
from vivavoce.server.public import CURRENT, find_public
from vivavoce.server.words import Id
from vivavoce.storage.records import EditionRow, EditionState
from vivavoce.types import EditionRecord

router = APIRouter(tags=["public"], responses=PUBLIC)
ITEMS = 100
"""So many editions stand in a feed, the last published ones."""
_SETTING = "[server] public_url in vivavoce.toml to the address at which the world reaches this server"
HouseName = Annotated[str, PathParameter(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


@dataclass(frozen=True, slots=True)
class _Stored(Publication):
    """An edition whose files are blobs."""

    sizes: Mapping[str, int] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return name in self.sizes

    def length_bytes(self, name: str) -> int:
        return self.sizes[name]


@router.head("/feed.xml", response_class=Response, include_in_schema=False)
@router.get("/feed.xml", response_class=Response)
def get_feed(request: Request, room: Room) -> Response:
    """Give the podcast feed of the server's first house."""
    return get_feed_of(DEFAULT_HOUSE, request, room)


@router.head("/feeds/{house}.xml", response_class=Response, include_in_schema=False)
@router.get("/feeds/{house}.xml", response_class=Response)
def get_feed_of(house: HouseName, request: Request, room: Room) -> Response:
    """Give a house's podcast feed: what is out now, the last published first."""
    settings = room.house(house)
    with room.store.read() as unit:
        out = unit.editions.search(house, state=EditionState.PUBLISHED, limit=ITEMS)
    if not out:
        raise NotThere("nothing is published yet")
    state = "\n".join(f"{edition.id} {edition.published_version} {edition.updated_at}" for edition in out)
    etag = f'"{hashlib.sha256(state.encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": CURRENT}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    publications = [_publication(room, edition) for edition in out]
    base_url = check_base_url(room.public_url, setting=_SETTING)
    channel = make_channel(settings, publications, base_url=f"{base_url}/e")
    own = f"{base_url}/feed.xml" if house == DEFAULT_HOUSE else f"{base_url}/feeds/{house}.xml"
    written = write_feed(channel, publications, feed_url=own)
    return Response(written, media_type="application/rss+xml", headers=headers)


@router.get("/e/{edition_id}/json-ld", response_class=Response)
def get_json_ld(edition_id: Id, room: Room) -> Response:
    """Describe an edition as schema.org's AudioObject, as JSON-LD."""
    found = find_public(room, edition_id, as_page=False)
    if isinstance(found, Response):
        return found
    record = _record(room, found)
    described = write_json_ld(record, base_url=f"{room.public_url}/e/{edition_id}/")
    headers = {"Cache-Control": CURRENT, "Access-Control-Allow-Origin": "*"}
    return Response(described, media_type="application/ld+json", headers=headers)


def _publication(room: Newsroom, edition: EditionRow) -> Publication:
    with room.store.read() as unit:
        files = unit.editions.list_files(edition.id, edition.published_version or 0)
    return _Stored(
        record=_record(room, edition),
        folder=Path(),
        slug=edition.id,
        dated=edition.first_published_at or edition.created_at,
        sizes={file.name: file.bytes for file in files},
    )


def _record(room: Newsroom, edition: EditionRow) -> EditionRecord:
    with room.store.read() as unit:
        file = unit.editions.find_file(edition.id, edition.published_version or 0, MANIFEST)
    if file is None:
        raise NotThere("there is no such edition")
    record = read_record(room.blobs.fetch(file.blob))
    return record if record.guid else replace(record, guid=edition.id)
