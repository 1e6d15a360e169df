"""The base URL, the setting that is wrong most often: each mistake is refused with its reason."""

import pytest

from vivavoce.errors import UsageError
from vivavoce.publish.address import check_base_url, check_slugs


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://audio.example.org", "https://audio.example.org"),
        ("https://audio.example.org/", "https://audio.example.org"),
        (" http://example.org/a/b%20c/ ", "http://example.org/a/b%20c"),
        ("https://новини.укр/audio", "https://новини.укр/audio"),
        ("https://8.8.8.8:8443/x", "https://8.8.8.8:8443/x"),
        ("https://example.org/v1.2", "https://example.org/v1.2"),
    ],
)
def test_what_listeners_can_reach_is_taken(given: str, kept: str) -> None:
    assert check_base_url(given) == kept


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "needs the address"),
        ("audio.example.org", "does not begin with https://"),
        ("ftp://example.org", "does not begin with https://"),
        ("https://", "names no host"),
        ("http:///editions", "names no host"),
        ("https:///audio.example.org", "names no host"),
        ("http://localhost", "this machine or network only"),
        ("http://localhost:8000/x", "this machine or network only"),
        ("https://cms.intern/", "this machine or network only"),
        ("https://printer.local", "this machine or network only"),
        ("https://audio", "a public host has a dot"),
        ("http://127.0.0.1:8080", "inside a private network"),
        ("http://10.1.2.3", "inside a private network"),
        ("http://192.168.0.4/feed", "inside a private network"),
        ("http://169.254.169.254", "inside a private network"),
        ("http://[::1]/", "inside a private network"),
        ("http://[fe80::1]/", "inside a private network"),
        ("https://user:word@example.org", "holds a log-in"),
        ("https://example.org/?site=1", "question mark"),
        ("https://example.org/#top", "question mark"),
        ("https://example.org/feed.xml", "names a file"),
        ("https://example.org/a/index.html", "names a file"),
        ("https://example.org/a/../b", "in its path"),
        ("https://example.org//a", "in its path"),
        ("https://example.org/my editions", "blank"),
        ("https://exa_mple..org", "no name"),
        ("https://[not-an-address]/", "no address"),
        ("https://example.org:port/", "no address"),
    ],
)
def test_a_mistake_is_refused_with_its_reason(given: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        check_base_url(given)


def test_the_folder_of_an_edition_is_not_where_the_editions_lie() -> None:
    check_slugs("https://example.org/audio", ["winter", "spring"])
    with pytest.raises(UsageError, match="leave out its last part, 'winter'"):
        check_slugs("https://example.org/audio/winter", ["winter", "spring"])
