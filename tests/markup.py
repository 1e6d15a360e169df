"""Pages as trees, for tests that look into them."""

from typing import Any

from lxml import etree, html


def parse_page(text: str) -> Any:
    """Parse a page; Any, because what an XPath query gives depends on the query."""
    return html.fromstring(text)


def parse_xml(content: bytes) -> Any:
    """Parse XML; Any as above."""
    return etree.fromstring(content)
