import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pytest
from pyarrow import parquet

from vivavoce.archive.items import ArchiveItem
from vivavoce.archive.sources import read_items
from vivavoce.archive.work import read_item
from vivavoce.errors import InputError, UsageError
from vivavoce.house import read_house
from vivavoce.ingest import FetchLimits
from vivavoce.settings import Places
from vivavoce.studio import NarrateRequest, prepare_request

_TEXT = "The council of Harborough met on Tuesday. It agreed a budget of three million dollars for roads."
_ROWS = [
    {"id": f"a{number}", "title": f"Roads {number}", "text": _TEXT, "url": f"https://news.example/{number}"}
    for number in range(3)
]
_WORDPRESS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Harborough Post</title>{items}</channel></rss>"""
_POST = """<item><title>{title}</title><link>https://news.example/{name}</link><guid>guid-{name}</guid>
<dc:creator>Ann Reporter</dc:creator><content:encoded><![CDATA[<p>{text}</p>]]></content:encoded>
<excerpt:encoded><![CDATA[Short.]]></excerpt:encoded><wp:post_date>2021-03-04 05:06:07</wp:post_date>
<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type></item>"""


def read_all(address: object) -> list[ArchiveItem]:
    return list(read_items(str(address), FetchLimits()))


@pytest.fixture
def request_(tmp_path: Path) -> NarrateRequest:
    return prepare_request("", read_house(Places(tmp_path, tmp_path, tmp_path / "none.toml", tmp_path)))


def write_jsonl(folder: Path) -> Path:
    file = folder / "a.jsonl"
    file.write_text("\n\n".join(json.dumps(row) for row in _ROWS), "utf-8")
    return file


def write_csv(folder: Path) -> Path:
    file = folder / "a.csv"
    lines = ["id,title,text,url", *(f'{row["id"]},{row["title"]},"{_TEXT}",{row["url"]}' for row in _ROWS)]
    file.write_text("\n".join(lines), "utf-8-sig")
    return file


def write_parquet(folder: Path) -> Path:
    file = folder / "a.parquet"
    parquet.write_table(pa.Table.from_pylist(_ROWS), file, row_group_size=1)
    return file


@pytest.mark.parametrize("write", [write_jsonl, write_csv, write_parquet])
def test_rows_are_articles(write: Callable[[Path], Path], tmp_path: Path, request_: NarrateRequest) -> None:
    items = read_all(write(tmp_path))
    assert [item.source_id for item in items] == ["a0", "a1", "a2"]
    articles = [read_item(item, request_) for item in items]
    assert [article.title for article in articles] == ["Roads 0", "Roads 1", "Roads 2"]
    assert all(article.text == _TEXT for article in articles)
    assert articles[2].url == "https://news.example/2"


def test_the_same_row_has_the_same_digest_and_a_changed_one_another(tmp_path: Path) -> None:
    before = [item.digest for item in read_all(write_jsonl(tmp_path))]
    assert before == [item.digest for item in read_all(write_jsonl(tmp_path))]
    file = tmp_path / "a.jsonl"
    file.write_text(file.read_text("utf-8").replace("Roads 1", "Streets 1"), "utf-8")
    after = [item.digest for item in read_all(file)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]


def test_rows_are_read_as_they_are_needed(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(json.dumps(_ROWS[0]).encode() + b"\n" + b"\xff" * 100)
    items: Iterator[ArchiveItem] = read_items(str(file), FetchLimits())
    assert next(items).source_id == "a0"


def test_a_broken_row_is_an_item_that_is_refused_when_it_is_read(tmp_path: Path, request_: NarrateRequest) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": 1, "text": "' + _TEXT + '"}\n{"id": 2, "text\n[1]\n{"headline": "only"}\n', "utf-8")
    good, *broken = read_all(file)
    assert read_item(good, request_).text == _TEXT
    assert [item.where for item in broken] == [f"{file}, line {line}" for line in (2, 3, 4)]
    for item in broken:
        with pytest.raises(InputError):
            read_item(item, request_)


def test_a_broken_row_has_its_own_id_or_one_that_stays_when_it_moves(tmp_path: Path) -> None:
    rows = [
        '{"id": "a1", "title": "no text"}',
        '{"id": "a2", "text": "cut sh',
        '{"author": {"id": 5}, "id": "a3", "text": "cut sh',
        "[1]",
    ]
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text("\n".join(rows), "utf-8")
    second.write_text("\n".join(reversed(rows)), "utf-8")
    before, after = ({item.source_id: item.digest for item in read_all(file)} for file in (first, second))
    assert before == after
    assert {"a1", "a2"} < before.keys()
    assert not {"5", "a3"} & before.keys()


def test_a_row_in_latin_1_keeps_its_id(tmp_path: Path, request_: NarrateRequest) -> None:
    file = tmp_path / "a.jsonl"
    text = f"{_TEXT} Café Zoë in Malmö opened. Señor Peña spoke in Århus."
    latin = json.dumps({"id": "a1", "title": "Cafés", "text": text}, ensure_ascii=False).encode("latin-1")
    file.write_bytes(json.dumps(_ROWS[0]).encode() + b"\n" + latin + b"\n")
    _, item = read_all(file)
    assert item.source_id == "a1"
    assert read_item(item, request_).text == text


def test_a_row_with_an_address_alone_is_fetched_by_a_worker(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("url,updated\nhttps://news.example/1,2024-01-01\n", "utf-8")
    (item,) = read_all(file)
    assert (item.source_id, item.url, item.capture) == ("https://news.example/1", "https://news.example/1", None)
    assert item.revision == "2024-01-01"


def test_a_folder_gives_its_articles_and_passes_over_the_rest(tmp_path: Path, request_: NarrateRequest) -> None:
    (tmp_path / "2021").mkdir()
    (tmp_path / "2021" / "a.html").write_text(f"<article><h1>Roads</h1><p>{_TEXT}</p></article>", "utf-8")
    (tmp_path / "b.txt").write_text(_TEXT, "utf-8")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    items = read_all(tmp_path)
    assert sorted(item.source_id for item in items) == ["2021/a.html", "b.txt"]
    assert all(_TEXT in read_item(item, request_).text for item in items)


def test_a_sitemap_lists_addresses_with_their_revision(tmp_path: Path) -> None:
    file = tmp_path / "sitemap.xml"
    file.write_text(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        "<url><loc>https://news.example/1</loc><lastmod>2024-05-01</lastmod></url>"
        "<url><loc>https://news.example/2</loc></url></urlset>",
        "utf-8",
    )
    first, second = read_all(file)
    assert (first.url, first.revision[:10]) == ("https://news.example/1", "2024-05-01")
    assert (second.source_id, second.capture) == ("https://news.example/2", None)


class Recorded(dict[str, tuple[str, bytes]]):
    """Pages by path, and which of them were asked for, in order."""

    asked: list[str]


@pytest.fixture
def site() -> Iterator[tuple[str, Recorded]]:
    """Serve pages on this machine; give the server's address and the pages."""
    pages = Recorded()
    pages.asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages.asked.append(self.path)
            media_type, body = pages[self.path]
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", pages
        server.shutdown()
        thread.join()


