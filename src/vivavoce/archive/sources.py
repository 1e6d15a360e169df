"""A back catalogue as items, one after another and never all in memory.

Read: JSON lines, CSV, Parquet, a folder of articles, a sitemap, a WordPress export (WXR), a Ghost export; each from a
path, an address, or any store that fsspec knows. A row or post becomes a payload that `extract` reads like those that
content systems send.
"""

import csv
import gzip
import hashlib
import io
import json
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import IO, Any

from lxml import etree

from vivavoce.archive.filesystem import explain_faults, open_filesystem
from vivavoce.archive.items import ArchiveItem
from vivavoce.errors import InputError, UsageError
from vivavoce.extract.decode import decode_body
from vivavoce.extract.feed import read_feed
from vivavoce.ingest import FetchLimits, fetch_capture
from vivavoce.types import Capture

MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".json": "application/json",
    ".eml": "message/rfc822",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Which files of a folder are articles; others are passed over."""
_BODY_KEYS = frozenset(
    {
        "html",
        "content_html",
        "content",
        "body",
        "text",
        "content_text",
        "plaintext",
        "blocks",
        "paragraphs",
        "post_content",
    }
)
_ID_KEYS = ("id", "uuid", "guid", "url", "link", "permalink")
_FIRST_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*(?P<id>"(?:[^"\\]|\\.)*"|\d+)\s*[,}]')
_ROWS_AT_ONCE = 64
_SNIFF_BYTES = 4096
_MAX_FIELD_BYTES = 10_000_000
_SITEMAP_DEPTH = 3
_SITEMAP_BYTES = 50 * 1024 * 1024
"""The most that a sitemap may have, unpacked (sitemaps.org)."""
_PACKED = frozenset({".gz", ".xz"})
_GZIP = b"\x1f\x8b"
_WORDPRESS = "http://wordpress.org/export/"


def read_items(address: str, limits: FetchLimits) -> Iterator[ArchiveItem]:
    """Read a back catalogue.

    Args:
        address: A file, a folder, an fsspec address such as "s3://bucket/articles.parquet", or a sitemap's URL.
        limits: How sitemaps are fetched.

    Raises:
        UsageError: There is nothing, or nothing that we read; an fsspec driver is missing.
        InputError: It is broken; the message says where.
        RemoteError: A sitemap can't be fetched.
    """
    if address.startswith(("http://", "https://")):
        limits = replace(limits, wire_bytes=_SITEMAP_BYTES, body_bytes=_SITEMAP_BYTES)
        yield from _read_sitemap(fetch_capture(address, limits=limits), limits, _SITEMAP_DEPTH)
        return
    files, path = open_filesystem(address)
    with explain_faults(address, files):
        there, folder = files.exists(path), files.isdir(path)
    if not there:
        raise UsageError(f"there is no {address}; give a file, a folder, or a sitemap's address")
    if folder:
        yield from _read_folder(files, path)
        return
    packed = PurePosixPath(address.lower()).suffix in _PACKED
    try:
        with files.open(path, "rb", compression="infer" if packed else None) as file:
            yield from _choose_reader(address, file)(file, address, limits)
    except (gzip.BadGzipFile, lzma.LZMAError, zlib.error, EOFError) as error:
        raise InputError(f"{address}: broken, or cut short ({error}); pack it again") from error


Reader = Callable[[IO[bytes], str, FetchLimits], Iterator[ArchiveItem]]


def _choose_reader(address: str, file: IO[bytes]) -> Reader:
    name = PurePosixPath(address.lower())
    suffix = PurePosixPath(name.stem).suffix if name.suffix in _PACKED else name.suffix
    by_suffix: dict[str, Reader] = {
        ".jsonl": _read_json_lines,
        ".ndjson": _read_json_lines,
        ".csv": _read_csv,
        ".parquet": _read_parquet,
    }
    if suffix in by_suffix:
        return by_suffix[suffix]
    start = file.read(_SNIFF_BYTES)
    file.seek(0)
    if suffix == ".xml":
        return _read_wordpress if _WORDPRESS.encode() in start else _read_sitemap_file
    if suffix == ".json" and b'"db"' in start:
        return _read_ghost
    raise UsageError(
        f"{address} is no back catalogue that we read; give JSON lines, CSV, Parquet, a folder, a sitemap, "
        "a WordPress export or a Ghost export"
    )


# ---------------------------------------------------------------- rows


def _read_json_lines(file: IO[bytes], address: str, _limits: FetchLimits) -> Iterator[ArchiveItem]:
    for number, line in enumerate(map(bytes.strip, file), 1):
        if not line:
            continue
        where = f"{address}, line {number}"
        row = _parse_line(line, where)
        yield _read_row(row, where) if isinstance(row, dict) else _refuse_later(line, where, _find_id(line))


def _parse_line(line: bytes, where: str) -> object:
    """Give a line's value, whatever its encoding; None where there is none."""
    try:
        return json.loads(line)
    except UnicodeDecodeError:
        with suppress(InputError, ValueError, RecursionError):
            return json.loads(decode_body(line, address=where))
    except (ValueError, RecursionError):
        pass
    return None


