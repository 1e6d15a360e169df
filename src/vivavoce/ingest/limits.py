"""What a source may cost us, and which private hosts the user has named."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Caps on one source. Each is a rule of its own: the error names the one that fired."""

    deadline_s: float = 20.0
    """From the first name look-up to the last byte, redirects included."""
    redirects: int = 5
    wire_bytes: int = 5_000_000
    """As received, before decompression."""
    body_bytes: int = 5_000_000
    """After decompression; for local sources the size of the file."""
    allowed_hosts: frozenset[str] = frozenset()
    """Host names and addresses that may be private: "cms.intern", "127.0.0.1". Lower case."""
    user_agent: str = "vivavoce (audio editions for newsrooms)"
    honour_robots: bool = False
    """Whether a page that the site's robots.txt closes to us is refused."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier answer said of itself, so that the server may say "not modified"."""

    etag: str | None = None
    last_modified: str | None = None
