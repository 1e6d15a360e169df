"""Feed a reader bytes that coverage steers: an article, a refusal of one line, or a finding.

python evals/fuzz_readers.py READER [libFuzzer options]; `make soak` runs every reader in an environment of its own.
"""

import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["vivavoce.extract"]):
    from vivavoce.extract import cms, docx, feed, mail, markdown, plain, reader  # noqa: F401  # loaded to be watched
    from vivavoce.extract.page import read as page  # noqa: F401  # loaded to be watched
from vivavoce.errors import InputError
from vivavoce.types import Capture

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MEDIA_TYPES = {
    "page": "text/html",
    "plain": "text/plain",
    "markdown": "text/markdown",
    "mail": "message/rfc822",
    "docx": _DOCX,
    "cms": "application/json",
    "any": None,
}
_WORDS = "The bridge is closed, the mayor said, and nobody knows when it will open again."
SEEDS: dict[str, bytes] = {
    "page": f"<html><head><style>p{{}}</style></head><body><h1>Bridge</h1><p>{_WORDS}</p></body></html>".encode(),
    "plain": f"title: Bridge\ndate: 2024-05-23\nbyline: Ann\n\n{_WORDS}\n\n- one\n- two".encode(),
    "markdown": f"---\ntitle: Bridge\n---\n# Head\n\n{_WORDS} [a](b)\n\n> quote\n\n|a|b|\n|-|-|\n|1|2|".encode(),
    "mail": f"Message-ID: <1>\nSubject: =?utf-8?q?Bridge?=\nContent-Type: text/html\n\n<p>{_WORDS}</p>".encode(),
    "docx": f"<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>{_WORDS}</w:t></w:r></w:p></w:body></w:document>".encode(),
    "cms": json.dumps({"title": "Bridge", "html": f"<p>{_WORDS}</p>[gallery ids='1']", "authors": [{}]}).encode(),
    "feed": f"<rss><channel><title>P</title><item><guid>1</guid><title>B</title><description>{_WORDS}</description>"
    "<pubDate>Fri, 31 Jan 2025 08:00:00 GMT</pubDate></item></channel></rss>".encode(),
    "any": b"PK\x03\x04",
}


def _read_article(name: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        body = _pack(data) if name == "docx" else data
        try:
            article = reader.extract_here(Capture(body=body, address="fuzz", media_type=_MEDIA_TYPES[name]))
        except InputError as error:
            _require_one_line(error)
        else:
            assert article.blocks, "an article without blocks"

    return run


def _pack(document: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", document)
    return file.getvalue()


def _read_items(data: bytes) -> None:
    try:
        items = feed.read_feed(Capture(body=data, address="fuzz"))
        for item in items:
            item.whole_capture()
    except InputError as error:
        _require_one_line(error)


def _require_one_line(error: InputError) -> None:
    assert "\n" not in str(error), "an error of more than one line"


def main() -> None:
    """Fuzz the reader that the first argument names; the last one is the folder of the corpus."""
    name = sys.argv.pop(1)
    (Path(sys.argv[-1]) / "seed").write_bytes(SEEDS[name])
    atheris.Setup(sys.argv, _read_items if name == "feed" else _read_article(name))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
