"""The desk, driven through a story's whole way in a real browser, with the newsroom really serving."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from structlog.testing import capture_logs

from browsing import wait_until
from desk_at_work import serve_at_work
from editions import HOSTILE_TEXT, NEWS, make_record, write_tone
from news_site import serve_news
from newsroom_at_work import PASSWORD, AtWork
from receiving import receiving
from vivavoce.encode.manifest import write_manifest
from vivavoce.errors import MachineError
from vivavoce.jobs.booth import Booth
from vivavoce.newsroom.access import make_setup_link
from vivavoce.newsroom.manifests import digest_words
from vivavoce.pipeline import Phrase
from vivavoce.storage.records import VersionFile, VersionRow, now
from vivavoce.types import BlockKind

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PAGES = ("", "/lexicon", "/statistics", "/log", "/webhooks", "/people")
RENDER_MS = 60_000
EXPECTED = ("422", "ERR_INCOMPLETE_CHUNKED_ENCODING")
"""Troubles that tests of this file make on purpose."""
LONG = (
    "Officials said the bridge was not damaged in the storm, although traffic was stopped for several hours, and the "
    "mayor promised that engineers would look at every one of its cables before the winter comes back to the valley, "
    "but nobody in the council would say on Monday who is to pay for that work, which may well cost as much as the "
    "bridge itself did sixty years ago, when the old ferry was given up."
)
TITLE = "Harbour city votes"
STORY = f"title: {TITLE}\n\n" + "\n\n".join(b.text for b in NEWS.blocks if b.kind is BlockKind.PARAGRAPH)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AtWork, str]]:
    with serve_at_work(tmp_path_factory.mktemp("newsroom")) as (at_work, address):
        at_work.add_person()
        yield at_work, address


@pytest.fixture
def desk(browser: Browser, newsroom: tuple[AtWork, str]) -> Iterator[Page]:
    """Give a page at which anna is logged in; nothing on it may fail."""
    context = _log_in(browser.new_context(viewport={"width": 1280, "height": 900}), newsroom[1])
    page = context.pages[0]
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert [trouble for trouble in troubles if not any(known in trouble for known in EXPECTED)] == []


def _log_in(context: BrowserContext, address: str) -> BrowserContext:
    page = context.new_page()
    page.goto(f"{address}/desk")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/desk")
    return context


def _plant_findings(at_work: AtWork, edition_id: str, folder: Path) -> None:
    """Give an edition a version in which something was found, which the test voice never gives cause for."""
    paragraphs = tuple(block for block in NEWS.blocks if block.kind is BlockKind.PARAGRAPH)
    record = make_record(replace(NEWS, title=TITLE, byline=(), published=None, blocks=paragraphs), findings=True)
    write_tone(folder / "audio.mp3", record)
    (folder / "edition.json").write_text(write_manifest(record), encoding="utf-8")
    kinds = {"audio.mp3": "audio/mpeg", "edition.json": "application/json"}
    with at_work.room.store.write() as unit:
        edition = unit.editions.lock(edition_id)
        number = edition.head + 1
        files = [
            VersionFile(edition_id, number, name, at_work.room.blobs.keep_file(folder / name), 1, kind)
            for name, kind in kinds.items()
        ]
        version = VersionRow(
            edition_id=edition_id,
            number=number,
            digest="planted",
            revision=1,
            script_sha256=digest_words(record.script),
            title=TITLE,
            language="en-US",
            clean=False,
            findings=2,
            duration_s=record.length_samples / record.sample_rate_hz,
            copy_of=None,
            job_id=None,
            made_at=now(),
        )
        unit.editions.add_version(version, files)
        unit.editions.change(replace(edition, head=number))


def test_a_story_s_whole_way(desk: Page, newsroom: tuple[AtWork, str], browser: Browser, tmp_path: Path) -> None:
    at_work, address = newsroom
    edition = _send(desk)
    _plant_findings(at_work, edition, tmp_path)
    desk.reload()
    _accept_a_finding(desk)
    _fix_a_name(desk)
    _publish(desk, 3)
    with serve_news(tmp_path, host=address) as site:
        page = site.address(edition=f"e/{edition}/player.json")
        reader = browser.new_page()
        reader.goto(page)
        reader.get_by_role("button", name="Play").click()
        wait_until(reader, "document.querySelector('vivavoce-player').audio.currentTime > 0.3")
        desk.goto(f"{address}/desk/statistics")
        expect(desk.get_by_role("row", name=TITLE)).to_contain_text("1")
        sent = {"text": STORY.replace("$61 million", "$16 million"), "source_id": "wall"}
        assert at_work.client().post("/api/v1/articles", json=sent).status_code == 202
        _correct(desk, f"{address}/desk/editions/{edition}")
        later = browser.new_page()  # a browser's cache may keep what it has for a minute
        later.goto(page)
        expect(later.get_by_text("The sum was wrong.")).to_be_visible()
        for opened in (reader, later):
            opened.close()


def _send(desk: Page) -> str:
    """Send a story; it comes into the list by itself when it is made."""
    desk.get_by_text("Send a story").click()
    desk.get_by_label("or its text").fill(STORY)
    desk.get_by_label("What you call it").fill("wall")
    desk.get_by_role("button", name="Send", exact=True).click()
    line = desk.get_by_role("listitem").filter(has_text=TITLE)
    expect(line.get_by_text("wants a look")).to_be_visible(timeout=RENDER_MS)
    line.get_by_role("link", name=TITLE).click()
    desk.wait_for_url("**/editions/*")
    return desk.url.rsplit("/", 1)[-1]


def _accept_a_finding(desk: Page) -> None:
    """Go there by keys, hear it, accept it."""
    expect(desk.get_by_role("button", name="Next finding")).to_contain_text("2")
    desk.keyboard.press("n")
    row = desk.locator(".row.current")
    expect(row.locator(".finding")).to_contain_text("sixteen million dollars")
    desk.keyboard.press("p")
    wait_until(desk, "!document.getElementById('audio').paused")
    desk.keyboard.press("p")
    desk.keyboard.press("a")
    expect(row.locator(".finding")).to_contain_text("accepted")
    expect(desk.get_by_role("button", name="Next finding")).to_contain_text("1")
    desk.reload()
    expect(desk.get_by_role("button", name="Next finding")).to_contain_text("1")


def _fix_a_name(desk: Page) -> None:
    """Choose the word, hear it otherwise, apply it to the whole article."""
    desk.locator(".row", has_text="Mayor Tereza Halvorsen").first.locator(".spoken .w", has_text="halvorsen").click()
    dialog = desk.get_by_role("dialog", name="Say it otherwise")
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog.get_by_role("alert")).to_contain_text("letters or in phonemes")
    dialog.get_by_label("Say this instead").fill("hall for sun")
    dialog.get_by_role("button", name="Hear it").click()
    wait_until(desk, "desk.hearing?.came_s > 0.2", timeout_s=90)
    dialog.get_by_label("in this article").check()
    dialog.get_by_role("button", name="Apply").click()
    desk.wait_for_selector("text=version 3 ·", timeout=RENDER_MS)
    expect(desk.locator(".spoken", has_text="hall for sun").first).to_be_visible()
    expect(desk.locator(".changed").first).to_contain_text("Changed since version 2")


def _publish(desk: Page, version: int) -> None:
    desk.get_by_role("button", name=f"Approve the words of version {version}").click()
    expect(desk.get_by_text("words approved by anna")).to_be_visible()
    desk.get_by_role("button", name=f"Publish version {version}").click()
    expect(desk.get_by_text(f"version {version} is out")).to_be_visible()


def _correct(desk: Page, where: str) -> None:
    """See the old and the new text, and publish with a note."""
    desk.goto(where)
    expect(desk.locator("del", has_text="61")).to_be_visible(timeout=RENDER_MS)
    expect(desk.locator("ins", has_text="16")).to_be_visible()
    desk.get_by_label("Correction note").fill("The sum was wrong.")
    desk.get_by_role("button", name="Approve the words of version 4").click()
    expect(desk.get_by_text("words approved by anna")).to_be_visible()
    desk.get_by_label("Correction note").fill("The sum was wrong.")
    desk.get_by_role("button", name="Publish version 4").click()
    expect(desk.get_by_text("version 4 is out")).to_be_visible()
    desk.get_by_role("link", name="What changed in version 4").click()
    expect(desk.get_by_role("heading", name="What changed from version 3 to 4")).to_be_visible()


def test_a_pause_and_a_sentence_left_out(desk: Page, newsroom: tuple[AtWork, str]) -> None:
    at_work, address = newsroom
    client = at_work.client()
    client.post("/api/v1/articles", json={"text": "title: Rain\n\nRain fell. Nobody was hurt. It stopped."})
    edition = _wait_for_version(at_work, "Rain")
    desk.goto(f"{address}/desk/editions/{edition}")
    row = desk.locator(".row", has_text="Nobody was hurt.")
    row.get_by_role("button", name="Fix").click()
    desk.get_by_label("Pause after the sentence").fill("2500")
    desk.get_by_role("button", name="Hear the pause").click()
    wait_until(desk, "desk.hearing?.isWhole", timeout_s=90)
    assert desk.evaluate("desk.hearing.came_s") > 2.5 + 2 * 0.2, "the pause, and what stands on either side of it"
    desk.get_by_role("button", name="Change the pause").click()
    desk.wait_for_selector("text=version 2 ·", timeout=RENDER_MS)
    expect(row).to_have_attribute("data-pause", "2500")
    row.get_by_role("button", name="Fix").click()
    desk.get_by_role("button", name="Leave the sentence out").click()
    desk.wait_for_selector("text=version 3 ·", timeout=RENDER_MS)
    expect(desk.locator(".omitted", has_text="Nobody was hurt.")).to_be_visible()
    desk.get_by_role("button", name="Take back: leave out").click()
    desk.wait_for_selector("text=version 4 ·", timeout=RENDER_MS)
    expect(row).to_be_visible()


class Turnstile:
    """Lets a booth say the first phrase, and each further one when a test says so."""

    def __init__(self, booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
        self.said: list[Phrase] = []
        self.fault: Exception | None = None
        self._open, self._go_on = threading.Semaphore(1), booth.go_on
        monkeypatch.setattr(booth, "go_on", self._pass)

    def _pass(self, *asked: Any) -> Any:
        assert self._open.acquire(timeout=RENDER_MS / 1000)
        if self.fault:
            raise self.fault
        self.said.append(next(one for one in asked if isinstance(one, Phrase)))
        return self._go_on(*asked)

    def open(self, times: int) -> None:
        self._open.release(times)


def _open_dialog(desk: Page, newsroom: tuple[AtWork, str], title: str) -> Locator:
    """Send a story with a long sentence and begin to change it."""
    at_work, address = newsroom
    at_work.client().post("/api/v1/articles", json={"text": f"title: {title}\n\n{LONG}"})
    desk.goto(f"{address}/desk/editions/{_wait_for_version(at_work, title)}")
    desk.locator(".row", has_text="Officials said").get_by_role("button", name="Fix").click()
    dialog = desk.get_by_role("dialog", name="Say it otherwise")
    dialog.get_by_label("Say this instead").fill("somebody")
    dialog.get_by_role("button", name="Hear it").click()
    wait_until(desk, "desk.hearing?.came_s > 0.2", timeout_s=90)
    return dialog


def test_a_long_sentence_is_heard_before_it_is_said_to_its_end(
    desk: Page, newsroom: tuple[AtWork, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    turnstile = Turnstile(newsroom[0].app.state.desk.booth, monkeypatch)
    dialog = _open_dialog(desk, newsroom, "Storm")
    expect(dialog.get_by_role("button", name="Hear it")).to_be_enabled()
    assert len(turnstile.said) == 1, "it is heard, and the second phrase is not said yet"
    assert desk.evaluate("Hearing.context.currentTime") > 0, "it sounds"
    assert not desk.evaluate("desk.hearing.isWhole")
    first_s = desk.evaluate("desk.hearing.came_s")
    turnstile.open(10)
    wait_until(desk, "desk.hearing.isWhole", timeout_s=90)
    assert len(turnstile.said) > 2
    assert desk.evaluate("desk.hearing.came_s") > 2 * first_s


def test_who_goes_away_is_told_no_more(
    desk: Page, newsroom: tuple[AtWork, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    turnstile = Turnstile(newsroom[0].app.state.desk.booth, monkeypatch)
    dialog = _open_dialog(desk, newsroom, "Squall")
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    wait_until(desk, "desk.hearing === null")
    desk.goto("about:blank")
    turnstile.open(10)
    said = -1
    while said != len(turnstile.said):
        said = len(turnstile.said)
        desk.wait_for_timeout(1000)
    assert said <= 2, "what was under way is said to its end, and nothing after it"


def test_what_breaks_off_is_told(desk: Page, newsroom: tuple[AtWork, str], monkeypatch: pytest.MonkeyPatch) -> None:
    turnstile = Turnstile(newsroom[0].app.state.desk.booth, monkeypatch)
    dialog = _open_dialog(desk, newsroom, "Gale")
    turnstile.fault = MachineError("the booth is gone")
    with capture_logs() as logs:
        turnstile.open(1)
        expect(dialog.get_by_role("alert")).to_contain_text("broke off", timeout=RENDER_MS)
    assert "request.fault" in {entry["event"] for entry in logs}, "whoever runs the server is told, too"
    assert not desk.evaluate("desk.hearing.isWhole")


def test_another_take_is_heard_and_used(desk: Page, newsroom: tuple[AtWork, str]) -> None:
    at_work, address = newsroom
    at_work.client().post("/api/v1/articles", json={"text": "title: Hail\n\nHail fell. Nobody was hurt. It stopped."})
    edition = _wait_for_version(at_work, "Hail")
    desk.goto(f"{address}/desk/editions/{edition}")
    row = desk.locator(".row", has_text="Nobody was hurt.")
    row.get_by_role("button", name="Fix").click()
    dialog = desk.get_by_role("dialog", name="Say it otherwise")
    use = dialog.get_by_role("button", name="Use this take")
    expect(use).to_be_disabled()
    for take in (2, 3):
        dialog.get_by_role("button", name="Hear another take").click()
        expect(dialog.get_by_text(f"Take {take}")).to_be_visible(timeout=RENDER_MS)
        assert desk.evaluate("desk.hearing.came_s") > 0.2
    use.click()
    desk.wait_for_selector("text=version 2 ·", timeout=RENDER_MS)
    expect(row).to_have_attribute("data-take", "2")
    expect(desk.get_by_text("other take: “Nobody was hurt.” → number 2")).to_be_visible()
    with at_work.room.store.read() as unit:
        assert [(edit.action, edit.take) for edit in unit.editions.lock(edition).edits] == [("other-take", 2)]
    desk.get_by_role("button", name="Take back: other take").click()
    desk.wait_for_selector("text=version 3 ·", timeout=RENDER_MS)
    expect(row).to_have_attribute("data-take", "0")


def test_who_is_told_is_added_seen_to_fail_told_again_and_removed(desk: Page, newsroom: tuple[AtWork, str]) -> None:
    at_work, address = newsroom
    desk.on("dialog", lambda question: question.accept())
    told = desk.locator("section", has=desk.get_by_role("heading", name="Who is told"))
    with receiving() as receiver:
        desk.goto(f"{address}/desk/webhooks")
        told.get_by_label("Address").fill("http://10.1.2.3/inside")
        told.get_by_role("button", name="Add").click()
        expect(desk.locator("#alert")).to_contain_text("10.1.2.3")
        told.get_by_label("Address").fill(receiver.url)
        for event in ("published", "corrected", "retracted", "needs_editor"):
            told.get_by_label(f"edition.{event}").uncheck()
        told.get_by_role("button", name="Add").click()
        expect(told.get_by_role("status")).to_contain_text("Shown this once: whsec_")
        receiver.answers = [410]
        at_work.client().post("/api/v1/articles", json={"text": "title: Told\n\nRain fell. Nobody was hurt."})
        _wait_for_version(at_work, "Told")
        _reload_until(desk, "Could not be delivered")
        expect(told.get_by_role("listitem").filter(has_text=receiver.url)).to_contain_text("edition.ready")
        dead = desk.locator("section", has=desk.get_by_role("heading", name="Could not be delivered"))
        expect(dead.get_by_role("row").nth(1)).to_contain_text("410")
        dead.get_by_role("button", name="Send again").click()
        expect(desk.get_by_role("heading", name="Could not be delivered")).to_be_hidden()
        _reload_until(desk, "delivered")
        assert len(receiver.got) == 2
        told.get_by_role("button", name=f"Remove {receiver.url}").click()
        expect(told.get_by_text("Nobody is told of anything.")).to_be_visible()


def test_a_door_is_opened_for_a_content_system_and_closed(desk: Page, newsroom: tuple[AtWork, str]) -> None:
    at_work, address = newsroom
    desk.on("dialog", lambda question: question.accept())
    desk.goto(f"{address}/desk/webhooks")
    doors = desk.locator("section", has=desk.get_by_role("heading", name="Doors for content systems"))
    doors.get_by_label("For").select_option("plain")
    doors.get_by_label("Section").fill("weather")
    doors.get_by_role("button", name="Open").click()
    shown = doors.get_by_role("status")
    expect(shown).to_contain_text("Shown this once: ")
    key = shown.inner_text().rpartition(": ")[2]
    desk.reload()
    expect(doors.get_by_text("section weather")).to_be_visible()
    door = doors.locator("code").inner_text()
    post = {"id": "p1", "title": "Through the door", "html": "<p>Rain fell on Monday. Nobody was hurt.</p>"}
    sent = desk.request.post(door, data=post, headers={"Authorization": f"Bearer {key}"})
    assert sent.status == 202, sent.text()
    _wait_for_version(at_work, "Through the door")
    doors.get_by_role("button", name="Close plain").click()
    expect(doors.get_by_text("None.")).to_be_visible()
    assert desk.request.post(door, data=post, headers={"Authorization": f"Bearer {key}"}).status == 401


def _reload_until(desk: Page, text: str) -> None:
    """Look again until a page says something that no page announces by itself."""
    for _ in range(100):
        if desk.locator("main", has_text=text).count():
            return
        desk.wait_for_timeout(200)
        desk.reload()
    raise AssertionError(desk.locator("main").inner_text())


def _wait_for_version(at_work: AtWork, title: str) -> str:
    for _ in range(600):
        with at_work.room.store.read() as unit:
            (article,) = unit.articles.search("house", words=title) or (None,)
            edition = unit.editions.of_article(article.id) if article else None
        if edition is not None and edition.head:
            return edition.id
        time.sleep(0.1)
    raise AssertionError("no version")


def test_the_lexicon_is_added_to_filtered_exported_and_has_impact(desk: Page, newsroom: tuple[AtWork, str]) -> None:
    _, address = newsroom
    desk.goto(f"{address}/desk/lexicon")
    desk.get_by_label("Written").fill("Sorrel")
    desk.get_by_label("Said as").fill("sore rel")
    desk.get_by_role("button", name="Add", exact=True).click()
    entry = desk.get_by_role("row", name="Sorrel")
    expect(entry).to_contain_text("“sore rel”")
    expect(entry).to_contain_text("anna")
    desk.get_by_label("Filter").fill("nothing like it")
    expect(entry).to_be_hidden()
    desk.get_by_label("Filter").fill("")
    entry.get_by_role("link", name="Impact of Sorrel").click()
    expect(desk.get_by_role("heading", name="Whom “Sorrel” touches")).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Export PLS").click()
    assert "Sorrel" in download.value.path().read_text(encoding="utf-8")
    desk.get_by_label("Said as").fill("")
    desk.get_by_label("Written").fill("!")
    desk.get_by_label("or in phonemes").fill("§")
    with desk.expect_response("**/api/v1/lexicon") as refused:
        desk.get_by_role("button", name="Add", exact=True).click()
    assert refused.value.status == 422


@pytest.mark.parametrize(("size", "scheme"), [((390, 844), "dark"), ((1280, 900), "light")])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, newsroom: tuple[AtWork, str], size: tuple[int, int], scheme: str, tmp_path: Path
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run npm ci")
    at_work, address = newsroom
    at_work.client().post("/api/v1/articles", json={"text": f"title: Axe {scheme}\n\nRain fell. Nobody was hurt."})
    edition = _wait_for_version(at_work, f"Axe {scheme}")
    _plant_findings(at_work, edition, tmp_path)
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(f"{address}/login")
    assert _violations(page) == []
    page.goto(make_setup_link(at_work.room, "house"))
    assert _violations(page) == []
    _log_in(context, address)
    for where in (*PAGES, f"/editions/{edition}", f"/editions/{edition}/compare/1/2"):
        page.goto(f"{address}/desk{where}")
        assert _violations(page) == [], where
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], where
    page.goto(f"{address}/desk/editions/{edition}")
    page.get_by_role("button", name="Fix").first.click()
    assert _violations(page) == []
    context.close()


def _violations(page: Page) -> list[object]:
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [(entry["id"], [node["html"] for node in entry["nodes"]][:3]) for entry in found]


def test_hostile_text_runs_nothing_at_the_desk(desk: Page, newsroom: tuple[AtWork, str]) -> None:
    at_work, address = newsroom
    body = {"text": f"title: Hostile {HOSTILE_TEXT}\n\nIt is said: {HOSTILE_TEXT}. It is said so today."}
    body |= {"section": HOSTILE_TEXT[:100], "source_id": HOSTILE_TEXT}
    at_work.client().post("/api/v1/articles", json=body)
    edition = _wait_for_version(at_work, "Hostile")
    for where in ("", f"/editions/{edition}", "/log"):
        desk.goto(f"{address}/desk{where}")
        assert desk.evaluate("window.stolen") is None


def test_whoever_is_not_logged_in_is_led_to_the_door_and_back(browser: Browser, newsroom: tuple[AtWork, str]) -> None:
    _, address = newsroom
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/desk/lexicon")
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("wrong name or password")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/desk/lexicon")
    page.get_by_role("button", name="Log out anna").click()
    page.wait_for_url("**/login")
    page.goto(f"{address}/login?next=//evil.example/desk")
    assert page.locator("[name=where]").input_value() == "/desk"
    context.close()
