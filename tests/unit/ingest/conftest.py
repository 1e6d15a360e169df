from collections.abc import Iterator

import pytest

from hostile import play_attacks


@pytest.fixture(scope="session")
def hostile_server() -> Iterator[str]:
    """Give the address of a server that plays an attack a path."""
    with play_attacks() as address:
        yield address
