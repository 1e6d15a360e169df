"""A store, and a newsroom around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom_at_work import AtWork, open_at_work


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[AtWork]:
    """Open a newsroom whose jobs are done when the test says so."""
    with open_at_work(tmp_path) as opened:
        yield opened
