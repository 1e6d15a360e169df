"""A newsroom for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom_at_work import AtWork, open_at_work


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[AtWork]:
    """Open a newsroom whose editions go out after an approval."""
    with open_at_work(tmp_path) as opened:
        yield opened