def write_sitemap(*addresses: str, of: str = "url") -> bytes:
    inside = "".join(f"<{of}><loc>{address}</loc></{of}>" for address in addresses)
    root = "urlset" if of == "url" else "sitemapindex"
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</{root}>'.encode()


def test_an_index_of_sitemaps_is_read_sitemap_by_sitemap_packed_ones_too(site: tuple[str, Recorded]) -> None:
    root, pages = site
    pages["/index.xml"] = ("text/xml", write_sitemap(f"{root}/2020.xml", f"{root}/2021.xml.gz", of="sitemap"))
    pages["/2020.xml"] = ("application/xml", write_sitemap("https://news.example/1", "https://news.example/2"))
    pages["/2021.xml.gz"] = ("application/x-gzip", gzip.compress(write_sitemap("https://news.example/3")))
    items = read_items(f"{root}/index.xml", FetchLimits(allowed_hosts=frozenset({"127.0.0.1"})))
    assert next(items).url == "https://news.example/1"
    assert pages.asked == ["/index.xml", "/2020.xml"], "the next sitemap is not wanted yet"
    assert [item.url for item in items] == ["https://news.example/2", "https://news.example/3"]


def test_an_index_that_names_itself_ends(site: tuple[str, Recorded]) -> None:
    root, pages = site
    pages["/index.xml"] = ("text/xml", write_sitemap(f"{root}/index.xml", of="sitemap"))
    with pytest.raises(InputError, match="nested too deep"):
        list(read_items(f"{root}/index.xml", FetchLimits(allowed_hosts=frozenset({"127.0.0.1"}))))