def _find_id(line: bytes) -> str | None:
    """Give the id that a broken row begins with: `{"id": "a1", "text": "cut sh` → "a1"."""
    found = _FIRST_ID.match(line)
    try:
        return str(json.loads(found["id"])) if found else None
    except ValueError:
        return None


def _refuse_later(body: bytes, where: str, name: str | None) -> ArchiveItem:
    """Make an item of what is no article: reading it says why, and the rest goes on."""
    capture = Capture(body=body, address=where, media_type="application/json")
    return ArchiveItem(name or hashlib.sha256(body).hexdigest(), capture, where=where)


def _read_csv(file: IO[bytes], address: str, _limits: FetchLimits) -> Iterator[ArchiveItem]:
    csv.field_size_limit(_MAX_FIELD_BYTES)
    try:
        rows = csv.DictReader((line.decode("utf-8-sig" if not at else "utf-8") for at, line in enumerate(file)))
        for row in rows:
            yield _read_row({key: value for key, value in row.items() if key}, f"{address}, line {rows.line_num}")
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{address}: no CSV in UTF-8 ({error}); export it again as UTF-8") from error


def _read_parquet(file: IO[bytes], address: str, _limits: FetchLimits) -> Iterator[ArchiveItem]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise UsageError("Parquet wants the archive's extra: pip install 'vivavoce[archive]'") from error
    try:
        for number, batch in enumerate(parquet.ParquetFile(file).iter_batches(batch_size=_ROWS_AT_ONCE)):
            for at, row in enumerate(batch.to_pylist()):
                yield _read_row(row, f"{address}, row {number * _ROWS_AT_ONCE + at + 1}")
    except pa.ArrowException as error:
        raise InputError(f"{address}: no Parquet that can be read ({error})") from error


def _read_row(row: Mapping[str, Any], where: str) -> ArchiveItem:
    """Make an item of a row: an article in itself, or the address of one."""
    given = {key: value for key, value in row.items() if value not in (None, "")}
    url = next((str(given[key]) for key in ("url", "link", "permalink") if key in given), None)
    name = next((str(given[key]) for key in _ID_KEYS if key in given), None)
    if _BODY_KEYS.isdisjoint(given):
        if url is None:
            return _refuse_later(json.dumps(given, default=_plain).encode(), where, name)
        return ArchiveItem(source_id=name or url, url=url, revision=str(given.get("updated", "")), where=where)
    body = json.dumps(given, ensure_ascii=False, sort_keys=True, default=_plain).encode()
    capture = Capture(body=body, address=where, media_type="application/json", url=url)
    return ArchiveItem(source_id=name or hashlib.sha256(body).hexdigest(), capture=capture, where=where)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


# ---------------------------------------------------------------- files


def _read_folder(files: Any, root: str) -> Iterator[ArchiveItem]:
    """Read a folder's articles by name; what stands in a file of several rows is read row by row elsewhere."""
    for folder, _, names in files.walk(root):
        for name in sorted(names):
            media_type = MEDIA_TYPES.get(PurePosixPath(name.lower()).suffix)
            if media_type is None:
                continue
            path = f"{folder}/{name}"
            capture = Capture(body=files.cat_file(path), address=path, media_type=media_type)
            yield ArchiveItem(source_id=path.removeprefix(root).lstrip("/"), capture=capture, where=path)


# ---------------------------------------------------------------- sitemaps


def _read_sitemap_file(file: IO[bytes], address: str, limits: FetchLimits) -> Iterator[ArchiveItem]:
    return _read_sitemap(Capture(body=file.read(), address=address, media_type="text/xml"), limits, _SITEMAP_DEPTH)


