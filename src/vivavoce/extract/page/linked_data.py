"""What a page says of itself in JSON-LD."""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|LiveBlogPosting|Review)$")
_CONTROL = re.compile(r"[\x00-\x1f]+")
_MOST_NODES = 3000
_MOST_DEPTH = 12


def read_nodes(root: HtmlElement) -> list[dict[str, Any]]:
    """Give every object of every JSON-LD script, in document order."""
    nodes: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json":
            nodes += _read_script("".join(script.itertext()))
    return nodes[:_MOST_NODES]


def _read_script(text: str) -> list[dict[str, Any]]:
    bare = _CONTROL.sub(" ", text).strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        return list(_flatten(json.loads(bare), 0))
    except (ValueError, RecursionError):
        return []


def _flatten(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _flatten(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _flatten(inner, depth + 1)


def types_of(node: dict[str, Any]) -> tuple[str, ...]:
    """The types of an object, without their vocabulary's address."""
    found = node.get("@type")
    names = found if isinstance(found, list) else [found]
    return tuple(name.rpartition("/")[2] for name in names if isinstance(name, str))


def find_article(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """The first object that is an article; an empty one where there is none."""
    return next((node for node in nodes if any(map(_ARTICLE.search, types_of(node)))), {})


def names_of(value: Any, nodes: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Give (name, type) of each person or organisation that a property names, references followed."""
    if isinstance(value, list):
        return [pair for inner in value for pair in names_of(inner, nodes)]
    if isinstance(value, str):
        return [(value, "")]
    if not isinstance(value, dict):
        return []
    if "name" not in value and "@id" in value:
        value = next((node for node in nodes if node.get("@id") == value["@id"] and "name" in node), value)
    name, kind = value.get("name"), "".join(types_of(value)[:1])
    if isinstance(name, list):
        return [(one, kind) for one in name if isinstance(one, str)]
    return [(name, kind)] if isinstance(name, str) else []
