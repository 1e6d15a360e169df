"""Finished editions made public: found in their folders, checked to be whole, written as feed or site in one step."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from vivavoce.encode.cover import draw_cover, pack_cover
from vivavoce.encode.edition import MANIFEST
from vivavoce.encode.manifest import read_manifest
from vivavoce.encode.player import write_player
from vivavoce.encode.transcript import write_transcript
from vivavoce.errors import InputError, UsageError
from vivavoce.house import House
from vivavoce.models import sha256_of
from vivavoce.page import SiteLinks
from vivavoce.provenance.keys import read_roots, to_pem
from vivavoce.publish.address import check_base_url
from vivavoce.publish.feed import sort_newest_first, write_feed
from vivavoce.publish.site import MARKER, Pages, write_site
from vivavoce.publish.values import Channel, Publication, date_edition
from vivavoce.settings import Places
from vivavoce.storage.editions import stage_edition
from vivavoce.types import EditionRecord


def publish_feed(folders: Sequence[Path], house: House, *, base_url: str | None, output: Path | None) -> bytes:
    """Write the podcast feed of finished editions.

    Args:
        folders: Editions, or folders of editions.
        house: Who publishes.
        base_url: Stands for the house's own.
        output: The file, replaced in one step; None: nothing is written.

    Returns:
        The feed.

    Raises:
        UsageError: There is no edition, two would have one address, or the base URL can't be right.
        InputError: An edition can't be read or isn't whole.
    """
    checked = check_base_url(base_url or house.publication.base_url or "")
    publications = gather_editions(folders)
    feed = write_feed(make_channel(house, publications, base_url=checked), publications)
    if output:
        _replace(output, feed)
    return feed


def publish_site(
    folders: Sequence[Path], house: House, places: Places, *, base_url: str | None, output: Path
) -> tuple[Publication, ...]:
    """Write a static site of finished editions, in one step.

    Args:
        folders: As for `publish_feed`.
        house: Who publishes.
        places: Where the newsroom's keys lie.
        base_url: Stands for the house's own; without either the site has no feed and no sitemap.
        output: The site's folder; replaced only if it is a site that we wrote.

    Raises:
        UsageError: As `publish_feed`, or the folder holds something else.
        InputError: As `publish_feed`.
    """
    given = base_url or house.publication.base_url
    checked = check_base_url(given) if given else ""
    if output.exists() and not (output / MARKER).is_file() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(f"{output} is no site that vivavoce wrote; choose another folder with -o")
    publications = gather_editions(folders)
    channel = make_channel(house, publications, base_url=checked)

    def make_cover(title: str) -> bytes:
        return pack_cover(draw_cover(title, None, house.edition.cover))

    pages = Pages(_write_player, _write_transcript, make_cover)
    roots = b"".join(to_pem(root) for root in read_roots(house.signing, places.keys))
    with stage_edition(output) as staging:
        write_site(channel, publications, staging, pages=pages, roots=roots)
    return publications


def _write_player(record: EditionRecord, site: SiteLinks) -> str:
    return write_player(record, site=site)


def _write_transcript(record: EditionRecord, base_url: str) -> str:
    return write_transcript(record, base_url=base_url)


def make_channel(house: House, publications: Sequence[Publication], *, base_url: str) -> Channel:
    """Describe the house's podcast; what the house has not set follows from its newest edition."""
    newest = sort_newest_first(publications)[0].record
    name = house.publication.name or newest.article.publisher or "Audio editions"
    feed = house.feed
    return Channel(
        title=feed.title or name,
        language=house.publication.language or newest.script.language,
        description=feed.description,
        author=feed.author or name,
        base_url=base_url,
        link=house.publication.homepage or "",
        email=house.publication.email or "",
        category=feed.category,
        subcategory=feed.subcategory,
        explicit=feed.explicit,
        image=feed.image or "",
        guid=feed.guid or "",
    )


def gather_editions(folders: Sequence[Path]) -> tuple[Publication, ...]:
    """Find the editions in folders, and check that each is whole.

    A folder that is an edition goes by its own name; one that holds editions gives them their paths below it.

    Raises:
        UsageError: A folder is missing, there is no edition, or two go by one name.
        InputError: An edition can't be read, or a recording of it is missing or changed.
    """
    found: dict[str, Publication] = {}
    for folder in folders:
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder; give folders that `vivavoce narrate` made")
        for manifest, slug in _find_manifests(folder):
            if slug in found:
                raise UsageError(
                    f"{found[slug].folder} and {manifest.parent} would have one address; rename one of them"
                )
            found[slug] = _read_edition(manifest, slug)
    if not found:
        raise UsageError(f"there is no edition in {', '.join(map(str, folders))}; make one with: vivavoce narrate")
    guids: dict[str, Publication] = {}
    for publication in found.values():
        other = guids.setdefault(publication.record.guid or publication.slug, publication)
        if other is not publication:
            raise UsageError(
                f"{other.folder} and {publication.folder} are editions of one article; publish one of them"
            )
    return tuple(found.values())


def _find_manifests(folder: Path) -> Iterator[tuple[Path, str]]:
    if (folder / MANIFEST).is_file():
        yield folder / MANIFEST, folder.resolve().name
        return
    for manifest in sorted(folder.rglob(MANIFEST)):
        slug = manifest.parent.relative_to(folder)
        if not any(part.startswith(".") for part in slug.parts):
            yield manifest, slug.as_posix()


def _read_edition(manifest: Path, slug: str) -> Publication:
    try:
        record = read_manifest(manifest.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, InputError) as error:
        raise InputError(f"the edition {manifest.parent} can't be read ({error}); narrate its article again") from error
    for audio in record.audio:
        file = manifest.parent / audio.file
        if not file.is_file() or sha256_of(file) != audio.sha256:
            raise InputError(f"{file} is missing or changed since the edition was made; narrate its article again")
    if not record.guid:
        record = replace(record, guid=f"urn:vivavoce:edition:{record.id}")
    return Publication(record, manifest.parent, slug, date_edition(record, manifest))


def _replace(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as new:
        try:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
            Path(new.name).chmod(0o644)
            Path(new.name).replace(file)
        except OSError:
            Path(new.name).unlink(missing_ok=True)
            raise
