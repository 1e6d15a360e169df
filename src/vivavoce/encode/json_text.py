"""JSON that people can read and line tools can compare: a value without inner lists or objects takes one line."""

import json
from collections.abc import Iterable, Iterator

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def format_json(value: Json) -> str:
    """Lay out a JSON value, keys in the order given, with a line break at the end.

    An object or list that holds no other stands on one line, however long: a word of an article, a span of it. So a
    manifest of 100,000 words stays a file that can be searched, read and compared line by line.

    Raises:
        ValueError: A number is infinite or not a number; JSON has no word for it.
    """
    return "".join(_lay_out(value, "\n")) + "\n"


def _lay_out(value: Json, newline: str) -> Iterator[str]:
    """Yield the text of a value whose own lines start with `newline`, its indentation included."""
    if isinstance(value, dict) and _is_nested(value.values()):
        opening, closing = "{", "}"
        entries = [(json.dumps(key, ensure_ascii=False) + ": ", entry) for key, entry in value.items()]
    elif isinstance(value, list) and _is_nested(value):
        opening, closing = "[", "]"
        entries = [("", entry) for entry in value]
    else:
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)
        return
    inner = newline + " "
    for label, entry in entries:
        yield opening + inner + label
        yield from _lay_out(entry, inner)
        opening = ","
    yield newline + closing


def _is_nested(entries: Iterable[object]) -> bool:
    """Whether any of the entries holds entries itself; empty ones don't."""
    return any(isinstance(entry, dict | list) and entry for entry in entries)
