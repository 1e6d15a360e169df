"""From the bytes of a source to an Article: blocks in reading order, and what was left out and why."""

from vivavoce.extract.options import ExtractOptions
from vivavoce.extract.reader import extract_article, extract_here

__all__ = ["ExtractOptions", "extract_article", "extract_here"]
