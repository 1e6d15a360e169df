"""Editions, their versions with their files, and who has approved which words."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, desc, select, update

from vivavoce.storage.records import Approval, EditionRow, EditionState, VersionFile, VersionRow
from vivavoce.storage.rows import Rows, page, to_row
from vivavoce.storage.tables import approvals, articles, editions, version_files, versions


class EditionRows(Rows):
    """Editions in one transaction."""

    def add(self, edition: EditionRow) -> bool:
        """Add an edition; False where its article has one."""
        return self._add_new(editions, edition)

    def find(self, house: str, edition_id: str) -> EditionRow | None:
        """Give an edition of this house."""
        return self._one(EditionRow, select(editions).where(editions.c.house == house, editions.c.id == edition_id))

    def find_anywhere(self, edition_id: str) -> EditionRow | None:
        """Give an edition of any house: the public does not name one."""
        return self._one(EditionRow, select(editions).where(editions.c.id == edition_id))

    def of_article(self, article_id: str) -> EditionRow | None:
        """Give an article's edition."""
        return self._one(EditionRow, select(editions).where(editions.c.article_id == article_id))

    def of_articles(self, article_ids: Sequence[str]) -> dict[str, EditionRow]:
        """Give the editions of several articles, by article."""
        found = self._all(EditionRow, select(editions).where(editions.c.article_id.in_(list(article_ids))))
        return {edition.article_id: edition for edition in found}

    def lock(self, edition_id: str) -> EditionRow:
        """Give an edition, and keep others from changing it until the transaction ends."""
        found = self._one(EditionRow, select(editions).where(editions.c.id == edition_id).with_for_update())
        if found is None:
            raise LookupError(f"no edition {edition_id}")
        return found

    def change(self, edition: EditionRow) -> None:
        """Keep an edition as it is now."""
        self._change(update(editions).where(editions.c.id == edition.id).values(to_row(edition)))

    def search(
        self,
        house: str,
        *,
        state: EditionState | None = None,
        section: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[EditionRow, ...]:
        """List editions, the last published first, then those never published, the last changed first."""
        query = select(editions).where(editions.c.house == house)
        if state is not None:
            query = query.where(editions.c.state == state)
        if section is not None:
            query = query.join(articles, articles.c.id == editions.c.article_id).where(articles.c.section == section)
        order = query.order_by(desc(editions.c.published_at).nulls_last(), desc(editions.c.updated_at), editions.c.id)
        return self._all(EditionRow, page(order, limit=limit, offset=offset))

    # ------------------------------------------------------------ versions

    def add_version(self, version: VersionRow, files: Sequence[VersionFile]) -> None:
        """Add a version with its files."""
        self._add(versions, version)
        self._add(version_files, *files)

    def replace_files(self, files: Sequence[VersionFile]) -> None:
        """Put files in the place of those of the same names."""
        for file in files:
            self._change(
                delete(version_files).where(
                    version_files.c.edition_id == file.edition_id,
                    version_files.c.number == file.number,
                    version_files.c.name == file.name,
                )
            )
        self._add(version_files, *files)

    def find_version(self, edition_id: str, number: int) -> VersionRow | None:
        """Give one version."""
        return self._one(
            VersionRow, select(versions).where(versions.c.edition_id == edition_id, versions.c.number == number)
        )

    def list_versions(self, edition_id: str) -> tuple[VersionRow, ...]:
        """List an edition's versions, the oldest first."""
        return self._all(
            VersionRow, select(versions).where(versions.c.edition_id == edition_id).order_by(versions.c.number)
        )

    def has_rendered(self, edition_id: str, revision: int) -> bool:
        """Tell whether any version says a revision of the text."""
        query = select(versions.c.number).where(versions.c.edition_id == edition_id, versions.c.revision == revision)
        return bool(self._connection.execute(query.limit(1)).first())

    def find_file(self, edition_id: str, number: int, name: str) -> VersionFile | None:
        """Give one file of a version."""
        return self._one(
            VersionFile,
            select(version_files).where(
                version_files.c.edition_id == edition_id,
                version_files.c.number == number,
                version_files.c.name == name,
            ),
        )

    def list_files(self, edition_id: str, number: int) -> tuple[VersionFile, ...]:
        """List the files of a version by name."""
        return self._all(
            VersionFile,
            select(version_files)
            .where(version_files.c.edition_id == edition_id, version_files.c.number == number)
            .order_by(version_files.c.name),
        )

    def forget_files(self, edition_id: str) -> None:
        """Let go of every file of every version; the versions themselves stay as a record."""
        self._change(delete(version_files).where(version_files.c.edition_id == edition_id))

    def list_blobs(self) -> tuple[str, ...]:
        """List the blobs that versions hold on to."""
        return self._texts(select(version_files.c.blob).distinct())

    # ------------------------------------------------------------ approvals

    def approve(self, approval: Approval) -> bool:
        """Keep an approval; False where these words are approved already."""
        return self._add_new(approvals, approval)

    def find_approval(self, edition_id: str, script_sha256: str) -> Approval | None:
        """Tell who approved these words."""
        return self._one(
            Approval,
            select(approvals).where(approvals.c.edition_id == edition_id, approvals.c.script_sha256 == script_sha256),
        )

    def list_due(self, moment: datetime) -> tuple[EditionRow, ...]:
        """List the editions whose time has come."""
        return self._all(
            EditionRow,
            select(editions).where(editions.c.state == EditionState.SCHEDULED, editions.c.publish_at <= moment),
        )
