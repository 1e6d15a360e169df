"""What a newsroom forgets: drafts that nobody touches, persons in the audit log, what nobody refers to."""

from datetime import timedelta

from vivavoce.newsroom.actors import ITSELF
from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.records import now

KEEP_JOBS_DAYS = 30
AT_HAND_BYTES = 4 << 30
"""Kept at hand of blobs that lie elsewhere."""


def keep_up(room: Newsroom) -> None:
    """Forget what is past its time; may run anywhere at any time."""
    moment = now()
    for name in room.houses:
        _forget_drafts(room, name)
    with room.store.write() as unit:
        unit.people.forget_expired(moment)
        unit.jobs.forget_ended(moment - timedelta(days=KEEP_JOBS_DAYS))
        days = [house.newsroom.keep_persons_days for house in room.houses.values()]
        if all(days):  # the log is one for all houses: the longest of their times holds
            unit.audit.erase_persons(moment - timedelta(days=max(days)))
    with room.store.read() as unit:
        wanted = {*unit.editions.list_blobs(), *unit.articles.list_blobs()}
    room.blobs.sweep(wanted)
    room.blobs.trim_cache(AT_HAND_BYTES)


def _forget_drafts(room: Newsroom, house: str) -> None:
    days = room.house(house).newsroom.keep_drafts_days
    if not days:
        return
    with room.store.write() as unit:
        for article in unit.articles.list_stale_drafts(now() - timedelta(days=days)):
            edition = unit.editions.of_article(article.id)
            subjects = [article.id, *([edition.id] if edition else [])]
            if article.house != house or unit.jobs.list_open(subjects):
                continue
            unit.articles.remove(article.id)
            unit.audit.note(house=house, who=ITSELF, action="article.forget", subject=article.id, days=days)
