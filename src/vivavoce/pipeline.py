"""The order of the stages, and the take loop: render, listen, and if it fails, another take.

The only module that knows the order. What the stages need from outside (a voice, ears, a store of takes, a folder to
write into) is given to it; a result whose inputs' digests are unchanged is taken from the store.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import vivavoce
from vivavoce.align import align_speech
from vivavoce.encode.audio import FORMATS, AudioFormat, encode_audio, find_format, measure_file
from vivavoce.encode.captions import write_captions
from vivavoce.encode.id3 import Tags
from vivavoce.encode.manifest import write_manifest
from vivavoce.encode.peaks import measure_peaks
from vivavoce.encode.player import write_player
from vivavoce.encode.proof_sheet import write_proof_json, write_proof_sheet
from vivavoce.encode.transcript import write_transcript
from vivavoce.errors import InputError, SynthesisError
from vivavoce.master import LoudnessTarget, master_edition
from vivavoce.page import name_edition
from vivavoce.synthesise import RECIPES, Recipe, Voice, synthesise_utterance
from vivavoce.types import (
    Alignment,
    Article,
    AudioFile,
    Disclosure,
    Edit,
    Edition,
    EditionRecord,
    Hearing,
    Making,
    Report,
    Script,
    Speech,
    Take,
    Utterance,
    VoiceInfo,
)

SYNTHESIS_VERSION = "1"
"""Raised by hand when the way from phonemes to a take changes, so that no older take is re-used."""
MANIFEST = "edition.json"
PAGES = frozenset({"captions.vtt", "edition.json", "player.html", "proof.html", "proof.json", "transcript.html"})
MAX_MASTERINGS = 4
PEAK_MARGIN_DB = 0.2

Watch = Callable[[str, int, int], None]
"""Told of progress: the stage, how many steps are done, and of how many."""


class Listener(Protocol):
    """Something that listens to a take; the same take gives the same hearing."""

    @property
    def digest(self) -> str:
        """Of all that a hearing depends on beside the utterance and the take."""
        ...

    def hear(self, utterance: Utterance, take: Take) -> Hearing:
        """Listen to one take."""
        ...


class TakeStore(Protocol):
    """Where takes and hearings are kept between runs, by digest."""

    def find_take(self, digest: str) -> Path | None:
        """Give the file of a whole take, or None."""
        ...

    def load_take(self, path: Path) -> Take | None:
        """Read a take, or None where it is gone."""
        ...

    def keep_take(self, digest: str, take: Take) -> Path:
        """Keep a take."""
        ...

    def find_hearing(self, digest: str) -> Hearing | None:
        """Give a hearing, or None."""
        ...

    def keep_hearing(self, digest: str, hearing: Hearing) -> None:
        """Keep a hearing."""
        ...


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a run works with."""

    voice: Voice
    listener: Listener
    takes: TakeStore


@dataclass(frozen=True, slots=True)
class EditionOptions:
    """What a house decides about its editions."""

    target: LoudnessTarget = field(default_factory=LoudnessTarget)
    formats: tuple[str, ...] = ("mp3",)
    disclosure: Disclosure = field(default_factory=Disclosure)
    edits: tuple[Edit, ...] = ()
    """An editor's changes, which the script has been given already."""


class StageClock:
    """User and system CPU time of each stage, child processes included."""

    def __init__(self) -> None:
        """Start the run's clock."""
        self._started_s = time.monotonic()
        self._cpu_s: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens inside under a stage's name."""
        before_s = _cpu_so_far_s()
        try:
            yield
        finally:
            self._cpu_s[name] = self._cpu_s.get(name, 0.0) + _cpu_so_far_s() - before_s

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return time.monotonic() - self._started_s

    @property
    def stage_cpu_s(self) -> tuple[tuple[str, float], ...]:
        """(stage, seconds) in the order of their first steps."""
        return tuple((name, round(spent_s, 3)) for name, spent_s in self._cpu_s.items())


def _cpu_so_far_s() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


# ---------------------------------------------------------------- the edition


def identify_edition(article: Article, script: Script, equipment: Equipment, options: EditionOptions) -> str:
    """Give the edition's id: 32 hexadecimal digits that follow from all its inputs."""
    return _digest(
        vivavoce.__version__,
        SYNTHESIS_VERSION,
        asdict(article),
        asdict(script),
        equipment.voice.digest,
        equipment.listener.digest,
        asdict(options),
    )[:32]


