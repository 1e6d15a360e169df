"""Lexicon, statistics, log, webhooks, people: what a newsroom looks after beside its stories."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from vivavoce.newsroom import house_words
from vivavoce.newsroom.room import Newsroom
from vivavoce.script.house import find_all_problems
from vivavoce.server.pages.visit import Administering, Reading
from vivavoce.storage.plays import REACHED, PlayCount
from vivavoce.storage.records import DeliveryState, EventKind, InletKind, Scope

router = APIRouter(include_in_schema=False)
_DAYS = 30


# ---------------------------------------------------------------- the lexicon


@router.get("/desk/lexicon")
def show_lexicon(visit: Reading, impact: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show the house's entries; and, where one is named, which published editions it touches."""
    with visit.room.store.read() as unit:
        lexicon = unit.lexicon.read(visit.actor.house)
    touched = house_words.find_touched(visit.room, visit.actor, impact) if impact else []
    entries = sorted(lexicon.entries, key=lambda entry: entry.written.casefold())
    return visit.render(
        "lexicon.html", entries=entries, problems=list(find_all_problems(lexicon)), impact=impact, touched=touched
    )


# ---------------------------------------------------------------- statistics


@dataclass(frozen=True, slots=True)
class Listened:
    """How an edition was listened to."""

    edition: str
    title: str
    counts: dict[int, int]

    def share(self, reached: int) -> int:
        """Percent of the plays that came so far."""
        return min(100, round(100 * self.counts[reached] / self.counts[0])) if self.counts[0] else 0


@router.get("/desk/statistics")
def show_statistics(visit: Reading) -> Response:
    """Show plays by day and by edition."""
    since = datetime.now(UTC).date() - timedelta(days=_DAYS - 1)
    counts, titles = _counts(visit.room, visit.actor.house, since)
    days = [(since + timedelta(days=number)) for number in range(_DAYS)]
    starts: dict[date, int] = defaultdict(int)
    for count in counts:
        starts[count.day] += count.count if count.reached == 0 else 0
    bars = [(day, starts[day]) for day in days]
    listened = _by_edition(counts, titles)
    most = max((number for _, number in bars), default=0) or 1
    return visit.render("statistics.html", bars=bars, most=most, listened=listened, reached=REACHED, days=_DAYS)


@router.get("/desk/statistics.csv")
def export_statistics(visit: Reading) -> Response:
    """Give all counts: edition, title, day, how far, how many."""
    counts, titles = _counts(visit.room, visit.actor.house, date(2000, 1, 1))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("edition", "title", "day", "reached_percent", "count"))
    for count in counts:
        title = titles.get(count.edition_id, "")
        writer.writerow((count.edition_id, _harmless(title), count.day.isoformat(), count.reached, count.count))
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=_attach("statistics.csv"))


def _counts(room: Newsroom, house: str, since: date) -> tuple[tuple[PlayCount, ...], dict[str, str]]:
    with room.store.read() as unit:
        counts = unit.plays.list_days(house, since=since)
        titles = {}
        for edition_id in {count.edition_id for count in counts}:
            edition = unit.editions.find(house, edition_id)
            if edition is not None:
                titles[edition_id] = unit.articles.get(edition.article_id).title or "(taken down)"
    return counts, titles


def _by_edition(counts: tuple[PlayCount, ...], titles: dict[str, str]) -> list[Listened]:
    sums: dict[str, dict[int, int]] = defaultdict(lambda: dict.fromkeys(REACHED, 0))
    for count in counts:
        sums[count.edition_id][count.reached] += count.count
    found = [Listened(edition, titles.get(edition, ""), reached) for edition, reached in sums.items()]
    return sorted(found, key=lambda one: one.counts[0], reverse=True)


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking text for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text


def _attach(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


# ---------------------------------------------------------------- log, webhooks, people


@router.get("/desk/log")
def show_log(
    visit: Administering, subject: Annotated[str | None, Query(max_length=255)] = None, page: int = 0
) -> Response:
    """Show who did what."""
    number = max(0, min(page, 10_000))
    with visit.room.store.read() as unit:
        lines = unit.audit.search(visit.actor.house, subject=subject or None, limit=101, offset=100 * number)
    return visit.render("log.html", lines=lines[:100], more=len(lines) > 100, page=number, subject=subject or "")  # noqa: PLR2004


@router.get("/desk/webhooks")
def show_webhooks(visit: Administering) -> Response:
    """Show who is told of what, what was sent lately, and what could not be delivered."""
    house = visit.actor.house
    with visit.room.store.read() as unit:
        hooks = unit.hooks.list(house)
        deliveries = unit.hooks.list_deliveries(house, limit=100)
        dead = unit.hooks.list_deliveries(house, state=DeliveryState.DEAD, limit=100)
        inlets = unit.hooks.list_inlets(house)
    return visit.render(
        "webhooks.html",
        hooks=hooks,
        addresses=defaultdict(str, {hook.id: hook.url for hook in hooks}),
        deliveries=deliveries,
        dead_letters=dead,
        inlets=inlets,
        events=list(EventKind),
        kinds=list(InletKind),
        public=visit.room.public_url,
    )


@router.get("/desk/people")
def show_people(visit: Administering) -> Response:
    """Show who may log in, and the programs' keys."""
    with visit.room.store.read() as unit:
        users = unit.people.list_users(visit.actor.house)
        tokens = unit.people.list_tokens(visit.actor.house)
    return visit.render("people.html", users=users, tokens=tokens, scopes=list(Scope))
