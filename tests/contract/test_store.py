"""What every database must do for the newsroom's store."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from newsroom_values import (
    HOUSE,
    make_article,
    make_edition,
    make_file,
    make_job,
    make_revision,
    make_submission,
    make_version,
)
from vivavoce.errors import MachineError, UsageError
from vivavoce.lexicon import Entry
from vivavoce.storage.database import migrate, open_database
from vivavoce.storage.records import (
    Approval,
    Delivery,
    DeliveryState,
    EditionState,
    EventKind,
    Hook,
    Inlet,
    InletKind,
    Job,
    JobKind,
    JobState,
    Priority,
    Scope,
    Session,
    SetupLink,
    Token,
    User,
    new_id,
    now,
)
from vivavoce.storage.store import Store, open_store
from vivavoce.storage.tables import metadata
from vivavoce.types import Edit, EditAction, TextQuote


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


# ---------------------------------------------------------------- schema


def test_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_at_once_is_migrating_once(database_url: str) -> None:
    engines = [open_database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    for engine in engines:
        engine.dispose()


def test_an_older_program_runs_beside_a_newer_schema(database_url: str) -> None:
    store = open_store(database_url)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("ALTER TABLE articles ADD COLUMN of_the_future TEXT"))
    older = open_store(database_url)
    article = make_article()
    with older.write() as unit:
        assert unit.articles.add(article)
    with older.read() as unit:
        assert unit.articles.find(HOUSE, article.id) == article
    store.close()
    older.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "oracle+nothing://x"])
def test_an_unknown_database_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        open_database(url)


def test_a_database_that_is_not_there_is_named() -> None:
    with pytest.raises(MachineError, match=r"postgresql.*:\*\*\*@"):
        open_database("postgresql://anna:secret@127.0.0.1:1/newsroom?connect_timeout=1")


# ---------------------------------------------------------------- transactions


def test_nothing_of_a_broken_transaction_is_kept(store: Store) -> None:
    sent: list[Job] = []
    article = make_article()
    with pytest.raises(ZeroDivisionError), store.sending(sent.append).write() as unit:
        unit.articles.add(article)
        unit.queue(make_job())
        raise ZeroDivisionError
    with store.read() as unit:
        assert unit.articles.find(HOUSE, article.id) is None
    assert sent == []


def test_a_hundred_that_add_the_same_article_at_once_add_one(store: Store) -> None:
    def add(_: int) -> bool:
        with store.write() as unit:
            return unit.articles.add(make_article(source_id="post-1"))

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(add, range(100))) == 1
    with store.read() as unit:
        assert len(unit.articles.search(HOUSE)) == 1


# ---------------------------------------------------------------- articles


def test_an_article_is_its_house_s_alone(store: Store) -> None:
    article, twin = make_article(source_id="1"), make_article(source_id="1", house="other")
    with store.write() as unit:
        assert unit.articles.add(article)
        assert unit.articles.add(twin)
    with store.read() as unit:
        assert unit.articles.find(HOUSE, article.id) == article
        assert unit.articles.find(HOUSE, twin.id) is None
        assert unit.articles.search("other") == (twin,)


def test_search_finds_words_in_titles_and_takes_signs_literally(store: Store) -> None:
    wall = make_article(title="The WALL, 100% new", section="city")
    ship = make_article(title="A ship_yard", updated_at=now() + timedelta(seconds=5))
    with store.write() as unit:
        unit.articles.add(wall)
        unit.articles.add(ship)
        search = unit.articles.search
        assert search(HOUSE) == (ship, wall)
        assert search(HOUSE, words="new wall") == (wall,)
        assert search(HOUSE, words="0%") == (wall,)
        assert search(HOUSE, words="p_y") == (ship,)
        assert search(HOUSE, words="_x") == ()
        assert search(HOUSE, section="city") == (wall,)
        assert search(HOUSE, limit=1, offset=1) == (wall,)


def test_revisions_are_numbered_and_forgotten(store: Store) -> None:
    article = make_article(url="https://example.org/1")
    with store.write() as unit:
        unit.articles.add(article)
        sent = make_submission(article)
        unit.articles.add_submission(sent)
        unit.articles.add_submission(make_submission(article, received_at=sent.received_at - timedelta(days=1)))
        first = unit.articles.add_revision(make_revision(article))
        second = unit.articles.add_revision(make_revision(article, digest="9" * 64))
        assert (first.number, second.number) == (1, 2)
        assert unit.articles.newest_revision(article.id) == second
        assert unit.articles.find_revision(article.id, 1) == first
        assert unit.articles.newest_submission(article.id) == sent
        assert unit.articles.list_blobs() == (sent.blob,)
        unit.articles.forget_texts(article.id)
        assert unit.articles.list_revisions(article.id) == ()
        assert unit.articles.newest_submission(article.id) is None
        assert unit.articles.get(article.id).title is None


def test_stale_drafts_are_those_that_never_went_out(store: Store) -> None:
    old = now() - timedelta(days=90)
    stale, published, fresh = (make_article(updated_at=moment) for moment in (old, old, now()))
    with store.write() as unit:
        for article, first in ((stale, None), (published, old), (fresh, None)):
            unit.articles.add(article)
            unit.editions.add(make_edition(article, first_published_at=first))
        assert unit.articles.list_stale_drafts(now() - timedelta(days=30)) == (stale,)
        unit.articles.remove(stale.id)
        assert unit.editions.of_article(stale.id) is None


# ---------------------------------------------------------------- editions


def test_an_edition_comes_back_as_it_was(store: Store) -> None:
    article = make_article()
    edits = (
        Edit(EditAction.SAY_HERE, TextQuote("Kyiv", "in ", "."), alias="Keev"),
        Edit(EditAction.PAUSE, TextQuote("x"), pause_ms=3),
    )
    edition = make_edition(article, edits=edits, note="“withdrawn”")
    with store.write() as unit:
        unit.articles.add(article)
        assert unit.editions.add(edition)
        assert not unit.editions.add(make_edition(article)), "an article has one edition"
    with store.write() as unit:
        assert unit.editions.lock(edition.id) == edition
        published = replace(edition, state=EditionState.PUBLISHED, published_version=1, published_at=now(), head=1)
        unit.editions.change(published)
    with store.read() as unit:
        assert unit.editions.find(HOUSE, edition.id) == published
        assert unit.editions.find("other", edition.id) is None
        assert unit.editions.find_anywhere(edition.id) == published
        assert unit.editions.search(HOUSE, state=EditionState.PUBLISHED) == (published,)
        assert unit.editions.search(HOUSE, state=EditionState.DRAFT) == ()
        assert unit.editions.of_articles([article.id]) == {article.id: published}


def test_versions_keep_their_files(store: Store) -> None:
    article = make_article()
    edition = make_edition(article)
    with store.write() as unit:
        unit.articles.add(article)
        unit.editions.add(edition)
        unit.editions.add_version(make_version(edition, 1), [make_file(edition, 1), make_file(edition, 1, "a.vtt")])
        unit.editions.add_version(make_version(edition, 2, clean=False, findings=3), [make_file(edition, 2)])
        assert [version.number for version in unit.editions.list_versions(edition.id)] == [1, 2]
        assert [file.name for file in unit.editions.list_files(edition.id, 1)] == ["a.vtt", "audio.mp3"]
        assert unit.editions.find_file(edition.id, 2, "audio.mp3") == make_file(edition, 2)
        assert unit.editions.find_file(edition.id, 2, "../audio.mp3") is None
        assert unit.editions.list_blobs() == (make_file(edition).blob,)
        unit.editions.forget_files(edition.id)
        assert unit.editions.list_blobs() == ()
        found = unit.editions.find_version(edition.id, 2)
        assert found is not None
        assert (found.clean, found.findings) == (False, 3)


def test_words_are_approved_once(store: Store) -> None:
    article = make_article()
    edition = make_edition(article)
    approval = Approval(edition.id, "7" * 64, 1, "user:anna", now())
    with store.write() as unit:
        unit.articles.add(article)
        unit.editions.add(edition)
        assert unit.editions.approve(approval)
        assert not unit.editions.approve(replace(approval, who="user:ben"))
        assert unit.editions.find_approval(edition.id, "7" * 64) == approval
        assert unit.editions.find_approval(edition.id, "8" * 64) is None


# ---------------------------------------------------------------- jobs


def test_what_is_wanted_twice_waits_once_and_as_urgently_as_ever(store: Store) -> None:
    sent: list[Job] = []
    first = make_job(subject="e1", priority=Priority.ARCHIVE)
    with store.sending(sent.append).write() as unit:
        unit.queue(first)
        hastened = unit.queue(make_job(subject="e1", priority=Priority.BREAKING, detail="newer"))
        assert (hastened.id, hastened.priority, hastened.detail) == (first.id, Priority.BREAKING, "newer")
        same = unit.queue(make_job(subject="e1", priority=Priority.ARCHIVE, detail="newest"))
        assert same.priority == Priority.BREAKING
        unit.queue(make_job(JobKind.RELEASE, "e1"))
    assert [job.id for job in sent[:2]] == [first.id, first.id]
    assert len(sent) == 3
    with store.read() as unit:
        assert unit.jobs.count(JobState.QUEUED) == 2
        assert [job.detail for job in unit.jobs.list_waiting(now())] == ["newest", ""]


def test_one_of_many_workers_gets_a_job(store: Store) -> None:
    job = make_job()
    with store.write() as unit:
        unit.queue(job)

    def claim(number: int) -> Job | None:
        with store.write() as unit:
            return unit.jobs.claim(job.id, worker=f"w{number}", moment=now(), lease_s=60)

    with ThreadPoolExecutor(10) as pool:
        claimed = [taken for taken in pool.map(claim, range(30)) if taken]
    assert len(claimed) == 1
    assert (claimed[0].state, claimed[0].attempts) == (JobState.WORKING, 1)


def test_a_job_is_not_taken_before_its_time(store: Store) -> None:
    job = make_job(not_before=now() + timedelta(hours=1))
    with store.write() as unit:
        unit.queue(job)
        assert unit.jobs.claim(job.id, worker="w", moment=now(), lease_s=60) is None
        assert unit.jobs.list_waiting(now()) == ()


def test_two_jobs_never_work_on_one_subject(store: Store) -> None:
    first, second = make_job(subject="e1"), make_job(subject="e1")
    with store.write() as unit:
        unit.queue(first)
        assert unit.jobs.claim(first.id, worker="w", moment=now(), lease_s=60)
        unit.queue(second)
    with pytest.raises(IntegrityError), store.write() as unit:
        unit.jobs.claim(second.id, worker="w", moment=now(), lease_s=60)


def test_only_who_holds_the_lease_may_finish(store: Store) -> None:
    job = make_job()
    with store.write() as unit:
        unit.queue(job)
        slow = unit.jobs.claim(job.id, worker="slow", moment=now(), lease_s=0)
        assert slow
        assert unit.jobs.list_held() == (slow,)
        assert unit.jobs.put_back(slow, not_before=now(), error="the worker went away")
        quick = unit.jobs.claim(job.id, worker="quick", moment=now(), lease_s=60)
        assert quick
        assert quick.attempts == 2
        assert not unit.jobs.report(slow, stage="speaking", done=1, steps=2, until=now())
        assert not unit.jobs.renew(slow, until=now())
        assert not unit.jobs.finish(slow, now())
        assert unit.jobs.report(quick, stage="speaking", done=1, steps=2, until=now())
        assert unit.jobs.finish(quick, now())
        assert not unit.jobs.finish(quick, now()), "nothing is done twice"
        done = unit.jobs.find(job.id)
        assert done is not None
        assert (done.state, done.stage, done.error) == (JobState.DONE, "speaking", "")


def test_what_is_put_back_makes_way_for_what_waits(store: Store) -> None:
    first, newer = make_job(subject="e1"), make_job(subject="e1")
    with store.write() as unit:
        unit.queue(first)
        held = unit.jobs.claim(first.id, worker="w", moment=now(), lease_s=60)
        assert held
        unit.queue(newer)
        unit.jobs.put_back(held, not_before=now(), error="network")
        ended = unit.jobs.find(first.id)
        assert ended is not None
        assert ended.state is JobState.CANCELLED
        assert unit.jobs.find_waiting(JobKind.RENDER, "e1") == newer
        unit.jobs.cancel_waiting(JobKind.RENDER, "e1", now())
        assert unit.jobs.list_open(["e1"]) == ()
        assert unit.jobs.forget_ended(now() + timedelta(seconds=1)) == 2


# ---------------------------------------------------------------- people


def make_user(name: str = "anna") -> User:
    return User(new_id(), HOUSE, name, frozenset({Scope.EDIT, Scope.READ}), "$argon2", 0, None, now(), None)


def test_users_have_names_of_their_own(store: Store) -> None:
    anna = make_user()
    with store.write() as unit:
        assert unit.people.count_users() == 0
        assert unit.people.add_user(anna)
        assert not unit.people.add_user(replace(make_user(), house="other"))
        unit.people.change_user(replace(anna, failed_logins=3))
        found = unit.people.lock_name("anna")
        assert found is not None
        assert (found.failed_logins, found.scopes) == (3, anna.scopes)
        assert unit.people.list_users("other") == ()


def test_sessions_end(store: Store) -> None:
    anna, moment = make_user(), now()
    open_until = Session("a" * 64, anna.id, "c", moment, moment, moment + timedelta(hours=1))
    over = Session("b" * 64, anna.id, "c", moment, moment, moment - timedelta(hours=1))
    with store.write() as unit:
        unit.people.add_user(anna)
        unit.people.open_session(open_until)
        unit.people.open_session(over)
        assert unit.people.find_session("a" * 64, moment) == open_until
        assert unit.people.find_session("b" * 64, moment) is None
        unit.people.forget_expired(moment)
        unit.people.close_sessions_of(anna.id)
        assert unit.people.find_session("a" * 64, moment) is None


def test_a_set_up_link_leads_in_once(store: Store) -> None:
    moment = now()
    with store.write() as unit:
        for letter in "ab":
            unit.people.add_setup_link(SetupLink(letter * 64, HOUSE, moment, moment + timedelta(hours=1)))
        assert unit.people.find_setup_link("a" * 64, moment) is None, "a newer link replaces it"
        assert not unit.people.use_setup_link("b" * 64, moment + timedelta(hours=2))
        assert unit.people.use_setup_link("b" * 64, moment)
        assert not unit.people.use_setup_link("b" * 64, moment)


def test_tokens_are_revoked_by_their_own_house(store: Store) -> None:
    token = Token(new_id(), HOUSE, "cms", frozenset({Scope.SUBMIT}), "d" * 64, now(), None, None, None)
    with store.write() as unit:
        unit.people.add_token(token)
        assert not unit.people.revoke_token("other", token.id, now())
        assert unit.people.revoke_token(HOUSE, token.id, now())
        assert not unit.people.revoke_token(HOUSE, token.id, now())
        found = unit.people.find_token(token.id)
        assert found is not None
        assert found.revoked_at is not None
        assert unit.people.list_tokens("other") == ()


# ---------------------------------------------------------------- webhooks, lexicon, audit


def test_dead_letters_can_be_seen(store: Store) -> None:
    hook = Hook(new_id(), HOUSE, "https://cms.example/hook", frozenset({EventKind.READY}), "s", now())
    news = Delivery(new_id(), HOUSE, hook.id, EventKind.READY, "{}", DeliveryState.WAITING, 0, None, "", now(), None)
    with store.write() as unit:
        unit.hooks.add(hook)
        unit.hooks.add_delivery(news)
        dead = replace(news, state=DeliveryState.DEAD, attempts=8, status=500, error="the server answered 500")
        unit.hooks.change_delivery(dead)
        assert unit.hooks.list_deliveries(HOUSE, state=DeliveryState.DEAD) == (dead,)
        assert unit.hooks.list_deliveries("other") == ()
        assert unit.hooks.find_delivery("other", news.id) is None
        assert unit.hooks.count_dead() == 1
        assert unit.hooks.list(HOUSE) == (hook,)
        assert not unit.hooks.remove("other", hook.id)
        assert unit.hooks.remove(HOUSE, hook.id)
        assert unit.hooks.get_delivery(news.id) is None


def test_inlets(store: Store) -> None:
    inlet = Inlet(new_id(), HOUSE, InletKind.GHOST, "city", "secret", now())
    with store.write() as unit:
        unit.hooks.add_inlet(inlet)
        assert unit.hooks.get_inlet(inlet.id) == inlet
        assert unit.hooks.list_inlets(HOUSE) == (inlet,)
        assert not unit.hooks.remove_inlet("other", inlet.id)
        assert unit.hooks.remove_inlet(HOUSE, inlet.id)


def test_the_lexicon_keeps_the_later_of_two_entries(store: Store) -> None:
    first, better = Entry("Kyiv", alias="key eve"), Entry("Kyiv", phonemes="kˈiɪv", added=now().date())
    with store.write() as unit:
        for entry in (first, Entry("Kyiv", alias="x", scope="section:sport"), better):
            unit.lexicon.add(HOUSE, entry)
        unit.lexicon.add("other", first)
    with store.write() as unit:
        assert [(entry.scope, entry.phonemes) for entry in unit.lexicon.read(HOUSE).entries] == [
            ("section:sport", ""),
            ("house", "kˈiɪv"),
        ]
        assert unit.lexicon.read(HOUSE).entries[1] == better
        assert unit.lexicon.remove(HOUSE, "Kyiv") == 2
        assert unit.lexicon.read("other").entries == (first,)


def test_the_audit_log_forgets_persons_after_their_time(store: Store) -> None:
    with store.write() as unit:
        unit.audit.note(house=HOUSE, who="user:anna", action="approve", subject="e1", address="192.0.2.7", version=2)
        unit.audit.note(house=HOUSE, who="token:ghost", action="submit", subject="a1", address="192.0.2.8")
        unit.audit.note(house="other", who="user:ben", action="approve", subject="e1")
        [line] = unit.audit.search(HOUSE, subject="e1")
        assert (line.who, line.address, line.detail) == ("user:anna", "192.0.2.7", {"version": 2})
        unit.audit.erase_persons(now() + timedelta(seconds=1))
        lines = unit.audit.search(HOUSE)
        assert [(line.who, line.address, line.action) for line in lines] == [
            ("token:ghost", "", "submit"),
            ("user:erased", "", "approve"),
        ]


def test_two_texts_never_share_a_digest_by_their_joint() -> None:
    from vivavoce.storage.values import digest_text

    assert digest_text("ab", "c") != digest_text("a", "bc")
    assert len(digest_text("x")) == len(hashlib.sha256().hexdigest())