def make_edition(
    article: Article,
    script: Script,
    *,
    equipment: Equipment,
    options: EditionOptions,
    replaces: str | None,
    folder: Path,
    clock: StageClock,
    watch: Watch,
) -> EditionRecord:
    """Say, hear, master, encode and write an edition into an empty folder; the manifest is written last.

    Raises:
        InputError: The script says nothing.
        SynthesisError: The voice failed.
        MachineError: Something could not be written.
    """
    if not script.utterances:
        raise InputError("the article has no sentence to say; check what was extracted with: vivavoce extract")
    alignments: list[Alignment] = []
    hearings: list[tuple[str, Hearing]] = []
    rendered = 0
    for done, utterance in enumerate(script.utterances):
        watch("speaking", done, len(script.utterances))
        recorded = _record(utterance, equipment, clock)
        alignments.append(recorded.alignment)
        hearings.append((utterance.id, recorded.hearing))
        rendered += recorded.is_new
    edition, audio = _finish(alignments, article, equipment.takes, options, folder, clock, watch)
    edition.file.unlink()
    with clock.stage("write"):
        record = EditionRecord(
            id=identify_edition(article, script, equipment, options),
            replaces=replaces,
            article=article,
            script=script,
            placements=edition.placements,
            sample_rate_hz=edition.sample_rate_hz,
            length_samples=edition.length_samples,
            report=Report(tuple(hearings)),
            voice=VoiceInfo(equipment.voice.name, equipment.voice.engine, equipment.voice.kernels),
            disclosure=options.disclosure,
            audio=audio,
            made=Making(
                vivavoce.__version__,
                round(clock.seconds, 3),
                clock.stage_cpu_s,
                rendered,
                len(script.utterances) - rendered,
            ),
            edits=options.edits,
        )
        _write_pages(record, folder)
    return record


def make_clip(
    script: Script, *, voice: Voice, takes: TakeStore, audio_format: AudioFormat, tags: Tags, folder: Path
) -> Path:
    """Say and master a few words into one audio file, without listening back.

    Raises:
        InputError: The script says nothing.
    """
    if not script.utterances:
        raise InputError("there is no word in that to say; give a text with letters or digits")
    alignments = [_render(utterance, RECIPES[0], voice, takes).alignment for utterance in script.utterances]
    edition = master_edition(alignments, load_take=_loader(takes), target=LoudnessTarget(), folder=folder)
    return encode_audio(edition, audio_format=audio_format, tags=tags, folder=folder)


# ---------------------------------------------------------------- the take loop


@dataclass(frozen=True, slots=True)
class _Rendered:
    alignment: Alignment
    take: Take
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Recorded:
    alignment: Alignment
    hearing: Hearing
    is_new: bool


def _record(utterance: Utterance, equipment: Equipment, clock: StageClock) -> _Recorded:
    """Take after take until one passes its hearing; the one with the fewest findings where none does."""
    tried: list[_Recorded] = []
    for recipe in RECIPES:
        with clock.stage("synthesise"):
            rendered = _render(utterance, recipe, equipment.voice, equipment.takes)
        with clock.stage("listen"):
            hearing = _hear(utterance, rendered, equipment)
        tried.append(_Recorded(rendered.alignment, hearing, rendered.is_new))
        if not hearing.findings:
            break
    best = min(tried, key=lambda recorded: len(recorded.hearing.findings))
    return _Recorded(best.alignment, best.hearing, any(recorded.is_new for recorded in tried))


def _render(utterance: Utterance, recipe: Recipe, voice: Voice, takes: TakeStore) -> _Rendered:
    """Give a take of an utterance, from the store where it was made before."""
    digest = _digest(SYNTHESIS_VERSION, voice.digest, utterance.phonemes, asdict(recipe))
    file = takes.find_take(digest)
    take = takes.load_take(file) if file else None
    is_new = take is None
    if file is None or take is None:
        take = synthesise_utterance(utterance, voice=voice, recipe=recipe)
        file = takes.keep_take(digest, take)
    return _Rendered(align_speech(Speech(utterance, digest, file, len(take.samples)), take), take, is_new)


