"""verify.html in a real Chromium, from the published folder: whole, changed, stripped files; nobody else is asked."""

import lzma
import subprocess
from collections.abc import Iterator
from pathlib import Path

import mutagen
import pytest
from playwright.sync_api import Browser, Page

from browsing import wait_until
from published_values import Published
from signing import CLAIM, make_identity, write_sound
from vivavoce.provenance.frame import find_frame
from vivavoce.provenance.sign import CredentialSigner

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
BUILT = ROOT / "src" / "vivavoce" / "publish" / "pages"

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, site_url: str) -> Iterator[Page]:
    page = browser.new_page()
    asked: list[str] = []
    troubles: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{site_url}/verify.html")
    yield page
    page.close()
    assert [url for url in asked if not url.startswith((f"{site_url}/", "blob:", "data:"))] == []
    assert troubles == []


def _answer(page: Page) -> tuple[str, str]:
    wait_until(page, "document.querySelector('#result[aria-busy=false]')", timeout_s=120)
    shown = page.locator("#result")
    return str(shown.get_attribute("data-state")), shown.inner_text()


def _check(page: Page, file: Path) -> tuple[str, str]:
    page.evaluate("document.querySelector('#result').removeAttribute('aria-busy')")
    page.set_input_files("#file", file)
    return _answer(page)


def _copy(published: Published, folder: Path, suffix: str) -> Path:
    file = folder / f"audio{suffix}"
    file.write_bytes((published.site / "winter" / file.name).read_bytes())
    return file


def _strip(file: Path) -> None:
    """Take the signature out as a tool for tags would: the frame that holds it, nothing else."""
    sound = mutagen.File(file)
    for name in [name for name in sound.tags if name.startswith("GEOB")]:
        del sound.tags[name]
    sound.save()


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".wav"])
def test_a_whole_and_a_changed_file(page: Page, published: Published, tmp_path: Path, suffix: str) -> None:
    file = _copy(published, tmp_path, suffix)
    state, text = _check(page, file)
    assert (state, "signed by this newsroom’s own key" in text) == ("whole", True), text
    for said in (published.record.id, published.record.disclosure.visible, "made by a machine"):
        assert said in text
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    changed = tmp_path / f"changed{suffix}"
    changed.write_bytes(content)
    state, text = _check(page, changed)
    assert (state, "whole" in text.lower()) == ("changed", False), text


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".wav"])
def test_a_change_in_the_bytes_that_nothing_covers(
    page: Page, published: Published, tmp_path: Path, suffix: str
) -> None:
    file = _copy(published, tmp_path, suffix)
    whole = file.read_bytes()
    frame = find_frame(whole)
    assert frame is not None
    store = whole[frame.start : frame.end]
    places = {
        "padding": store.rindex(bytes(40)) + 20,
        "toggles": store.index(b"jumdc2as") + 20,
        "label": store.index(b"c2pa.signature"),
        **({"first box": 8 - frame.start} if suffix == ".m4a" else {}),
    }
    for name, at in places.items():
        content = bytearray(whole)
        content[frame.start + at] ^= 32
        changed = tmp_path / f"{name}{suffix}"
        changed.write_bytes(content)
        state, text = _check(page, changed)
        assert (state, "signed by this newsroom" in text) == ("changed", False), (name, text)


def test_changed_tags_and_a_stripped_file(page: Page, published: Published, tmp_path: Path) -> None:
    file = _copy(published, tmp_path, ".mp3")
    content = file.read_bytes()
    at = content.index(b"AI assistance")
    changed = tmp_path / "changed.mp3"
    changed.write_bytes(content[:at] + b"NO" + content[at + 2 :])
    assert _check(page, changed)[0] == "changed"
    _strip(file)
    assert _check(page, file)[0] == "unsigned"


def test_strangers_and_files_that_the_page_cannot_read(page: Page, published: Published, tmp_path: Path) -> None:
    file = write_sound(tmp_path / "other.mp3")
    CredentialSigner(make_identity(tmp_path / "keys")).sign(file, format_name="mp3", claim=CLAIM)
    state, text = _check(page, file)
    assert (state, "does not know" in text, "own key" in text) == ("stranger", True, False), text
    assert _check(page, _copy(published, tmp_path, ".opus"))[0] == "unreadable"
    assert _check(page, _copy(published, tmp_path, ".flac"))[0] == "unreadable"
    (tmp_path / "note.mp3").write_text("no sound")
    assert _check(page, tmp_path / "note.mp3")[0] == "unknown"


def test_the_players_mark_leads_here_and_checks_its_recording(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}/winter/player.html")
    with page.expect_popup() as opened:
        page.locator("vivavoce-player a.mark").click()
    assert opened.value.url == f"{site_url}/verify.html#winter/audio.mp3"
    assert _answer(opened.value)[0] == "whole"
    opened.value.close()


def test_only_recordings_of_the_same_site_are_fetched(page: Page, site_url: str) -> None:
    page.goto(f"{site_url}/index.html")
    page.goto(f"{site_url}/verify.html#https://other.example/audio.mp3")
    page.wait_for_timeout(100)
    assert page.locator("#result").is_hidden()
    page.goto(f"{site_url}/index.html")
    page.goto(f"{site_url}/verify.html#index.html")
    assert _answer(page)[0] == "unknown"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, site_url: str, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run npm ci")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, color_scheme="dark" if scheme == "dark" else "light", bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{site_url}/verify.html#winter/audio.mp3")
    assert _answer(page)[0] == "whole"
    page.add_script_tag(path=AXE)
    violations = page.evaluate("axe.run().then(result => result.violations)")
    assert [(found["id"], [node["html"] for node in found["nodes"]][:3]) for found in violations] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    context.close()


def test_the_packaged_script_and_library_are_what_the_sources_build(tmp_path: Path) -> None:
    if not (ROOT / "node_modules" / "@contentauth" / "c2pa-web").is_dir():
        pytest.skip("c2pa-web is not installed: run npm ci")
    subprocess.run(["node", ROOT / "web" / "verify" / "build.mjs", tmp_path], check=True, cwd=ROOT)
    hint = "run: node web/verify/build.mjs"
    assert (tmp_path / "verify.js").read_bytes() == (BUILT / "verify.js").read_bytes(), hint
    library, packed = (lzma.decompress((folder / "c2pa.wasm.xz").read_bytes()) for folder in (tmp_path, BUILT))
    assert library == packed, hint  # versions of xz pack in other bytes
