"""The house lexicon: looked through, changed, brought in and out, and what a change would touch."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from vivavoce.lexicon import (
    Boundary,
    Entry,
    Lexicon,
    check_entry,
    format_csv,
    format_pls,
    parse_csv,
    parse_pls,
)
from vivavoce.live import plan_place
from vivavoce.newsroom.house_words import Touched, add_entries, find_touched, remove_entry, render_touched
from vivavoce.script.house import find_all_problems
from vivavoce.server.asking import SECURITY, Asker, Editor, Reader, Room, find_desk
from vivavoce.server.heard import answer_heard
from vivavoce.server.problems import COMMON
from vivavoce.server.wire import JobOut, Wire
from vivavoce.storage.records import now
from vivavoce.studio import find_voice, prepare_request
from vivavoce.types import Article, Block, BlockKind, TextQuote

router = APIRouter(prefix="/api/v1/lexicon", tags=["lexicon"], responses=COMMON, dependencies=SECURITY)
Written = Annotated[str, Query(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]
Short = Annotated[str, Field(max_length=255, pattern=r"^[^\x00]*$")]
_TYPES = {"csv": "text/csv; charset=utf-8", "pls": "application/pls+xml"}


class EntryWire(Wire):
    """One decision of the house: exactly one of `phonemes` and `alias`."""

    written: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00]*$")]
    phonemes: Short = ""
    alias: Short = ""
    case_sensitive: bool = True
    boundary: Boundary = Boundary.WORD
    language: Annotated[str, Field(pattern=r"^(en|en-US|en-GB)$")] = "en"
    scope: Short = "house"
    """`house`, `section:NAME`, or `article:` and the address of an article."""
    note: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""
    author: Annotated[str, Field(max_length=128, pattern=r"^[^\x00]*$")] = ""
    added: date | None = None

    def to_entry(self) -> Entry:
        """Give it as the stages know it, checked."""
        return check_entry(Entry(**self.model_dump()))

    @classmethod
    def of(cls, entry: Entry) -> "EntryWire":
        """Show an entry."""
        return cls.model_construct(**{name: getattr(entry, name) for name in cls.model_fields})


class ProblemOut(Wire):
    """Something to mend."""

    written: str
    reason: str


class TouchedOut(Wire):
    """An edition that says a word."""

    edition: str
    title: str | None
    published: bool
    places: int

    @classmethod
    def of(cls, touched: Touched) -> "TouchedOut":
        """Show it."""
        return cls(edition=touched.edition, title=touched.title, published=touched.published, places=touched.places)


@router.get("")
def list_entries(room: Room, actor: Reader) -> list[EntryWire]:
    """List all entries in the order in which they were made; of two for one form the later wins."""
    return [EntryWire.of(entry) for entry in _read(room, actor.house).entries]


@router.put("", status_code=201)
def put_entry(body: EntryWire, room: Room, actor: Asker) -> EntryWire:
    """Add an entry, in the place of one for the same form; who asks is its author where none is named."""
    entry = body.to_entry()
    author = entry.author or actor.who.partition(":")[2]
    entry = replace(entry, author=author, added=entry.added or now().date())
    add_entries(room, actor, [entry])
    return EntryWire.of(entry)


@router.delete("", status_code=204)
def delete_entry(written: Written, room: Room, actor: Asker) -> None:
    """Remove the entries for a written form."""
    remove_entry(room, actor, written)


@router.get("/problems")
def list_problems(room: Room, actor: Reader) -> list[ProblemOut]:
    """List entries that conflict with another, or can never match."""
    return [
        ProblemOut(written=problem.entry.written, reason=problem.reason)
        for problem in find_all_problems(_read(room, actor.house))
    ]


@router.get("/export", response_class=Response)
def export_entries(room: Room, actor: Reader, format: Literal["csv", "pls"] = "csv") -> Response:  # noqa: A002
    """Give the lexicon as CSV or PLS 1.0."""
    lexicon = _read(room, actor.house)
    written = format_csv(lexicon) if format == "csv" else format_pls(lexicon)
    name = f'attachment; filename="lexicon.{format}"'
    return Response(written, media_type=_TYPES[format], headers={"Content-Disposition": name})


@router.post("/import")
async def import_entries(request: Request, room: Room, actor: Editor) -> list[EntryWire]:
    """Bring entries in, from CSV or PLS 1.0 as the body; all of them or, where one is wrong, none."""
    body = await request.body()
    is_pls = body.lstrip()[:1] == b"<"
    entries = [check_entry(entry) for entry in (parse_pls(body) if is_pls else parse_csv(body)).entries]
    await run_in_threadpool(add_entries, room, actor, entries)
    return [EntryWire.of(entry) for entry in entries]


@router.get("/impact")
def get_impact(written: Written, room: Room, actor: Reader) -> list[TouchedOut]:
    """Name the editions whose text has a word."""
    return [TouchedOut.of(touched) for touched in find_touched(room, actor, written)]


@router.post("/render", status_code=202)
def render_impact(written: Written, room: Room, actor: Asker) -> list[JobOut]:
    """Let every edition that has a word say it as the lexicon does now: the touched sentences alone are made again."""
    return [JobOut.of(job) for job in render_touched(room, actor, written)]


class TryIn(Wire):
    """Words to hear as the lexicon says them, or as an entry would."""

    text: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]*\w[^\x00]*$")]
    entry: EntryWire | None = None


@router.post(
    "/try",
    response_class=Response,
    responses={
        200: {
            "content": {"audio/wav": {}},
            "description": "The words, said; a stream that begins with its first phrase",
        }
    },
)
def try_words(body: TryIn, request: Request, room: Room, actor: Editor) -> Response:
    """Say a few words."""
    entries = _read(room, actor.house)
    if body.entry is not None:
        entries = entries.add(body.entry.to_entry())
    asked = prepare_request("", room.house(actor.house))
    asked = replace(asked, entries=entries.select(variety=find_voice(asked.voice).language))
    text = " ".join(body.text.split())
    article = Article(blocks=(Block(BlockKind.PARAGRAPH, text),))
    booth, places = find_desk(request).booth, room.places_of(actor.house)
    return answer_heard(booth, booth.run(plan_place, article, TextQuote(text), asked, places), asked, places)


def _read(room: Room, house: str) -> Lexicon:
    with room.store.read() as unit:
        return unit.lexicon.read(house)
