"""`vivavoce say`: a quick listen to a sentence or to a lexicon entry."""

from dataclasses import replace
from pathlib import Path

import typer

from vivavoce.settings import read_places


def say(
    text: str = typer.Argument(help="What to say."),
    output: Path = typer.Option(..., "-o", "--output", help="The file: .wav, .mp3, .flac or .opus."),
    voice: str | None = typer.Option(None, "--voice", help="Which voice; see `vivavoce voices`."),
    precision: str | None = typer.Option(
        None, "--precision", help="How it computes: auto, fp32, int16, bf16 or int8; see docs/performance.md."
    ),
    lexicon: list[Path] = typer.Option([], "--lexicon", help="A lexicon (.csv or .pls) asked after the house's own."),
) -> None:
    """Say a text into one audio file.

    Example: vivavoce say "Zaporizhzhia, $61 billion" -o try.wav
    """
    from vivavoce import studio
    from vivavoce.house import read_house

    places = read_places()
    house = read_house(places)
    request = replace(
        studio.prepare_request(text, house),
        voice=voice or house.voice,
        precision=studio.find_precision(precision) if precision else house.precision,
        lexicons=tuple(lexicon),
    )
    studio.say_text(request, places, output=output)
    print(output)
