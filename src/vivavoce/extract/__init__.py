"""From the bytes of a source to an Article: blocks in reading order, and what was left out and why."""

from vivavoce.extract.feed import FeedItem
from vivavoce.extract.options import ExtractOptions, Tables
from vivavoce.extract.reader import extract_article, extract_here, is_feed, list_feed

__all__ = ["ExtractOptions", "FeedItem", "Tables", "extract_article", "extract_here", "is_feed", "list_feed"]
