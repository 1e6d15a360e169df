"""`vivavoce correct`: an editor's change to a finished edition; only what it touches is made again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import typer

from vivavoce.cli.narrate import open_watch, report_narration
from vivavoce.errors import UsageError
from vivavoce.settings import read_places
from vivavoce.types import Edit, EditAction, EditionRecord

_SAY_HELP = "WRITTEN=SPOKEN: say these words of the article as if this were written."
_PHONEMES_HELP = "WRITTEN=PHONEMES: the same in IPA or the voice's own symbols."
_HERE_HELP = "Only in this sentence, by its id (u12): what --say and --phonemes change is then not said so elsewhere."


def correct(
    edition: Path = typer.Argument(help="The edition's folder."),
    say: list[str] = typer.Option([], "--say", help=_SAY_HELP),
    phonemes: list[str] = typer.Option([], "--phonemes", help=_PHONEMES_HELP),
    here: str | None = typer.Option(None, "--in", help=_HERE_HELP),
    pause: list[str] = typer.Option([], "--pause", help="PLACE=MILLISECONDS: the silence after this sentence."),
    omit: list[str] = typer.Option([], "--omit", help="PLACE: do not read it; it is listed as left out."),
    undo: list[int] = typer.Option([], "--undo", help="Take back the change with this number in --list."),
    show: bool = typer.Option(False, "--list", help="Only list the changes that hold."),
    threads: int = typer.Option(0, "--threads", min=0, help="Processor cores to use; 0 means all."),
    as_json: bool = typer.Option(False, "--json", help="Print the result for machines."),
    quiet: bool = typer.Option(False, "--quiet", help="No progress."),
) -> None:
    """Change how an edition is said, and make a new version of it.

    A PLACE is a sentence's id (u12, as in proof.html and edition.json) or words quoted from the article. The changes
    stay with the edition: `narrate` keeps them when the article changes.

    Example: vivavoce correct story --say "Saoirse=seer sha" --pause u4=900 --omit "Read our guide."
    """
    from vivavoce import studio
    from vivavoce.house import read_house

    record = studio.open_edition(edition)
    if show:
        print("\n".join(_describe(record.edits)) or "no change of an editor's holds in this edition")
        return
    made = [
        *_read_sayings(record, say, "alias", here=here),
        *_read_sayings(record, phonemes, "phonemes", here=here),
        *_read_pauses(record, pause),
        *_read_omissions(record, omit),
    ]
    if not made and not undo:
        raise UsageError("say what to change: --say, --phonemes, --pause, --omit or --undo; or look with --list")
    edits = (*_without(record.edits, undo), *made)
    places = read_places()
    with open_watch(quiet=quiet) as watch:
        request = replace(studio.prepare_request("", read_house(places)), threads=threads)
        done = studio.correct(edition, edits, request, places, watch)
    report_narration(done, as_json=as_json)


def _read_sayings(record: EditionRecord, asked: Sequence[str], way: str, *, here: str | None) -> Iterator[Edit]:
    from vivavoce.script.edits import check_edit, choose_place

    for text in asked:
        written, said = _split(text, "WRITTEN=SPOKEN")
        place = choose_place(record.script, record.article.text, written, within=here)
        action = EditAction.SAY_HERE if here else EditAction.SAY_EVERYWHERE
        bare = Edit(action, place)
        yield check_edit(replace(bare, alias=said) if way == "alias" else replace(bare, phonemes=said))


def _read_pauses(record: EditionRecord, asked: Sequence[str]) -> Iterator[Edit]:
    from vivavoce.script.edits import check_edit, choose_place

    for text in asked:
        where, wanted = _split(text, "PLACE=MILLISECONDS")
        if not wanted.isdecimal():
            raise UsageError(f"want PLACE=MILLISECONDS, such as u4=900, got {text!r}")
        place = choose_place(record.script, record.article.text, where)
        yield check_edit(Edit(EditAction.PAUSE, place, pause_ms=int(wanted)))


def _read_omissions(record: EditionRecord, asked: Sequence[str]) -> Iterator[Edit]:
    from vivavoce.script.edits import choose_place

    for where in asked:
        yield Edit(EditAction.LEAVE_OUT, choose_place(record.script, record.article.text, where))


def _split(text: str, shape: str) -> tuple[str, str]:
    before, sign, after = text.rpartition("=")
    if not sign or not before.strip() or not after.strip():
        raise UsageError(f"want {shape}, got {text!r}")
    return before.strip(), after.strip()


def _without(edits: Sequence[Edit], undo: Sequence[int]) -> tuple[Edit, ...]:
    for number in undo:
        if not 1 <= number <= len(edits):
            raise UsageError(f"there is no change number {number}; see: vivavoce correct EDITION --list")
    return tuple(edit for number, edit in enumerate(edits, start=1) if number not in undo)


def _describe(edits: Sequence[Edit]) -> Iterator[str]:
    for number, edit in enumerate(edits, start=1):
        change = edit.alias or edit.phonemes or ("" if edit.pause_ms is None else f"{edit.pause_ms} ms")
        yield f"{number:>3}  {edit.action:<14}  {edit.place.exact!r}{'  →  ' if change else ''}{change}"
