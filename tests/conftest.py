"""Fixtures that every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import postgres

# `make test` tries the same examples each time, so that it tells of the change at hand; `make soak` looks for new ones.
# Neither counts a busy machine as a failure.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile("steady")
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session", autouse=True)
def _keys_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Sign with keys of the tests' own, never with the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VIVAVOCE_KEYS", str(tmp_path_factory.mktemp("keys")))
        yield


@pytest.fixture
def shared_data() -> Path:
    """Give the open test sets, where the checkout has them beside it."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the open test sets do not lie beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Run a PostgreSQL of the tests' own; give the folder of its socket."""
    programs = postgres.find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed; scripts/need-programs installs it")
    with postgres.run_postgres(programs) as socket:
        yield socket


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/newsroom.sqlite3"
    return postgres.make_database(request.getfixturevalue("postgres_server"))
