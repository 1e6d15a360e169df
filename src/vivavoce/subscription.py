"""A feed followed: which of its articles are new, changed or made, and where each one's edition lies.

What became of each item is kept in one file beside the editions. An item is known by its id, so a changed one is a new
version of its edition, whatever happened to its headline, its words or its address.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from vivavoce.encode.edition import MANIFEST
from vivavoce.encode.manifest import read_manifest
from vivavoce.errors import InputError, MachineError, UsageError, VivavoceError
from vivavoce.extract import FeedItem, list_feed
from vivavoce.ingest import Known, fetch_capture, fetch_newer
from vivavoce.pipeline import Watch
from vivavoce.settings import Places
from vivavoce.studio import NarrateRequest, Narration, narrate, slugify
from vivavoce.types import Capture

LEDGER = ".vivavoce-feeds.json"
"""The file in the folder of the editions that says what became of each feed's items."""


_MUCH_MORE = 1.4
"""Times as many words; a feed repeats headline, captions and links, so a few more mean nothing."""


class Standing(StrEnum):
    """Where an item of a feed stands."""

    NEW = "new"
    CHANGED = "changed"
    """Made or refused once, and different since."""
    MADE = "made"
    REFUSED = "refused"
    """It was no article that can be narrated, and is as it was then."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item."""

    digest: str
    """Of what the feed said of it then."""
    folder: str | None = None
    """The name of its edition's folder."""
    refused: str | None = None
    """Why it was not narrated."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is remembered of one feed."""

    known: Known = field(default_factory=Known)
    """The feed's version in which nothing was left to do; empty while something is."""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """By the item's id."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One item as it is offered to the user."""

    number: int
    """In the feed's order, from 1."""
    item: FeedItem
    standing: Standing
    outcome: Outcome | None

    @property
    def waits(self) -> bool:
        """Whether there is something to narrate."""
        return self.standing in {Standing.NEW, Standing.CHANGED}


def receive_source(request: NarrateRequest, folder: Path) -> Capture | None:
    """Receive what a user names; None where it is a feed that has not changed since all of it was made.

    Raises:
        InputError: There is nothing to read.
        RemoteError: The network or the server said no.
    """
    known = read_ledger(folder, request.source).known
    return fetch_newer(request.source, limits=request.fetch, url=request.url, known=known)


def list_offers(capture: Capture, request: NarrateRequest, folder: Path) -> tuple[Offer, ...]:
    """Say of each of a feed's items where it stands.

    Raises:
        InputError: It is no feed that can be read, or holds no items.
    """
    outcomes = read_ledger(folder, request.source).outcomes
    items = list_feed(capture, options=request.extract)
    if not items:
        raise InputError(f"{request.source}: a feed without items; check the address")
    return tuple(
        Offer(number, item, _judge(item, outcomes.get(item.id)), outcomes.get(item.id))
        for number, item in enumerate(items, start=1)
    )


def _judge(item: FeedItem, outcome: Outcome | None) -> Standing:
    if outcome is None:
        return Standing.NEW
    if outcome.digest != digest_item(item):
        return Standing.CHANGED
    return Standing.REFUSED if outcome.refused else Standing.MADE


def digest_item(item: FeedItem) -> str:
    """Sum up all that a feed says of an item."""
    said = (item.url, item.title, str(item.updated), item.content, item.summary, item.byline)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def choose_offers(offers: Sequence[Offer], *, new: bool, names: Sequence[str], limit: int | None) -> tuple[Offer, ...]:
    """Pick what to narrate: the items named by number, id or address, and with `new` all that wait.

    Raises:
        UsageError: A name fits no item.
    """
    by_name = {name: offer for offer in offers for name in (str(offer.number), offer.item.url, offer.item.id) if name}
    for name in names:
        if name not in by_name:
            raise UsageError(
                f"--item {name}: the feed has no such item; give a number from 1 to {len(offers)}, or an id"
            )
    named = {by_name[name].item.id for name in names}
    chosen = tuple(offer for offer in offers if offer.item.id in named or (new and offer.waits))
    return chosen[:limit]


