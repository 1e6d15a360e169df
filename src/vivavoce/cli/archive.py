"""`vivavoce archive`: a back catalogue, narrated on one machine or many."""

import json
import re
import sys
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vivavoce.cli.output import print_result
from vivavoce.errors import InputError, UsageError
from vivavoce.settings import read_places

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.archive.plan import Forecast, Price, Spread
    from vivavoce.archive.run import Progress
    from vivavoce.archiving import ArchiveResult

_PRICE = re.compile(r"(?P<name>[^=]+)=(?P<usd>\d+(?:\.\d+)?)/(?P<cores>\d+)")
_SHOWN_NAMES = 10
_LOG_EVERY_S = 60.0


def archive(
    source: str = typer.Argument(
        metavar="CATALOGUE",
        help="JSON lines, CSV, Parquet, a folder of articles, a sitemap, a WordPress or a Ghost export; a path, an "
        "address, or an fsspec address such as s3://bucket/articles.parquet.",
    ),
    output: str = typer.Option("archive", "-o", "--output", help="Where editions go: a folder or an fsspec address."),
    plan: bool = typer.Option(False, "--plan", help="Make nothing; say how much it will take."),
    price: list[str] = typer.Option(
        [], "--price", help="For --plan: a machine as NAME=USD/CORES, dollars an hour; several times."
    ),
    machines: int = typer.Option(1, "--machines", min=1, help="For --plan: how many machines."),
    cores: int = typer.Option(2, "--cores", min=1, help="For --plan: processors of each machine."),
    workers: int = typer.Option(0, "--workers", min=0, help="Workers, a processor each; 0: all of the cluster's."),
    address: str | None = typer.Option(
        None, "--address", help="A running Ray cluster, `auto` for this machine's; by default one of its own."
    ),
    ledger: str | None = typer.Option(
        None, "--ledger", help="A database for the ledger, for several drivers at once: postgresql://USER@HOST/NAME."
    ),
    voice: str | None = typer.Option(None, "--voice", help="Which voice reads; see `vivavoce voices`."),
    formats: str | None = typer.Option(None, "--format", help="Formats, separated by commas."),
    lexicon: list[Path] = typer.Option([], "--lexicon", help="A lexicon (.csv or .pls) asked after the house's own."),
    limit: int = typer.Option(0, "--limit", min=0, help="List no more articles than this; 0: all."),
    touch_up: bool = typer.Option(
        False, "--touch-up", help="Make anew only editions with names that a lexicon has learnt since."
    ),
    retry: bool = typer.Option(False, "--retry", help="Try again what failed before, though it has not changed."),
    site: Path | None = typer.Option(None, "--site", help="Write a static site of all current editions here."),
    as_json: bool = typer.Option(False, "--json", help="Print the result for machines."),
    quiet: bool = typer.Option(False, "--quiet", help="No progress."),
) -> None:
    """Narrate a back catalogue; run again, it goes on where it stopped and makes nothing twice.

    Example: vivavoce archive articles.jsonl -o archive
    """
    from vivavoce import archiving, studio
    from vivavoce.archive.crew import ClusterOptions
    from vivavoce.house import read_house

    places = read_places()
    house = read_house(places)
    narrate = studio.prepare_request("", house)
    narrate = replace(
        narrate,
        voice=studio.find_voice(voice or house.voice).name,
        lexicons=tuple(lexicon),
        options=replace(
            house.edition,
            formats=tuple(part.strip() for part in formats.split(",")) if formats else house.edition.formats,
        ),
    )
    prices = [_read_price(text) for text in price]
    request = archiving.ArchiveRequest(
        source,
        output,
        narrate,
        ClusterOptions(address, workers),
        ledger=ledger,
        limit=limit,
        touch_up=touch_up,
        retry=retry,
    )
    if plan:
        forecast = archiving.forecast_archive(request, places)
        told = _plan_as_json if as_json else _plan_as_text
        print_result(told(forecast, prices, machines, cores))
        return
    done = archiving.narrate_archive(request, places, _watch(quiet=quiet))
    if not done.progress.listed and not touch_up:
        raise InputError(f"{source} lists no article; see docs/archive.md for what a catalogue may be")
    if site:
        from vivavoce.publishing import publish_site

        publish_site(archiving.list_edition_folders(output), house, places, base_url=None, output=site)
    print_result(_as_json(done) if as_json else _as_text(done, output))


def _watch(*, quiet: bool) -> "Callable[[Progress], None]":
    """Show progress on standard error: one line that changes on a terminal, a line a minute in a log."""
    if quiet:
        return lambda _progress: None
    return _tell_terminal() if sys.stderr.isatty() else _tell_log()


def _tell_terminal() -> "Callable[[Progress], None]":
    told: set[str] = set()

    def tell(progress: "Progress") -> None:
        if progress.dashboard and progress.dashboard not in told:
            told.add(progress.dashboard)
            print(f"\rcluster {progress.dashboard}\x1b[K", file=sys.stderr)
        print(f"\r{_describe(progress)}\x1b[K", end="", file=sys.stderr, flush=True)

    return tell


