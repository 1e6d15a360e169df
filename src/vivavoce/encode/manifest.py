"""edition.json: an EditionRecord as text and back, with nothing lost and nothing taken on trust."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from vivavoce.encode.json_text import format_json
from vivavoce.errors import InputError
from vivavoce.types import (
    Article,
    AudioFile,
    Block,
    Disclosure,
    Edit,
    EditionRecord,
    Finding,
    Hearing,
    Making,
    Omission,
    PlacedRecording,
    Placement,
    Provenance,
    Report,
    Role,
    Script,
    Span,
    Trial,
    Utterance,
    VoiceInfo,
    Word,
    WordTiming,
)

# ---------------------------------------------------------------- the shape of the file


@dataclass(frozen=True, slots=True)
class WordEntry:
    """A word with its place in the text and in the sound; what has its usual value is left out of the file."""

    text: str
    spoken: str
    phonemes: str
    start: int | None
    end: int | None
    start_samples: int
    end_samples: int
    start_s: float
    end_s: float
    rule: str
    source: str
    confidence: float
    is_name: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class UtteranceEntry:
    """An utterance with its place in the sound."""

    id: str
    role: Role
    display: str
    spoken: str
    phonemes: str
    start_samples: int
    end_samples: int
    start_s: float
    end_s: float
    pause_after_ms: int
    block: int | None
    words: tuple[WordEntry, ...]


@dataclass(frozen=True, slots=True)
class ScriptEntry:
    """What was said, and where each character of the article went."""

    language: str
    spans: tuple[Span, ...]
    utterances: tuple[UtteranceEntry, ...]


@dataclass(frozen=True, slots=True)
class ArticleEntry:
    """The article as read, and the digest of its text."""

    title: str | None
    byline: tuple[str, ...]
    published: date | None
    publisher: str | None
    language: str
    url: str | None
    sha256: str
    blocks: tuple[Block, ...]
    omitted: tuple[Omission, ...]
    warnings: tuple[str, ...]
    text: str
    image: str | None = None


@dataclass(frozen=True, slots=True)
class DisclosureEntry:
    """What is disclosed, in the words that are heard and shown."""

    spoken: str | None
    """The words said first; null only where the house has switched the spoken form off."""
    visible: str
    digital_source_type: str
    sentence: str
    voice_sentence: str
    reminder_minutes: int = 0


@dataclass(frozen=True, slots=True)
class HearingEntry:
    """What listening to one utterance gave, its findings aside."""

    utterance: str
    heard: str
    words: int
    words_not_heard: int


@dataclass(frozen=True, slots=True)
class ProofEntry:
    """What listening gave."""

    clean: bool
    words: int
    words_not_heard: int
    findings: tuple[Finding, ...]
    hearings: tuple[HearingEntry, ...]
    trials: tuple[Trial, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeEntry:
    """What it took."""

    vivavoce: str
    seconds: float
    stage_cpu_s: dict[str, float]
    rendered_utterances: int
    reused_utterances: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """edition.json, key by key."""

    schema: Literal["vivavoce/edition/1"]
    id: str
    replaces: str | None
    article: ArticleEntry
    disclosure: DisclosureEntry
    voice: VoiceInfo
    audio: tuple[AudioFile, ...]
    sample_rate_hz: int
    length_samples: int
    duration_s: float
    proof: ProofEntry
    made: MadeEntry
    script: ScriptEntry
    recordings: tuple[PlacedRecording, ...] = ()
    guid: str = ""
    edits: tuple[Edit, ...] = ()
    provenance: Provenance | None = None


@cache
def _adapter() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def manifest_schema() -> dict[str, Any]:
    """Give the JSON Schema of edition.json; the package ships it as schemas/edition-1.json."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:vivavoce:schema:edition-1",
        **_adapter().json_schema(),
    }


# ---------------------------------------------------------------- writing


def write_manifest(record: EditionRecord) -> str:
    """Write edition.json: the same record gives the same text, and `read_manifest` gives the record back.

    Raises:
        ValueError: A figure of the record is infinite or not a number.
    """
    return format_json(_plain(_to_manifest(record)))


def _plain(manifest: Manifest) -> Any:
    return _adapter().dump_python(manifest, mode="json", exclude_defaults=True)


def _to_manifest(record: EditionRecord) -> Manifest:
    return Manifest(
        schema="vivavoce/edition/1",
        id=record.id,
        replaces=record.replaces,
        article=_article_entry(record.article),
        disclosure=_disclosure_entry(record.disclosure),
        voice=record.voice,
        audio=record.audio,
        sample_rate_hz=record.sample_rate_hz,
        length_samples=record.length_samples,
        duration_s=_seconds(record.length_samples, record.sample_rate_hz),
        proof=_proof_entry(record.report),
        made=MadeEntry(
            vivavoce=record.made.vivavoce,
            seconds=record.made.seconds,
            stage_cpu_s=dict(record.made.stage_cpu_s),
            rendered_utterances=record.made.rendered_utterances,
            reused_utterances=record.made.reused_utterances,
        ),
        script=ScriptEntry(
            language=record.script.language,
            spans=record.script.spans,
            utterances=tuple(_utterance_entry(placement, record.sample_rate_hz) for placement in record.placements),
        ),
        recordings=record.recordings,
        guid=record.guid,
        edits=record.edits,
        provenance=record.provenance,
    )


