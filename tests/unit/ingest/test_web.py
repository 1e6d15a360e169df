"""The limits against a hostile server, whose host alone is allowed; each test asserts which rule fired."""

import resource
import time

import pytest

from vivavoce.errors import InputError, RemoteError
from vivavoce.ingest import FetchLimits, Known, fetch_capture
from vivavoce.ingest.web import fetch_changed

LIMITS = FetchLimits(
    deadline_s=1.5, redirects=3, wire_bytes=300_000, body_bytes=1_000_000, allowed_hosts=frozenset({"127.0.0.1"})
)


@pytest.mark.parametrize("path", ["/story", "/gzip", "/two-members", "/deflate", "/raw-deflate", "/to-story"])
def test_honest_answers_arrive_whole(hostile_server: str, path: str) -> None:
    capture = fetch_capture(hostile_server + path, limits=LIMITS)
    assert capture.body == b"<html><body><p>The bridge is closed.</p></body></html>"
    assert capture.media_type == "text/html"
    assert capture.fetched_at is not None
    assert capture.address == hostile_server + path


def test_the_address_after_redirects_is_the_article_s(hostile_server: str) -> None:
    assert fetch_capture(f"{hostile_server}/to-story", limits=LIMITS).url == f"{hostile_server}/story"


@pytest.mark.parametrize(
    ("path", "kind", "rule"),
    [
        ("/half-gzip", RemoteError, "connection"),
        ("/not-gzip", RemoteError, "encoding"),
        ("/brotli", RemoteError, "encoding"),
        ("/bomb", RemoteError, "body-bytes"),
        ("/twice-packed", RemoteError, "encoding"),
        ("/endless", RemoteError, "wire-bytes"),
        ("/claims-more", RemoteError, "connection"),
        ("/drip-head", RemoteError, "deadline"),
        ("/drip-body", RemoteError, "deadline"),
        ("/silent", RemoteError, "deadline"),
        ("/loop", RemoteError, "redirects"),
        ("/to-metadata", RemoteError, "private-address"),
        ("/to-private", RemoteError, "private-address"),
        ("/to-file", InputError, "scheme"),
        ("/to-credentials", InputError, "credentials"),
        ("/not-http", RemoteError, "connection"),
        ("/headers", RemoteError, "connection"),
        ("/long-header", RemoteError, "connection"),
        ("/bad-chunks", RemoteError, "connection"),
        ("/half-chunks", RemoteError, "connection"),
        ("/closes", RemoteError, "connection"),
        ("/missing", RemoteError, "status"),
        ("/login", RemoteError, "status"),
        ("/broken", RemoteError, "status"),
        ("/image", InputError, "media-type"),
        ("/pdf", InputError, "media-type"),
    ],
)
def test_each_attack_ends_by_its_rule_in_time(hostile_server: str, path: str, kind: type[Exception], rule: str) -> None:
    start = time.monotonic()
    with pytest.raises(kind, match=rf"rule: {rule}\)$") as caught:
        fetch_capture(hostile_server + path, limits=LIMITS)
    assert time.monotonic() - start < LIMITS.deadline_s + 1
    assert "\n" not in str(caught.value)


def test_the_bomb_costs_no_memory(hostile_server: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(RemoteError):
        fetch_capture(f"{hostile_server}/bomb", limits=LIMITS)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_a_page_as_we_know_it_is_not_fetched_again(hostile_server: str) -> None:
    first = fetch_capture(f"{hostile_server}/story", limits=LIMITS)
    assert first.etag == '"v1"'
    known = Known(etag=first.etag, last_modified=first.last_modified)
    assert fetch_changed(f"{hostile_server}/story", limits=LIMITS, known=known) is None


def test_robots_are_honoured_where_the_house_wants_it(hostile_server: str) -> None:
    assert fetch_capture(f"{hostile_server}/closed", limits=LIMITS).body
    polite = FetchLimits(allowed_hosts=LIMITS.allowed_hosts, honour_robots=True)
    assert fetch_capture(f"{hostile_server}/story", limits=polite).body
    with pytest.raises(RemoteError, match="rule: robots"):
        fetch_capture(f"{hostile_server}/closed", limits=polite)


def test_without_leave_the_server_is_never_reached(hostile_server: str) -> None:
    with pytest.raises(RemoteError, match="rule: private-address"):
        fetch_capture(f"{hostile_server}/story")


def test_proxies_of_the_environment_are_not_used(hostile_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert fetch_capture(f"{hostile_server}/story", limits=LIMITS).body
