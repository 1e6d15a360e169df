"""Which addresses on the web may be asked: http(s), no credentials, every resolved address public."""

import socket
import threading
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit, urlunsplit

from vivavoce.errors import InputError, RemoteError
from vivavoce.ingest.limits import FetchLimits

_RESERVED = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)
"""IANA's special-purpose address registries (RFC 6890 and its successors), transition mechanisms and multicast."""
_GLOBAL_UNICAST = ip_network("2000::/3")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_FIRST_OPEN_PORT = 1024


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked, taken apart and normalised."""

    scheme: str
    host: str
    port: int
    path: str
    """With the query."""

    @property
    def url(self) -> str:
        """The address without what a server must not see."""
        return urlunsplit((self.scheme, self.authority, self.path, "", ""))

    @property
    def authority(self) -> str:
        """Host, and port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def parse_target(url: str) -> Target:
    """Take an address apart.

    Raises:
        InputError: Not http(s), with credentials, without a host, or on a port that no web server uses.
    """
    try:
        parts = urlsplit(url.strip())
        scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
    except ValueError as error:
        raise InputError(f"{url!r}: not a web address ({error}); check it") from error
    if scheme not in _DEFAULT_PORTS:
        raise InputError(f"{url!r}: only http and https are fetched; save the text to a file (rule: scheme)")
    if "@" in parts.netloc:
        raise InputError(f"{scheme}://…@{host}: no addresses with a user name or password (rule: credentials)")
    if not host or any(ord(c) <= ord(" ") or c in '\\"<>^`{|}' for c in f"{parts.netloc}{parts.path}{parts.query}"):
        raise InputError(f"{url!r}: not a web address; check it (rule: address)")
    port = _DEFAULT_PORTS[scheme] if port is None else port
    if port < _FIRST_OPEN_PORT and port not in _DEFAULT_PORTS.values():
        raise InputError(f"{url!r}: port {port} is no web server's (rule: port)")
    path = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    return Target(scheme=scheme, host=_to_ascii(host), port=port, path=_quote(path))


def _to_ascii(host: str) -> str:
    try:
        return host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise InputError(f"{host!r}: not a host name; check the address (rule: address)") from error


def _quote(path: str) -> str:
    from urllib.parse import quote

    return quote(path if path.startswith("/") else f"/{path}", safe="/?&=%:@!$'()*+,;~-._[]#")


def resolve_target(target: Target, *, limits: FetchLimits, seconds: float) -> tuple[str, ...]:
    """Resolve a host and let no address through that is not public.

    Returns:
        The addresses, as text; the connection must go to one of them and look nothing up again.

    Raises:
        RemoteError: The name can't be resolved in time, or one of its addresses is not public.
    """
    addresses = _look_up(target, seconds)
    if target.host in limits.allowed_hosts:
        return addresses
    for address in addresses:
        if not is_public(ip_address(address.partition("%")[0])):
            raise RemoteError(
                f"{target.url}: {target.host} is at {address}, which is not public; "
                "if the host is yours, name it in allowed_hosts under [ingest] in vivavoce.toml (rule: private-address)"
            )
    return addresses


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the public internet, and to nothing that stands for a private one."""
    if address.version == 6 and address not in _GLOBAL_UNICAST:  # noqa: PLR2004  # IPv6
        return False
    return not any(address.version == network.version and address in network for network in _RESERVED)


def _look_up(target: Target, seconds: float) -> tuple[str, ...]:
    """Ask the system's resolver, which knows no deadline, in a thread that may be left behind."""
    found: list[str] = []
    failures: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            found.extend(str(answer[4][0]) for answer in answers)
        except (OSError, UnicodeError) as error:
            failures.append(OSError(str(error)))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise RemoteError(f"{target.url}: the name was not resolved in time; try again (rule: deadline)")
    if failures or not found:
        raise RemoteError(f"{target.url}: there is no host {target.host}; check the address (rule: resolve)")
    return tuple(dict.fromkeys(found))
