"""Fixtures that every test may use."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("vivavoce", deadline=None)  # a busy machine is no failure
settings.load_profile("vivavoce")
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture
def shared_data() -> Path:
    """Give the open test sets, where the checkout has them beside it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the open test sets do not lie beside this checkout")
    return SHARED_DATA
