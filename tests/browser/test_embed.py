"""The player on a newspaper's page: another host, a strict policy, other text around the article's own."""

import gzip
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from browsing import wait_until
from editions import HOSTILE_TEXT, NEWS
from news_site import NewsSite, serve_news
from vivavoce.encode.captions import write_captions
from vivavoce.encode.manifest import write_manifest
from vivavoce.encode.player import PlayerLinks, read_player_script, write_embed, write_player_data
from vivavoce.types import EditionRecord

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LARGEST_BYTES = 60_000
LINKS = PlayerLinks(verify="/e/verify.html", playlist="/e/latest.json", plays="/plays")
MONEY = "$61 million"
NAMES = {  # play, listen, voice: as each language has it
    "en": ("Play", "Listen to this article", "AI voice"),
    "uk": ("Відтворити", "Прослухати статтю", "Голос ШІ (AI)"),
    "de": ("Abspielen", "Artikel anhören", "KI-Stimme (AI)"),
    "fr": ("Lire", "Écouter cet article", "Voix IA (AI)"),
    "es": ("Reproducir", "Escuchar este artículo", "Voz de IA (AI)"),
    "ar": ("تشغيل", "استمع إلى هذا المقال", "صوت بالذكاء الاصطناعي (AI)"),
}

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(edition: Path, record: EditionRecord) -> Iterator[NewsSite]:
    """Serve the newspaper, and beside the edition's files what a newsroom's server would give."""
    (edition / "player.json").write_text(write_player_data(record, LINKS, edition_id="flood-wall"), encoding="utf-8")
    (edition / "edition.json").write_text(write_manifest(record), encoding="utf-8")
    (edition / "captions.vtt").write_text(write_captions(record), encoding="utf-8")
    embed = write_embed(record, LINKS, script_url="/player.js", edition_id="flood-wall")
    (edition / "embed.html").write_text(embed, encoding="utf-8")
    with serve_news(edition) as site:
        (edition / "latest.json").write_text(json.dumps(_json_feed()), encoding="utf-8")
        (edition / "feed.xml").write_text(_rss(site.newsroom), encoding="utf-8")
        yield site


def _json_feed() -> dict[str, object]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Sorrel Courier",
        "items": [
            {"id": "flood-wall", "title": NEWS.title, "date_published": "2031-05-22T10:00:00Z"}
            | {"_vivavoce": {"edition": "player.json"}},
            {
                "id": "ships",
                "title": "Ships must pay",
                "date_published": "2031-05-21T10:00:00Z",
                "attachments": [{"url": "audio.mp3", "mime_type": "audio/mpeg", "duration_in_seconds": 82}],
            },
        ],
    }


