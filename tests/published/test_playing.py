"""The site in a real Chromium: every recording plays, for as long as it says, and its pages pass axe."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browsing import wait_until
from published_values import Published

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
LOAD = """file => { window.sound = new Audio(file); sound.muted = true; sound.addEventListener("error", () => {
  window.failed = sound.error.code }); sound.play().catch(() => { window.failed = "refused" }) }"""
DECODE = """async file => (await new OfflineAudioContext(1, 1, 44100).decodeAudioData(
  await (await fetch(file)).arrayBuffer())).duration"""

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["mp3", "m4a", "opus", "wav", "flac"])
def test_every_recording_plays(browser: Browser, published: Published, site_url: str, name: str) -> None:
    page = browser.new_page(bypass_csp=True)
    page.goto(f"{site_url}/winter/player.html")
    page.evaluate(LOAD, f"audio.{name}")
    wait_until(page, "window.failed || sound.currentTime > 0.2")
    assert page.evaluate("window.failed ?? null") is None
    stated = next(audio.duration_s for audio in published.record.audio if audio.format == name)
    assert page.evaluate(DECODE, f"audio.{name}") == pytest.approx(stated, abs=0.03)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", ["index.html", "winter/player.html", "winter/transcript.html"])
def test_axe_finds_nothing(browser: Browser, site_url: str, path: str, size: str, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run npm ci")
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(f"{site_url}/{path}")
    page.add_script_tag(path=AXE)
    violations = page.evaluate("axe.run().then(result => result.violations)")
    assert [(found["id"], [node["html"] for node in found["nodes"]][:3]) for found in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    context.close()


def test_from_the_start_page_to_the_sound_and_back(browser: Browser, site_url: str) -> None:
    page = browser.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.goto(f"{site_url}/index.html")
    page.get_by_role("link", name="Kyiv & Lviv: what the “winter plan” changes", exact=True).click()
    page.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('audio').currentTime > 0.2")
    page.get_by_role("link", name="The Example Courier").click()
    assert page.url == f"{site_url}/index.html"
    assert troubles == []
    page.close()
