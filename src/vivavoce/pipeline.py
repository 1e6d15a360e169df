"""The order of the stages, and the take loop: render, listen, and if it fails, another take.

The only module that knows the order. What the stages need from outside (a voice, ears, a store of takes, a folder to
write into) is given to it; a result whose inputs' digests are unchanged is taken from the store.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

import vivavoce
from vivavoce.align import align_speech
from vivavoce.audio import LoudnessMeter, Samples, measure_true_peak
from vivavoce.encode.audio import AudioFormat, encode_audio, find_format, measure_file, sound_formats
from vivavoce.encode.chapters import list_chapters
from vivavoce.encode.cover import CoverStyle
from vivavoce.encode.edition import make_tags, write_companions, write_cover
from vivavoce.encode.peaks import measure_peaks
from vivavoce.errors import InputError, SynthesisError
from vivavoce.master import Insert, LoudnessTarget, level_phrase, master_edition
from vivavoce.models import sha256_of
from vivavoce.script.edits import find_quote
from vivavoce.sound_files import read_pieces, write_pieces
from vivavoce.synthesise import (
    PLAIN,
    RECIPES,
    Recipe,
    Voice,
    pause_between,
    plan_passages,
    split_phrases,
    synthesise_phonemes,
)
from vivavoce.types import (
    Alignment,
    Article,
    AudioFile,
    Claim,
    Disclosure,
    Edit,
    EditAction,
    Edition,
    EditionRecord,
    Hearing,
    Making,
    Provenance,
    Recording,
    Report,
    Role,
    Script,
    Speech,
    Take,
    Trial,
    Utterance,
    VoiceInfo,
)

SYNTHESIS_VERSION = "1"
"""Raised by hand when the way from phonemes to a take changes, so that no older take is re-used."""
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


class Marker(Protocol):
    """Something that puts an edition's id into its sound, where nobody hears it."""

    @property
    def name(self) -> str:
        """Which mark it is, as signatures and manifests call it."""
        ...

    @property
    def digest(self) -> str:
        """Of all that the marked samples depend on beside the samples and the id."""
        ...

    def mark(self, pieces: Iterable[Samples], *, sample_rate_hz: int, edition: str) -> Iterator[Samples]:
        """Give the same number of samples, marked; the cut into pieces makes no difference."""
        ...


class Signer(Protocol):
    """Something that signs audio files."""

    @property
    def name(self) -> str:
        """The signing certificate's name."""
        ...

    @property
    def certificate_sha256(self) -> str:
        """Of the signing certificate."""
        ...

    def sign(self, file: Path, *, format_name: str, claim: Claim) -> Path | None:
        """Sign a file where it lies, as the last thing that is ever done to it.

        Returns:
            The file beside it that holds the signature, where the format has no room for it inside.
        """
        ...


