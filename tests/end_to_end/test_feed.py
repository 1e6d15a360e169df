"""A feed followed from a server of our own: offered, narrated, narrated again when an item changes."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from end_to_end.conftest import Run

PROSE = (
    "The bridge over the river Lenn was closed on Monday morning after engineers had found cracks in two of its piers.",
    "Nobody was hurt, the mayor said, but the buses of three lines will have to go round by the old town for weeks.",
    "Shop owners on both banks fear for their trade and ask the city for help until the bridge can be opened again.",
)


@dataclass
class Paper:
    """What the server gives, and what it was asked."""

    pages: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""

    def tell(self, path: str, title: str, *, more: str = "") -> None:
        text = "".join(f"<p>{line}</p>" for line in (*PROSE, more))
        self.pages[path] = (
            f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"
        )

    def offer(self, *items: tuple[str, str, str]) -> None:
        rows = "".join(
            f"<item><guid>{name}</guid><link>{self.address}{path}</link><title>{title}</title></item>"
            for name, path, title in items
        )
        self.pages["/feed.xml"] = f"<rss version='2.0'><channel><title>The Paper</title>{rows}</channel></rss>"


@pytest.fixture
def paper() -> Iterator[Paper]:
    served = Paper()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("If-None-Match")
            served.asked.append((self.path, asked))
            body = served.pages.get(self.path, "").encode()
            tag = f'"{hash(body)}"'
            self.send_response(304 if asked == tag else 200 if body else 404)
            self.send_header("ETag", tag)
            self.send_header("Content-Type", "application/rss+xml" if self.path == "/feed.xml" else "text/html")
            self.send_header("Content-Length", "0" if asked == tag else str(len(body)))
            self.end_headers()
            if asked != tag:
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        served.address = f"http://127.0.0.1:{server.server_port}"
        yield served
        server.shutdown()


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Settings of a house that allows its own server by name."""
    (tmp_path / "vivavoce.toml").write_text('[voice]\nname = "tones"\n[ingest]\nallowed_hosts = ["127.0.0.1"]\n')
    return {"VIVAVOCE_CONFIG": str(tmp_path / "vivavoce.toml")}


def manifests(folder: Path) -> dict[str, dict[str, Any]]:
    return {path.parent.name: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*/edition.json"))}


def test_a_feed_is_offered_narrated_and_followed(run: Run, paper: Paper, env: dict[str, str], tmp_path: Path) -> None:
    paper.tell("/bridge", "Bridge closed")
    paper.tell("/video", "Bridge seen from the air")
    paper.pages["/video"] = (
        "<html><head><meta property='og:type' content='video'></head><body><p>Look.</p></body></html>"
    )
    paper.offer(("one", "/bridge", "Bridge closed"), ("two", "/video", "Bridge seen from the air"))
    feed, folder = f"{paper.address}/feed.xml", tmp_path / "editions"

    offered = run("narrate", feed, "-o", folder, "--json", env=env)
    assert offered.returncode == 0, offered.stderr
    assert [(row["id"], row["standing"]) for row in json.loads(offered.stdout)] == [("one", "new"), ("two", "new")]
    assert (
        f"2 to narrate: vivavoce narrate {feed} --new -o {folder}" in run("narrate", feed, "-o", folder, env=env).stdout
    )
    assert not folder.exists()

    made = run("narrate", feed, "-o", folder, "--new", env=env)
    assert made.returncode == 3, made.stderr
    assert made.stderr.count("\n") == 1
    assert "kind: video page" in made.stderr
    assert list(manifests(folder)) == ["bridge-closed"]
    first = manifests(folder)["bridge-closed"]

    paper.asked.clear()
    again = run("narrate", feed, "-o", folder, "--new", env=env)
    assert again.returncode == 0, again.stderr
    assert "nothing new" in again.stdout
    assert [path for path, tag in paper.asked if tag] == ["/feed.xml"]

    paper.tell("/bridge-open", "Bridge open again", more="The mayor cut a ribbon on Friday, and the buses run again.")
    paper.offer(("one", "/bridge-open", "Bridge open again"), ("two", "/video", "Bridge seen from the air"))
    changed = run("narrate", feed, "-o", folder, "--new", env=env)
    assert changed.returncode == 0, changed.stderr
    assert list(manifests(folder)) == ["bridge-closed"]
    second = manifests(folder)["bridge-closed"]
    assert second["article"]["title"] == "Bridge open again"
    assert second["replaces"] == first["id"]


def test_what_nobody_remembers_is_found_by_its_address(
    run: Run, paper: Paper, env: dict[str, str], tmp_path: Path
) -> None:
    paper.tell("/bridge", "Bridge closed")
    paper.offer(("one", "/bridge", "Bridge closed"))
    feed, folder = f"{paper.address}/feed.xml", tmp_path / "editions"
    assert run("narrate", feed, "-o", folder, "--item", "1", env=env).returncode == 0
    (folder / ".vivavoce-feeds.json").unlink()
    paper.offer(("one", "/bridge", "The bridge is closed"))
    again = run("narrate", feed, "-o", folder, "--item", "one", env=env)
    assert again.returncode == 0, again.stderr
    assert "unchanged" in again.stdout
    assert list(manifests(folder)) == ["bridge-closed"]


def test_options_of_an_article_and_of_a_feed_are_not_mixed(
    run: Run, paper: Paper, env: dict[str, str], tmp_path: Path
) -> None:
    paper.tell("/bridge", "Bridge closed")
    paper.offer(("one", "/bridge", "Bridge closed"))
    feed = f"{paper.address}/feed.xml"
    for arguments in ([feed, "--new", "--title", "Mine"], [feed, "--item", "7"], [f"{paper.address}/bridge", "--new"]):
        done = run("narrate", *arguments, "-o", tmp_path / "editions", env=env)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert not (tmp_path / "editions").exists()


def test_a_private_server_is_asked_only_where_the_house_allows_it(run: Run, paper: Paper, tmp_path: Path) -> None:
    paper.tell("/bridge", "Bridge closed")
    (tmp_path / "vivavoce.toml").write_text('[voice]\nname = "tones"\n')
    done = run("extract", f"{paper.address}/bridge", env={"VIVAVOCE_CONFIG": str(tmp_path / "vivavoce.toml")})
    assert (done.returncode, done.stderr.count("\n")) == (4, 1), done.stderr
    assert "rule: private-address" in done.stderr
    assert paper.asked == []
