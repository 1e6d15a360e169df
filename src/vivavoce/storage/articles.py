"""Articles, what was sent for them, and each text that they have had."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, desc, func, or_, select, update

from vivavoce.storage.records import ArticleRecord, EditionState, Revision, Submission
from vivavoce.storage.rows import Rows, page
from vivavoce.storage.tables import articles, editions, revisions, submissions


class ArticleRows(Rows):
    """Articles in one transaction."""

    def add(self, article: ArticleRecord) -> bool:
        """Add an article; False where its house has one of this source id."""
        return self._add_new(articles, article)

    def find(self, house: str, article_id: str) -> ArticleRecord | None:
        """Give an article of this house."""
        return self._one(ArticleRecord, select(articles).where(articles.c.house == house, articles.c.id == article_id))

    def get(self, article_id: str) -> ArticleRecord:
        """Give an article that is known to be there."""
        found = self._one(ArticleRecord, select(articles).where(articles.c.id == article_id))
        if found is None:
            raise LookupError(f"no article {article_id}")
        return found

    def lock_source(self, house: str, source_id: str) -> ArticleRecord | None:
        """Give the article of a source id, and keep others from changing it until the transaction ends."""
        query = select(articles).where(articles.c.house == house, articles.c.source_id == source_id)
        return self._one(ArticleRecord, query.with_for_update())

    def change(self, article: ArticleRecord) -> None:
        """Keep what may change of an article."""
        self._change(
            update(articles)
            .where(articles.c.id == article.id)
            .values(
                section=article.section,
                url=article.url,
                title=article.title,
                voice=article.voice,
                source_kind=article.source_kind,
                updated_at=article.updated_at,
            )
        )

    def remove(self, article_id: str) -> None:
        """Remove an article with everything that hangs on it."""
        self._change(delete(articles).where(articles.c.id == article_id))

    def search(
        self, house: str, *, words: str = "", section: str | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[ArticleRecord, ...]:
        """List articles, the last changed first; of several words each must be in the title, address or source id."""
        query = select(articles).where(articles.c.house == house)
        for word in words.split():
            like = f"%{_escape(word)}%"
            fields = (articles.c.title, articles.c.url, articles.c.source_id)
            query = query.where(or_(*(field.ilike(like, escape="\\") for field in fields)))
        if section is not None:
            query = query.where(articles.c.section == section)
        order = query.order_by(desc(articles.c.updated_at), articles.c.id)
        return self._all(ArticleRecord, page(order, limit=limit, offset=offset))

    # ------------------------------------------------------------ submissions

    def add_submission(self, submission: Submission) -> None:
        """Keep what was sent."""
        self._add(submissions, submission)

    def find_submission(self, submission_id: str) -> Submission | None:
        """Give one submission."""
        return self._one(Submission, select(submissions).where(submissions.c.id == submission_id))

    def newest_submission(self, article_id: str) -> Submission | None:
        """Give what was sent last."""
        query = select(submissions).where(submissions.c.article_id == article_id)
        return self._one(Submission, query.order_by(desc(submissions.c.received_at), desc(submissions.c.id)).limit(1))

    # ------------------------------------------------------------ revisions

    def add_revision(self, revision: Revision) -> Revision:
        """Keep a text as the newest; its number is the next one."""
        newest = self._number(select(func.max(revisions.c.number)).where(revisions.c.article_id == revision.article_id))
        numbered = replace(revision, number=newest + 1)
        self._add(revisions, numbered)
        return numbered

    def newest_revision(self, article_id: str) -> Revision | None:
        """Give the text of today."""
        query = select(revisions).where(revisions.c.article_id == article_id)
        return self._one(Revision, query.order_by(desc(revisions.c.number)).limit(1))

    def find_revision(self, article_id: str, number: int) -> Revision | None:
        """Give one text."""
        return self._one(
            Revision, select(revisions).where(revisions.c.article_id == article_id, revisions.c.number == number)
        )

    def list_revisions(self, article_id: str) -> tuple[Revision, ...]:
        """List all texts, the oldest first."""
        return self._all(
            Revision, select(revisions).where(revisions.c.article_id == article_id).order_by(revisions.c.number)
        )

    def forget_texts(self, article_id: str) -> None:
        """Remove every word of an article, and what was sent for it."""
        self._change(delete(revisions).where(revisions.c.article_id == article_id))
        self._change(delete(submissions).where(submissions.c.article_id == article_id))
        self._change(update(articles).where(articles.c.id == article_id).values(title=None, url=None))

    # ------------------------------------------------------------ upkeep

    def list_stale_drafts(self, before: datetime) -> tuple[ArticleRecord, ...]:
        """List articles that nobody has touched since a time and whose edition was never published."""
        never_out = select(editions.c.article_id).where(
            editions.c.state == EditionState.DRAFT, editions.c.first_published_at.is_(None)
        )
        return self._all(
            ArticleRecord, select(articles).where(articles.c.updated_at < before, articles.c.id.in_(never_out))
        )

    def list_blobs_of(self, article_id: str) -> tuple[str, ...]:
        """List the bodies that an article's submissions hold on to."""
        mine = submissions.c.article_id == article_id
        return self._texts(select(submissions.c.blob).where(mine, submissions.c.blob.is_not(None)).distinct())

    def list_blobs(self) -> tuple[str, ...]:
        """List the bodies that submissions hold on to."""
        return self._texts(select(submissions.c.blob).where(submissions.c.blob.is_not(None)).distinct())


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
