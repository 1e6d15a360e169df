"""Values of the stages as JSON in a column, and back."""

import hashlib
from functools import cache

from pydantic import TypeAdapter

from vivavoce.types import Article, Edit


@cache
def _articles() -> TypeAdapter[Article]:
    return TypeAdapter(Article)


@cache
def _edits() -> TypeAdapter[tuple[Edit, ...]]:
    return TypeAdapter(tuple[Edit, ...])


def dump_article(article: Article) -> str:
    """Write an article as JSON; the same article gives the same text."""
    return _articles().dump_json(article).decode()


def load_article(text: str) -> Article:
    """Read an article back."""
    return _articles().validate_json(text)


def dump_edits(edits: tuple[Edit, ...]) -> str:
    """Write an editor's changes as JSON."""
    return _edits().dump_json(edits).decode()


def load_edits(text: str) -> tuple[Edit, ...]:
    """Read an editor's changes back."""
    return _edits().validate_json(text)


def digest_text(*parts: str) -> str:
    """Give the SHA-256 of texts, told apart by their lengths."""
    sha = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        sha.update(b"%d:" % len(encoded) + encoded)
    return sha.hexdigest()