def _article_entry(article: Article) -> ArticleEntry:
    return ArticleEntry(
        title=article.title,
        byline=article.byline,
        published=article.published,
        publisher=article.publisher,
        language=article.language,
        url=article.url,
        sha256=hashlib.sha256(article.text.encode()).hexdigest(),
        blocks=article.blocks,
        omitted=article.omitted,
        warnings=article.warnings,
        text=article.text,
        image=article.image,
    )


def _disclosure_entry(disclosure: Disclosure) -> DisclosureEntry:
    return DisclosureEntry(
        spoken=f"{disclosure.sentence} {disclosure.voice_sentence}" if disclosure.spoken else None,
        visible=disclosure.visible,
        digital_source_type=disclosure.digital_source_type,
        sentence=disclosure.sentence,
        voice_sentence=disclosure.voice_sentence,
        reminder_minutes=disclosure.reminder_minutes,
    )


def _proof_entry(report: Report) -> ProofEntry:
    return ProofEntry(
        clean=report.clean,
        words=report.words,
        words_not_heard=report.words_not_heard,
        findings=report.findings,
        hearings=tuple(
            HearingEntry(utterance, hearing.heard, hearing.words, hearing.words_not_heard)
            for utterance, hearing in report.hearings
        ),
        trials=report.trials,
    )


def _utterance_entry(placement: Placement, sample_rate_hz: int) -> UtteranceEntry:
    utterance = placement.utterance
    return UtteranceEntry(
        id=utterance.id,
        role=utterance.role,
        display=utterance.display,
        spoken=utterance.spoken,
        phonemes=utterance.phonemes,
        start_samples=placement.start_samples,
        end_samples=placement.end_samples,
        start_s=_seconds(placement.start_samples, sample_rate_hz),
        end_s=_seconds(placement.end_samples, sample_rate_hz),
        pause_after_ms=utterance.pause_after_ms,
        block=utterance.block,
        words=tuple(
            _word_entry(word, timing, sample_rate_hz)
            for word, timing in zip(utterance.words, placement.words, strict=True)
        ),
    )


def _word_entry(word: Word, timing: WordTiming, sample_rate_hz: int) -> WordEntry:
    return WordEntry(
        text=word.text,
        spoken=word.spoken,
        phonemes=word.phonemes,
        start=word.start,
        end=word.end,
        start_samples=timing.start_samples,
        end_samples=timing.end_samples,
        start_s=_seconds(timing.start_samples, sample_rate_hz),
        end_s=_seconds(timing.end_samples, sample_rate_hz),
        rule=word.rule,
        source=word.source,
        confidence=word.confidence,
        is_name=word.is_name,
        mark=word.mark,
    )


def _seconds(samples: int, sample_rate_hz: int) -> float:
    return round(samples / sample_rate_hz, 4)


# ---------------------------------------------------------------- reading


def read_manifest(text: str) -> EditionRecord:
    """Read edition.json back into the record that it was written from.

    Keys that this version does not know are passed over.

    Raises:
        InputError: The text is no JSON, lacks a key, has a value of another type, leaves a part of the article
            without a span, places an utterance or word outside the recording or before the one ahead of it, or says
            something that does not follow from the rest (a digest, a time in seconds, a count).
    """
    manifest = _parse(text)
    record = _to_record(manifest)
    _check_spans(record)
    _check_places(record)
    derived = _to_manifest(record)
    if manifest != derived:
        where = _first_difference(_plain(manifest), _plain(derived), "edition.json")
        raise InputError(f"{where} does not follow from the rest of the manifest; make the edition again")
    return record


def _parse(text: str) -> Manifest:
    try:
        from_json(text, allow_inf_nan=False)
        return _adapter().validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, ("edition.json", *first["loc"])))
        raise InputError(f"{where}: {first['msg']}; is this an edition's manifest?") from error
    except ValueError as error:
        raise InputError(f"edition.json is not JSON: {error}; make the edition again") from error


