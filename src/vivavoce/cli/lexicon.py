"""`vivavoce lexicon`: the house's own pronunciations."""

import dataclasses
import getpass
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from vivavoce.errors import InputError, UsageError
from vivavoce.lexicon import (
    Boundary,
    Entry,
    Lexicon,
    check_entry,
    compare_lexicons,
    find_matches,
    find_problems,
    join_lexicons,
    read_lexicon,
    write_lexicon,
)
from vivavoce.settings import read_places

app = typer.Typer(help="The house lexicon: how this newsroom says a word.", no_args_is_help=True)

File = Annotated[
    Path | None, typer.Option("--lexicon", help="The lexicon file; default: lexicon.csv beside the config.")
]
Written = Annotated[str, typer.Argument(help="The word or words as printed.")]


def find_house_lexicon() -> Path:
    """Name the house's own lexicon file, beside its settings; it need not exist."""
    return read_places().lexicon


def read_house_lexicon(file: Path | None = None) -> Lexicon:
    """Read a lexicon file, or the house's own one; what does not exist yet is empty."""
    file = file or find_house_lexicon()
    return read_lexicon(file) if file.exists() else Lexicon()


@app.command()
def add(
    written: Written,
    phonemes: Annotated[str, typer.Option(help="How it is said, in IPA or the voice's symbols.")] = "",
    alias: Annotated[str, typer.Option(help="Words to say instead, as one would write them.")] = "",
    any_case: Annotated[bool, typer.Option("--any-case", help="Match capitals and small letters alike.")] = False,
    part: Annotated[bool, typer.Option("--part", help="Match inside words too.")] = False,
    language: Annotated[str, typer.Option(help='"en", "en-US" or "en-GB".')] = "en",
    scope: Annotated[str, typer.Option(help='"house", "section:NAME" or "article:URL".')] = "house",
    note: Annotated[str, typer.Option(help="Why.")] = "",
    author: Annotated[str | None, typer.Option(help="Who decides; default: the name of the user.")] = None,
    lexicon: File = None,
) -> None:
    """Add an entry, in the place of one for the same form.

    Example: vivavoce lexicon add Kyiv --phonemes ˈkiːɪv --note "the editor's choice"
    """
    entry = check_entry(
        Entry(
            written,
            phonemes,
            alias,
            case_sensitive=not any_case,
            boundary=Boundary.PART if part else Boundary.WORD,
            language=language,
            scope=scope,
            note=note,
            author=author if author is not None else getpass.getuser(),
            added=datetime.now(UTC).date(),
        )
    )
    _save(read_house_lexicon(lexicon).add(entry), lexicon)
    print(f"{entry.written}: {entry.phonemes or entry.alias}")


@app.command()
def remove(written: Written, lexicon: File = None) -> None:
    """Remove all entries for a written form.

    Example: vivavoce lexicon remove Kyiv
    """
    before = read_house_lexicon(lexicon)
    after = before.remove(written)
    if after == before:
        raise UsageError(f"the lexicon has no entry {written!r}; vivavoce lexicon list shows what it has")
    _save(after, lexicon)


@app.command("list")
def list_entries(
    as_json: Annotated[bool, typer.Option("--json", help="Print the entries as JSON.")] = False, lexicon: File = None
) -> None:
    """List the entries, and what is wrong with them.

    Example: vivavoce lexicon list
    """
    from vivavoce.script.house import find_all_problems

    house = read_house_lexicon(lexicon)
    problems = [(problem.entry, problem.reason) for problem in find_all_problems(house)]
    if as_json:
        listed = [
            dataclasses.asdict(entry) | {"problems": [reason for other, reason in problems if other is entry]}
            for entry in house.entries
        ]
        print(json.dumps(listed, ensure_ascii=False, indent=1, default=str))
        return
    for entry in house.entries:
        print("\t".join(filter(None, _describe(entry))))
    _complain(house)


