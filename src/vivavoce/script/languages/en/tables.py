"""The language's tables: tab-separated files that anyone can extend; "#" opens a comment line."""

from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Read a table without its heading line, every row as long as the heading."""
    text = (files("vivavoce.script.languages.en") / "tables" / f"{name}.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    width = len(lines[0].split("\t"))
    return tuple(tuple((line.split("\t") + [""] * width)[:width]) for line in lines[1:])


@cache
def column(name: str) -> frozenset[str]:
    """Read a table's first column as a set."""
    return frozenset(row[0] for row in rows(name))


@cache
def mapping(name: str) -> dict[str, str]:
    """Read a table's first two columns as a map."""
    return {row[0]: row[1] for row in rows(name)}


def alternatives(words: frozenset[str] | dict[str, str] | tuple[str, ...]) -> str:
    """Build a regular expression that matches any of the words, longest first."""
    import re

    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