@dataclass(frozen=True, slots=True)
class Seal:
    """What makes a file say where it comes from."""

    signer: Signer
    marker: Marker | None
    """None where the house has switched the watermark off."""

    @property
    def digest(self) -> str:
        """Of what the samples depend on: who signs makes no difference to them."""
        return self.marker.digest if self.marker else "unmarked"


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a run works with."""

    voice: Voice
    listener: Listener
    takes: TakeStore
    seal: Seal


@dataclass(frozen=True, slots=True)
class EditionOptions:
    """What a house decides about its editions."""

    target: LoudnessTarget = field(default_factory=LoudnessTarget)
    formats: tuple[str, ...] = ("mp3",)
    """Audio formats, and "epub"."""
    cover: CoverStyle = field(default_factory=CoverStyle)
    intro: Recording | None = None
    """Heard after the disclosure."""
    outro: Recording | None = None
    """Heard before the disclosure's last sentence."""
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
        asdict(replace(article, image=None)),  # where it is on the cover, the options have it
        asdict(script),
        equipment.voice.digest,
        equipment.listener.digest,
        equipment.seal.digest,
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
    guid: str | None = None,
    approved: bool = False,
) -> EditionRecord:
    """Say, hear, master, encode and write an edition into an empty folder; the manifest is written last.

    `guid` is that of the version before; the first one gets its own. `approved` says that a person has taken
    responsibility for these words already.

    Raises:
        InputError: The script says nothing.
        SynthesisError: The voice failed.
        MachineError: Something could not be written.
    """
    if not script.utterances:
        raise InputError("the article has no sentence to say; check what was extracted with: vivavoce extract")
    alignments: list[Alignment] = []
    hearings: list[tuple[str, Hearing]] = []
    trials: list[Trial] = []
    rendered = 0
    chosen = find_chosen_takes(script, article.text, options.edits)
    for done, utterance in enumerate(script.utterances):
        watch("speaking", done, len(script.utterances))
        recorded = _record(utterance, equipment, clock, chosen=chosen.get(utterance.id))
        alignments.append(recorded.alignment)
        hearings.append((utterance.id, recorded.hearing))
        trials += recorded.trials
        rendered += recorded.is_new
    claim = make_claim(
        identify_edition(article, script, equipment, options), article, script, equipment, options.disclosure
    )
    claim = replace(claim, approved=approved)
    edition, audio = _finish(alignments, claim, equipment, options, folder, clock, watch)
    with clock.stage("sign"):
        audio = sign_files(audio, claim, signer=equipment.seal.signer, folder=folder)
    with clock.stage("write"):
        peaks = measure_peaks(edition.file)
        edition.file.unlink()
        record = EditionRecord(
            id=claim.edition,
            recordings=edition.recordings,
            guid=guid or name_publication(article, claim.edition),
            replaces=replaces,
            article=article,
            script=script,
            placements=edition.placements,
            sample_rate_hz=edition.sample_rate_hz,
            length_samples=edition.length_samples,
            report=Report(tuple(hearings), tuple(trials)),
            voice=claim.voice,
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
            provenance=describe_provenance(claim, equipment.seal.signer),
        )
        write_companions(record, folder, peaks=peaks, formats=options.formats, now=datetime.now(UTC))
    return record


def place_recordings(alignments: Sequence[Alignment], options: EditionOptions) -> tuple[Insert, ...]:
    """Place the house's recordings so that the disclosure stays first and last."""
    disclosed = [alignment.speech.utterance.role is Role.DISCLOSURE for alignment in alignments]
    opening = next((at for at, is_disclosure in enumerate(disclosed) if not is_disclosure), len(disclosed))
    closing = len(disclosed) - next((at for at, is_it in enumerate(reversed(disclosed)) if not is_it), 0)
    if all(disclosed):
        return ()
    wanted = ((options.intro, opening), (options.outro, closing))
    return tuple(Insert(recording, before) for recording, before in wanted if recording)


def name_publication(article: Article, identity: str) -> str:
    """Give the name that an edition keeps in feeds through all its versions; an article's address gives it."""
    return uuid5(NAMESPACE_URL, article.url or f"urn:vivavoce:edition:{identity}").urn


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """A few words for one audio file."""

    article: Article
    """The text, as if it were one."""
    script: Script
    audio_format: AudioFormat
    disclosure: Disclosure


@dataclass(frozen=True, slots=True)
class Clip:
    """A finished audio file of a few words."""

    file: Path
    signature: Path | None
    """The file that holds the signature, where the format has no room for it inside."""


def make_clip(request: ClipRequest, *, voice: Voice, takes: TakeStore, seal: Seal, folder: Path) -> Clip:
    """Say, master, mark, encode and sign a few words, without listening back.

    Raises:
        InputError: The script says nothing.
    """
    script = request.script
    if not script.utterances:
        raise InputError("there is no word in that to say; give a text with letters or digits")
    alignments = [_render(utterance, PLAIN, voice, takes).alignment for utterance in script.utterances]
    claim = make_clip_claim(request, voice=voice, seal=seal)
    edition = master_edition(alignments, load_take=_loader(takes), target=LoudnessTarget(), folder=folder)
    edition = _mark(edition, claim.edition, seal.marker)
    tags = make_tags(request.article, request.disclosure)
    file = encode_audio(edition, audio_format=request.audio_format, tags=tags, folder=folder)
    return Clip(file, seal.signer.sign(file, format_name=request.audio_format.name, claim=claim))


