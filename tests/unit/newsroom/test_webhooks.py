"""How posts of content systems are known: their id, and whether they are public."""

from typing import Any

import pytest

from vivavoce.errors import InputError
from vivavoce.newsroom.webhooks import _identify, _read_post


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        ({"post": {"current": {"id": "g1", "status": "published"}, "previous": {}}}, ("g1", "published")),
        ({"post": {"current": {}, "previous": {"id": "g1", "status": "published"}}}, ("g1", "deleted")),
        ({"post_id": 17, "post": {"post_status": "publish"}}, ("17", "publish")),
        ({"ID": 17, "post_status": "trash"}, ("17", "trash")),
        ({"source_id": "x", "id": "y"}, ("x", "")),
        ({"url": "https://example.org/a"}, ("https://example.org/a", "")),
        ({"id": True, "link": "https://example.org/a"}, ("https://example.org/a", "")),
    ],
)
def test_a_post_is_known_by_its_own_id(payload: dict[str, Any], wanted: tuple[str, str]) -> None:
    assert _identify(payload) == wanted


@pytest.mark.parametrize("payload", [{}, {"id": ""}, {"id": "\x00"}, {"post": []}])
def test_a_post_without_an_id_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="no id"):
        _identify(payload)


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"{", b"[" * 100_000])
def test_what_is_no_post_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="this is no"):
        _read_post(body)
