from datetime import UTC, datetime, timedelta

from vivavoce.archive.items import Outcome, OutcomeState
from vivavoce.archive.report import Summary, summarise, write_report
from vivavoce.archive.run import Progress


def test_names_and_findings_are_counted_over_all_editions() -> None:
    made = Outcome("a", OutcomeState.MADE, edition="1", duration_s=10, cpu_s=5, bytes=7)
    summary = summarise(
        [
            Outcome("b", OutcomeState.WHOLE, edition="2", duration_s=20, doubtful_names=(("Åsa", 2), ("Bo", 5))),
            Outcome("c", OutcomeState.MADE, edition="3", findings=(("word", 2),), doubtful_names=(("Åsa", 4),)),
            Outcome("d", OutcomeState.FAILED, reason="<script>no article</script>"),
            made,
        ]
    )
    assert (summary.editions, summary.clean, summary.failures, summary.audio_s) == (3, 2, 1, 30)
    assert [(bar.label, bar.count, bar.share) for bar in summary.names] == [("Åsa", 6, 100.0), ("Bo", 5, 83.3)]
    assert [(bar.label, bar.count) for bar in summary.findings] == [("word", 2)]
    assert [one.source_id for one in summary.longest] == ["b", "a", "c"]
    page = write_report(summary, Progress(listed=4, made=2), archive="s3://bucket/archive")
    assert "<script>no article" not in page
    assert "&lt;script&gt;no article" in page
    assert page.index("Åsa") < page.index("Bo</th>")


def test_editions_are_counted_by_the_time_they_were_made() -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def make(count: int, gap_s: int) -> Summary:
        moments = [(start + timedelta(seconds=gap_s * number)).isoformat() for number in range(count)]
        made = [Outcome(at, OutcomeState.MADE, edition="e", ended=at, worker=f"n/{at[-8]}") for at in moments]
        return summarise(made)

    short = make(30, 20)
    assert short.bar_minutes == 1
    assert [(bar.label, bar.count) for bar in short.throughput][:2] == [
        ("2026-03-01 12:00", 3),
        ("2026-03-01 12:01", 3),
    ]
    long = make(300, 600)
    assert long.bar_minutes == 240
    assert sum(bar.count for bar in long.throughput) == 300
    assert len(long.throughput) <= 24


def test_an_empty_archive_has_a_report() -> None:
    assert "None: every edition is clean." in write_report(summarise([]), Progress(), archive="a")
