"""One article narrated in every format, then published as feed and site: what a newsroom would really put out."""

import os
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, sync_playwright

from published_values import BASE_URL, Published

CHROMIUM = Path("/usr/bin/chromium")
LONG = " ".join(f"The ministry counted {number} boilers in district number {number}." for number in range(20, 38))
"""A minute of speech: after it comes the reminder of the disclosure."""
ARTICLE = f"""# Kyiv & Lviv: what the “winter plan” changes

The plan was published on Sunday. It has two parts, and <b>no</b> third one.

## Heat & water

Heat comes first, the ministry said.

{LONG}

- boilers;
- pipes.

> We will not let anyone freeze.

## Light

Light comes second.
"""
SETTINGS = """
[publication]
name = "The Example Courier"
homepage = "https://courier.example.org"
email = "audio@example.org"
[disclosure]
reminder_minutes = 1
[feed]
description = "Our articles, read aloud & well."
subcategory = "Daily News"
[audio]
formats = ["mp3", "m4a", "opus", "wav", "flac", "epub"]
"""


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Give the edition and the site. Nobody may change them."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "vivavoce.toml").write_text(SETTINGS, "utf-8")
    (folder / "winter.md").write_text(ARTICLE, "utf-8")
    edition, site = folder / "editions" / "winter", folder / "site"
    environment = {
        **os.environ,
        "VIVAVOCE_CACHE": str(folder / "cache"),
        "VIVAVOCE_CONFIG": str(folder / "vivavoce.toml"),
        "VIVAVOCE_KEYS": str(folder / "keys"),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    made = Published(edition, site, environment)
    source = ["--url", "https://courier.example.org/winter?a=1&b=2", "--date", "2026-03-15", "--byline", "Marta Ko"]
    done = made.run("narrate", folder / "winter.md", "-o", edition, "--voice", "tones", *source)
    assert done.returncode == 0, done.stderr
    done = made.run("site", folder / "editions", "--base-url", BASE_URL, "-o", site)
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site_url(published: Published) -> Iterator[str]:
    """Serve the site as any web server would."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(published.site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