def _describe(entry: Entry) -> tuple[str, ...]:
    rules = ("" if entry.case_sensitive else "any case", "in words" if entry.boundary is Boundary.PART else "")
    who = f"{entry.author} {entry.added or ''}".strip()
    scope = "" if entry.scope == "house" else entry.scope
    return entry.written, entry.phonemes or f"“{entry.alias}”", *rules, entry.language, scope, entry.note, who


def _complain(house: Lexicon) -> None:
    from vivavoce.script.house import find_all_problems

    for problem in find_all_problems(house):
        print(f"{problem.entry.written}: {problem.reason}", file=sys.stderr)


@app.command("import")
def import_entries(file: Annotated[Path, typer.Argument(help="A .pls or .csv file.")], lexicon: File = None) -> None:
    """Take in the entries of a PLS 1.0 or CSV file; they win over those that are there.

    Example: vivavoce lexicon import names.pls
    """
    before, taken = read_house_lexicon(lexicon), read_lexicon(file)
    house = join_lexicons([before, taken])
    _save(house, lexicon)
    report = compare_lexicons(before, taken)
    counts = f"{report.added} new, {len(report.replaced)} changed, {report.unchanged} as they were"
    print(f"{report.total} entries of {file}: {counts}")
    print(f"{lexicon or find_house_lexicon()} now has {len(house.entries)}")
    for old, new in report.replaced:
        print(f"{new.written}: {new.phonemes or new.alias} replaces {old.phonemes or old.alias}")
    for problem in find_problems(taken):
        print(f"{file.name}: {problem.entry.written}: {problem.reason}", file=sys.stderr)
    _complain(house)


@app.command("export")
def export_entries(file: Annotated[Path, typer.Argument(help="A .pls or .csv file.")], lexicon: File = None) -> None:
    """Write the entries as PLS 1.0 or CSV, by the file's ending.

    Example: vivavoce lexicon export house.pls
    """
    house = read_house_lexicon(lexicon)
    write_lexicon(house, file)
    print(f"{len(house.entries)} entries of {lexicon or find_house_lexicon()} written to {file}")
    _complain(house)


@app.command("test")
def try_words(
    written: Written,
    section: Annotated[str | None, typer.Option(help="The section whose entries hold too.")] = None,
    article: Annotated[str | None, typer.Option(help="The article, by its address, whose entries hold too.")] = None,
    lexicon: File = None,
) -> None:
    """Show how a word or a sentence is said with the lexicon as it is.

    Example: vivavoce lexicon test "Zelensky met Erdoğan in Kyiv."
    """
    from vivavoce.engines.spacy_tagger import SpacyTagger
    from vivavoce.script.pronounce import build_pronouncer
    from vivavoce.script.write import speak_line

    house = read_house_lexicon(lexicon).select(variety="en-US", section=section, article=article)
    pronouncer = build_pronouncer(variety="en-US", tagger=SpacyTagger(), house=house)
    for word in speak_line(written, pronouncer=pronouncer):
        print(f"{word.text}\t{word.phonemes}\t{word.source}")


@app.command()
def impact(
    written: Written,
    folders: Annotated[list[Path], typer.Argument(help="Folders that hold editions.")],
    lexicon: File = None,
) -> None:
    """Name the editions whose text has a word that the lexicon says in its own way.

    Example: vivavoce lexicon impact Kyiv editions/
    """
    entries = [entry for entry in read_house_lexicon(lexicon).entries if entry.written == written] or [Entry(written)]
    for folder in folders:
        for manifest in sorted(folder.rglob("edition.json")):
            title, text = _read_edition(manifest)
            places = max(sum(1 for _ in find_matches(entry, text)) for entry in entries)
            if places:
                print(f"{manifest.parent}\t{places}\t{title}")


def _read_edition(manifest: Path) -> tuple[str, str]:
    try:
        article = json.loads(manifest.read_text(encoding="utf-8"))["article"]
        return str(article["title"] or ""), str(article["text"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{manifest} is no edition's manifest ({error!r}); leave its folder out") from error


def _save(house: Lexicon, file: Path | None) -> None:
    write_lexicon(house, file or find_house_lexicon())
