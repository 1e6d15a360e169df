"""`vivavoce script`: what will be said, word by word, and where each pronunciation comes from."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vivavoce.errors import UsageError
from vivavoce.house import House, read_house
from vivavoce.script.pronounce import Pronouncer
from vivavoce.script.style import ScriptStyle, Variety
from vivavoce.settings import read_places
from vivavoce.types import Script, Word


def script(
    source: Annotated[str | None, typer.Argument(help='A path (.txt, .md, .html, …), "-", or an address.')] = None,
    lines: Annotated[bool, typer.Option("--lines", help="Read one sentence a line from standard input.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the script as JSON.")] = False,
    lexicon: Annotated[list[Path] | None, typer.Option(help="A house lexicon (.csv or .pls); may be repeated.")] = None,
    section: Annotated[str | None, typer.Option(help="The section whose lexicon entries hold, such as sport.")] = None,
    url: Annotated[str | None, typer.Option(help="Where a local file's article lives on the web.")] = None,
    variety: Annotated[Variety, typer.Option(help="Which English is spoken.")] = Variety.AMERICAN,
) -> None:
    """Show what will be said: written, spoken, phonemes, the source of each, and what is left out and why.

    Names that are said by guess are marked with an exclamation mark, the same as on the proof sheet.

    Example: vivavoce script story.txt
    """
    if lines == (source is not None):
        raise UsageError("give one SOURCE, or --lines and sentences on standard input")
    house = read_house(read_places())
    style = replace(house.style, variety=variety)

    def load(article: str | None) -> Pronouncer:
        from vivavoce.studio import open_pronouncer

        return open_pronouncer(variety.value, lexicon or [], read_places(), section=section, article=article)

    if lines:
        _say_lines(load(url), style)
        return
    written, text = _write(str(source), url, house, load, style)
    if as_json:
        print(format_json(written, text))
    else:
        _print_table(written, text)


def _say_lines(pronouncer: Pronouncer, style: ScriptStyle) -> None:
    from vivavoce.script.write import speak_line

    for line in sys.stdin:
        words = speak_line(line.rstrip("\r\n"), pronouncer=pronouncer, style=style)
        said = {
            "spoken": " ".join(word.spoken for word in words),
            "phonemes": " ".join(word.phonemes + word.mark for word in words),
        }
        print(json.dumps(said, ensure_ascii=False), flush=True)


def _write(
    source: str, url: str | None, house: House, load: Callable[[str | None], Pronouncer], style: ScriptStyle
) -> tuple[Script, str]:
    from vivavoce.script.write import write_script
    from vivavoce.studio import check_language, find_voice, prepare_request, read_article

    article = read_article(replace(prepare_request(source, house), url=url))
    check_language(article, find_voice(house.voice))
    disclosure = house.edition.disclosure
    return write_script(article, pronouncer=load(article.url), style=style, disclosure=disclosure), article.text


def format_json(written: Script, text: str) -> str:
    """Write a script as JSON: utterances with their words, and what is omitted."""
    utterances = [
        {
            "id": utterance.id,
            "role": utterance.role.value,
            "display": utterance.display,
            "spoken": utterance.spoken,
            "phonemes": utterance.phonemes,
            "words": [_describe(word) for word in utterance.words],
        }
        for utterance in written.utterances
    ]
    omissions = [
        {"text": text[span.start : span.end], "reason": span.omitted} for span in written.spans if span.omitted
    ]
    whole = {"language": written.language, "utterances": utterances, "omitted": omissions}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _describe(word: Word) -> dict[str, object]:
    return {
        "text": word.text,
        "spoken": word.spoken,
        "phonemes": word.phonemes,
        "start": word.start,
        "end": word.end,
        "rule": word.rule,
        "source": word.source,
        "confidence": round(word.confidence, 2),
        "guessed_name": word.is_guessed_name,
    }


def _print_table(written: Script, text: str) -> None:
    table = Table("", "written", "spoken", "phonemes", "rule", "source", box=None, pad_edge=False)
    for row in _rows(written):
        table.add_row(*row)
    console = Console(width=None if sys.stdout.isatty() else 140, highlight=False)
    console.print(table)
    for span in written.spans:
        if span.omitted:
            console.print(Text(f"left out [{span.omitted}]: {' '.join(text[span.start : span.end].split())}"))


def _rows(written: Script) -> Iterator[list[Text]]:
    for utterance in written.utterances:
        yield [Text(utterance.id, style="bold"), Text(utterance.role.value, style="bold"), *[Text()] * 4]
        for word in utterance.words:
            guessed = word.is_guessed_name
            cells = (
                "!" if guessed else "",
                word.text + word.mark.strip(),
                "" if word.spoken == word.text.lower() else word.spoken,
                word.phonemes,
                "" if word.rule == "plain" else word.rule,
                f"{word.source} {word.confidence:.2f}" if guessed else word.source,
            )
            yield [Text(cell, style="bold yellow" if guessed else "") for cell in cells]
