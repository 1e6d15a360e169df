"""From a text to a version: the RENDER job."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from vivavoce.house import House
from vivavoce.newsroom.actors import itself
from vivavoce.newsroom.files import keep_files
from vivavoce.newsroom.manifests import digest_words
from vivavoce.newsroom.policy import goes_out_by_itself
from vivavoce.newsroom.publish import bring_out
from vivavoce.newsroom.refusals import Conflict, NotThere, Overtaken
from vivavoce.newsroom.room import Newsroom
from vivavoce.newsroom.tell import tell
from vivavoce.pipeline import StageClock, Watch
from vivavoce.storage.records import (
    ArticleRecord,
    EditionRow,
    EditionState,
    EventKind,
    Job,
    Revision,
    VersionFile,
    VersionRow,
    now,
)
from vivavoce.storage.store import Transaction
from vivavoce.storage.values import load_article
from vivavoce.studio import EditionPlan, NarrateRequest, carry_out, find_voice, plan_edition, prepare_request
from vivavoce.types import Article, Edit, EditionRecord


@dataclass(frozen=True, slots=True)
class Manuscript:
    """All that an edition's next version follows from."""

    record: ArticleRecord
    article: Article
    revision: int
    edition: EditionRow
    request: NarrateRequest


@dataclass(frozen=True, slots=True)
class Rendered:
    """A version that is made and not yet known to anybody."""

    version: VersionRow
    files: tuple[VersionFile, ...]
    approved: bool
    """Whether its signatures tell of an approval."""


def open_manuscript(room: Newsroom, house: str, edition_id: str, *, edits: Sequence[Edit] | None = None) -> Manuscript:
    """Bring together what a version will be made from.

    Args:
        room: The newsroom.
        house: The edition's house.
        edition_id: The edition.
        edits: Stand in the place of those that the edition has.

    Raises:
        NotThere: There is no such edition, or its article has no text yet.
    """
    settings = room.house(house)
    with room.store.read() as unit:
        edition = unit.editions.find(house, edition_id)
        if edition is None:
            raise NotThere(f"there is no edition {edition_id!r}")
        record = unit.articles.get(edition.article_id)
        revision = unit.articles.newest_revision(record.id)
        lexicon = unit.lexicon.read(house)
    if revision is None:
        raise NotThere("the article has no text yet")
    voice = record.voice or settings.voice
    article = load_article(revision.article)
    request = prepare_request("", settings)
    applied = lexicon.select(variety=find_voice(voice).language, section=record.section, article=record.url)
    changes = edition.edits if edits is None else tuple(edits)
    request = replace(
        request,
        voice=voice,
        threads=max(1, (os.cpu_count() or 1) // max(1, room.options.workers)),
        entries=applied,
        options=replace(request.options, edits=changes),
        style=replace(request.style, outro=_say_at_end(settings, edition, revision)),
    )
    return Manuscript(record, article, revision.number, edition, request)


def _say_at_end(settings: House, edition: EditionRow, revision: Revision) -> str:
    """Give what the house says after the article: of a text changed since the public first heard it, that it was."""
    first = edition.first_published_at
    is_corrected = first is not None and revision.created_at > first
    return " ".join(filter(None, (settings.newsroom.correction if is_corrected else "", settings.style.outro)))


def render_version(room: Newsroom, job: Job, watch: Watch) -> Rendered | None:
    """Make the next version of an edition, if anything of it has changed; its files are kept as blobs.

    Raises:
        NotThere: The edition or its text is gone.
        InputError: The article can't be said.
        SynthesisError: The voice failed.
        MachineError: Something could not be written.
    """
    manuscript = open_manuscript(room, job.house, job.subject)
    if manuscript.edition.state is EditionState.TAKEN_DOWN:
        raise Conflict("the edition was taken down")
    clock = StageClock()
    plan = plan_edition(manuscript.article, manuscript.request, room.places_of(job.house), clock, watch)
    with room.store.read() as unit:
        head = unit.editions.find_version(job.subject, manuscript.edition.head)
        approved = unit.editions.find_approval(job.subject, digest_words(plan.script)) is not None
    if head is not None and head.digest == plan.identity and head.revision == manuscript.revision:
        return None
    with TemporaryDirectory(prefix="vivavoce-render-") as folder:
        record = carry_out(
            plan,
            Path(folder),
            replaces=head.digest if head else None,
            guid=name_edition_guid(job.subject),
            approved=approved,
            clock=clock,
            watch=watch,
        )
        watch("keeping", 0, 1)
        files = tuple(keep_files(room, manuscript.edition.id, Path(folder), number=0))
    return Rendered(_version_of(manuscript, plan, record, job), files, approved)


def name_edition_guid(edition_id: str) -> str:
    """Give what an edition is called in feeds, whatever its versions."""
    return f"urn:vivavoce:edition:{edition_id}"


def _version_of(manuscript: Manuscript, plan: EditionPlan, record: EditionRecord, job: Job) -> VersionRow:
    return VersionRow(
        edition_id=manuscript.edition.id,
        number=0,
        digest=plan.identity,
        revision=manuscript.revision,
        script_sha256=digest_words(record.script),
        title=record.article.title,
        language=record.script.language,
        clean=record.report.clean,
        findings=len(record.report.findings),
        duration_s=record.length_samples / record.sample_rate_hz,
        copy_of=None,
        job_id=job.id,
        made_at=now(),
    )


def keep_version(room: Newsroom, unit: Transaction, rendered: Rendered) -> None:
    """Make a version known, and let it out where the policy says so.

    Raises:
        Overtaken: Its words were approved while it was made, so its signatures say too little.
    """
    edition = unit.editions.lock(rendered.version.edition_id)
    if edition.state is EditionState.TAKEN_DOWN:
        return
    approval = unit.editions.find_approval(edition.id, rendered.version.script_sha256)
    if approval is not None and not rendered.approved:
        raise Overtaken("its words were approved while it was made; it is signed anew")
    version = replace(rendered.version, number=edition.head + 1)
    unit.editions.add_version(version, [replace(file, number=version.number) for file in rendered.files])
    edition = replace(edition, head=version.number, updated_at=now())
    unit.editions.change(edition)
    _decide(room, unit, edition, version)


def _decide(room: Newsroom, unit: Transaction, edition: EditionRow, version: VersionRow) -> None:
    article = unit.articles.get(edition.article_id)
    approval = unit.editions.find_approval(edition.id, version.script_sha256)
    rules = room.house(edition.house).newsroom
    is_out = edition.state is EditionState.PUBLISHED
    event = EventKind.READY if version.clean else EventKind.NEEDS_EDITOR
    reason = "" if version.clean else f"{version.findings} findings"
    tell(room, unit, event, edition, version, reason=reason)
    if edition.state in {EditionState.DRAFT, EditionState.PUBLISHED} and goes_out_by_itself(
        rules, article.section, version, approval, is_out=is_out
    ):
        bring_out(room, unit, itself(edition.house), edition, version)
