"""Is this recording ours? For everybody: of an edition that is out, or of any sound file that is sent.

Sound that strangers send is opened in a process of its own, never in the server's.
"""

import shutil
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, UploadFile
from starlette.concurrency import run_in_threadpool

from vivavoce.errors import InputError
from vivavoce.house import DEFAULT_HOUSE
from vivavoce.jobs.booth import inspect_sound
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.provenance.inspect import Inspection
from vivavoce.server.asking import Desk, Room, address_of, find_desk
from vivavoce.server.pages.visit import render_page
from vivavoce.server.players import VERIFY_PATH
from vivavoce.server.problems import COMMON
from vivavoce.server.public import choose_audio, find_public
from vivavoce.server.wire import Wire
from vivavoce.server.words import Id
from vivavoce.storage.records import EditionRow

router = APIRouter(tags=["verify"], responses=COMMON)
PAGE = VERIFY_PATH
SOUND = "/api/public/verify"
LARGEST_SOUND_BYTES = 64_000_000
"""An hour of speech as we deliver it."""
CHECKS_PER_MINUTE = 10
Chosen = Annotated[str, Query(pattern=r"^([0-9a-f]{20})?$")]
"""An edition, or none."""


class MarkOut(Wire):
    """The watermark that was heard."""

    edition: str
    """The first digits of the edition's id."""
    z: float
    at_s: float


class InspectionOut(Wire):
    """What a recording says of its origin, and what of that holds."""

    ok: bool
    verdict: str
    """whole, changed, expired or unsigned."""
    reasons: list[str]
    signed_by: str | None
    """own: this newsroom's own key; listed: a root that it trusts; unknown: another key."""
    signer: str | None
    certificate: str | None
    signed_at: str | None
    time_stamped: bool
    stamp_trusted: bool
    """Whether this newsroom believes the authority that stamped it."""
    edition: str | None
    title: str | None
    article_url: str | None
    approved: bool
    watermark: MarkOut | None
    watermark_fits: bool | None
    disclosed: list[str]
    unread: list[str]
    """What is too damaged to look into for it."""

    @classmethod
    def of(cls, found: Inspection) -> "InspectionOut":
        """Show it."""
        known: dict[str, Any] = asdict(found)
        return cls(ok=found.good, **{name: known[name] for name in cls.model_fields if name != "ok"})


@router.get(PAGE, response_class=Response, operation_id="get_verify_page")
def show_page(request: Request, room: Room, edition: Chosen = "") -> Response:
    """Show the page that checks a recording, and what came of the one that an edition delivers."""
    if not edition:
        return _render(None, "")
    found = find_public(room, edition)
    if isinstance(found, Response):
        return found
    return _render(_inspect_edition(find_desk(request), found, address_of(request)), choose_audio(room, found).name)


@router.post(PAGE, response_class=Response, operation_id="check_recording")
def check_recording(file: UploadFile, request: Request) -> Response:
    """Check a recording sent from the page."""
    desk = find_desk(request)
    name = Path(file.filename or "").name[:100]
    with TemporaryDirectory(prefix="vivavoce-verify-") as folder:
        path = Path(folder) / "sound"
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        try:
            found = _inspect(desk, path, DEFAULT_HOUSE, address_of(request))
        except InputError as error:
            return _render(None, name, error=str(error).replace(str(path), name or "the file"), status=422)
    return _render(found, name)


@router.get(SOUND + "/{edition_id}")
def verify_edition(edition_id: Id, request: Request, room: Room) -> InspectionOut:
    """Check the recording that an edition delivers."""
    found = find_public(room, edition_id, as_page=False)
    if isinstance(found, Response):
        raise NotThere("the edition was withdrawn")
    return InspectionOut.of(_inspect_edition(find_desk(request), found, address_of(request)))


@router.post(
    SOUND,
    openapi_extra={
        "requestBody": {
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "required": True,
        }
    },
)
async def verify_sound(request: Request) -> InspectionOut:
    """Check a sound file, sent as the body."""
    body = await request.body()
    desk, address = find_desk(request), address_of(request)

    def inspect() -> Inspection:
        with TemporaryDirectory(prefix="vivavoce-verify-") as folder:
            path = Path(folder) / "sound"
            path.write_bytes(body)
            try:
                return _inspect(desk, path, DEFAULT_HOUSE, address)
            except InputError as error:
                raise InputError(str(error).replace(str(path), "the body")) from error

    return InspectionOut.of(await run_in_threadpool(inspect))


def _inspect_edition(desk: Desk, edition: EditionRow, address: str) -> Inspection:
    blob = choose_audio(desk.room, edition).blob
    known = desk.inspected.get(blob)
    if known is None:
        known = _inspect(desk, desk.room.blobs.fetch(blob), edition.house, address)
        desk.inspected.keep(blob, known)
    return known


def _inspect(desk: Desk, path: Path, house: str, address: str) -> Inspection:
    desk.checks.take(address)
    room: Newsroom = desk.room
    return desk.bench.run(inspect_sound, path, room.house(house), room.places_of(house))


def _render(found: Inspection | None, name: str, *, error: str = "", status: int = 200) -> Response:
    return render_page("verify.html", found=found, name=name, error=error, status=status)
