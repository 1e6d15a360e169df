"""`vivavoce proof`: listens again to what is delivered."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from vivavoce.cli.listen import EXIT_FINDINGS
from vivavoce.cli.narrate import open_watch
from vivavoce.cli.output import print_result

if TYPE_CHECKING:
    from vivavoce.proofing import Proving


def proof(
    edition: Path = typer.Argument(help="The edition's folder."),
    as_json: bool = typer.Option(False, "--json", help="Print the result for machines."),
    quiet: bool = typer.Option(False, "--quiet", help="No progress."),
) -> int:
    """Listen again to an edition's delivered file, and write its proof.html and proof.json anew.

    Example: vivavoce proof story
    """
    from vivavoce.house import read_house
    from vivavoce.proofing import prove_edition, write_proof
    from vivavoce.settings import read_places
    from vivavoce.studio import open_edition, open_listener

    record, places = open_edition(edition), read_places()
    with open_watch(quiet=quiet) as watch:
        listener = open_listener(record.voice.name, places, read_house(places).recogniser)
        proving = prove_edition(record, edition, listener=listener, watch=watch)
    write_proof(proving, edition)
    print_result(_as_json(proving) if as_json else _as_text(proving, edition))
    return 0 if proving.clean else EXIT_FINDINGS


def _as_json(proving: "Proving") -> str:
    report = proving.edition.report
    return json.dumps(
        {
            "id": proving.edition.id,
            "clean": proving.clean,
            "words": report.words,
            "words_not_heard": report.words_not_heard,
            "findings": [asdict(finding) for finding in report.findings],
            "changed_files": list(proving.changed),
        },
        ensure_ascii=False,
        indent=1,
    )


def _as_text(proving: "Proving", folder: Path) -> str:
    record, report = proving.edition, proving.edition.report
    begins_s = {placed.utterance.id: placed.start_samples / record.sample_rate_hz for placed in record.placements}
    lines = [f"{file} is no longer the file that was made: its digest is another" for file in proving.changed]
    for found in report.findings:
        at_s = begins_s[found.utterance] + found.start_s
        kind = found.kind.replace("_", " ")
        lines.append(f"{int(at_s) // 60:3d}:{at_s % 60:04.1f}  {found.utterance:<5}{kind}  {found.word}".rstrip())
    if proving.clean:
        lines.append(f"clean: every check passed in {len(report.hearings)} utterances of the delivered file")
    else:
        lines.append(f"look at {folder}/proof.html")
    return "\n".join(lines)
