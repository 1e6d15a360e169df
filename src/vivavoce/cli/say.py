"""`vivavoce say`: a quick listen to a sentence or to a lexicon entry."""

from pathlib import Path

import typer

from vivavoce.settings import read_places


def say(
    text: str = typer.Argument(help="What to say."),
    output: Path = typer.Option(..., "-o", "--output", help="The file: .wav, .mp3, .flac or .opus."),
    voice: str | None = typer.Option(None, "--voice", help="Which voice; see `vivavoce voices`."),
    lexicon: list[Path] = typer.Option([], "--lexicon", help="A lexicon (.csv or .pls) asked after the house's own."),
) -> None:
    """Say a text into one audio file.

    Example: vivavoce say "Zaporizhzhia, $61 billion" -o try.wav
    """
    from vivavoce import studio

    request = studio.NarrateRequest(text, voice=voice or studio.DEFAULT_VOICE, lexicons=tuple(lexicon))
    studio.say_text(request, read_places(), output=output)
    print(output)