def narrate_offer(offer: Offer, request: NarrateRequest, folder: Path, places: Places, watch: Watch) -> Narration:
    """Make the edition of one item, in its own folder, and remember it.

    Args:
        offer: What to narrate.
        request: The house's ways; its source is the feed.
        folder: Where the feed's editions lie.
        places: Where models and cache lie.
        watch: Told of progress.

    Raises:
        VivavoceError: As its class says; a refusal for the article's own sake is remembered too.
    """
    item = offer.item
    target = folder / ((offer.outcome and offer.outcome.folder) or _choose_folder(item, folder))
    try:
        capture = _receive_item(item, request)
        done = narrate(replace(request, output=target), places, watch, capture=capture, succeeds=target.exists())
    except InputError as error:
        kept = offer.outcome.folder if offer.outcome else None
        _remember(folder, request.source, item, Outcome(digest_item(item), folder=kept, refused=str(error)))
        raise
    _remember(folder, request.source, item, Outcome(digest_item(item), folder=target.name))
    return done


def count_missing_words(offer: Offer, done: Narration) -> int:
    """How many words more the feed has of an article than its page gave, where that is many; else 0."""
    held = len(offer.item.content_words())
    found = len(done.edition.article.text.split())
    return held - found if held > _MUCH_MORE * found else 0


def _receive_item(item: FeedItem, request: NarrateRequest) -> Capture:
    """The article as the feed carries it, where that is all of it; else its page."""
    whole = item.whole_capture()
    if whole is not None:
        return whole
    if item.url is None:
        raise InputError(
            f"{item.title or item.id}: the feed holds no full text and no address; narrate the page itself"
        )
    if not item.url.startswith(("http://", "https://")):
        raise InputError(f"{item.url}: the feed's item has no web address (rule: scheme)")
    return fetch_capture(item.url, limits=request.fetch)


def _choose_folder(item: FeedItem, folder: Path) -> str:
    """The folder in which the item's edition lies already, though nobody remembers; else a new name after its title."""
    name = slugify(item.title or item.id)
    if not (folder / name).exists():
        return _find_edition(item, folder) or name
    if _is_edition_of(item, folder / name):
        return name
    return _find_edition(item, folder) or f"{name}-{hashlib.sha256(item.id.encode()).hexdigest()[:6]}"


def _find_edition(item: FeedItem, folder: Path) -> str | None:
    manifests = sorted(folder.glob(f"*/{MANIFEST}")) if item.url else []
    return next((path.parent.name for path in manifests if _is_edition_of(item, path.parent)), None)


def _is_edition_of(item: FeedItem, folder: Path) -> bool:
    try:
        article = read_manifest((folder / MANIFEST).read_text("utf-8")).article
    except (OSError, ValueError, VivavoceError):
        return False
    return article.url == item.url if item.url and article.url else bool(item.title) and article.title == item.title


# ---------------------------------------------------------------- what is remembered


def settle(capture: Capture, request: NarrateRequest, folder: Path) -> None:
    """Remember a feed's version if nothing waits in it, so that its server is not asked for it again."""
    if not any(offer.waits for offer in list_offers(capture, request, folder)):
        with _open_ledgers(folder) as ledgers:
            ledger = ledgers.get(request.source, Ledger())
            ledgers[request.source] = replace(ledger, known=Known(capture.etag, capture.last_modified))


def read_ledger(folder: Path, source: str) -> Ledger:
    """Read what is remembered of a feed; an empty one where nothing is.

    Raises:
        MachineError: The file is damaged.
    """
    return _read_ledgers(folder).get(source, Ledger())


def _remember(folder: Path, source: str, item: FeedItem, outcome: Outcome) -> None:
    with _open_ledgers(folder) as ledgers:
        ledger = ledgers.get(source, Ledger())
        ledgers[source] = Ledger(known=Known(), outcomes={**ledger.outcomes, item.id: outcome})


@contextmanager
def _open_ledgers(folder: Path) -> Iterator[dict[str, Ledger]]:
    """Give all ledgers of a folder to be changed; they are written whole, one run after another."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{LEDGER}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ledgers = _read_ledgers(folder)
        yield ledgers
        staged = folder / f"{LEDGER}.new"
        rows = {source: asdict(ledger) for source, ledger in ledgers.items()}
        staged.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
        staged.replace(folder / LEDGER)


def _read_ledgers(folder: Path) -> dict[str, Ledger]:
    path = folder / LEDGER
    try:
        rows: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return {source: _from_row(row) for source, row in rows.items()}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise MachineError(
            f"{path} is damaged; remove it: editions already made are found by their addresses"
        ) from error


def _from_row(row: dict[str, Any]) -> Ledger:
    outcomes = {name: Outcome(**outcome) for name, outcome in row["outcomes"].items()}
    return Ledger(known=Known(**row["known"]), outcomes=outcomes)
