"""Sending a message to an address on the web, under the same guard as what is fetched."""

from collections.abc import Mapping
from contextlib import suppress

from vivavoce.ingest.connect import Deadline, open_connection
from vivavoce.ingest.guard import parse_target, resolve_target
from vivavoce.ingest.limits import FetchLimits

_READ_BYTES = 64 * 1024


def send_message(url: str, body: bytes, *, headers: Mapping[str, str], limits: FetchLimits) -> int:
    """Post a body; gives the answer's status. Redirects are not followed, and the answer's own body is not kept.

    Raises:
        InputError: The address may not be asked.
        RemoteError: It is not public, or there was no answer in time.
    """
    target = parse_target(url)
    deadline = Deadline(limits, target.url)
    with open_connection(target, limits=limits, deadline=deadline) as client:
        sent = {"Host": target.authority, "User-Agent": limits.user_agent, "Connection": "close", **headers}
        client.request("POST", target.path, body=body, headers=sent)
        with client.getresponse() as response:
            with suppress(OSError):  # the status is what counts
                response.read(_READ_BYTES)
            return response.status


def check_address(url: str, *, limits: FetchLimits) -> None:
    """Judge an address before anything is sent to it.

    Raises:
        InputError: It may not be asked.
        RemoteError: It has no public address now.
    """
    target = parse_target(url)
    resolve_target(target, limits=limits, seconds=min(limits.deadline_s, 5.0))