def make_clip_claim(request: ClipRequest, *, voice: Voice, seal: Seal) -> Claim:
    """Say what a clip's signature will say; its edition is a digest of what it follows from."""
    identity = _digest(vivavoce.__version__, SYNTHESIS_VERSION, asdict(request.script), voice.digest, seal.digest)[:32]
    return _claim(identity, request.article, request.script, voice, seal, request.disclosure)


# ---------------------------------------------------------------- heard while it is said


@dataclass(frozen=True, slots=True)
class Phrase:
    """What a stream says at a time: an utterance, or a stretch of one whose whole would be waited for too long."""

    phonemes: str
    recipe: Recipe
    opens: bool
    """Whether an utterance begins with it."""
    pause_after_ms: int


def plan_phrases(
    utterances: Sequence[Utterance], *, voice: Voice, takes: TakeStore, chosen: Mapping[str, int]
) -> tuple[Phrase, ...]:
    """Say in which pieces utterances are said to somebody who waits.

    What was made before, what is short, and what an editor has chosen is the very take that an edition will have. Of
    other utterances each phrase is a take of its own: a voice gives a sentence's samples all at once, because it
    normalises over the whole of it.
    """
    planned: list[Phrase] = []
    for utterance in utterances:
        recipe = _choose(utterance, voice, chosen.get(utterance.id, 0))
        phonemes, pause = utterance.phonemes, utterance.pause_after_ms
        is_whole = recipe is not PLAIN or takes.find_take(_digest_take(phonemes, recipe, voice)) is not None
        cuts = [(0, len(phonemes))] if is_whole else split_phrases(phonemes, limit=voice.max_symbols)
        planned += [
            Phrase(
                phonemes[start:end],
                recipe,
                opens=start == 0,
                pause_after_ms=pause if end == len(phonemes) else pause_between(phonemes[:end]),
            )
            for start, end in cuts
        ]
    return tuple(planned)


def say_phrase(
    phrase: Phrase, *, voice: Voice, takes: TakeStore, gain_db: float | None = None
) -> tuple[Samples, float]:
    """Say a phrase at the loudness of editions; gives the samples, and the gain for the utterance's next phrase.

    Raises:
        SynthesisError: The voice failed.
    """
    found = _find_or_make(phrase.phonemes, phrase.recipe, voice, takes, asked_in="what is streamed")
    return level_phrase(found.take, gain_db=None if phrase.opens else gain_db, target=LoudnessTarget())


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
    recipe: str
    trials: tuple[Trial, ...] = ()
    """Of all takes, where there was more than one."""


def find_chosen_takes(script: Script, text: str, edits: Sequence[Edit]) -> dict[str, int]:
    """Give the takes that an editor has chosen, by utterance."""
    chosen = {}
    for edit in edits:
        place = find_quote(text, edit.place) if edit.action is EditAction.OTHER_TAKE else None
        for span in script.spans:
            if place and span.utterance and span.start <= place[0] < span.end:
                chosen[span.utterance] = edit.take or 0
    return chosen