def _to_record(manifest: Manifest) -> EditionRecord:
    article, made = manifest.article, manifest.made
    placements = tuple(map(_placement, manifest.script.utterances))
    return EditionRecord(
        id=manifest.id,
        replaces=manifest.replaces,
        article=Article(
            blocks=article.blocks,
            title=article.title,
            byline=article.byline,
            published=article.published,
            publisher=article.publisher,
            language=article.language,
            url=article.url,
            image=article.image,
            omitted=article.omitted,
            warnings=article.warnings,
        ),
        script=Script(
            language=manifest.script.language,
            utterances=tuple(placement.utterance for placement in placements),
            spans=manifest.script.spans,
        ),
        placements=placements,
        sample_rate_hz=manifest.sample_rate_hz,
        length_samples=manifest.length_samples,
        report=_report(manifest.proof),
        voice=manifest.voice,
        disclosure=Disclosure(
            sentence=manifest.disclosure.sentence,
            voice_sentence=manifest.disclosure.voice_sentence,
            spoken=manifest.disclosure.spoken is not None,
            reminder_minutes=manifest.disclosure.reminder_minutes,
            digital_source_type=manifest.disclosure.digital_source_type,
        ),
        audio=manifest.audio,
        made=Making(
            vivavoce=made.vivavoce,
            seconds=made.seconds,
            stage_cpu_s=tuple(made.stage_cpu_s.items()),
            rendered_utterances=made.rendered_utterances,
            reused_utterances=made.reused_utterances,
        ),
        recordings=manifest.recordings,
        guid=manifest.guid,
        edits=manifest.edits,
        provenance=manifest.provenance,
    )


def _placement(entry: UtteranceEntry) -> Placement:
    words = tuple(
        Word(
            text=word.text,
            spoken=word.spoken,
            phonemes=word.phonemes,
            start=word.start,
            end=word.end,
            rule=word.rule,
            source=word.source,
            confidence=word.confidence,
            is_name=word.is_name,
            mark=word.mark,
        )
        for word in entry.words
    )
    return Placement(
        utterance=Utterance(entry.id, entry.role, entry.display, words, entry.pause_after_ms, entry.block),
        start_samples=entry.start_samples,
        end_samples=entry.end_samples,
        words=tuple(WordTiming(word.start_samples, word.end_samples) for word in entry.words),
    )


def _report(proof: ProofEntry) -> Report:
    found: dict[str, list[Finding]] = {entry.utterance: [] for entry in proof.hearings}
    for finding in proof.findings:
        if finding.utterance not in found:
            raise InputError(f"edition.json: a finding in {finding.utterance!r}, which was not listened to")
        found[finding.utterance].append(finding)
    return Report(
        tuple(
            (
                entry.utterance,
                Hearing(entry.heard, entry.words, entry.words_not_heard, tuple(found[entry.utterance])),
            )
            for entry in proof.hearings
        ),
        proof.trials,
    )


def _check_spans(record: EditionRecord) -> None:
    """Coverage: from the text's start to its end without gap or overlap, each span spoken or omitted."""
    known = {utterance.id for utterance in record.script.utterances}
    if len(known) < len(record.script.utterances):
        raise InputError("edition.json: two utterances have one id")
    reached = 0
    for span in record.script.spans:
        if span.start != reached or span.end <= span.start:
            raise InputError(f"edition.json: the spans leave a gap or overlap at character {reached} of the article")
        if (span.utterance is None) == (span.omitted is None):
            raise InputError(f"edition.json: the span at character {span.start} is not either spoken or omitted")
        if span.utterance is not None and span.utterance not in known:
            raise InputError(f"edition.json: the span at character {span.start} names no utterance of the script")
        reached = span.end
    if reached != len(record.article.text):
        raise InputError(f"edition.json: the spans end at character {reached} of {len(record.article.text)}")


def _check_places(record: EditionRecord) -> None:
    """Utterances in order inside the recording, words in order inside their utterance and inside the text."""
    if record.sample_rate_hz <= 0:
        raise InputError(f"edition.json: want a positive sample rate, got {record.sample_rate_hz}")
    limits = [0, *(at for p in record.placements for at in (p.start_samples, p.end_samples)), record.length_samples]
    if any(earlier > later for earlier, later in pairwise(limits)):
        raise InputError("edition.json: the utterances overlap, or one lies outside the recording")
    text_length = len(record.article.text)
    for placement in record.placements:
        inner = [at for word in placement.words for at in (word.start_samples, word.end_samples)]
        limits = [placement.start_samples, *inner, placement.end_samples]
        if any(earlier > later for earlier, later in pairwise(limits)):
            raise InputError(f"edition.json: the words of {placement.utterance.id} overlap or lie outside it")
        for word in placement.utterance.words:
            _check_offsets(word, text_length, placement.utterance.id)


def _check_offsets(word: Word, text_length: int, utterance: str) -> None:
    nowhere = word.start is None and word.end is None
    inside = word.start is not None and word.end is not None and 0 <= word.start <= word.end <= text_length
    if not (nowhere or inside):
        raise InputError(f"edition.json: {word.text!r} of {utterance} lies outside the article's text")


def _first_difference(stated: Any, derived: Any, path: str) -> str:
    """Name the first place where two values of one shape differ."""
    if isinstance(stated, dict) and stated.keys() == derived.keys():
        return next(_first_difference(stated[k], derived[k], f"{path}.{k}") for k in stated if stated[k] != derived[k])
    if isinstance(stated, list) and len(stated) == len(derived):
        pairs = enumerate(zip(stated, derived, strict=True))
        return next(_first_difference(ours, theirs, f"{path}.{n}") for n, (ours, theirs) in pairs if ours != theirs)
    return path
