"""A web page: its article, and nothing that stands around it."""

from vivavoce.extract.page.read import read_page

__all__ = ["read_page"]
