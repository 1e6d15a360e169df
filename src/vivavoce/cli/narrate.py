"""`vivavoce narrate`: the main job, a source in, a finished edition folder out."""

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vivavoce.cli.output import print_result
from vivavoce.errors import UsageError
from vivavoce.settings import read_places

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.cli.follow import Choice
    from vivavoce.studio import NarrateRequest, Narration
    from vivavoce.types import EditionRecord

EXIT_FINDINGS = 6


def narrate(
    source: str = typer.Argument(help="A path (.txt, .md, .html), `-` for standard input, a URL, or a feed."),
    output: Path | None = typer.Option(
        None,
        "-o",
        "--output",
        help="The edition's folder; by default one named after the article. Of a feed: its parent.",
    ),
    voice: str | None = typer.Option(None, "--voice", help="Which voice reads; see `vivavoce voices`."),
    precision: str | None = typer.Option(
        None, "--precision", help="How it computes: auto, fp32, int16, bf16 or int8; see docs/performance.md."
    ),
    formats: str | None = typer.Option(
        None,
        "--format",
        help="Formats, separated by commas: mp3, m4a, opus, wav, flac, epub; mp3 unless the house says else.",
    ),
    title: str | None = typer.Option(None, "--title", help="The headline, instead of the source's own."),
    published: str | None = typer.Option(None, "--date", help="The day of publication, as 2024-05-23."),
    byline: list[str] = typer.Option([], "--byline", help="Who wrote it; may be given several times."),
    lexicon: list[Path] = typer.Option([], "--lexicon", help="A lexicon (.csv or .pls) asked after the house's own."),
    section: str | None = typer.Option(
        None, "--section", help="The section whose lexicon entries hold, such as sport."
    ),
    blocks: str = typer.Option("", "--blocks", help="Blocks to keep or drop, as `vivavoce extract --json` lists them."),
    url: str | None = typer.Option(None, "--url", help="Where a local file's article lives on the web."),
    new: bool = typer.Option(False, "--new", help="Of a feed: narrate all that is new or has changed."),
    item: list[str] = typer.Option([], "--item", help="Of a feed: narrate this one, by number, id or address."),
    limit: int | None = typer.Option(None, "--limit", min=1, help="Of a feed: at most so many of the new ones."),
    threads: int = typer.Option(0, "--threads", min=0, help="Processor cores to use; 0 means all."),
    as_json: bool = typer.Option(False, "--json", help="Print the result for machines."),
    quiet: bool = typer.Option(False, "--quiet", help="No progress."),
) -> None:
    """Turn one article into an edition folder: recording, captions, transcript, player, proof.

    A feed's items are listed; `--new`, `--limit` and `--item` narrate them.

    Examples: vivavoce narrate story.html -o story
              vivavoce narrate https://paper.example/feed.xml --new -o editions
    """
    from vivavoce import studio, subscription
    from vivavoce.cli.follow import Choice, follow_feed, report_unchanged
    from vivavoce.extract import is_feed
    from vivavoce.house import read_house

    places = read_places()
    house = read_house(places)
    request = replace(
        studio.prepare_request(source, house),
        output=output,
        url=url,
        voice=voice or house.voice,
        precision=studio.find_precision(precision) if precision else house.precision,
        threads=threads,
        title=title,
        published=_read_date(published),
        byline=tuple(byline),
        lexicons=tuple(lexicon),
        section=section,
        extract=replace(house.extract, blocks=_split(blocks)),
        options=replace(house.edition, formats=_split(formats) if formats else house.edition.formats),
    )
    studio.find_voice(request.voice)
    choice, folder = Choice(new=new, items=tuple(item), limit=limit), output or Path()
    capture = subscription.receive_source(request, folder)
    if capture is None:
        report_unchanged(source, as_json=as_json)
        return
    feed = is_feed(capture)
    _check_choice(choice, request, feed=feed)
    with open_watch(quiet=quiet) as watch:
        if feed:
            follow_feed(capture, request, folder, choice, places, watch, as_json=as_json)
            return
        done = studio.narrate(request, places, watch, capture=capture)
    report_narration(done, as_json=as_json)


def _check_choice(choice: "Choice", request: "NarrateRequest", *, feed: bool) -> None:
    if choice.is_made and not feed:
        raise UsageError(f"{request.source} is no feed; --new, --item and --limit choose among a feed's items")
    if feed and (request.title or request.published or request.byline or request.extract.blocks):
        raise UsageError("--title, --date, --byline and --blocks are one article's; narrate its own address instead")


def report_narration(done: "Narration", *, as_json: bool) -> None:
    """Print what came of a run, and leave with its exit code."""
    print_result(_as_json(done) if as_json else _as_text(done))
    if not done.edition.report.clean:
        raise typer.Exit(EXIT_FINDINGS)


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _read_date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"--date wants a day such as 2024-05-23, got {text!r}") from None


def open_watch(*, quiet: bool) -> "AbstractContextManager[Callable[[str, int, int], None]]":
    """Show progress on a terminal while the block runs, unless the user wants quiet."""
    if quiet:
        return nullcontext(lambda *_: None)
    from vivavoce.cli.progress import open_progress

    return open_progress()


def _as_json(done: "Narration") -> str:
    from vivavoce.encode.cautions import find_cautions

    edition = done.edition
    report = edition.report
    rendered = 0 if done.unchanged else edition.made.rendered_utterances
    return json.dumps(
        {
            "edition": str(done.folder),
            "id": edition.id,
            "unchanged": done.unchanged,
            "duration_s": round(_duration_s(edition), 3),
            "seconds": 0.0 if done.unchanged else edition.made.seconds,
            "rendered_utterances": rendered,
            "reused_utterances": len(edition.placements) - rendered,
            "clean": report.clean,
            "words": report.words,
            "words_not_heard": report.words_not_heard,
            "cautions": find_cautions(edition),
            "findings": [asdict(finding) for finding in report.findings],
            "edits_without_place": [edit.place.exact for edit in done.lost],
        },
        ensure_ascii=False,
        indent=1,
    )


def _as_speed(times: float) -> str:
    return f"{times:.1f} times faster" if times >= 1 else f"{1 / times:.1f} times slower"


def _as_text(done: "Narration") -> str:
    from vivavoce.encode.cautions import find_cautions

    edition, report = done.edition, done.edition.report
    made, duration_s = edition.made, _duration_s(edition)
    lines = [f"edition   {done.folder}/", f"length    {int(duration_s) // 60}:{int(duration_s) % 60:02d} min"]
    if done.unchanged:
        lines.append("made      nothing: it was there already, whole and up to date")
    else:
        lines.append(
            f"made in   {made.seconds:.1f} s, {_as_speed(duration_s / max(made.seconds, 1e-3))} than real time; "
            f"{made.rendered_utterances} utterances rendered, {made.reused_utterances} re-used"
        )
    verdict = "clean: every check passed" if report.clean else f"{len(report.findings)} findings"
    lines.append(
        f"proof     {verdict}; {report.words} words listened for, {report.words_not_heard} of them missing from the "
        "recogniser's transcript"
    )
    lines += [f"          {finding.kind}: {finding.word!r} in {finding.utterance}" for finding in report.findings]
    lines += [f"note      {caution}" for caution in find_cautions(edition)]
    lines += [
        f"edit      {edit.place.exact!r} no longer stands in the article: that change waits" for edit in done.lost
    ]
    if not report.clean:
        lines.append(f"          look at {done.folder}/proof.html")
    return "\n".join(lines)


def _duration_s(edition: "EditionRecord") -> float:
    return edition.length_samples / edition.sample_rate_hz
