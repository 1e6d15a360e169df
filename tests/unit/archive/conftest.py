"""These archives read their articles in this process; the end-to-end tests take them apart in the child."""

import pytest

from vivavoce import studio
from vivavoce.extract import extract_here


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take sources apart without a process for each: it costs a second, and none of these sources is hostile."""
    monkeypatch.setattr(studio, "extract_article", extract_here)
