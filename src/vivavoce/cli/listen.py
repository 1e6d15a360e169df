"""`vivavoce listen`: is every word of a text said in a recording?"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from vivavoce.cli.output import print_result
from vivavoce.errors import InputError, UsageError
from vivavoce.types import Hearing

EXIT_FINDINGS = 6


def listen(
    audio: Annotated[Path | None, typer.Argument(help="The recording: .wav, .mp3, .flac, .ogg or .opus.")] = None,
    text: Annotated[
        str | None, typer.Option(help="What it should say, as written or as spoken; or a file with it.")
    ] = None,
    lines: Annotated[
        bool,
        typer.Option("--lines", help='Read JSON lines {"audio", "text", "phonemes", "durations"} from standard input.'),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the hearing as JSON.")] = False,
) -> int:
    """Listen to any narration, also one that vivavoce did not make, and say what isn't as the text has it.

    Example: vivavoce listen story.mp3 --text "Officials said the bridge was not damaged."
    """
    if lines == (audio is not None) or (audio is None) != (text is None):
        raise UsageError("give AUDIO and --text, or --lines and JSON lines on standard input")
    requests = _read_lines() if lines else iter([{"audio": str(audio), "text": _read_text(str(text))}])
    clean = True
    for hearing in _hear(requests):
        clean = clean and not hearing.findings
        print_result(json.dumps(format_hearing(hearing), ensure_ascii=False) if lines or as_json else _tell(hearing))
    return 0 if clean else EXIT_FINDINGS


def _read_text(text: str) -> str:
    """Give a text, or the article's text where it is the name of a file."""
    if "\n" in text or not Path(text).is_file():
        return text
    from vivavoce.extract import extract_article
    from vivavoce.ingest import fetch_capture

    return extract_article(fetch_capture(text)).text


def _read_lines() -> Iterator[dict[str, Any]]:
    for number, line in enumerate(sys.stdin, 1):
        try:
            request = json.loads(line)
        except ValueError as error:
            raise InputError(f"line {number} is no JSON ({error}); give one object a line") from error
        if not isinstance(request, dict) or not {"audio", "text"} <= request.keys():
            raise InputError(f'line {number} lacks "audio" or "text"; give an object with both')
        yield request


def _hear(requests: Iterator[dict[str, Any]]) -> Iterator[Hearing]:
    from vivavoce.house import read_house
    from vivavoce.listening import Recording, hear_recording
    from vivavoce.settings import read_places
    from vivavoce.studio import open_ears, open_pronouncer

    places = read_places()
    ears, pronouncer = open_ears(places, read_house(places).recogniser), open_pronouncer("en-US", (), places)
    for request in requests:
        durations = request.get("durations")
        recording = Recording(
            Path(request["audio"]), request["text"], request.get("phonemes"), durations and tuple(durations)
        )
        yield hear_recording(recording, pronouncer=pronouncer, ears=ears)


def format_hearing(hearing: Hearing) -> dict[str, Any]:
    """Write a hearing as the object that `listen --lines` prints."""
    findings = [
        {
            "kind": finding.kind,
            "word": finding.word,
            "confidence": round(finding.confidence, 3),
            "start_s": round(finding.start_s, 3),
            "end_s": round(finding.end_s, 3),
        }
        for finding in hearing.findings
    ]
    return {"heard": hearing.heard, "ok": not findings, "findings": findings}


def _tell(hearing: Hearing) -> str:
    if not hearing.findings:
        return f"every check passed: {hearing.heard}"
    found = (
        f"{finding.start_s:7.2f} s  {finding.kind.replace('_', ' ')}  {finding.word}".rstrip()
        for finding in hearing.findings
    )
    return "\n".join((f"heard: {hearing.heard}", *found))
