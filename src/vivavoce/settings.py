"""Reads the environment once into frozen values. Never imported by a stage."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path, user_config_path, user_data_path


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie on this machine."""

    models: Path
    """Weights and voices: `VIVAVOCE_MODELS`."""
    cache: Path
    """Rendered utterances: `VIVAVOCE_CACHE`."""
    config: Path
    """The house's settings file: `VIVAVOCE_CONFIG`."""
    keys: Path = field(default_factory=lambda: user_data_path("vivavoce") / "keys")
    """The newsroom's signing keys, unless its settings name another place: `VIVAVOCE_KEYS`."""

    @property
    def lexicon(self) -> Path:
        """The house's own lexicon, beside its settings."""
        return self.config.with_name("lexicon.csv")


def read_places() -> Places:
    """Read the places from the environment; each has a default under the user's XDG folders."""
    return Places(
        models=_place("VIVAVOCE_MODELS", user_data_path("vivavoce") / "models"),
        cache=_place("VIVAVOCE_CACHE", user_cache_path("vivavoce")),
        config=_place("VIVAVOCE_CONFIG", user_config_path("vivavoce") / "vivavoce.toml"),
        keys=_place("VIVAVOCE_KEYS", user_data_path("vivavoce") / "keys"),
    )


def _place(variable: str, default: Path) -> Path:
    return Path(os.environ.get(variable) or default).expanduser().absolute()
