"""The address that a feed stands on: the setting that is wrong most often, so it is checked before anything is made."""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from vivavoce.errors import UsageError

_PRIVATE_ENDINGS = (
    "localhost",
    "local",
    "internal",
    "intern",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "test",
    "invalid",
    "home.arpa",
)
"""RFC 6761, 6762, 8375, ICANN's "internal", and what companies use inside."""
_FILE = re.compile(r"\.(xml|rss|html?|mp3|m4a|opus|wav|flac|json|php|aspx?)$", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)

OF_FOLDERS = "[publication] base_url or give --base-url"
"""The setting behind feeds and sites of edition folders."""


def check_base_url(url: str, *, setting: str = OF_FOLDERS) -> str:
    """Check that the world can reach an address, and that files can lie below it.

    Args:
        url: The address.
        setting: What is to be set otherwise, as the message says it after "set".

    Returns:
        The address without a slash at its end.

    Raises:
        UsageError: It can't be right; the message says why.
    """
    if not url:
        raise UsageError(f"a feed needs the address where the editions are published; set {setting}")
    reason = _find_fault(url.strip())
    if reason:
        raise UsageError(f"the address {url!r} {reason}; set {setting}")
    return url.strip().rstrip("/")


def check_slugs(base_url: str, slugs: Iterable[str]) -> None:
    """Check that an address is not that of one of the folders that lie below it.

    Raises:
        UsageError: It is.
    """
    last = urlsplit(base_url).path.rstrip("/").rsplit("/", 1)[-1]
    if last and last in slugs:
        raise UsageError(
            f"the base URL {base_url!r} ends with the folder of an edition; leave out its last part, {last!r}"
        )


def _find_fault(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return f"is no address ({error})"
    if parts.scheme not in {"http", "https"}:
        return "does not begin with https:// or http://"
    if not host:
        return "names no host"
    if "@" in parts.netloc:
        return "holds a log-in, which every listener would see"
    if "?" in url or "#" in url:
        return "has a question mark or number sign, after which no path can follow"
    return _find_fault_of_host(host) or _find_fault_of_path(parts.path)


def _find_fault_of_host(host: str) -> str | None:
    try:
        address = ip_address(host)
    except ValueError:
        pass
    else:
        return None if address.is_global and not address.is_multicast else "is an address inside a private network"
    labels = host.rstrip(".").split(".")
    if any(host == ending or host.endswith("." + ending) for ending in _PRIVATE_ENDINGS):
        return "can be reached from this machine or network only"
    if len(labels) == 1:
        return "names a machine of the local network: a public host has a dot in its name"
    try:
        ascii_labels = [label.encode("idna").decode("ascii") for label in labels]
    except UnicodeError:
        return "has a host that is no name"
    return None if all(_LABEL.fullmatch(label) for label in ascii_labels) else "has a host that is no name"


def _find_fault_of_path(path: str) -> str | None:
    if any(char.isspace() or char in '<>"\\^`{|}' for char in path):
        return "has a blank or sign in its path that must be written as %20 or alike"
    parts = path.strip("/").split("/")
    if ".." in parts or "." in parts or "//" in path.rstrip("/"):
        return 'has "." or ".." or an empty part in its path'
    if _FILE.search(parts[-1]):
        return f"names a file ({parts[-1]}): give the folder that the editions' folders lie in"
    return None
