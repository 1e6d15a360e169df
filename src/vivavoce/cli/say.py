"""`vivavoce say`: a quick listen to a sentence or to a lexicon entry."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import typer

from vivavoce.cli.output import forget_output
from vivavoce.errors import UsageError
from vivavoce.settings import read_places

_STREAM = Path("-")


def say(
    text: str = typer.Argument(help="What to say."),
    output: Path = typer.Option(
        ..., "-o", "--output", help="The file: .wav, .mp3, .m4a, .flac or .opus; `-` streams WAV as it is said."
    ),
    voice: str | None = typer.Option(None, "--voice", help="Which voice; see `vivavoce voices`."),
    precision: str | None = typer.Option(
        None, "--precision", help="How it computes: auto, fp32, int16, bf16 or int8; see docs/performance.md."
    ),
    lexicon: list[Path] = typer.Option([], "--lexicon", help="A lexicon (.csv or .pls) asked after the house's own."),
) -> None:
    """Say a text into one audio file.

    Examples: vivavoce say "Zaporizhzhia, $61 billion" -o try.wav
              vivavoce say "The harbour opened. All is well." -o - | aplay
    """
    from vivavoce import live, studio
    from vivavoce.house import read_house

    places = read_places()
    house = read_house(places)
    request = replace(
        studio.prepare_request(text, house),
        voice=voice or house.voice,
        precision=studio.find_precision(precision) if precision else house.precision,
        lexicons=tuple(lexicon),
    )
    if output == _STREAM:
        _stream(live.say_live(request, places))
        return
    studio.say_text(request, places, output=output)
    print(output)


def _stream(pieces: Iterable[bytes]) -> None:
    """Send sound into a pipe; a player that has been closed ends it."""
    if sys.stdout.isatty():
        raise UsageError("sound is nothing for a terminal; send it to a player: vivavoce say TEXT -o - | aplay")
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
            sys.stdout.flush()
    except BrokenPipeError:
        forget_output()
