"""The archive's report: valid, and read by everyone, empty or full, in the light and in the dark."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from judging import MODULES, find_html_faults
from vivavoce.archive.items import Outcome, OutcomeState
from vivavoce.archive.report import summarise, write_report
from vivavoce.archive.run import Progress

AXE = MODULES / "axe-core" / "axe.min.js"
_NAMES = ("Xochiquetl", "Åsa Þórðardóttir", "Nguyễn Văn A'B <i>", "O’Rourke-Ünal")

pytestmark = pytest.mark.browser


def make_outcomes() -> list[Outcome]:
    """Give 200 editions over two hours and some articles without one."""
    made = [
        Outcome(
            f"a{number}",
            OutcomeState.MADE,
            edition=f"e{number}",
            duration_s=12.0 + number % 7,
            cpu_s=4.0 + number % 5,
            bytes=200_000,
            ended=f"2026-03-01T{12 + number // 100}:{number % 60:02}:00+00:00",
            worker=f"node{number % 3}/1",
            findings=(("word_not_heard", 1),) if number % 9 == 0 else (),
            doubtful_names=((_NAMES[number % 4], 1 + number % 3),),
        )
        for number in range(200)
    ]
    failed = [
        Outcome(f"https://news.example/{'long-address-' * 9}{number}", OutcomeState.FAILED, reason="no <article> in it")
        for number in range(3)
    ]
    return [*made, *failed, Outcome("late", OutcomeState.FAILED, reason="no answer", retryable=True)]


@pytest.fixture(scope="module", params=["full", "empty"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    summary = summarise(make_outcomes() if request.param == "full" else [])
    page = tmp_path_factory.mktemp("report") / f"{request.param}.html"
    progress = Progress(listed=204, made=200, failed=4, audio_s=3000.0, seconds=7200.0)
    page.write_text(write_report(summary, progress, archive="s3://bucket/archive"), "utf-8")
    return page


def test_html_validate_finds_nothing(report: Path) -> None:
    assert find_html_faults(report) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_overflows(browser: Browser, report: Path, width: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.add_script_tag(path=AXE)
    violations = page.evaluate("axe.run().then(result => result.violations)")
    assert [(found["id"], [node["html"] for node in found["nodes"]][:3]) for found in violations] == []
    context.close()
