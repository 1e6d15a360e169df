"""`vivavoce narrate FEED`: what a feed offers, and the editions of the items that were chosen."""

import json
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vivavoce.cli.output import print_result
from vivavoce.errors import InputError, RemoteError, VivavoceError

if TYPE_CHECKING:
    from vivavoce.settings import Places
    from vivavoce.studio import NarrateRequest, Narration
    from vivavoce.subscription import Offer
    from vivavoce.types import Capture

EXIT_FINDINGS = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """Which items of a feed to narrate; none: list them."""

    new: bool = False
    items: tuple[str, ...] = ()
    limit: int | None = None

    @property
    def is_made(self) -> bool:
        """Whether the user asked for anything that only a feed has."""
        return self.new or bool(self.items) or self.limit is not None


@dataclass(frozen=True, slots=True)
class _Result:
    offer: "Offer"
    done: "Narration | None" = None
    error: VivavoceError | None = None


def follow_feed(
    capture: "Capture",
    request: "NarrateRequest",
    folder: Path,
    choice: Choice,
    places: "Places",
    watch: Callable[[str, int, int], None],
    *,
    as_json: bool,
) -> None:
    """List a feed, or narrate what was chosen of it, each edition whole or not at all."""
    from vivavoce import subscription

    offers = subscription.list_offers(capture, request, folder)
    new = choice.new or (choice.limit is not None and not choice.items)
    if not (new or choice.items):
        print_result(_list_json(offers) if as_json else _list_text(offers, _command(request.source, folder)))
        return
    chosen = subscription.choose_offers(offers, new=new, names=choice.items, limit=choice.limit)
    results = [_narrate(offer, request, folder, places, watch) for offer in chosen]
    subscription.settle(capture, request, folder)
    print_result(_results_json(results) if as_json else _results_text(results))
    if code := _judge_results(results):
        raise typer.Exit(code)


def report_unchanged(source: str, *, as_json: bool) -> None:
    """Say that a feed is as it was when all of it had been made."""
    print_result("[]" if as_json else f"nothing new in {source}")


def _narrate(
    offer: "Offer",
    request: "NarrateRequest",
    folder: Path,
    places: "Places",
    watch: Callable[[str, int, int], None],
) -> _Result:
    """Narrate one item; what is wrong with it or its server keeps no other from being narrated."""
    from vivavoce import subscription

    try:
        return _Result(offer, done=subscription.narrate_offer(offer, request, folder, places, watch))
    except (InputError, RemoteError) as error:
        print(f"vivavoce: {' '.join(str(error).split())}", file=sys.stderr)
        return _Result(offer, error=error)


def _judge_results(results: Sequence[_Result]) -> int:
    from vivavoce.cli.main import EXIT_CODES

    failed = next((result.error for result in results if result.error), None)
    if failed:
        return EXIT_CODES[type(failed)]
    return EXIT_FINDINGS if any(result.done and not result.done.edition.report.clean for result in results) else 0


def _command(source: str, folder: Path) -> str:
    """How to narrate what is new, quoted for a shell."""
    place = () if folder == Path() else ("-o", str(folder))
    return shlex.join(("vivavoce", "narrate", source, "--new", *place))


def _list_text(offers: Sequence["Offer"], command: str) -> str:
    rows = [
        f"{offer.number:4}  {offer.standing:8}  {_day(offer):10}  {offer.item.title or offer.item.id}{_note(offer)}"
        for offer in offers
    ]
    waiting = sum(offer.waits for offer in offers)
    return "\n".join((*rows, "", f"{waiting} to narrate: {command}" if waiting else "nothing is left to narrate"))


def _note(offer: "Offer") -> str:
    if offer.outcome is None:
        return ""
    return f"  [{offer.outcome.refused or f'{offer.outcome.folder}/'}]"


def _day(offer: "Offer") -> str:
    return offer.item.published.date().isoformat() if offer.item.published else ""


def _list_json(offers: Sequence["Offer"]) -> str:
    return json.dumps([_row(offer) for offer in offers], ensure_ascii=False, indent=1)


def _row(offer: "Offer") -> dict[str, object]:
    item, outcome = offer.item, offer.outcome
    return {
        "number": offer.number,
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "published": item.published and item.published.isoformat(),
        "standing": offer.standing,
        "edition": outcome and outcome.folder,
        "refused": outcome and outcome.refused,
    }


def _results_json(results: Sequence[_Result]) -> str:
    return json.dumps(
        [
            {
                "id": result.offer.item.id,
                "edition": str(result.done.folder) if result.done else None,
                "edition_id": result.done.edition.id if result.done else None,
                "unchanged": bool(result.done and result.done.unchanged),
                "clean": bool(result.done and result.done.edition.report.clean),
                "error": str(result.error) if result.error else None,
            }
            for result in results
        ],
        ensure_ascii=False,
        indent=1,
    )


def _results_text(results: Sequence[_Result]) -> str:
    return "\n".join(map(_line, results)) or "nothing to narrate"


def _line(result: _Result) -> str:
    from vivavoce.subscription import count_missing_words

    title = result.offer.item.title or result.offer.item.id
    if result.done is None:
        return f"not made   {title}"
    report = result.done.edition.report
    verdict = "clean" if report.clean else f"{len(report.findings)} findings, see proof.html"
    if missing := count_missing_words(result.offer, result.done):
        verdict += f"; the feed has {missing} words more than the page gave"
    return f"{'unchanged' if result.done.unchanged else 'made':9}  {result.done.folder}/  {title} ({verdict})"