def _record(utterance: Utterance, equipment: Equipment, clock: StageClock, *, chosen: int | None) -> _Recorded:
    """Take after take until one passes its hearing; the one with the fewest findings where none does.

    What an editor has chosen is the only take: it is heard, and what is found in it is reported.
    """
    tried: list[_Recorded] = []
    recipes = (
        _list_recipes(utterance, equipment.voice) if chosen is None else [_choose(utterance, equipment.voice, chosen)]
    )
    for recipe in recipes:
        with clock.stage("synthesise"):
            rendered = _render(utterance, recipe, equipment.voice, equipment.takes)
        with clock.stage("listen"):
            hearing = _hear(utterance, rendered, equipment)
        tried.append(_Recorded(rendered.alignment, hearing, rendered.is_new, recipe.name))
        if not hearing.findings:
            break
    best = min(tried, key=_badness)
    trials = tuple(
        Trial(utterance.id, take.recipe, tuple(found.kind for found in take.hearing.findings), kept=take is best)
        for take in tried
    )
    return replace(
        best,
        is_new=any(recorded.is_new for recorded in tried),
        trials=trials if len(tried) > 1 or chosen is not None else (),
    )


def _choose(utterance: Utterance, voice: Voice, number: int) -> Recipe:
    recipes = list(_list_recipes(utterance, voice))
    return recipes[number % len(recipes)]


def _list_recipes(utterance: Utterance, voice: Voice) -> Iterator[Recipe]:
    """Give the recipes that differ for this utterance: a short one can't be split, another has no sound to vary."""
    known = set()
    for recipe in RECIPES:
        plan = plan_passages(utterance.phonemes, recipe, limit=voice.max_symbols)
        if plan not in known:
            known.add(plan)
            yield recipe


def _badness(recorded: _Recorded) -> tuple[int, float]:
    findings = recorded.hearing.findings
    return len(findings), sum(found.confidence for found in findings)


def _render(utterance: Utterance, recipe: Recipe, voice: Voice, takes: TakeStore) -> _Rendered:
    """Give a take of an utterance, from the store where it was made before."""
    found = _find_or_make(utterance.phonemes, recipe, voice, takes, asked_in=f"utterance {utterance.id}")
    speech = Speech(utterance, found.digest, found.file, len(found.take.samples))
    return _Rendered(align_speech(speech, found.take), found.take, found.is_new)


@dataclass(frozen=True, slots=True)
class _Found:
    take: Take
    digest: str
    file: Path
    is_new: bool


def _find_or_make(phonemes: str, recipe: Recipe, voice: Voice, takes: TakeStore, *, asked_in: str) -> _Found:
    digest = _digest_take(phonemes, recipe, voice)
    file = takes.find_take(digest)
    take = takes.load_take(file) if file else None
    if file is not None and take is not None:
        return _Found(take, digest, file, is_new=False)
    take = synthesise_phonemes(phonemes, voice=voice, recipe=recipe, asked_in=asked_in)
    return _Found(take, digest, takes.keep_take(digest, take), is_new=True)


def _digest_take(phonemes: str, recipe: Recipe, voice: Voice) -> str:
    return _digest(SYNTHESIS_VERSION, voice.digest, phonemes, asdict(recipe))


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
    claim: Claim,
    equipment: Equipment,
    options: EditionOptions,
    folder: Path,
    clock: StageClock,
    watch: Watch,
) -> tuple[Edition, tuple[AudioFile, ...]]:
    """Master, mark and encode; where a codec overshoots the delivered ceiling, once more with that much more room.

    Raises:
        SynthesisError: The delivered peak stays too high.
    """
    target = options.target
    load_take = _loader(equipment.takes)
    for _ in range(MAX_MASTERINGS):
        watch("mastering", 0, 1)
        with clock.stage("master"):
            edition = master_edition(
                alignments,
                load_take=load_take,
                target=target,
                folder=folder,
                inserts=place_recordings(alignments, options),
            )
        with clock.stage("mark"):
            edition = _mark(edition, claim.edition, equipment.seal.marker)
        with clock.stage("encode"):
            audio = _encode(claim.article, edition, options, folder, watch)
        overshoot_db = max(delivered.true_peak_dbtp for delivered in audio) - target.delivered_dbtp
        if overshoot_db <= 0:
            return edition, audio
        target = replace(target, ceiling_dbtp=target.ceiling_dbtp - overshoot_db - PEAK_MARGIN_DB)
    raise SynthesisError(
        f"the delivered audio's true peak stays {overshoot_db:.1f} dB over {target.delivered_dbtp} dBTP; "
        "report this with the article"
    )