def write_big(folder: Path, kind: str, count: int) -> Path:
    """Write a catalogue of that many articles, 2 kB each."""
    file = folder / f"big.{kind}"
    texts = [f"{number} {_TEXT * 20}" for number in range(count)]
    if kind == "jsonl":
        file.write_text("\n".join(json.dumps({"id": at, "text": text}) for at, text in enumerate(texts)), "utf-8")
    elif kind == "jsonl.gz":
        rows = "\n".join(json.dumps({"id": at, "text": text}) for at, text in enumerate(texts))
        file.write_bytes(gzip.compress(rows.encode(), 0))
    elif kind == "csv":
        file.write_text("\n".join(["id,text", *(f"{at},{text}" for at, text in enumerate(texts))]), "utf-8")
    elif kind == "parquet":
        table = pa.table({"id": list(range(count)), "text": texts})
        parquet.write_table(table, file, row_group_size=100, compression="none", use_dictionary=False)
    elif kind == "xml":
        posts = (
            _POST.format(title=at, name=at, text=text, status="publish", kind="post") for at, text in enumerate(texts)
        )
        file.write_text(_WORDPRESS.format(items="".join(posts)), "utf-8")
    else:
        posts_ = [{"uuid": str(at), "html": text, "status": "published"} for at, text in enumerate(texts)]
        data = {"users": [], "posts_authors": [], "posts": posts_}
        file.write_text(json.dumps({"db": [{"data": data}]}), "utf-8")
    return file


_HOLD = """
import resource, sys
from vivavoce.archive.sources import read_items
from vivavoce.ingest import FetchLimits
held = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
few, many = sys.argv[1:]
assert sum(1 for _ in read_items(few, FetchLimits())) == 500
before = held()
assert sum(1 for _ in read_items(many, FetchLimits())) == 20000
print(held() - before)
"""


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "csv", "parquet", "xml", "json"])
def test_forty_times_the_articles_are_read_in_the_same_memory(kind: str, tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    few, many = write_big(tmp_path / "few", kind, 500), write_big(tmp_path, kind, 20_000)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _HOLD, str(few), str(many)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert int(done.stdout) * 1024 < many.stat().st_size / 4, "of 40 MB"


def test_a_wordpress_export_gives_its_published_posts(tmp_path: Path, request_: NarrateRequest) -> None:
    kinds = [("one", "publish", "post"), ("two", "draft", "post"), ("three", "publish", "page")]
    posts = "".join(
        _POST.format(title=name, name=name, text=_TEXT, status=state, kind=kind) for name, state, kind in kinds
    )
    file = tmp_path / "export.xml"
    file.write_text(_WORDPRESS.format(items=posts), "utf-8")
    (item,) = read_all(file)
    article = read_item(item, request_)
    assert (item.source_id, article.title, article.text) == ("guid-one", "one", _TEXT)
    assert str(article.published) == "2021-03-04"
    assert article.url == "https://news.example/one"


def test_a_ghost_export_gives_its_published_posts_with_authors(tmp_path: Path, request_: NarrateRequest) -> None:
    post = {"id": "1", "uuid": "u1", "title": "Roads", "html": f"<p>{_TEXT}</p>", "status": "published", "type": "post"}
    data = {
        "posts": [
            {**post, "published_at": "2022-02-03T04:05:06.000Z"},
            {**post, "id": "2", "uuid": "u2", "status": "draft"},
            {**post, "id": "3", "uuid": "u3", "type": "page"},
        ],
        "users": [{"id": "9", "name": "Ann Reporter"}],
        "posts_authors": [{"post_id": "1", "author_id": "9"}],
    }
    file = tmp_path / "ghost.json"
    file.write_text(json.dumps({"db": [{"meta": {"version": "5"}, "data": data}]}), "utf-8")
    (item,) = read_all(file)
    article = read_item(item, request_)
    assert (item.source_id, article.title, article.byline, article.text) == ("u1", "Roads", ("Ann Reporter",), _TEXT)
    assert str(article.published) == "2022-02-03"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xml", b"<urlset><url>", "no XML"),
        ("b.parquet", b"nothing", "no Parquet"),
        ("c.csv", b"title,text\n\xff\xfe,\xff", "no CSV in UTF-8"),
        ("d.json", b'{"db": [{"data": {"users": [}', "broken Ghost export"),
        ("f.jsonl.gz", b"nothing", "broken, or cut short"),
        ("g.csv.gz", gzip.compress(b"id,text\n" + b"1,x\n" * 9, mtime=0)[:-9], "broken, or cut short"),
        ("e.xml", _WORDPRESS.format(items="<item>").encode(), "broken WordPress export"),
    ],
)
def test_a_broken_file_says_what_is_wrong(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said) as refusal:
        read_all(tmp_path / name)
    assert name in str(refusal.value)


@pytest.mark.parametrize("address", ["nowhere.jsonl", "nosuch://bucket/a.jsonl"])
def test_what_is_not_there_is_a_matter_of_usage(address: str) -> None:
    with pytest.raises(UsageError):
        read_all(address)


def test_a_file_of_another_kind_is_a_matter_of_usage(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK")
    with pytest.raises(UsageError, match="no back catalogue"):
        read_all(tmp_path / "a.zip")
