"""The edition's page: the article as printed beside what is said of it; and what has changed."""

import base64
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Response
from pydantic import Field

from vivavoce.encode.peaks import measure_peaks
from vivavoce.encode.printed import Piece, cut_display
from vivavoce.newsroom.compare import Change, Stretch, compare_texts, compare_versions
from vivavoce.newsroom.findings import accept, list_accepted, name_findings
from vivavoce.newsroom.manifests import load_record
from vivavoce.newsroom.refusals import NotThere
from vivavoce.newsroom.room import Newsroom
from vivavoce.pipeline import find_chosen_takes
from vivavoce.server.asking import Asker, Room
from vivavoce.server.editions import find_edition
from vivavoce.server.pages.visit import Reading, Visit
from vivavoce.server.wire import Wire
from vivavoce.server.words import Id, VersionNumber
from vivavoce.storage.records import EditionRow, EditionState, VersionRow
from vivavoce.storage.store import Transaction
from vivavoce.storage.values import load_article
from vivavoce.types import EditionRecord, Finding, Placement

router = APIRouter(include_in_schema=False)
_PEAKS_PER_S = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence of the page."""

    placement: Placement
    kind: str
    pieces: tuple[Piece, ...]
    start_s: float
    end_s: float
    findings: tuple[Finding, ...]
    accepted: bool
    heard: str
    changed: str
    """What differs from the version before; "" for nothing."""
    take: int
    """Which take an editor has chosen; 0 for what the machine chose."""
    editable: bool
    """Whether it says text of the article."""
    omitted: tuple[str, ...]
    """What stands before it in the text and isn't said."""

    @property
    def open(self) -> bool:
        """Whether somebody should look at it."""
        return bool(self.findings) and not self.accepted

    @property
    def flagged(self) -> frozenset[str]:
        """Words that something was found in."""
        return frozenset(finding.word for finding in self.findings)