def _mark(edition: Edition, identity: str, marker: Marker | None) -> Edition:
    """Mark the mastered recording, and measure it again."""
    if marker is None:
        return edition
    rate = edition.sample_rate_hz
    marked = edition.file.with_name("marked.wav")
    meter = LoudnessMeter(rate)

    def measured() -> Iterator[Samples]:
        for piece in marker.mark(read_pieces(edition.file), sample_rate_hz=rate, edition=identity):
            meter.add(piece)
            yield piece

    write_pieces(marked, measured(), sample_rate_hz=rate)
    marked.replace(edition.file)
    peak = measure_true_peak(read_pieces(edition.file), sample_rate_hz=rate)
    return replace(edition, loudness_lufs=meter.loudness_lufs(), true_peak_dbtp=peak)


def _encode(
    article: Article, edition: Edition, options: EditionOptions, folder: Path, watch: Watch
) -> tuple[AudioFile, ...]:
    rate, length = edition.sample_rate_hz, edition.length_samples
    chapters = list_chapters(article, edition.placements, sample_rate_hz=rate, length_samples=length)
    tags = make_tags(article, options.disclosure, chapters=chapters, cover=write_cover(article, options.cover, folder))
    formats = sound_formats(options.formats)
    delivered = []
    for done, name in enumerate(formats):
        watch("encoding", done, len(formats))
        file = encode_audio(edition, audio_format=find_format(name), tags=tags, folder=folder)
        delivered.append(measure_file(file, format_name=name))
    return tuple(delivered)


def sign_files(audio: Sequence[AudioFile], claim: Claim, *, signer: Signer, folder: Path) -> tuple[AudioFile, ...]:
    """Sign finished audio files where they lie; nothing may touch them afterwards."""
    signed = []
    for delivered in audio:
        file = folder / delivered.file
        signature = signer.sign(file, format_name=delivered.format, claim=claim)
        signed.append(replace(delivered, sha256=sha256_of(file), signature=signature.name if signature else None))
    return tuple(signed)


def make_claim(identity: str, article: Article, script: Script, equipment: Equipment, disclosure: Disclosure) -> Claim:
    """Say what the signature on an edition's files will say."""
    return _claim(identity, article, script, equipment.voice, equipment.seal, disclosure)


def _claim(identity: str, article: Article, script: Script, voice: Voice, seal: Seal, disclosure: Disclosure) -> Claim:
    return Claim(
        edition=identity,
        article=article,
        script_sha256=digest_script(script),
        voice=VoiceInfo(voice.name, voice.engine, voice.kernels),
        disclosure=disclosure,
        watermark=seal.marker.name if seal.marker else None,
    )


def claim_of(record: EditionRecord) -> Claim:
    """Say what the signature on a finished edition's files says."""
    known = record.provenance
    return Claim(
        edition=record.id,
        article=record.article,
        script_sha256=digest_script(record.script),
        voice=record.voice,
        disclosure=record.disclosure,
        watermark=known.watermark if known else None,
        approved=known.approved if known else False,
    )


def digest_script(script: Script) -> str:
    """Give the SHA-256 of the words said, an utterance a line: what an approval is bound to."""
    return hashlib.sha256("\n".join(utterance.spoken for utterance in script.utterances).encode()).hexdigest()


def describe_provenance(claim: Claim, signer: Signer) -> Provenance:
    """Say for the manifest how the files were marked and signed."""
    return Provenance(signer.name, signer.certificate_sha256, claim.script_sha256, claim.watermark, claim.approved)


# ---------------------------------------------------------------- digests


def _digest(*inputs: object) -> str:
    text = json.dumps(inputs, ensure_ascii=False, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Sequence[object] | str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return hashlib.sha256(value.read_bytes()).hexdigest()
    raise TypeError(f"no digest for {type(value).__name__}")