def _tell_log() -> "Callable[[Progress], None]":
    told_s = -_LOG_EVERY_S
    told: str | None = None

    def tell(progress: "Progress") -> None:
        nonlocal told_s, told
        if progress.seconds - told_s >= _LOG_EVERY_S or progress.dashboard != told:
            told_s, told = progress.seconds, progress.dashboard
            cluster = f"; cluster {told}" if told else ""
            moment = f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S}"
            print(f"{moment} {_describe(progress)}{cluster}", file=sys.stderr, flush=True)

    return tell


def _describe(progress: "Progress") -> str:
    pace = progress.made / max(progress.seconds, 1e-3)
    waiting = progress.listed - progress.settled
    left = f", {waiting / pace / 60:.0f} min for the {waiting} listed so far" if pace and waiting else ""
    long = f"; at work on a long one: {progress.long}" if progress.long else ""
    return (
        f"{progress.settled} of {progress.listed} listed: {progress.made} made, {progress.failed} failed, "
        f"{60 * pace:.1f} articles a minute{left}{long}"
    )


def _read_price(text: str) -> "Price":
    from vivavoce.archive.plan import Price

    found = _PRICE.fullmatch(text)
    if not found or not int(found["cores"]):
        raise UsageError(f"--price wants NAME=USD/CORES such as c7a.2xlarge=0.41/8, got {text!r}")
    return Price(found["name"], float(found["usd"]), int(found["cores"]))


def _plan_as_text(forecast: "Forecast", prices: "list[Price]", machines: int, cores: int) -> str:
    rate = f"at {1 / forecast.core_s_an_audio_s:.2f} seconds of audio a core-second as measured here"
    fleet = f"{_count(machines, 'machine')} of {_count(cores, 'core')}"
    lines = [
        f"articles    {forecast.articles}; {100 * forecast.readable:.0f} % of a sample can be said",
        *(f"            refused: {reason}" for reason in forecast.refused),
        *(f"            among the longest: {name}, {size / 1000:,.1f} kB" for name, size in forecast.longest),
        f"audio       {_show(forecast.audio_hours)} hours",
        f"work        {_show(forecast.core_hours)} core-hours, {rate}",
        f"storage     {_show(forecast.gigabytes)} GB",
        f"time        {_show(forecast.wall_hours(machines * cores))} hours on {fleet}",
        *(f"cost        {_show(forecast.cost_usd(one))} USD on {one.name}" for one in prices),
        "in brackets: nine chances of ten, as far as the sample tells",
    ]
    return "\n".join(lines)


def _plan_as_json(forecast: "Forecast", prices: "list[Price]", machines: int, cores: int) -> str:
    costs = {one.name: asdict(forecast.cost_usd(one)) for one in prices}
    wall = asdict(forecast.wall_hours(machines * cores))
    return json.dumps({**asdict(forecast), "wall_hours": wall, "cost_usd": costs}, ensure_ascii=False, indent=1)


def _show(spread: "Spread") -> str:
    """Show figures of any size; a forecast is worth three digits."""
    middle, low, high = (f"{float(f'{value:.3g}'):,.12g}" for value in (spread.middle, spread.low, spread.high))
    return f"{middle} [{low} to {high}]"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _as_text(done: "ArchiveResult", output: str) -> str:
    progress, summary = done.progress, done.summary
    made = f"{progress.made} made, {progress.whole + progress.skipped} whole already, {progress.failed} failed now"
    if progress.failed_before:
        made += f", {progress.failed_before} failed before and unchanged (passed over; --retry tries them again)"
    standing = f"{_count(summary.editions, 'edition')}, {summary.clean} clean, {_count(summary.failures, 'failure')}"
    lines = [
        f"archive   {output}: {standing}",
        f"this run  {progress.listed} listed, {made}, {progress.seconds:.1f} s",
        *(f"failed    {outcome.source_id}: {outcome.reason}" for outcome in summary.failed[:_SHOWN_NAMES]),
    ]
    if summary.names:
        names = ", ".join(f"{bar.label} ({bar.count})" for bar in summary.names[:_SHOWN_NAMES])
        lines.append(f"names     that no lexicon knows: {names}")
    lines.append(f"report    {output}/report.html")
    return "\n".join(lines)


def _as_json(done: "ArchiveResult") -> str:
    summary = done.summary
    return json.dumps(
        {
            "progress": asdict(done.progress),
            "editions": summary.editions,
            "clean": summary.clean,
            "audio_s": round(summary.audio_s, 3),
            "cpu_s": round(summary.cpu_s, 3),
            "findings": {bar.label: bar.count for bar in summary.findings},
            "names": {bar.label: bar.count for bar in summary.names},
            "failed": [
                {"source_id": one.source_id, "listed_at": one.where, "ended": one.ended, "reason": one.reason}
                for one in summary.failed
            ],
        },
        ensure_ascii=False,
        indent=1,
    )
