"""What a run came to, as a page that an editor reads: figures, charts, and the names to put into the lexicon first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import nlargest

from vivavoce.archive.items import Outcome, OutcomeState
from vivavoce.archive.run import Progress
from vivavoce.page import render_page

REPORT = "report.html"
NAMES = 100
_CLASSES = 12
_LONGEST = 5
_FAILED_SHOWN = 500
_BARS_OF_TIME = 24
_WIDTHS_MIN = (1, 5, 15, 60, 240, 1440, 7 * 1440)
"""How long a bar of the chart over time may stand for."""


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
    workers: int
    """How many processes have worked on it."""
    throughput: tuple[Bar, ...]
    """Editions by when they were made."""
    bar_minutes: int
    """How long a bar of `throughput` stands for."""
    speeds: tuple[Bar, ...]
    """Articles by seconds of audio a processor second."""
    findings: tuple[Bar, ...]
    names: tuple[Bar, ...]
    longest: tuple[Outcome, ...]
    """The longest editions, the longest first."""
    failed: tuple[Outcome, ...]
    failures: int
    """All of them; `failed` may show fewer."""


def summarise(outcomes: Iterable[Outcome]) -> Summary:
    """Add outcomes up, never all in memory."""
    findings: Counter[str] = Counter()
    names: Counter[str] = Counter()
    speeds: Counter[int] = Counter()
    minutes: Counter[int] = Counter()
    workers: set[str] = set()
    failed: list[Outcome] = []
    longest: list[Outcome] = []
    editions = clean = failures = size = 0
    audio_s = cpu_s = 0.0
    for outcome in outcomes:
        if outcome.state is OutcomeState.FAILED:
            failures += 1
            editions += outcome.edition is not None
            if len(failed) < _FAILED_SHOWN:
                failed.append(outcome)
            continue
        editions += 1
        clean += outcome.clean
        findings.update(dict(outcome.findings))
        names.update(dict(outcome.doubtful_names))
        audio_s += outcome.duration_s
        longest = nlargest(_LONGEST, (*longest, outcome), key=lambda one: one.duration_s)
        cpu_s += outcome.cpu_s
        size += outcome.bytes
        speeds[int(2 * outcome.duration_s / max(outcome.cpu_s, 1e-3))] += 1
        if outcome.worker:
            workers.add(outcome.worker)
        if outcome.ended:
            minutes[int(datetime.fromisoformat(outcome.ended).timestamp() // 60)] += 1
    bar_minutes, throughput = _chart_over_time(minutes)
    return Summary(
        editions=editions,
        clean=clean,
        audio_s=audio_s,
        cpu_s=cpu_s,
        bytes=size,
        workers=len(workers),
        throughput=throughput,
        bar_minutes=bar_minutes,
        speeds=_bars([(f"{half / 2:.1f} to {half / 2 + 0.5:.1f}", count) for half, count in sorted(speeds.items())]),
        findings=_bars(findings.most_common(_CLASSES)),
        names=_bars(names.most_common(NAMES)),
        longest=tuple(longest),
        failed=tuple(failed),
        failures=failures,
    )


def write_report(summary: Summary, progress: Progress, *, archive: str) -> str:
    """Write the page."""
    return render_page(
        "report.html", style=("house.css", "report.css"), summary=summary, progress=progress, archive=archive
    )


def _chart_over_time(minutes: Counter[int]) -> tuple[int, tuple[Bar, ...]]:
    """Put minutes together until the chart is short; gives how many a bar stands for, and bars where work was done."""
    for width in _WIDTHS_MIN:
        counts: Counter[int] = Counter()
        for minute, count in minutes.items():
            counts[minute // width] += count
        if len(counts) <= _BARS_OF_TIME:
            break
    bars = sorted(counts.items())[-_BARS_OF_TIME:]
    return width, _bars([(_name_minute(at * width), count) for at, count in bars])


def _name_minute(minute: int) -> str:
    return datetime.fromtimestamp(60 * minute, UTC).strftime("%Y-%m-%d %H:%M")


def _bars(counts: Iterable[tuple[str, int]]) -> tuple[Bar, ...]:
    pairs = tuple(counts)
    longest = max((count for _, count in pairs), default=1)
    return tuple(Bar(label, count, round(100 * count / longest, 1)) for label, count in pairs)
