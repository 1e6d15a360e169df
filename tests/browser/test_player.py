import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import wait_until
from editions import HOSTILE_TEXT, NEWS, make_long_article, make_record, write_tone
from vivavoce.encode.player import write_player
from vivavoce.types import EditionRecord, Placement

pytestmark = pytest.mark.browser


def _open(page: Page, folder: Path, place: str = "") -> None:
    page.goto(f"{(folder / 'player.html').as_uri()}{place}")
    wait_until(page, "document.querySelector('audio').readyState >= 1")


def _now(page: Page) -> float:
    return float(page.evaluate("document.querySelector('audio').currentTime"))


def _paused(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('audio').paused"))


def _start_s(placement: Placement, word: int | None = None) -> float:
    samples = placement.start_samples if word is None else placement.words[word].start_samples
    return samples / 24_000


def _first_words(record: EditionRecord, utterance: int) -> int:
    return sum(len(placement.words) for placement in record.placements[:utterance])


def test_it_plays_from_the_file_system_and_asks_nobody_else(page: Page, edition: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _open(page, edition)
    assert _paused(page)
    page.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('audio').currentTime > 0.5")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    assert _paused(page)
    assert {url.rsplit("/", 1)[-1] for url in asked if not url.startswith("data:")} == {"player.html", "audio.mp3"}


def test_word_and_sentence_are_lit_up_while_they_are_said(page: Page, edition: Path, record: EditionRecord) -> None:
    _open(page, edition)
    placement = record.placements[5]
    first = _first_words(record, 5)
    for number in (0, 7, 10, len(placement.words) - 1):
        timing = placement.words[number]
        middle_s = (timing.start_samples + timing.end_samples) / 2 / 24_000
        page.evaluate("at => { document.querySelector('audio').currentTime = at }", middle_s)
        expect(page.locator("[data-w].now")).to_have_text(placement.utterance.words[number].text)
        assert page.locator("[data-w].now").get_attribute("data-w") == str(first + number)
        expect(page.locator("[data-u].now")).to_have_text(placement.utterance.display)


def test_lighting_follows_play(page: Page, edition: Path) -> None:
    _open(page, edition, "#u6")
    page.evaluate(
        "window.seen = new Set(); (function look() {"
        " for (const word of document.querySelectorAll('[data-w].now')) seen.add(word.textContent);"
        " requestAnimationFrame(look) })()"
    )
    page.get_by_role("button", name="Play").click()
    wait_until(page, "['The', 'council', 'of'].every(word => seen.has(word))")


def test_between_sentences_no_word_is_lit(page: Page, edition: Path, record: EditionRecord) -> None:
    _open(page, edition)
    page.evaluate("at => { document.querySelector('audio').currentTime = at }", _start_s(record.placements[6]) - 0.2)
    expect(page.locator("[data-u].now")).to_have_attribute("data-u", "5")
    expect(page.locator("[data-w].now")).to_have_count(0)


def test_a_click_on_a_word_plays_from_there(page: Page, edition: Path, record: EditionRecord) -> None:
    _open(page, edition)
    number = _first_words(record, 5) + 10
    page.locator(f"[data-w='{number}']").click()
    wait_until(page, "!document.querySelector('audio').paused")
    wanted = _start_s(record.placements[5], 10)
    assert wanted - 0.01 <= _now(page) < wanted + 2
    expect(page.locator("[data-w].now").first).to_be_visible()


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        (["ArrowRight"], lambda record: _start_s(record.placements[6])),
        (["ArrowLeft"], lambda record: _start_s(record.placements[4])),
        (["Shift+ArrowRight"], lambda record: _start_s(record.placements[5], 1)),
        (["Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowLeft"], lambda r: _start_s(r.placements[5], 1)),
    ],
)
def test_keys_step_by_sentence_and_word(
    page: Page, edition: Path, record: EditionRecord, keys: list[str], where: Callable[[EditionRecord], float]
) -> None:
    _open(page, edition, "#u6")
    for key in keys:
        page.keyboard.press(key)
    assert _now(page) == pytest.approx(where(record), abs=0.01)


def test_back_goes_to_the_start_of_the_sentence_first(page: Page, edition: Path, record: EditionRecord) -> None:
    _open(page, edition, f"#t={_start_s(record.placements[5]) + 3}")
    page.get_by_role("button", name="Previous sentence").click()
    assert _now(page) == pytest.approx(_start_s(record.placements[5]), abs=0.01)
    page.get_by_role("button", name="Next sentence").click()
    assert _now(page) == pytest.approx(_start_s(record.placements[6]), abs=0.01)


def test_all_of_it_works_by_keyboard_alone(page: Page, edition: Path) -> None:
    _open(page, edition)
    page.keyboard.press("Space")
    wait_until(page, "!document.querySelector('audio').paused")
    page.keyboard.press("Space")
    wait_until(page, "document.querySelector('audio').paused")
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.shadowRoot?.activeElement.ariaLabel"))
    controls = ["Play", "Position", "Previous sentence", "Next sentence", "Speed", "Chapters", "More"]
    assert [name for name in reached if name] == controls
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert _now(page) == pytest.approx(5, abs=0.05)
    page.keyboard.press("PageUp")
    assert _now(page) == pytest.approx(35, abs=0.05)
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "0:35 of 1:22"
    page.keyboard.press("End")
    assert _now(page) == pytest.approx(82.3, abs=0.1)


