"""The proof of an edition as one value: what proof.html shows and proof.json says."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from vivavoce.encode.cautions import find_cautions
from vivavoce.encode.printed import cut_display
from vivavoce.page import name_edition, pick_audio
from vivavoce.types import TRUSTED, EditionRecord, Finding, Placement, Word, WordTiming

_NUMBER_RULES = frozenset({"roman", "fraction"})
_PLAIN_RULE = "plain"
_AUDIBLE_S = 0.2


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said, in seconds of the delivered audio."""

    utterance: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A sentence as printed, and the place in it that is meant; empty where the place is not printed."""

    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True)
class ProofTake:
    """A take of an utterance that took more than one."""

    recipe: str
    findings: tuple[str, ...]
    """Their kinds, each once."""
    kept: bool


@dataclass(frozen=True, slots=True)
class ProofRetake:
    """An utterance whose first take failed its hearing."""

    sentence: str
    passed: bool
    """Whether the take that the edition has passed."""
    takes: tuple[ProofTake, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ProofFile:
    """A delivered file, and whether it is still what was made."""

    file: str
    sha256: str
    """As made."""
    changed: bool


@dataclass(frozen=True, slots=True)
class ProofFinding:
    """A finding with the sentence that it is in."""

    kind: str
    word: str
    expected: str
    heard: str
    heard_sentence: str
    confidence: float
    sentence: MarkedText
    place: Place
    sentence_place: Place
    takes: tuple[ProofTake, ...]
    """All that were tried; empty where the first was kept."""


@dataclass(frozen=True, slots=True)
class ProofName:
    """A name with one way of saying it."""

    text: str
    phonemes: str
    source: str
    confidence: float
    times: int
    varies: bool
    """The same name is said in another way elsewhere."""
    checked: bool
    """Whether its sound was held against a form to be trusted; what nobody knows how to say can't be checked."""
    guessed: bool
    """Whether the form itself is a guess, however well it was said."""
    first: Place


@dataclass(frozen=True, slots=True)
class ProofReading:
    """Something that is said otherwise than it is written: a number, an abbreviation, a symbol."""

    written: str
    spoken: str
    rule: str
    times: int
    first: Place


@dataclass(frozen=True, slots=True)
class ProofOmission:
    """Something of the source that is not heard."""

    text: str
    reason: str
    left_out_by: Literal["page", "script"]
    """Whether extraction left it out of the article, or the script left it unsaid."""


@dataclass(frozen=True, slots=True)
class ProofFigures:
    """What was counted and measured."""

    utterances: int
    utterances_listened_to: int
    words_listened_for: int
    """Names aside."""
    words_not_heard: int
    characters: int
    """Of the article's text."""
    characters_spoken: int
    characters_left_unsaid: int
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    voice: str
    engine: str
    vivavoce: str


@dataclass(frozen=True, slots=True)
class Proof:
    """proof.json, key by key."""

    schema: Literal["vivavoce/proof/1"]
    edition: str
    name: str
    clean: bool
    """Every utterance was listened to, nothing was found, and the files are as they were made."""
    listened_to: Literal["takes", "delivered file"]
    cautions: tuple[str, ...]
    """What an editor should know besides; it doesn't keep the edition from going out."""
    files: tuple[ProofFile, ...]
    findings: tuple[ProofFinding, ...]
    retakes: tuple[ProofRetake, ...]
    names: tuple[ProofName, ...]
    numbers: tuple[ProofReading, ...]
    readings: tuple[ProofReading, ...]
    omissions: tuple[ProofOmission, ...]
    figures: ProofFigures


def build_proof(record: EditionRecord, *, changed: Collection[str] | None = None) -> Proof:
    """Bring together what an editor looks at before an edition goes out.

    Args:
        record: The edition, with the report of the last listening.
        changed: Names of audio files that are no longer what the manifest says; None where the report is that of the
            takes, from before there were files.
    """
    figures = _figures(record)
    said = list(_said(record))
    return Proof(
        schema="vivavoce/proof/1",
        edition=record.id,
        name=name_edition(record.article),
        clean=record.report.clean and figures.utterances_listened_to == figures.utterances and not changed,
        listened_to="takes" if changed is None else "delivered file",
        cautions=find_cautions(record),
        files=tuple(ProofFile(audio.file, audio.sha256, audio.file in (changed or ())) for audio in record.audio),
        findings=tuple(_findings(record)),
        retakes=tuple(_retakes(record)),
        names=tuple(_names(said)),
        numbers=tuple(_readings(said, _is_number)),
        readings=tuple(_readings(said, _is_other_reading)),
        omissions=tuple(_omissions(record)),
        figures=figures,
    )


# ---------------------------------------------------------------- findings


def _findings(record: EditionRecord) -> Iterator[ProofFinding]:
    placements = {placement.utterance.id: placement for placement in record.placements}
    heard = {utterance: hearing.heard for utterance, hearing in record.report.hearings}
    for finding in record.report.findings:
        placement = placements[finding.utterance]
        whole = _place(placement, WordTiming(placement.start_samples, placement.end_samples), record.sample_rate_hz)
        yield ProofFinding(
            kind=finding.kind,
            word=finding.word,
            expected=finding.expected,
            heard=finding.heard,
            heard_sentence=heard[finding.utterance],
            confidence=finding.confidence,
            sentence=_mark(placement, finding, record.sample_rate_hz),
            place=_make_audible(whole, whole.start_s + finding.start_s, whole.start_s + finding.end_s),
            sentence_place=whole,
            takes=tuple(_takes(record, finding.utterance)),
        )