def _hear(utterance: Utterance, rendered: _Rendered, equipment: Equipment) -> Hearing:
    """Listen to a take, or remember it. What is heard has nothing to do with where in the article it was said."""
    said = replace(
        utterance,
        id="",
        block=None,
        pause_after_ms=0,
        words=tuple(replace(word, start=None, end=None) for word in utterance.words),
    )
    key = _digest(equipment.listener.digest, rendered.alignment.speech.digest, asdict(said))
    hearing = equipment.takes.find_hearing(key)
    if hearing is None:
        hearing = equipment.listener.hear(said, rendered.take)
        equipment.takes.keep_hearing(key, hearing)
    return replace(hearing, findings=tuple(replace(found, utterance=utterance.id) for found in hearing.findings))


def _loader(takes: TakeStore) -> Callable[[Speech], Take]:
    def load_take(speech: Speech) -> Take:
        take = takes.load_take(speech.file)
        if take is None:
            raise SynthesisError(
                f"the take of utterance {speech.utterance.id} vanished from the cache while it was needed; "
                "run the same command again"
            )
        return take

    return load_take


# ---------------------------------------------------------------- files


def _finish(
    alignments: Sequence[Alignment],
    article: Article,
    takes: TakeStore,
    options: EditionOptions,
    folder: Path,
    clock: StageClock,
    watch: Watch,
) -> tuple[Edition, tuple[AudioFile, ...]]:
    """Master and encode; where a codec overshoots the delivered ceiling, once more with that much more room.

    Raises:
        SynthesisError: The delivered peak stays too high.
    """
    target = options.target
    for _ in range(MAX_MASTERINGS):
        watch("mastering", 0, 1)
        with clock.stage("master"):
            edition = master_edition(alignments, load_take=_loader(takes), target=target, folder=folder)
        with clock.stage("encode"):
            audio = _encode(article, edition, options, folder, watch)
        overshoot_db = max(delivered.true_peak_dbtp for delivered in audio) - target.delivered_dbtp
        if overshoot_db <= 0:
            return edition, audio
        target = replace(target, ceiling_dbtp=target.ceiling_dbtp - overshoot_db - PEAK_MARGIN_DB)
    raise SynthesisError(
        f"the delivered audio's true peak stays {overshoot_db:.1f} dB over {target.delivered_dbtp} dBTP; "
        "report this with the article"
    )


def _encode(
    article: Article, edition: Edition, options: EditionOptions, folder: Path, watch: Watch
) -> tuple[AudioFile, ...]:
    tags = make_tags(article, options.disclosure)
    delivered = []
    for done, name in enumerate(options.formats):
        watch("encoding", done, len(options.formats))
        file = encode_audio(edition, audio_format=find_format(name), tags=tags, folder=folder)
        delivered.append(measure_file(file, format_name=name))
    return tuple(delivered)


def make_tags(article: Article, disclosure: Disclosure) -> Tags:
    """Say in a file's tags what it is, whose it is, and that a machine speaks."""
    return Tags(
        title=name_edition(article),
        artist=f"{article.publisher or ', '.join(article.byline) or 'vivavoce'} (AI voice)",
        album=article.publisher,
        recorded=article.published,
        language="eng",
        source_url=article.url,
        comment=disclosure.visible,
        notes=(("AI disclosure", disclosure.visible), ("DigitalSourceType", disclosure.digital_source_type)),
    )


def _write_pages(record: EditionRecord, folder: Path) -> None:
    pages = {
        "captions.vtt": write_captions(record),
        "transcript.html": write_transcript(record),
        "player.html": write_player(record),
        "proof.html": write_proof_sheet(record, peaks=measure_peaks(folder / record.audio[0].file)),
        "proof.json": write_proof_json(record),
        MANIFEST: write_manifest(record),
    }
    for name, text in pages.items():
        (folder / name).write_text(text, "utf-8")


def is_edition_file(name: str) -> bool:
    """Tell whether a file in an edition's folder is one that we write there."""
    return name in PAGES or name in {f"audio{audio_format.suffix}" for audio_format in FORMATS.values()}


# ---------------------------------------------------------------- digests


def _digest(*inputs: object) -> str:
    text = json.dumps(inputs, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Sequence[object] | str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no digest for {type(value).__name__}")
