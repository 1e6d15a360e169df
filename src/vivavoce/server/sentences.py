"""What a version says, sentence by sentence, for whoever looks it through."""

from vivavoce.server.wire import Wire
from vivavoce.types import EditionRecord, Finding, Placement


class WordOut(Wire):
    """What is printed at one place, how it is said, and when."""

    text: str
    spoken: str
    phonemes: str
    start: int | None
    """Offset in the article's text."""
    end: int | None
    start_s: float
    end_s: float
    source: str
    """Where the pronunciation comes from."""
    confidence: float
    is_name: bool


class FindingOut(Wire):
    """Something to look at."""

    kind: str
    word: str
    confidence: float
    start_s: float
    """In the sentence."""
    end_s: float
    expected: str
    heard: str


class SentenceOut(Wire):
    """One utterance."""

    id: str
    role: str
    block: int | None
    display: str
    spoken: str
    phonemes: str
    start_s: float
    end_s: float
    pause_after_ms: int
    heard: str | None
    words: list[WordOut]
    findings: list[FindingOut]


def list_sentences(record: EditionRecord) -> list[SentenceOut]:
    """Show all utterances in the order of speaking."""
    heard = {name: hearing.heard for name, hearing in record.report.hearings}
    findings = record.report.findings
    return [
        _show(placement, record.sample_rate_hz, heard.get(placement.utterance.id), findings)
        for placement in record.placements
    ]


def _show(placement: Placement, rate_hz: int, heard: str | None, findings: tuple[Finding, ...]) -> SentenceOut:
    utterance = placement.utterance
    words = [
        WordOut(
            text=word.text,
            spoken=word.spoken,
            phonemes=word.phonemes,
            start=word.start,
            end=word.end,
            start_s=timing.start_samples / rate_hz,
            end_s=timing.end_samples / rate_hz,
            source=word.source,
            confidence=word.confidence,
            is_name=word.is_name,
        )
        for word, timing in zip(utterance.words, placement.words, strict=True)
    ]
    return SentenceOut(
        id=utterance.id,
        role=str(utterance.role),
        block=utterance.block,
        display=utterance.display,
        spoken=utterance.spoken,
        phonemes=utterance.phonemes,
        start_s=placement.start_samples / rate_hz,
        end_s=placement.end_samples / rate_hz,
        pause_after_ms=utterance.pause_after_ms,
        heard=heard,
        words=words,
        findings=[_show_finding(finding) for finding in findings if finding.utterance == utterance.id],
    )


def _show_finding(finding: Finding) -> FindingOut:
    return FindingOut(**{name: getattr(finding, name) for name in FindingOut.model_fields})
