from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browsing import wait_until
from vivavoce.encode.proof import build_proof
from vivavoce.types import EditionRecord

pytestmark = pytest.mark.browser


def test_a_finding_plays_its_place_and_stops_at_its_end(page: Page, edition: Path, record: EditionRecord) -> None:
    page.goto((edition / "proof.html").as_uri())
    place = build_proof(record).findings[1].place
    button = page.get_by_label("Play the place").nth(1)
    button.click()
    wait_until(page, "!document.querySelector('audio').paused")
    expect(button).to_have_class("play now")
    wait_until(page, "document.querySelector('audio').paused")
    expect(button).to_have_class("play")
    stopped_s = page.evaluate("document.querySelector('audio').currentTime")
    assert place.end_s <= stopped_s < place.end_s + 0.5


def test_a_second_press_stops(page: Page, edition: Path) -> None:
    page.goto((edition / "proof.html").as_uri())
    button = page.get_by_label("Play the sentence").first
    button.click()
    wait_until(page, "!document.querySelector('audio').paused")
    button.click()
    wait_until(page, "document.querySelector('audio').paused")


def test_printed_it_shows_findings_and_no_buttons(page: Page, edition: Path) -> None:
    page.goto((edition / "proof.html").as_uri())
    page.emulate_media(media="print")
    expect(page.locator(".findings .wave").first).to_be_visible()
    expect(page.locator(".play:visible")).to_have_count(0)
