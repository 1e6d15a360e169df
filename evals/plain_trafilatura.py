"""The rival of `pages.py`: trafilatura as it comes, printing JSON as the scorer wants it."""

import json
import sys
from pathlib import Path

import trafilatura


def main() -> None:
    """Extract one page."""
    file, url = sys.argv[1:]
    document = trafilatura.bare_extraction(Path(file).read_bytes(), url=url, include_comments=False, with_metadata=True)
    if document is None or isinstance(document, dict):
        sys.exit(3)
    values = {
        "title": document.title,
        "byline": (document.author or "").split("; "),
        "date": document.date,
        "publisher": document.sitename,
        "text": document.text,
    }
    print(json.dumps(values))


if __name__ == "__main__":
    main()