def _rss(host: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"
     xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
<channel><title>The Sorrel Courier</title><link>{host}</link><language>en-us</language>
<item><title>From the podcast</title><guid isPermaLink="false">g1</guid><link>{host}/story</link>
<pubDate>Thu, 22 May 2031 10:00:00 +0000</pubDate><itunes:duration>1:22</itunes:duration>
<enclosure url="{host}/e/audio.mp3" length="99" type="audio/mpeg"/>
<podcast:transcript url="{host}/e/captions.vtt" type="text/vtt"/></item>
</channel></rss>"""


def _open(page: Page, address: str) -> Locator:
    page.goto(address)
    player = page.locator("vivavoce-player")
    expect(player.locator(".title")).to_have_text(NEWS.title or "")
    page.evaluate("document.querySelector('audio').preload = 'auto'")
    wait_until(page, "document.querySelector('audio').readyState > 0")
    return player


def _seek(page: Page, seconds: float) -> None:
    page.evaluate("at => { document.querySelector('audio').currentTime = at }", seconds)


def _lit(page: Page, kind: str) -> str:
    script = "kind => [...(CSS.highlights.get(`vivavoce-${kind}`) ?? [])].map(String).join('|')"
    return " ".join(str(page.evaluate(script, kind)).split())


def _until(page: Page, seen: Callable[[], object], wanted: object) -> None:
    for _ in range(300):
        if seen() == wanted:
            return
        page.wait_for_timeout(20)
    assert seen() == wanted


def _middle_s(record: EditionRecord, number: int, printed: str) -> float:
    placement = record.placements[number]
    timing = placement.words[[word.text for word in placement.utterance.words].index(printed)]
    return (timing.start_samples + timing.end_samples) / 2 / record.sample_rate_hz


def _start_s(record: EditionRecord, placement: int, word: int = 0) -> float:
    return record.placements[placement].words[word].start_samples / record.sample_rate_hz


def _now(page: Page) -> float:
    return float(page.evaluate("document.querySelector('audio').currentTime"))


# ---------------------------------------------------------------- the bundle


def test_the_packaged_script_is_what_the_sources_build(tmp_path: Path) -> None:
    if not (ROOT / "node_modules" / "esbuild").is_dir():
        pytest.skip("esbuild is not installed: run npm ci")
    built = tmp_path / "player.js"
    subprocess.run(["node", ROOT / "web" / "player" / "build.mjs", built], check=True, cwd=ROOT)
    assert built.read_text(encoding="utf-8") == read_player_script(), "run: node web/player/build.mjs"


def test_it_is_small() -> None:
    assert len(gzip.compress(read_player_script().encode())) < LARGEST_BYTES


def test_its_parts_work_alone() -> None:
    done = subprocess.run(["node", "--test", "web/player/test/"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


# ---------------------------------------------------------------- on the publisher's page


@pytest.mark.parametrize("edition_file", ["player.json", "edition.json"])
def test_the_publishers_text_is_lit_up_and_not_touched(
    page: Page, site: NewsSite, record: EditionRecord, edition_file: str
) -> None:
    player = _open(page, site.address(edition=f"e/{edition_file}"))
    before = page.evaluate("document.querySelector('article').innerHTML")
    player.get_by_role("button", name="Play").click()
    wait_until(page, "!document.querySelector('audio').paused")
    player.get_by_role("button", name="Pause").click()
    for printed, text in (("council", "coun\u00adcil"), (MONEY, MONEY), ("divided", "divided"), ("of", "of")):
        _seek(page, _middle_s(record, 5, printed))
        _until(page, lambda: _lit(page, "word"), text)
    sentence = _lit(page, "sentence")
    assert sentence.startswith("The coun\u00adcil of Port Sorrel")
    assert sentence.endswith("since the storm of 2031.")
    after = page.evaluate("document.querySelector('article').innerHTML")
    assert re.sub(r' style="[^"]*"', "", after) == re.sub(r' style="[^"]*"', "", before)


def test_other_text_of_the_page_is_never_lit(page: Page, site: NewsSite, record: EditionRecord) -> None:
    _open(page, site.address())
    seen = set()
    for number, placement in enumerate(record.placements):
        _seek(page, (placement.start_samples + placement.end_samples) / 2 / record.sample_rate_hz)
        wait_until(
            page, f"Math.abs(document.querySelector('audio').currentTime * 24000 - {placement.start_samples}) >= 0"
        )
        page.wait_for_timeout(40)
        seen.add(_lit(page, "sentence"))
        assert number >= 0
    everything = " ".join(seen)
    assert "It moves,”" in everything
    assert "The NHA expects the first stones to be laid before the autumn tides." in everything
    for foreign in ("web desk", "insurance!", "wrongly", "Advertisement"):
        assert foreign not in everything


def test_a_tap_on_a_word_starts_there_once_listening_has_begun(
    page: Page, site: NewsSite, record: EditionRecord
) -> None:
    player = _open(page, site.address())
    engineer = page.get_by_text("The wall will protect 12,400 homes, according")
    engineer.click(position={"x": 30, "y": 10})
    assert page.evaluate("document.querySelector('audio').paused")
    player.get_by_role("button", name="Play").click()
    wait_until(page, "!document.querySelector('audio').paused")
    engineer.click(position={"x": 10, "y": 10})
    _until(page, lambda: _start_s(record, 7) - 0.05 <= _now(page) < _start_s(record, 7) + 2, wanted=True)
    page.get_by_role("link", name="Port Sorrel").click()
    assert page.url.endswith("#port")
    assert _now(page) >= _start_s(record, 7) - 0.05


def test_without_the_highlight_api_boxes_do_it(page: Page, site: NewsSite, record: EditionRecord) -> None:
    page.add_init_script("delete CSS.highlights; Object.defineProperty(CSS, 'highlights', { value: undefined })")
    player = _open(page, site.address())
    _seek(page, _middle_s(record, 5, MONEY))
    box = player.locator(".boxes .word").first
    expect(box).to_be_attached()
    shown = box.bounding_box()
    text = page.get_by_text(MONEY).bounding_box()
    assert shown is not None
    assert text is not None
    assert abs(shown["x"] - text["x"]) < 4
    assert abs(shown["y"] - text["y"]) < 6


def test_text_that_comes_later_is_found(page: Page, site: NewsSite, record: EditionRecord) -> None:
    _open(page, site.address())
    _seek(page, _middle_s(record, 5, MONEY))
    page.evaluate(
        "document.querySelectorAll('article > p').forEach(p => { const copy = p.cloneNode(true); p.replaceWith(copy) })"
    )
    _until(page, lambda: _lit(page, "word"), MONEY)


def test_a_page_without_the_text_stays_as_it_is(page: Page, site: NewsSite) -> None:
    player = _open(page, site.address(attributes="read-along=footer"))
    player.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('audio').currentTime > 0.3")
    assert page.evaluate("CSS.highlights.size") == 0


def test_nobody_else_is_asked_and_nothing_is_set(browser: Browser, site: NewsSite) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    site.cookies.clear()
    player = _open(page, site.address())
    context.add_cookies([{"name": "visitor", "value": "1", "url": site.newsroom}])
    player.get_by_role("button", name="Play").click()
    player.get_by_role("button", name="Latest stories").click()
    expect(player.get_by_role("button", name="Ships must pay")).to_be_visible()
    hosts = {url.split("/")[2] for url in asked if url.startswith("http")}
    assert hosts == {f"127.0.0.1:{site.port}", f"localhost:{site.port}"}
    assert site.cookies == []
    assert [cookie.get("name") for cookie in context.cookies()] == ["visitor"]
    context.close()


# ---------------------------------------------------------------- controls


def test_speed_is_kept_for_the_next_story(page: Page, site: NewsSite) -> None:
    player = _open(page, site.address())
    player.get_by_label("Speed").select_option("1.75")
    _open(page, site.address())
    expect(player.get_by_label("Speed")).to_have_value("1.75")
    state = page.evaluate("(a => [a.playbackRate, a.preservesPitch])(document.querySelector('audio'))")
    assert state == [1.75, True]


def test_sentences_chapters_and_the_slider(page: Page, site: NewsSite, record: EditionRecord) -> None:
    player = _open(page, site.address())
    for _ in range(6):
        player.get_by_role("button", name="Next sentence").click()
    assert _now(page) == pytest.approx(_start_s(record, 5), abs=0.02)
    player.get_by_role("button", name="Chapters").click()
    player.get_by_role("button", name="Who pays").click()
    heading = next(i for i, p in enumerate(record.placements) if p.utterance.display == "Who pays")
    assert _start_s(record, heading) - 0.02 <= _now(page) < _start_s(record, heading) + 2
    expect(player.get_by_role("button", name="Who pays")).to_have_attribute("aria-current", "true")
    slider = player.get_by_role("slider")
    slider.press("Home")
    slider.press("PageUp")
    assert slider.get_attribute("aria-valuetext") == "0:30 of 1:22"


def test_captions_follow_and_stay_on(page: Page, site: NewsSite, record: EditionRecord) -> None:
    player = _open(page, site.address())
    player.get_by_role("button", name="Captions").click()
    _seek(page, _middle_s(record, 5, MONEY))
    expect(player.locator(".caption .now[data-w]")).to_have_text(MONEY)
    _open(page, site.address())
    expect(player.get_by_role("button", name="Captions")).to_have_attribute("aria-pressed", "true")


def test_the_text_in_the_player_reads_along_and_leads(page: Page, site: NewsSite, record: EditionRecord) -> None:
    player = _open(page, site.address())
    player.get_by_role("button", name="Text", exact=True).click()
    panel = player.get_by_role("region", name="Text", exact=True)
    _seek(page, _middle_s(record, 5, MONEY))
    expect(panel.locator(".now[data-w]")).to_have_text(MONEY)
    panel.get_by_text("engineer").click()
    expect(panel.locator(".now[data-w]")).to_have_text(re.compile("engineer"))
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_what_is_playing_sticks_and_can_be_closed(page: Page, site: NewsSite) -> None:
    player = _open(page, site.address())
    page.mouse.wheel(0, 900)
    expect(player.get_by_role("button", name="Close the small player")).to_be_hidden()
    page.evaluate("scrollTo(0, 0)")
    player.get_by_role("button", name="Play").click()
    wait_until(page, "!document.querySelector('audio').paused")
    height = page.evaluate("document.body.scrollHeight")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    close = player.get_by_role("button", name="Close the small player")
    expect(close).to_be_visible()
    assert page.evaluate("document.body.scrollHeight") == height
    expect(player.get_by_role("link", name="AI: the voice is AI-generated")).to_be_in_viewport()
    link = page.get_by_role("link", name="More", exact=True)
    page.evaluate("document.querySelector('audio').pause()")
    link.focus()
    small = player.locator("section.player").bounding_box()
    box = link.bounding_box()
    assert small is not None
    assert box is not None
    assert box["y"] + box["height"] <= small["y"], "what has the focus is hidden (WCAG 2.4.11)"
    close.click()
    expect(close).to_be_hidden()


def test_it_goes_on_where_the_listener_stopped(page: Page, site: NewsSite) -> None:
    player = _open(page, site.address())
    player.get_by_role("button", name="Play").click()
    wait_until(page, "!document.querySelector('audio').paused")
    _seek(page, 31)
    player.get_by_role("button", name="Pause").click()
    player = _open(page, site.address())
    expect(player.get_by_role("status")).to_have_text("Continues at 0:31.")
    player.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('audio').currentTime > 31")
    player.get_by_role("button", name="Pause").click()
    player = _open(page, site.address())
    player.get_by_role("button", name="Start over").click()
    assert _now(page) == 0
    player = _open(page, site.address())
    expect(player.get_by_role("button", name="Start over")).to_be_hidden()
    page.evaluate("localStorage.setItem('vivavoce', '{broken')")
    _open(page, site.address())


def test_the_next_story_follows_unless_the_listener_sleeps(page: Page, site: NewsSite) -> None:
    player = _open(page, site.address())
    player.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('audio').currentTime > 0.1")
    _seek(page, 82.2)
    expect(player.locator(".title")).to_have_text("Ships must pay")
    wait_until(page, "document.querySelector('audio').currentTime > 0.1")
    player.get_by_role("button", name="Latest stories").click()
    player.get_by_role("button", name="Harbour city").click()
    expect(player.locator(".title")).to_have_text(NEWS.title or "")
    player.get_by_role("button", name="More", exact=True).click()
    player.get_by_label("Sleep timer").select_option("end")
    wait_until(page, "document.querySelector('audio').readyState > 1")
    _seek(page, 82.2)
    wait_until(page, "document.querySelector('audio').ended")
    page.wait_for_timeout(300)
    expect(player.locator(".title")).to_have_text(NEWS.title or "")


def test_a_podcast_feed_is_a_playlist_with_words(page: Page, site: NewsSite, record: EditionRecord) -> None:
    player = _open(page, site.address(attributes=f"playlist={site.newsroom}/e/feed.xml"))
    player.get_by_role("button", name="Latest stories").click()
    player.get_by_role("button", name="From the podcast").click()
    expect(player.locator(".title")).to_have_text("From the podcast")
    _seek(page, _middle_s(record, 5, MONEY))
    _until(page, lambda: _lit(page, "word"), MONEY)


def test_the_sleep_timer_stops(page: Page, site: NewsSite) -> None:
    page.clock.install()
    player = _open(page, site.address())
    player.get_by_role("button", name="Play").click()
    player.get_by_role("button", name="More", exact=True).click()
    player.get_by_label("Sleep timer").select_option("15")
    expect(player.get_by_role("status")).to_have_text("The player stops in 15 minutes.")
    wait_until(page, "!document.querySelector('audio').paused")
    page.clock.fast_forward("15:01")
    wait_until(page, "document.querySelector('audio').paused")
    expect(player.get_by_label("Sleep timer")).to_have_value("0")


def test_download_transcript_and_proof_are_a_link_away(page: Page, site: NewsSite) -> None:
    player = _open(page, site.address())
    mark = player.get_by_role("link", name="AI: the voice is AI-generated. Check this recording")
    expect(mark).to_be_in_viewport()
    assert mark.get_attribute("href") == f"{site.newsroom}/e/verify.html"
    player.get_by_role("button", name="More", exact=True).click()
    download = player.get_by_role("link", name="Download")
    assert download.get_attribute("href") == f"{site.newsroom}/e/audio.mp3"
    assert download.get_attribute("download") == ""
    transcript = player.get_by_role("link", name="Transcript")
    assert transcript.get_attribute("href") == f"{site.newsroom}/e/transcript.html"
    expect(player.get_by_text("This audio is created with AI assistance. The voice")).to_be_visible()


def test_one_player_at_a_time(page: Page, site: NewsSite) -> None:
    player = _open(page, site.address())
    page.evaluate(
        "host => { const other = document.createElement('vivavoce-player');"
        " other.setAttribute('edition', `${host}/e/player.json`); other.id = 'other';"
        " document.querySelector('footer').append(other) }",
        site.newsroom,
    )
    other = page.locator("#other")
    expect(other.locator(".title")).to_have_text(NEWS.title or "")
    player.first.get_by_role("button", name="Play").click()
    wait_until(page, "!document.querySelector('vivavoce-player audio').paused")
    other.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('vivavoce-player audio').paused")


# ---------------------------------------------------------------- what is counted


def test_quarters_that_were_heard_are_counted_and_leaps_are_not(page: Page, site: NewsSite) -> None:
    site.plays.clear()
    player = _open(page, site.address())
    player.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('audio').currentTime > 0.2")
    _seek(page, 50)
    page.wait_for_timeout(300)
    _seek(page, 61.2)
    wait_until(page, "document.querySelector('audio').currentTime > 62.2")
    _until(page, lambda: [play["reached"] for play in site.plays], [0, 75])
    assert {play["edition"] for play in site.plays} == {"flood-wall"}
    assert {frozenset(play) for play in site.plays} == {frozenset({"edition", "reached"})}


def test_who_objects_is_not_counted(page: Page, site: NewsSite) -> None:
    site.plays.clear()
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    player = _open(page, site.address())
    player.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('audio').currentTime > 0.5")
    assert site.plays == []


# ---------------------------------------------------------------- languages, looks, access


@pytest.mark.parametrize("lang", NAMES)
def test_it_speaks_the_language_of_the_page(page: Page, site: NewsSite, lang: str) -> None:
    play, listen, voice = NAMES[lang]
    player = _open(page, site.address(lang=lang))
    expect(player.get_by_role("button", name=play, exact=True)).to_be_visible()
    expect(player.locator(".about")).to_contain_text(listen)
    expect(player.locator(".voice")).to_have_text(voice)
    section = player.locator("section.player")
    assert section.get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")
    button = player.get_by_role("button", name=play, exact=True).bounding_box()
    box = section.bounding_box()
    assert button is not None
    assert box is not None
    assert (button["x"] > box["x"] + box["width"] / 2) == (lang == "ar")


def test_it_takes_the_publishers_colours(page: Page, site: NewsSite) -> None:
    player = _open(page, site.address(attributes="class=loud"))
    play = player.get_by_role("button", name="Play")
    assert play.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(120, 0, 90)"
    assert player.locator("section.player").evaluate("e => getComputedStyle(e).borderRadius") == "0px"


def test_without_script_the_browser_plays(browser: Browser, site: NewsSite) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address())
    expect(page.locator("vivavoce-player audio[controls]")).to_be_visible()
    expect(page.get_by_text("This audio is created with AI assistance.")).to_be_visible()
    context.close()


def test_an_edition_that_was_withdrawn_says_so(browser: Browser, site: NewsSite) -> None:
    page = browser.new_page()
    page.goto(site.address(edition="gone.json"))
    expect(page.get_by_role("alert")).to_have_text("This recording has been withdrawn.")
    expect(page.get_by_role("button", name="Play")).to_be_hidden()
    page.close()


def test_a_server_that_is_away_leaves_a_player_that_plays(browser: Browser, site: NewsSite) -> None:
    page = browser.new_page()
    page.goto(site.address(edition="e/nothing.json"))
    page.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('audio').currentTime > 0.2")
    expect(page.get_by_role("img", name="AI: the voice is AI-generated")).to_be_visible()
    page.close()


def test_hostile_data_runs_nothing(page: Page, site: NewsSite, edition: Path) -> None:
    data = json.loads((edition / "player.json").read_text(encoding="utf-8"))
    data |= {"title": HOSTILE_TEXT, "publisher": HOSTILE_TEXT, "note": HOSTILE_TEXT, "disclosure": HOSTILE_TEXT}
    data |= {"verify": "javascript:window.stolen=1", "transcript": "javascript:window.stolen=1"}
    data["chapters"] = [{"title": HOSTILE_TEXT, "start_ms": 0}]
    data["sentences"][0]["text"] = [HOSTILE_TEXT, [0, HOSTILE_TEXT]]
    (edition / "hostile.json").write_text(json.dumps(data), encoding="utf-8")
    page.goto(site.address(edition="e/hostile.json"))
    player = page.locator("vivavoce-player")
    expect(player.locator(".title")).to_have_text(HOSTILE_TEXT)
    for name in ("Captions", "Text", "Chapters", "More"):
        player.get_by_role("button", name=name, exact=True).click()
    expect(player.get_by_role("link", name="Transcript")).to_be_hidden()
    assert page.evaluate("window.stolen") is None


@pytest.fixture
def bypassing(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages into which axe-core may be put in spite of their policy."""
    contexts: list[BrowserContext] = []

    def open_page(width: int, scheme: str) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=True,
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def _violations(page: Page) -> list[object]:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run npm ci")
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [(entry["id"], [node["html"] for node in entry["nodes"]][:3]) for entry in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "lang"), [(390, "en"), (1280, "ar")])
def test_axe_finds_nothing_on_a_newspapers_page(
    bypassing: Callable[..., Page], site: NewsSite, width: int, lang: str, scheme: str
) -> None:
    page = bypassing(width, scheme)
    player = _open(page, site.address(lang=lang))
    assert _violations(page) == []
    for tool in player.locator(".tools button").all():
        tool.click()
        assert _violations(page) == []
    player.locator(".play").click()
    wait_until(page, "!document.querySelector('audio').paused")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(player.locator(".close")).to_be_visible()
    assert _violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_embed_page_plays_in_a_frame_and_axe_finds_nothing(
    bypassing: Callable[..., Page], site: NewsSite, scheme: str
) -> None:
    page = bypassing(600, scheme)
    page.set_viewport_size({"width": 600, "height": 220})
    page.goto(f"{site.newsroom}/e/embed.html")
    page.get_by_role("button", name="Play").click()
    wait_until(page, "document.querySelector('audio').currentTime > 0.2")
    assert page.evaluate("document.documentElement.scrollHeight") <= 220
    for name in ("Text", "Chapters", "Latest stories", "More"):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("link", name="AI: the voice")).to_be_in_viewport()
        assert _violations(page) == []


def test_targets_are_large_enough_for_a_thumb(page: Page, site: NewsSite) -> None:
    player = _open(page, site.address())
    player.get_by_role("button", name="More", exact=True).click()
    for control in player.locator("button:visible, select:visible, input[type=range], a.mark, .links a:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24, control.inner_html()