def _read_sitemap(capture: Capture, limits: FetchLimits, depth: int) -> Iterator[ArchiveItem]:
    """Read a sitemap, or those that an index names, one after another."""
    if capture.body.startswith(_GZIP):
        capture = replace(capture, body=_unpack(capture))
    nested = _list_sitemaps(capture)
    if nested is None:
        for item in read_feed(capture):
            if item.url:
                changed = item.updated or item.published
                revision = changed.isoformat() if changed else ""
                yield ArchiveItem(source_id=item.url, url=item.url, revision=revision, where=capture.address)
        return
    if depth == 0:
        raise InputError(f"{capture.address}: indexes of sitemaps nested too deep; give the sitemap itself")
    for url in nested:
        yield from _read_sitemap(fetch_capture(url, limits=limits), limits, depth - 1)


def _unpack(capture: Capture) -> bytes:
    try:
        with gzip.open(io.BytesIO(capture.body)) as packed:
            body = packed.read(_SITEMAP_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{capture.address}: broken gzip ({error}); give a sitemap's address") from error
    if len(body) > _SITEMAP_BYTES:
        raise InputError(f"{capture.address}: a sitemap of more than {_SITEMAP_BYTES} bytes; give smaller ones")
    return body


def _list_sitemaps(capture: Capture) -> list[str] | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(capture.body, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{capture.address}: no XML ({error}); give a sitemap's address") from error
    if etree.QName(root).localname != "sitemapindex":
        return None
    return [text.strip() for element in root.iter("{*}loc") if (text := element.text)]


# ---------------------------------------------------------------- exports


def _read_wordpress(file: IO[bytes], address: str, _limits: FetchLimits) -> Iterator[ArchiveItem]:
    """Read the published posts of a WordPress export, one element at a time."""
    try:
        for _, element in etree.iterparse(
            file, tag="item", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True
        ):
            values = {etree.QName(child).localname: child.text or "" for child in element if isinstance(child.tag, str)}
            content = next((child.text for child in element.iter("{http://purl.org/rss/1.0/modules/content/}*")), None)
            element.clear()
            while (before := element.getprevious()) is not None:  # the tree keeps no post that has been read
                before.getparent().remove(before)
            if values.get("post_type") == "post" and values.get("status") == "publish":
                yield _read_post(values, content or "", address)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{address}: a broken WordPress export ({error}); export it again") from error


def _read_post(values: Mapping[str, str], content: str, address: str) -> ArchiveItem:
    post = {
        "post_title": values.get("title"),
        "post_content": content,
        "author": values.get("creator"),
        "post_date": values.get("post_date"),
        "permalink": values.get("link"),
        "post_password": values.get("post_password"),
    }
    name = values.get("guid") or values.get("link") or values.get("post_id", "")
    return _pack(post, source_id=name, url=values.get("link") or None, where=f"{address}, post {name}")


def _read_ghost(file: IO[bytes], address: str, _limits: FetchLimits) -> Iterator[ArchiveItem]:
    """Read the published posts of a Ghost export: authors first, then post by post."""
    try:
        import ijson
    except ModuleNotFoundError as error:
        raise UsageError("a Ghost export wants the archive's extra: pip install 'vivavoce[archive]'") from error

    def read(path: str) -> Iterator[dict[str, Any]]:
        file.seek(0)
        return (row for row in ijson.items(file, f"db.item.data.{path}.item") if isinstance(row, dict))

    try:
        names = {user.get("id"): user.get("name") for user in read("users")}
        authors: dict[Any, list[Any]] = {}
        for link in read("posts_authors"):
            authors.setdefault(link.get("post_id"), []).append({"name": names.get(link.get("author_id"))})
        for post in read("posts"):
            if post.get("status") == "published" and post.get("type", "post") == "post":
                name = str(post.get("uuid") or post.get("id"))
                wanted = {key: post.get(key) for key in ("title", "html", "plaintext", "published_at", "url")}
                payload = {**wanted, "authors": authors.get(post.get("id"), []), "primary_author": None}
                yield _pack(payload, source_id=name, url=post.get("url"), where=f"{address}, post {name}")
    except ijson.JSONError as error:
        raise InputError(f"{address}: a broken Ghost export ({error}); export it again") from error


def _pack(post: Mapping[str, Any], *, source_id: str, url: str | None, where: str) -> ArchiveItem:
    body = json.dumps(post, ensure_ascii=False, sort_keys=True, default=_plain).encode()
    capture = Capture(body=body, address=where, media_type="application/json", url=url)
    return ArchiveItem(source_id, capture, where=where)
