"""`vivavoce doctor`: what works on this machine, what is missing, and the command that mends it."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer

from vivavoce import __version__
from vivavoce.settings import Places, read_places
from vivavoce.synthesise import Precision

EXIT_NOT_READY = 7
MIN_FREE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor's sheet."""

    good: bool
    line: str


def doctor() -> None:
    """Say what is there, what is missing, and the command that mends it.

    Example: vivavoce doctor
    """
    places = read_places()
    checks = list(_examine(places))
    for check in checks:
        print(f"{'ok     ' if check.good else 'MISSING'} {check.line}")
    if not all(check.good for check in checks):
        raise typer.Exit(EXIT_NOT_READY)


def _examine(places: Places) -> Iterator[Check]:
    from vivavoce.engines.kokoro import choose_precision, describe_kernels, examine_kernels
    from vivavoce.models import find_problems, list_voices

    yield Check(True, f"vivavoce {__version__}, Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    kernels, problem = examine_kernels()
    yield Check(True, kernels)
    if problem:
        yield Check(False, problem)
    precision = choose_precision(Precision.AUTO)
    yield Check(True, f"kernels of {precision}: {describe_kernels(precision)}")
    problems = find_problems(places.models)
    if problems:
        yield from (Check(False, problem) for problem in problems)
    else:
        yield Check(True, f"models: all whole in {places.models}, {len(list_voices(places.models))} voices")
    yield _examine_folder("VIVAVOCE_MODELS", places.models)
    yield _examine_folder("VIVAVOCE_CACHE", places.cache)
    yield _examine_keys(places)
    lexicon = "there" if places.lexicon.is_file() else "none yet"
    settings = "" if places.config.is_file() else " (not there: all settings have their defaults)"
    yield Check(True, f"VIVAVOCE_CONFIG: {places.config}{settings}; the house's lexicon beside it: {lexicon}")


def _examine_keys(places: Places) -> Check:
    from datetime import UTC, datetime

    from vivavoce.errors import VivavoceError
    from vivavoce.house import read_house
    from vivavoce.provenance.keys import find_identity

    try:
        options = read_house(places).signing
        identity = find_identity(options, places.keys)
    except VivavoceError as error:
        return Check(False, f"signing keys: {error}")
    if identity is None:
        return Check(True, f"signing keys: made on first use in {options.keys or places.keys}")
    warning = identity.warn_of_expiry(datetime.now(UTC))
    return Check(not warning, f"signing keys: {warning or f'{identity.name}, until {identity.expires_at:%Y-%m-%d}'}")


def _examine_folder(variable: str, folder: Path) -> Check:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        return Check(False, f"{variable}: {folder} can't be written; set {variable} to a folder of yours")
    free = shutil.disk_usage(existing).free
    if free < MIN_FREE_BYTES:
        return Check(False, f"{variable}: {folder} has {free / 1e6:.0f} MB left; free some space there")
    return Check(True, f"{variable}: {folder} ({free / 1e9:.1f} GB free)")
