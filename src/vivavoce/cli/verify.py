"""`vivavoce verify`: is this audio ours, whole, signed, marked and disclosed?"""

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import typer

from vivavoce.cli.output import print_result
from vivavoce.settings import read_places

if TYPE_CHECKING:
    from vivavoce.house import House
    from vivavoce.provenance.inspect import Inspection

EXIT_NOT_OURS = 8


def verify(
    source: str = typer.Argument(help="A sound file, an edition's folder, or an address on the web."),
    as_json: bool = typer.Option(False, "--json", help="Print what was found for machines."),
) -> int:
    """Say who signed a sound file and when, whether it is whole, which watermark it carries, and where it is disclosed.

    Example: vivavoce verify story/audio.mp3
    """
    from vivavoce.house import read_house
    from vivavoce.studio import find_sound_files, open_trust

    places = read_places()
    house = read_house(places)
    trust = open_trust(house, places)
    with TemporaryDirectory(prefix="vivavoce-verify-") as folder:
        files = [_fetch(source, Path(folder), house)] if "://" in source else find_sound_files(Path(source))
        from vivavoce.provenance.inspect import inspect_file

        found = {file.name: inspect_file(file, trust=trust) for file in files}
    if as_json:
        print_result(json.dumps([_as_json(name, one) for name, one in found.items()], ensure_ascii=False, indent=1))
    else:
        print_result("\n\n".join(_tell(name, one) for name, one in found.items()))
    return 0 if all(one.good for one in found.values()) else EXIT_NOT_OURS


def _fetch(url: str, folder: Path, house: "House") -> Path:
    from vivavoce.errors import AbsentError
    from vivavoce.ingest import fetch_sound
    from vivavoce.provenance.inspect import recognise_format
    from vivavoce.provenance.sign import SIDECAR_SUFFIX

    address = urlsplit(url)
    file = folder / (Path(address.path).name or "audio")
    file.write_bytes(fetch_sound(url, limits=house.fetch))
    if recognise_format(file) == "opus":
        path = address.path.removesuffix(Path(address.path).suffix) + SIDECAR_SUFFIX
        beside = urlunsplit(address._replace(path=path, fragment=""))
        with suppress(AbsentError):
            file.with_suffix(SIDECAR_SUFFIX).write_bytes(fetch_sound(beside, limits=house.fetch))
    return file


def _as_json(name: str, found: "Inspection") -> dict[str, object]:
    return {"file": name, "ok": found.good, **asdict(found)}


def _tell(name: str, found: "Inspection") -> str:
    lines = [f"file       {name}", f"signature  {_tell_verdict(found)}"]
    if found.signer:
        lines.append(f"signed by  {_tell_signer(found)}")
    if found.signed_at:
        lines.append(f"signed at  {found.signed_at}, {_tell_clock(found)}")
    if found.edition:
        lines.append(f"edition    {found.edition}{f', {found.title}' if found.title else ''}")
        lines.append(f"approved   {'by a person' if found.approved else 'no approval is recorded'}")
    if found.article_url:
        lines.append(f"article    {found.article_url}")
    lines += [f"watermark  {_tell_mark(found)}", f"disclosed  {_tell_places(found)}"]
    return "\n".join(lines)


def _tell_verdict(found: "Inspection") -> str:
    words = {
        "whole": "whole: nothing has been changed since it was signed",
        "changed": "CHANGED since it was signed",
        "expired": "whole, but the certificate has expired, and no authority that ta_roots names stamped it before",
        "unsigned": "none",
    }[found.verdict]
    return f"{words} ({'; '.join(found.reasons)})" if found.reasons else words


def _tell_signer(found: "Inspection") -> str:
    whose = {
        "own": "signed by this newsroom's own key",
        "listed": "under a root on the trust list",
        "unknown": "a key that this machine does not know",
    }
    return f"{found.signer}: {whose[found.signed_by or 'unknown']}; certificate {found.certificate}"


def _tell_clock(found: "Inspection") -> str:
    if found.stamp_trusted:
        return "a time-stamp authority that this house believes vouches for it"
    return "by the stamp of an authority that ta_roots does not name" if found.time_stamped else "as the signer says"


def _tell_places(found: "Inspection") -> str:
    places = ", ".join(found.disclosed)
    if not found.unread:
        return places or "nowhere"
    damaged = " and ".join(f"the {part}" for part in found.unread)
    return f"{places or 'nowhere that can be read'}; damaged, so that it can't be read: {damaged}"


def _tell_mark(found: "Inspection") -> str:
    mark = found.watermark
    if mark is None and "sound" in found.unread:
        return "not looked for: the sound can't be read"
    if mark is None:
        return "none that this house's key reads"
    fits = {True: ", as the signature says", False: ", BUT THE SIGNATURE NAMES ANOTHER", None: ""}[found.watermark_fits]
    return f"edition {mark.edition}…{fits} (z {mark.z}, read at {mark.at_s:.0f} s)"
