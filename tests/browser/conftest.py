"""A finished edition in a folder, with sound, and a real Chromium to open it in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from editions import make_record, write_tone
from vivavoce.encode.peaks import measure_peaks
from vivavoce.encode.player import write_player
from vivavoce.encode.proof_sheet import write_proof_sheet
from vivavoce.encode.transcript import write_transcript
from vivavoce.types import EditionRecord

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def record() -> EditionRecord:
    return make_record(findings=True)


@pytest.fixture(scope="session")
def edition(record: EditionRecord, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the pages and a recording of a tone."""
    folder = tmp_path_factory.mktemp("edition")
    write_tone(folder / "audio.mp3", record)
    (folder / "player.html").write_text(write_player(record), encoding="utf-8")
    (folder / "transcript.html").write_text(write_transcript(record), encoding="utf-8")
    peaks = measure_peaks(folder / "audio.mp3")
    (folder / "proof.html").write_text(write_proof_sheet(record, peaks=peaks), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a phone-sized page that fails the test when anything on it fails."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert troubles == []
