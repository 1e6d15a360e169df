"""The guard without any network: the resolver is ours."""

import logging
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from requests_hardened.ip_filter import InvalidIPAddress, get_ip_address

from vivavoce.errors import InputError, RemoteError
from vivavoce.ingest import FetchLimits, fetch_capture
from vivavoce.ingest.guard import is_public, parse_target, resolve_target


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("ftp://paper.example/a", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://paper.example/", "scheme"),
        ("http://user:secret@paper.example/", "credentials"),
        ("http://paper.example@10.0.0.1/", "credentials"),
        ("http://paper.example:22/", "port"),
        ("http:///a", "address"),
        ("http://paper.example\\@10.0.0.1/", "credentials"),
        ("http://pa per.example/", "address"),
        ("http://paper.example/a\r\nHost: x", "address"),
        ("http://[::1", "not a web address"),
        ("http://paper.example:99999/", "not a web address"),
        ("http://" + "a" * 70 + ".example/", "address"),
    ],
)
def test_addresses_that_may_not_be_asked(url: str, rule: str) -> None:
    with pytest.raises(InputError, match=rule) as caught:
        fetch_capture(url)
    assert "secret" not in str(caught.value)


def test_an_address_is_normalised() -> None:
    target = parse_target("HTTPS://Bücher.Example.:443/a b/ü?q=ä#part".replace(" ", "%20"))
    assert target.url == "https://xn--bcher-kva.example/a%20b/%C3%BC?q=%C3%A4"


PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104  # refused, not listened on
    "10.1.2.3",
    "172.31.255.255",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


def answer_with(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def resolve(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.fixture
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any, **__: Any) -> None:
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket, "create_connection", connect)


@pytest.mark.usefixtures("no_connection")
@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("company", [(), ("93.184.216.34",)])
def test_a_name_with_any_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str, company: tuple[str, ...]
) -> None:
    answer_with(monkeypatch, *company, address)
    with pytest.raises(RemoteError, match="rule: private-address"):
        fetch_capture("http://paper.example/a")


@pytest.mark.usefixtures("no_connection")
@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.1", "2130706433", "017700000001", "[::1]", "[::ffff:7f00:1]", "localhost", "0"]
)
def test_disguised_loopback_addresses_are_refused_by_what_they_resolve_to(host: str) -> None:
    with pytest.raises(RemoteError, match=r"rule: (private-address|resolve)"):
        fetch_capture(f"http://{host}/")


def test_public_addresses_and_named_private_hosts_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, "93.184.216.34", "2606:2800:220:1::1")
    target = parse_target("http://paper.example/")
    assert resolve_target(target, limits=FetchLimits(), seconds=5) == ("93.184.216.34", "2606:2800:220:1::1")
    answer_with(monkeypatch, "10.0.0.1")
    allowed = FetchLimits(allowed_hosts=frozenset({"paper.example"}))
    assert resolve_target(target, limits=allowed, seconds=5) == ("10.0.0.1",)


def test_the_connection_goes_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, "93.184.216.34")
    asked: list[Any] = []

    def connect(address: Any, **_: Any) -> None:
        asked.append(address)
        raise ConnectionRefusedError("no network in tests")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(RemoteError, match="rule: connection"):
        fetch_capture("http://paper.example/a")
    assert asked == [("93.184.216.34", 80)]


def library_refuses(address: IPv4Address | IPv6Address) -> bool:
    logging.getLogger("requests_hardened.ip_filter").disabled = True
    try:
        get_ip_address(str(address), 80, allow_loopback=False)
    except InvalidIPAddress:
        return True
    return False


@given(st.ip_addresses())
@example(ip_address("192.0.0.9"))
@example(ip_address("2001:20::1"))
def test_what_the_library_or_python_refuses_is_refused_here(address: IPv4Address | IPv6Address) -> None:
    if library_refuses(address) or address.is_private or address.is_multicast or address.is_reserved:
        assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "100.128.0.1", "172.32.0.1", "2606:4700::1111"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))
