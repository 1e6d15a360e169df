"""What everybody who works in a newsroom shares: its store, its blobs, its houses and their settings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_data_path

from vivavoce.errors import UsageError
from vivavoce.house import DEFAULT_HOUSE, House, ServerOptions, read_houses
from vivavoce.newsroom.refusals import NotThere
from vivavoce.settings import Places
from vivavoce.storage.blobs import Blobs
from vivavoce.storage.store import Store, open_store


@dataclass(frozen=True, slots=True)
class Newsroom:
    """An open newsroom."""

    store: Store
    blobs: Blobs
    houses: Mapping[str, House]
    places: Places
    options: ServerOptions
    folder: Path

    def house(self, name: str) -> House:
        """Give a house's settings.

        Raises:
            NotThere: There is no such house.
        """
        if name not in self.houses:
            raise NotThere(f"there is no house {name!r}; its settings would lie in houses/{name}.toml")
        return self.houses[name]

    def places_of(self, house: str) -> Places:
        """Give the places of a house: a lexicon file and keys of its own."""
        if house == DEFAULT_HOUSE:
            return self.places
        config = self.places.config.parent / "houses" / house / "vivavoce.toml"
        return replace(self.places, config=config, keys=self.places.keys / house)

    @property
    def database_url(self) -> str:
        """Where the database is."""
        return database_url(self.options, self.folder)

    @property
    def local_url(self) -> str:
        """Where the server listens, without a slash at its end."""
        return f"http://{_bracketed(self.options.host)}:{self.options.port}"

    @property
    def public_url(self) -> str:
        """How the world reaches the server, without a slash at its end."""
        return self.options.public_url or self.local_url


def open_newsroom(places: Places, *, folder: Path | None = None) -> Newsroom:
    """Open the newsroom that the settings describe; its database is made or brought to the newest schema.

    Args:
        places: Where settings, models and takes lie.
        folder: Stands before the one of the settings.

    Raises:
        UsageError: A setting is impossible.
        MachineError: The database or the folder can't be used.
    """
    houses = read_houses(places)
    options = houses[DEFAULT_HOUSE].server
    at = folder or choose_folder(options)
    return Newsroom(
        store=open_store(database_url(options, at)),
        blobs=Blobs(options.blobs or str(at / "blobs"), cache=at / "blobs-at-hand"),
        houses=houses,
        places=places,
        options=options,
        folder=at,
    )


def choose_folder(options: ServerOptions) -> Path:
    """Give the folder of database and blobs."""
    if options.folder:
        return Path(options.folder).expanduser().absolute()
    return user_data_path("vivavoce") / "newsroom"


def database_url(options: ServerOptions, folder: Path) -> str:
    """Give the database's address.

    Raises:
        UsageError: The folder's path can't stand in an address.
    """
    if options.database:
        return options.database
    path = (folder / "newsroom.sqlite3").absolute()
    if "?" in str(path) or "#" in str(path):
        raise UsageError(f"the folder {folder} has a question mark or number sign in its path; choose another")
    return f"sqlite:///{path}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
