"""axe-core's rules, all of them, on every page, in the light and in the dark, on a phone and on a desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_SIZES = {"phone": (390, 844), "desk": (1280, 900)}

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("name", ["player", "transcript", "proof"])
def test_axe_finds_nothing(browser: Browser, edition: Path, name: str, size: str, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run npm ci")
    width, height = _SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto((edition / f"{name}.html").as_uri())
    if name == "player":
        page.get_by_role("button", name="Next sentence").click()
    page.add_script_tag(path=AXE)
    violations = page.evaluate("axe.run().then(result => result.violations)")
    assert [(found["id"], [node["html"] for node in found["nodes"]][:3]) for found in violations] == []
    context.close()