def _make_audible(sentence: Place, start_s: float, end_s: float) -> Place:
    """Give a place in a sentence that is long enough to hear and to see: a click or a cut has no length of its own."""
    more_s = max(0.0, _AUDIBLE_S - (end_s - start_s)) / 2
    start_s, end_s = max(sentence.start_s, start_s - more_s), min(sentence.end_s, end_s + more_s)
    return replace(sentence, start_s=round(min(start_s, sentence.end_s), 3), end_s=round(end_s, 3))


def _takes(record: EditionRecord, utterance: str) -> Iterator[ProofTake]:
    for trial in record.report.trials:
        if trial.utterance == utterance:
            yield ProofTake(trial.recipe, tuple(dict.fromkeys(trial.findings)), trial.kept)


def _retakes(record: EditionRecord) -> Iterator[ProofRetake]:
    for placement in record.placements:
        takes = tuple(_takes(record, placement.utterance.id))
        if takes:
            whole = WordTiming(placement.start_samples, placement.end_samples)
            passed = any(take.kept and not take.findings for take in takes)
            place = _place(placement, whole, record.sample_rate_hz)
            yield ProofRetake(placement.utterance.display, passed, takes, place)


def _mark(placement: Placement, finding: Finding, sample_rate_hz: int) -> MarkedText:
    """Mark the word that a finding means: of those it may be called by, the nearest in time."""
    target = placement.start_samples + finding.start_s * sample_rate_hz
    wanted = finding.word.casefold()
    words = placement.utterance.words
    called = [n for n, word in enumerate(words) if wanted in (word.text.casefold(), word.spoken, *word.spoken.split())]
    pieces = list(cut_display(placement.utterance))
    printed = [n for n, piece in enumerate(pieces) if piece.word in called]
    if not printed:
        return MarkedText(placement.utterance.display, "", "")
    nearest = min(printed, key=lambda n: abs(placement.words[pieces[n].word or 0].start_samples - target))
    before, after = pieces[:nearest], pieces[nearest + 1 :]
    return MarkedText("".join(p.text for p in before), pieces[nearest].text, "".join(p.text for p in after))


# ---------------------------------------------------------------- names, numbers, readings


@dataclass(frozen=True, slots=True)
class _Said:
    word: Word
    place: Place


def _said(record: EditionRecord) -> Iterator[_Said]:
    for placement in record.placements:
        for word, timing in zip(placement.utterance.words, placement.words, strict=True):
            yield _Said(word, _place(placement, timing, record.sample_rate_hz))


def _place(placement: Placement, timing: WordTiming, sample_rate_hz: int) -> Place:
    return Place(
        placement.utterance.id,
        round(timing.start_samples / sample_rate_hz, 3),
        round(timing.end_samples / sample_rate_hz, 3),
    )


def _names(said: list[_Said]) -> Iterator[ProofName]:
    """Yield each name once for each way of saying it, by first occurrence; all ways of one name together."""
    ways: dict[str, dict[str, list[_Said]]] = {}
    for entry in said:
        if entry.word.is_name:
            ways.setdefault(entry.word.text, {}).setdefault(entry.word.phonemes, []).append(entry)
    for text, by_phonemes in ways.items():
        for phonemes, entries in by_phonemes.items():
            word = entries[0].word
            yield ProofName(
                text,
                phonemes,
                word.source,
                word.confidence,
                len(entries),
                len(by_phonemes) > 1,
                word.confidence >= TRUSTED,
                word.is_guessed_name,
                entries[0].place,
            )


def _readings(said: list[_Said], belongs: Callable[[Word], bool]) -> Iterator[ProofReading]:
    """Yield each written form once for each spoken form, by first occurrence."""
    found: dict[tuple[str, str], list[_Said]] = {}
    for entry in said:
        if belongs(entry.word):
            found.setdefault((entry.word.text, entry.word.spoken), []).append(entry)
    for (written, spoken), entries in found.items():
        yield ProofReading(written, spoken, entries[0].word.rule, len(entries), entries[0].place)


def _is_number(word: Word) -> bool:
    return any(map(str.isnumeric, word.text)) or word.rule in _NUMBER_RULES


def _is_other_reading(word: Word) -> bool:
    return word.rule != _PLAIN_RULE and bool(word.text) and not _is_number(word)


# ---------------------------------------------------------------- omissions and figures


def _omissions(record: EditionRecord) -> Iterator[ProofOmission]:
    for omission in record.article.omitted:
        yield ProofOmission(omission.text, omission.reason, "page")
    text = record.article.text
    unsaid = ((span.omitted, text[span.start : span.end]) for span in record.script.spans)
    for reason, left_out in unsaid:
        if reason is not None and left_out.strip():
            yield ProofOmission(left_out.strip(), reason, "script")


def _figures(record: EditionRecord) -> ProofFigures:
    listened = {utterance for utterance, _ in record.report.hearings}
    audio = pick_audio(record)
    text = record.article.text
    spoken = sum(span.end - span.start for span in record.script.spans if span.utterance is not None)
    return ProofFigures(
        utterances=len(record.placements),
        utterances_listened_to=sum(placement.utterance.id in listened for placement in record.placements),
        words_listened_for=record.report.words,
        words_not_heard=record.report.words_not_heard,
        characters=len(text),
        characters_spoken=spoken,
        characters_left_unsaid=len(text) - spoken,
        duration_s=audio.duration_s,
        loudness_lufs=audio.loudness_lufs,
        true_peak_dbtp=audio.true_peak_dbtp,
        voice=record.voice.name,
        engine=record.voice.engine,
        vivavoce=record.made.vivavoce,
    )