def test_speed_keeps_the_pitch(page: Page, edition: Path) -> None:
    _open(page, edition)
    page.get_by_label("Speed").select_option("1.75")
    state = page.evaluate("(a => [a.playbackRate, a.preservesPitch])(document.querySelector('audio'))")
    assert state == [1.75, True]
    options = page.get_by_label("Speed").locator("option").all_inner_texts()
    assert (options[0], options[-1]) == ("0.75×", "2×")


def test_the_slider_seeks(page: Page, edition: Path) -> None:
    _open(page, edition)
    box = page.get_by_role("slider").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert _now(page) == pytest.approx(41.15, abs=1.5)


def test_scrolling_away_offers_the_way_back(page: Page, edition: Path) -> None:
    _open(page, edition, "#u6")
    page.get_by_role("button", name="Play").click()
    wait_until(page, "!document.querySelector('audio').paused")
    page.mouse.wheel(0, 1200)
    back = page.get_by_role("button", name="Back to what is read")
    expect(back).to_be_visible()
    back.click()
    expect(back).to_be_hidden()
    expect(page.locator("[data-u].now")).to_be_in_viewport()


def test_what_is_read_stays_in_view(page: Page, edition: Path) -> None:
    _open(page, edition)
    page.get_by_role("button", name="Play").click()
    page.evaluate("document.querySelector('audio').currentTime = 60")
    expect(page.locator("[data-w].now")).to_be_in_viewport(timeout=10_000)
    dock = page.locator("vivavoce-player section").bounding_box()
    page.wait_for_timeout(800)
    word = page.locator("[data-u].now").first.bounding_box()
    assert dock is not None
    assert word is not None
    assert word["y"] < dock["y"]


def test_the_disclosure_is_in_sight_before_anything_is_touched(page: Page, edition: Path) -> None:
    _open(page, edition)
    expect(page.get_by_text("This audio is created with AI assistance.").first).to_be_in_viewport()


def test_nothing_is_wider_than_a_small_phone(page: Page, edition: Path) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    for name in ("player", "transcript", "proof"):
        page.goto((edition / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


def test_targets_are_large_enough_for_a_thumb(page: Page, edition: Path) -> None:
    _open(page, edition)
    for control in page.locator(
        "vivavoce-player button:visible, vivavoce-player select:visible, vivavoce-player input:visible"
    ).all():
        box = control.bounding_box()
        assert box is not None
        assert box["width"] >= 24
        assert box["height"] >= 24


def test_without_script_the_text_is_readable_and_the_browser_plays(browser: Browser, edition: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((edition / "player.html").as_uri())
    expect(page.locator("article")).to_contain_text("The council of Port Sorrel voted")
    expect(page.locator("audio[controls]")).to_be_visible()
    expect(page.get_by_role("button", name="Next sentence")).to_be_hidden()
    context.close()


def test_a_missing_recording_is_said(browser: Browser, edition: Path, tmp_path: Path) -> None:
    shutil.copy(edition / "player.html", tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / "player.html").as_uri())
    expect(page.get_by_role("alert")).to_have_text("The recording could not be played.")
    page.close()


def test_hostile_text_runs_nothing(page: Page, tmp_path: Path) -> None:
    article = replace(NEWS, title=HOSTILE_TEXT, byline=(HOSTILE_TEXT,), publisher=HOSTILE_TEXT)
    hostile = make_record(article)
    write_tone(tmp_path / "audio.mp3", hostile)
    (tmp_path / "player.html").write_text(write_player(hostile), encoding="utf-8")
    _open(page, tmp_path)
    assert page.evaluate("window.stolen") is None
    expect(page.locator("h1")).to_have_text(HOSTILE_TEXT)


def test_no_motion_where_none_is_wanted(browser: Browser, edition: Path) -> None:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 390, "height": 844})
    page = context.new_page()
    _open(page, edition, "#u22")
    play = page.get_by_role("button", name="Play")
    assert play.evaluate("button => getComputedStyle(button).transitionDuration") in ("0s", "none")
    expect(page.locator("[data-u].now")).to_be_in_viewport()
    context.close()


def test_a_hundred_thousand_words_open_and_play(browser: Browser, edition: Path, tmp_path: Path) -> None:
    long = make_record(make_long_article(100_000))
    shutil.copy(edition / "audio.mp3", tmp_path)
    (tmp_path / "player.html").write_text(write_player(long), encoding="utf-8")
    page = browser.new_page()
    start = time.monotonic()
    _open(page, tmp_path)
    assert time.monotonic() - start < 30
    page.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('[data-w].now')")
    assert page.locator("[data-w]").count() > 99_000
    page.close()


def test_the_page_names_itself_to_the_lock_screen(page: Page, edition: Path) -> None:
    _open(page, edition)
    page.get_by_role("button", name="Play").click()
    wait_until(page, "Boolean(navigator.mediaSession.metadata)")
    metadata = page.evaluate(
        "(m => [m.title, m.artist, m.album])(navigator.mediaSession.metadata)",
    )
    assert metadata == [NEWS.title, "AI voice", "The Sorrel Courier"]


def test_the_transcript_leads_into_the_audio(page: Page, edition: Path) -> None:
    page.goto((edition / "transcript.html").as_uri())
    link = page.get_by_role("link", name="$61 million")
    assert re.fullmatch(r"audio\.mp3#t=[\d.]+", link.get_attribute("href") or "")
