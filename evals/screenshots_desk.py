"""Takes pictures of the desk and of the embedded player in Chromium, on a phone and on a desk, light and dark.

Example: python evals/screenshots_desk.py docs/images --voice am_michael

A newsroom of its own serves invented stories in a temporary folder: one is published and played, one waits for a look.
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from listeners import Server, serving
from screenshots import SCHEMES, SIZES

_STORIES = {
    "harbour": (
        "title: Harbour city votes for a new sea wall\ndate: 2026-05-04\nbyline: Olena Marsh\n\n"
        "The council of Odesa voted on Monday to build a new sea wall for $61 million. Mayor Tereza Halvorsen said "
        "that work would begin in spring.\n\nCritics called the plan too small. “We asked for twice as much,” said "
        "Ilse Brandt, who leads the Greens.\n\nThe wall is to be finished by 2031."
    ),
    "ferry": (
        "title: Ferry to run at night\ndate: 2026-05-05\n\nFrom June the ferry to Kherson will run until 2 a.m., "
        "Zoryana Kovalchuk of the harbour office said. A ticket will cost £4.50."
    ),
}
_PAGES = {"stories": "", "edition": "/editions/{harbour}", "lexicon": "/lexicon", "statistics": "/statistics"}
_PASSWORD = secrets.token_urlsafe()
_LONGEST_S = 900.0


def fill(client: httpx.Client) -> dict[str, str]:
    """Send the stories, publish one, let it be played; gives the editions by name."""
    editions = {}
    for name, text in _STORIES.items():
        sent = client.post("/api/v1/articles", json={"text": text, "source_id": name, "section": "city"})
        sent.raise_for_status()
        editions[name] = sent.json()["article"]["edition"]["id"]
    for edition in editions.values():
        _wait_for_version(client, edition)
    for step in ("approve", "publish"):
        client.post(f"/api/v1/editions/{editions['harbour']}/{step}", json={}).raise_for_status()
    for reached, times in ((0, 40), (25, 33), (50, 29), (75, 24), (100, 21)):
        for _ in range(times):
            client.post("/api/public/plays", json={"edition": editions["harbour"], "reached": reached})
    for written, alias in (("Odesa", "oh dess ah"), ("Kherson", "her sone")):
        client.put("/api/v1/lexicon", json={"written": written, "alias": alias}).raise_for_status()
    return editions


def _wait_for_version(client: httpx.Client, edition: str) -> None:
    deadline_s = time.monotonic() + _LONGEST_S
    while client.get(f"/api/v1/editions/{edition}").json()["head"] == 0:
        if time.monotonic() > deadline_s:
            raise SystemExit("it is not rendered in time")
        time.sleep(0.5)


@contextmanager
def visiting(
    browser: Browser, server: Server, size: str, scheme: Literal["light", "dark"], storage: Any
) -> Iterator[Page]:
    """Open a page of one size and colour scheme, logged in."""
    width, height, scale = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        color_scheme=scheme,
        base_url=server.url,
        storage_state=storage,
    )
    yield context.new_page()
    context.close()


def log_in(browser: Browser, environment: dict[str, str]) -> Any:
    """Make the first user by the set-up link; gives the browser's state."""
    command = [sys.executable, "-m", "vivavoce", "serve", "setup-link"]
    link = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()[-1]
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    page.get_by_label("Name").fill("olena")
    page.get_by_label("Password 12 characters").fill(_PASSWORD)
    page.get_by_label("Password again").fill(_PASSWORD)
    page.get_by_role("button").first.click()
    page.wait_for_url("**/login**")
    page.get_by_label("Name").fill("olena")
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/desk**")
    state = context.storage_state()
    context.close()
    return state


def shoot(browser: Browser, server: Server, state: Any, editions: dict[str, str], folder: Path) -> None:
    """Picture every page in every size and scheme."""
    for size in SIZES:
        for scheme in SCHEMES:
            with visiting(browser, server, size, scheme, state) as page:
                for name, path in _PAGES.items():
                    page.goto(f"/desk{path.format(**editions)}")
                    page.wait_for_timeout(500)
                    _keep(page, folder / f"desk-{name}-{size}-{scheme}.png")
                page.goto(f"/desk/editions/{editions['harbour']}")
                page.get_by_role("button", name="Fix").nth(1).click()
                _keep(page, folder / f"desk-fix-{size}-{scheme}.png")
                page.goto(f"/e/{editions['harbour']}/embed")
                page.get_by_role("button", name="Play").first.click()
                page.wait_for_timeout(1500)
                _keep(page, folder / f"embed-{size}-{scheme}.png")


def _keep(page: Page, picture: Path) -> None:
    page.screenshot(path=picture)
    print(picture)


def main() -> None:
    """Serve, fill, picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--voice", default="am_michael")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="vivavoce-pictures-") as room, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        with serving(Path(room), arguments.voice, policy="approve") as server:
            headers = {"Authorization": f"Bearer {server.token}"}
            with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
                editions = fill(client)
            environment = {**os.environ, "VIVAVOCE_CONFIG": f"{room}/vivavoce.toml"}
            shoot(browser, server, log_in(browser, environment), editions, arguments.folder)
        browser.close()


if __name__ == "__main__":
    main()
