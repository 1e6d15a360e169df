"""Takes pictures of a finished edition's pages in Chromium, playing, on a phone and on a desk, light and dark.

Example: python evals/screenshots.py my-edition docs/images
"""

import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

SIZES = {"phone": (390, 844, 2), "desk": (1280, 860, 1)}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = ("player", "transcript", "proof")
PLAYED_S = 24


def shoot(
    browser: Browser, edition: Path, name: str, size: str, scheme: Literal["light", "dark"], folder: Path
) -> Path:
    """Picture one page as it looks in one place; the player is caught while it plays."""
    width, height, scale = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme=scheme)
    page.goto(f"{(edition / name).with_suffix('.html').as_uri()}{f'#t={PLAYED_S}' if name == 'player' else ''}")
    if name == "player":
        page.get_by_role("button", name="Play").click()
        page.wait_for_timeout(700)
    picture = folder / f"{name}-{size}-{scheme}.png"
    page.screenshot(path=picture)
    page.close()
    return picture


def main() -> None:
    """Picture each page of the edition named first into the folder named second."""
    edition, folder = (Path(argument).resolve() for argument in sys.argv[1:3])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name in (page for page in PAGES if (edition / page).with_suffix(".html").exists()):
            for size in SIZES:
                for scheme in SCHEMES:
                    print(shoot(browser, edition, name, size, scheme, folder))
        browser.close()


if __name__ == "__main__":
    main()
