"""What a run came to, as a page that an editor reads: figures, charts, and the names to put into the lexicon first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from vivavoce.archive.items import Outcome, OutcomeState
from vivavoce.archive.run import Progress
from vivavoce.page import render_page

REPORT = "report.html"
NAMES = 100
_CLASSES = 12
_FAILED_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart."""

    label: str
    count: int
    share: float
    """Of the longest bar, 0 to 100."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All that the report shows, added up article by article."""

    editions: int
    clean: int
    audio_s: float
    cpu_s: float
    bytes: int
    speeds: tuple[Bar, ...]
    """Articles by seconds of audio a processor second."""
    findings: tuple[Bar, ...]
    names: tuple[Bar, ...]
    failed: tuple[Outcome, ...]
    failures: int
    """All of them; `failed` may show fewer."""


def summarise(outcomes: Iterable[Outcome]) -> Summary:
    """Add outcomes up, never all in memory."""
    findings: Counter[str] = Counter()
    names: Counter[str] = Counter()
    speeds: Counter[int] = Counter()
    failed: list[Outcome] = []
    editions = clean = failures = size = 0
    audio_s = cpu_s = 0.0
    for outcome in outcomes:
        if outcome.state is OutcomeState.FAILED:
            failures += 1
            if len(failed) < _FAILED_SHOWN:
                failed.append(outcome)
            continue
        editions += 1
        clean += outcome.clean
        findings.update(dict(outcome.findings))
        names.update(dict(outcome.doubtful_names))
        audio_s += outcome.duration_s
        if outcome.state is OutcomeState.MADE:
            cpu_s += outcome.cpu_s
            size += outcome.bytes
            speeds[int(2 * outcome.duration_s / max(outcome.cpu_s, 1e-3))] += 1
    return Summary(
        editions=editions,
        clean=clean,
        audio_s=audio_s,
        cpu_s=cpu_s,
        bytes=size,
        speeds=_bars([(f"{half / 2:.1f} to {half / 2 + 0.5:.1f}", count) for half, count in sorted(speeds.items())]),
        findings=_bars(findings.most_common(_CLASSES)),
        names=_bars(names.most_common(NAMES)),
        failed=tuple(failed),
        failures=failures,
    )


def write_report(summary: Summary, progress: Progress, *, archive: str) -> str:
    """Write the page."""
    return render_page(
        "report.html", style=("house.css", "report.css"), summary=summary, progress=progress, archive=archive
    )


def _bars(counts: Iterable[tuple[str, int]]) -> tuple[Bar, ...]:
    pairs = tuple(counts)
    longest = max((count for _, count in pairs), default=1)
    return tuple(Bar(label, count, round(100 * count / longest, 1)) for label, count in pairs)