@router.get("/desk/editions/{edition_id}")
def show_edition(edition_id: Id, visit: Reading, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """Show an edition: a version of it, the newest by default."""
    room, house = visit.room, visit.actor.house
    with room.store.read() as unit:
        edition = find_edition(unit, visit.actor, edition_id)
        article = unit.articles.get(edition.article_id)
        number = version or edition.head
        shown = unit.editions.find_version(edition.id, number)
        versions = unit.editions.list_versions(edition.id)
        approvals = {v.number: unit.editions.find_approval(edition.id, v.script_sha256) for v in versions}
        jobs = unit.jobs.list_open([edition.id, article.id])
        failed = [job for job in unit.jobs.search(house, subject=edition.id, limit=1) if job.error]
        audio = _find_audio(unit, edition, number)
        plays = unit.plays.total(edition.id)
    values = {"edition": edition, "article": article, "versions": versions, "approvals": approvals, "jobs": jobs}
    values |= {"version": shown, "failed": failed, "plays": plays, "audio": audio, "public": room.public_url}
    if shown is None or audio is None:
        return visit.render("edition.html", rows=(), corrections=(), record=None, **values)
    record = load_record(room, house, edition_id, number)
    rows = _rows(room, edition, record, shown)
    return visit.render(
        "edition.html", rows=rows, record=record, corrections=_corrections(visit, edition, shown), **values
    )


def _find_audio(unit: Transaction, edition: EditionRow, number: int) -> str | None:
    files = unit.editions.list_files(edition.id, number)
    names = [file.name for file in files if file.media_type == "audio/mpeg"]
    return names[0] if names else next((file.name for file in files if file.media_type.startswith("audio/")), None)


def _rows(room: Newsroom, edition: EditionRow, record: EditionRecord, version: VersionRow) -> list[Row]:
    accepted = list_accepted(room, edition.id, edition.house)
    named = list(name_findings(record))
    heard = {name: hearing.heard for name, hearing in record.report.hearings}
    changed = _changed(room, edition, record, version)
    omitted = _omitted(record)
    chosen = find_chosen_takes(record.script, record.article.text, record.edits)
    spoken = {span.utterance for span in record.script.spans}
    rows = []
    for placement in record.placements:
        utterance = placement.utterance
        mine = [(name, finding) for name, finding in named if finding.utterance == utterance.id]
        kind = utterance.role if utterance.block is None else record.article.blocks[utterance.block].kind
        rows.append(
            Row(
                placement=placement,
                kind=str(kind),
                pieces=tuple(cut_display(utterance)),
                start_s=placement.start_samples / record.sample_rate_hz,
                end_s=placement.end_samples / record.sample_rate_hz,
                findings=tuple(finding for _, finding in mine),
                accepted=all(name in accepted for name, _ in mine),
                heard=heard.get(utterance.id, ""),
                changed=changed.get(utterance.id, ""),
                take=chosen.get(utterance.id, 0),
                editable=utterance.id in spoken,
                omitted=omitted.get(utterance.id, ()),
            )
        )
    return rows


def _changed(room: Newsroom, edition: EditionRow, record: EditionRecord, version: VersionRow) -> dict[str, str]:
    if version.number == 1:
        return {}
    try:
        before = load_record(room, edition.house, edition.id, version.number - 1)
    except NotThere:
        return {}
    changes = compare_versions(before, record)
    return {change.after.utterance.id: change.what for change in changes if change.after}


def _omitted(record: EditionRecord) -> dict[str, tuple[str, ...]]:
    """Find what isn't said, by the sentence it is read before (or after, at the end)."""
    found: dict[str, tuple[str, ...]] = {}
    waiting: list[str] = []
    last = ""
    for span in record.script.spans:
        text = record.article.text[span.start : span.end].strip()
        if span.utterance is None:
            waiting += [f"{text} ({span.omitted})"] if text else []
        elif waiting or not last:
            found[span.utterance] = (*found.get(span.utterance, ()), *waiting)
            waiting = []
        last = span.utterance or last
    if waiting and last:
        found[last] = (*found.get(last, ()), *waiting)
    return found


def _corrections(visit: Visit, edition: EditionRow, version: VersionRow) -> list[tuple[Stretch, ...]]:
    """Compare the text that the public hears with that of a later version."""
    if edition.state is not EditionState.PUBLISHED or edition.published_version == version.number:
        return []
    with visit.room.store.read() as unit:
        out = unit.editions.find_version(edition.id, edition.published_version or 0)
        old = unit.articles.find_revision(edition.article_id, out.revision) if out else None
        new = unit.articles.find_revision(edition.article_id, version.revision)
    if old is None or new is None or old.number == new.number:
        return []
    return compare_texts(load_article(old.article), load_article(new.article))


@router.get("/desk/editions/{edition_id}/compare/{one}/{other}")
def show_comparison(edition_id: Id, one: VersionNumber, other: VersionNumber, visit: Reading) -> Response:
    """Show what a version says otherwise than another, sentence by sentence, with both to be heard."""
    room, house = visit.room, visit.actor.house
    with room.store.read() as unit:
        edition = find_edition(unit, visit.actor, edition_id)
        article = unit.articles.get(edition.article_id)
        audio = [_find_audio(unit, edition, number) for number in (one, other)]
    before, after = (load_record(room, house, edition_id, number) for number in (one, other))
    changes: list[Change] = compare_versions(before, after)
    texts = compare_texts(before.article, after.article)
    return visit.render(
        "compare.html",
        edition=edition,
        article=article,
        one=one,
        other=other,
        audio=audio,
        changes=changes,
        texts=texts,
        rate=after.sample_rate_hz,
    )


@router.get("/desk/editions/{edition_id}/versions/{number}/peaks")
def get_peaks(edition_id: Id, number: VersionNumber, room: Room, actor: Asker) -> Response:
    """Give how loud a version is, 50 times a second, a byte each: what waveforms are drawn from."""
    with room.store.read() as unit:
        edition = find_edition(unit, actor, edition_id)
        name = _find_audio(unit, edition, number)
        file = unit.editions.find_file(edition.id, number, name) if name else None
    if file is None:
        raise NotThere(f"version {number} has no audio")
    data = _measure(room, file.blob)
    return Response(data, media_type="text/plain", headers={"Cache-Control": "private, max-age=86400"})


@lru_cache(maxsize=64)
def _measure_file(path: str) -> bytes:
    peaks = measure_peaks(Path(path))
    values = peaks.values
    step = peaks.per_second // _PEAKS_PER_S
    whole = values[: len(values) // step * step].reshape(-1, step).max(axis=1)
    return base64.b64encode((whole * 255).astype(np.uint8).tobytes())


def _measure(room: Newsroom, blob: str) -> bytes:
    return _measure_file(str(room.blobs.fetch(blob)))


class AcceptIn(Wire):
    """A sentence that somebody has listened to."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]
    utterance: Annotated[str, Field(pattern=r"^u[0-9]{1,6}$")]


@router.post("/desk/editions/{edition_id}/accept", status_code=204)
def accept_sentence(edition_id: Id, body: AcceptIn, room: Room, actor: Asker) -> None:
    """Accept what was found in a sentence."""
    accept(room, actor, edition_id, body.version, body.utterance)
