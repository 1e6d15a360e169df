"""Where a job meets its machine: settings and models become the pipeline's equipment, folders become editions."""

import csv
import hashlib
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from babel import Locale, UnknownLocaleError
from numpy.typing import NDArray

from vivavoce import models
from vivavoce.derive import PACKED_PRECISION
from vivavoce.encode.audio import BOOK, check_formats, find_format
from vivavoce.encode.cover import check_picture
from vivavoce.encode.edition import EPUB, MANIFEST, is_edition_file
from vivavoce.encode.manifest import read_manifest, write_manifest
from vivavoce.errors import InputError, RemoteError, UsageError
from vivavoce.extract import ExtractOptions, extract_article
from vivavoce.house import House
from vivavoce.ingest import FetchLimits, fetch_capture, fetch_picture
from vivavoce.lexicon import Lexicon, join_lexicons, read_lexicon
from vivavoce.page import name_edition
from vivavoce.pipeline import (
    ClipRequest,
    EditionOptions,
    Equipment,
    Listener,
    Seal,
    StageClock,
    Watch,
    claim_of,
    describe_provenance,
    find_chosen_takes,
    identify_edition,
    make_clip,
    make_edition,
    sign_files,
)
from vivavoce.provenance.inspect import Trust
from vivavoce.provenance.keys import SigningOptions, open_identity, read_roots, read_stamp_roots, read_trust_list
from vivavoce.provenance.sign import CredentialSigner
from vivavoce.provenance.watermark import MarkStream, SpreadSpectrumMarker, WatermarkOptions
from vivavoce.script import ScriptStyle, Variety, speak_line, write_script
from vivavoce.script.edits import apply_edits, find_lost, find_quote, lexicon_of
from vivavoce.script.pronounce import Pronouncer, build_pronouncer
from vivavoce.script.tagging import Tagger
from vivavoce.settings import Places
from vivavoce.sound_files import open_wav_stream, read_mono
from vivavoce.storage.editions import stage_edition
from vivavoce.storage.takes import TakeFolder
from vivavoce.synthesise import MARKS, MIN_PASSAGE_SYMBOLS, Precision, Voice
from vivavoce.testing import ToneListener, ToneVoice
from vivavoce.types import (
    Article,
    Block,
    BlockKind,
    Capture,
    Disclosure,
    Edit,
    EditionRecord,
    Hearing,
    Script,
    Take,
    TextQuote,
    Utterance,
    Word,
)
from vivavoce.verify import Ears, hear_take

TEST_VOICE = ToneVoice.name
_NO_MARKS = str.maketrans("", "", f"{MARKS} ")
_FIRST_BREAK = re.compile(rf".{{{MIN_PASSAGE_SYMBOLS},}}?[,;:—…]\s+(?=[^\W\d].{{{MIN_PASSAGE_SYMBOLS // 2},}})")
_COVER_WARNING = "cover-picture:"
SAME_ARTICLE_OVERLAP = 0.5
"""Share of the shorter text's words, taken by fives, that two versions of one article have in common at least."""


# ---------------------------------------------------------------- voices


@dataclass(frozen=True, slots=True)
class VoiceDescription:
    """One voice as an editor chooses it."""

    name: str
    language: str
    accent: str
    gender: str
    licence: str
    distillmos: str
    """Measured naturalness of the signal, 1 to 5; empty where nobody measured. `make eval` measures it again."""

    def as_row(self) -> dict[str, str]:
        """Give the fields by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def describe_voices(places: Places) -> tuple[VoiceDescription, ...]:
    """Describe the voices that lie installed."""
    installed = set(models.list_voices(places.models))
    return tuple(voice for voice in _read_voice_table() if voice.name in installed)


def _read_voice_table() -> tuple[VoiceDescription, ...]:
    table = resources.files("vivavoce").joinpath("data/voices.tsv").read_text("utf-8").splitlines()
    return tuple(VoiceDescription(**row) for row in csv.DictReader(table, delimiter="\t"))


def find_voice(name: str) -> VoiceDescription:
    """Look a voice up by its name.

    Raises:
        UsageError: There is no such voice.
    """
    if name == TEST_VOICE:
        return VoiceDescription(TEST_VOICE, "en-US", "none", "none", "Apache-2.0", "")
    known = {voice.name: voice for voice in _read_voice_table()}
    if name not in known:
        raise UsageError(f"unknown voice {name!r}; see: vivavoce voices")
    return known[name]


def find_precision(name: str) -> Precision:
    """Look a precision up by its name.

    Raises:
        UsageError: There is no such precision.
    """
    try:
        return Precision(name)
    except ValueError:
        raise UsageError(f"unknown precision {name!r}; there are {', '.join(Precision)}") from None


@lru_cache(maxsize=2)
def open_voice(name: str, places: Places, *, threads: int, precision: Precision = Precision.AUTO) -> Voice:
    """Open a voice; a worker that works for long keeps the last two open.

    Raises:
        MachineError: Its weights are missing or damaged.
        UsageError: There is no such voice, or this machine can't compute in that precision.
    """
    find_voice(name)
    if name == TEST_VOICE:
        return ToneVoice()
    from vivavoce.engines.kokoro import KokoroFiles, KokoroVoice, choose_precision

    precision = choose_precision(precision)
    sources = (models.MODEL_FILE,) if precision is Precision.INT8 else models.DERIVED_FILES
    packed = models.find_packed_weights(places.models) if precision == PACKED_PRECISION else None
    front, decoder, weights = models.DERIVED_FILES
    for file in (front, packed) if packed else sources:
        models.open_weights(places.models, file)
    return KokoroVoice(
        name,
        files=KokoroFiles(
            " ".join(models.digest_of(places.models, file) for file in sources),
            *(places.models / file for file in (models.MODEL_FILE, front, decoder, packed or weights)),
        ),
        style=models.open_weights(places.models, f"{models.VOICES_FOLDER}/{name}.bin"),
        precision=precision,
        threads=threads,
    )


# ---------------------------------------------------------------- ears


def open_ears(places: Places, recogniser: Path | None = None) -> Ears:
    """Open the recognisers.

    Args:
        places: Where the default ones lie.
        recogniser: Folder of another Whisper for the words.

    Raises:
        MachineError: Their weights are missing or damaged.
    """
    from vivavoce.engines.hama import HamaRecogniser
    from vivavoce.engines.whisper import WhisperRecogniser

    if recogniser:
        return Ears(WhisperRecogniser(recogniser), HamaRecogniser())
    table = [weight.file for weight in models.read_weight_table()]
    for file in (file for file in table if file.startswith(models.RECOGNISER_FOLDER)):
        models.open_weights(places.models, file)
    return Ears(WhisperRecogniser(places.models / models.RECOGNISER_FOLDER), HamaRecogniser())


class RecogniserListener:
    """Ears on the installed recognisers, whose weights load when something is first listened to."""

    def __init__(self, places: Places, recogniser: Path | None = None) -> None:
        """Check that the recogniser's weights are there."""
        self._ears = open_ears(places, recogniser)

    @property
    def digest(self) -> str:
        """Of weights and checks."""
        return self._ears.digest

    def hear(self, utterance: Utterance, take: Take) -> Hearing:
        """Listen to one take."""
        return hear_take(utterance, take, ears=self._ears)


@lru_cache(maxsize=2)
def open_listener(voice: str, places: Places, recogniser: Path | None = None) -> Listener:
    """Open the ears that understand a voice."""
    return ToneListener() if voice == TEST_VOICE else RecogniserListener(places, recogniser)


# ---------------------------------------------------------------- narrating


@dataclass(frozen=True, slots=True)
class NarrateRequest:
    """What a user asks of `narrate`."""

    source: str
    voice: str
    recogniser: Path | None = None
    """Folder of a Whisper other than the one installed."""
    publisher: str | None = None
    """Stands where the source names none."""
    output: Path | None = None
    """None: a folder named after the article in the current one."""
    url: str | None = None
    threads: int = 0
    """0: all cores."""
    precision: Precision = Precision.AUTO
    title: str | None = None
    published: date | None = None
    byline: tuple[str, ...] = ()
    lexicons: tuple[Path, ...] = ()
    """Asked after the house's own."""
    entries: Lexicon = field(default_factory=Lexicon)
    """The newsroom's, asked before all others."""
    section: str | None = None
    """The part of the paper that it stands in; lexicon entries may hold for one section only."""
    fetch: FetchLimits = field(default_factory=FetchLimits)
    extract: ExtractOptions = field(default_factory=ExtractOptions)
    options: EditionOptions = field(default_factory=EditionOptions)
    style: ScriptStyle = field(default_factory=ScriptStyle)
    wordings: Mapping[str, Disclosure] = field(default_factory=dict)
    """Disclosures that stand for the options' own, by the tag of the language that the voice speaks."""
    signing: SigningOptions = field(default_factory=SigningOptions)
    watermark: WatermarkOptions = field(default_factory=WatermarkOptions)


def prepare_request(source: str, house: House) -> NarrateRequest:
    """Ask for a source to be narrated in the ways of the house."""
    return NarrateRequest(
        source,
        voice=house.voice,
        precision=house.precision,
        recogniser=house.recogniser,
        publisher=house.publication.name,
        fetch=house.fetch,
        extract=house.extract,
        options=house.edition,
        style=house.style,
        wordings=dict(house.wordings),
        signing=house.signing,
        watermark=house.watermark,
    )


@dataclass(frozen=True, slots=True)
class Narration:
    """What came of it."""

    folder: Path
    edition: EditionRecord
    unchanged: bool
    """The edition was there already, whole and up to date: nothing was made."""
    lost: tuple[Edit, ...] = ()
    """An editor's changes of earlier versions whose place the article's text has lost."""


def narrate(
    request: NarrateRequest, places: Places, watch: Watch, *, capture: Capture | None = None, succeeds: bool = False
) -> Narration:
    """Turn a source into an edition folder.

    Args:
        request: What the user asks for.
        places: Where models and cache lie.
        watch: Told of progress.
        capture: The source, where it was received already.
        succeeds: An edition in the output folder is known to be of the same article, whatever its words say.

    Raises:
        VivavoceError: As its class says; nothing is written then.
    """
    clock = StageClock()
    find_voice(request.voice)
    check_formats(request.options.formats)
    watch("reading", 0, 1)
    with clock.stage("extract"):
        article = read_capture(capture, request) if capture else read_article(request)
    target = request.output or Path(slugify(name_edition(article)))
    previous = check_target(target, None if succeeds else article)
    if previous:
        request = replace(request, options=replace(request.options, edits=previous.edits))
    return _narrate_article(article, request, target, previous, places, clock, watch)


def correct(folder: Path, edits: Sequence[Edit], request: NarrateRequest, places: Places, watch: Watch) -> Narration:
    """Make a new version of an edition with these changes of an editor's, in the place of all earlier changes.

    Args:
        folder: The edition.
        edits: All that hold from now on.
        request: The house's ways; voice, formats and disclosure stay those of the edition.
        places: Where models and cache lie.
        watch: Told of progress.

    Raises:
        VivavoceError: As its class says; the edition is left as it was then.
    """
    clock = StageClock()
    previous = open_edition(folder)
    options = replace(
        request.options,
        edits=tuple(edits),
        formats=(*(audio.format for audio in previous.audio), *([BOOK] if (folder / EPUB).exists() else [])),
        disclosure=replace(previous.disclosure, digital_source_type=request.options.disclosure.digital_source_type),
    )
    request = replace(request, voice=previous.voice.name, options=options, wordings={})
    return _narrate_article(previous.article, request, folder, previous, places, clock, watch)


def open_edition(folder: Path) -> EditionRecord:
    """Read a finished edition's manifest.

    Raises:
        InputError: There is none, or it can't be read.
    """
    try:
        return read_manifest((folder / MANIFEST).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{folder} is no edition: its {MANIFEST} can't be read; give an edition's folder") from error


def _narrate_article(
    article: Article,
    request: NarrateRequest,
    target: Path,
    previous: EditionRecord | None,
    places: Places,
    clock: StageClock,
    watch: Watch,
) -> Narration:
    plan = plan_edition(article, request, places, clock, watch)
    if previous and previous.id == plan.identity and is_whole(target, previous):
        return Narration(target, previous, unchanged=True, lost=plan.lost)
    with stage_edition(target) as folder:
        replaces, guid = (previous.id, previous.guid) if previous else (None, None)
        carry_out(plan, folder, replaces=replaces, guid=guid, clock=clock, watch=watch)
        check_target(target, previous.article if previous else article)
    return Narration(target, open_edition(target), unchanged=False, lost=plan.lost)


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """All that an edition follows from, before any of it is made."""

    article: Article
    script: Script
    equipment: Equipment
    options: EditionOptions
    identity: str
    """The id that the edition will have."""
    lost: tuple[Edit, ...]
    """An editor's changes whose place the text has lost."""


def plan_edition(
    article: Article, request: NarrateRequest, places: Places, clock: StageClock, watch: Watch
) -> EditionPlan:
    """Write the script and open what it will be made with.

    Raises:
        InputError: The article can't be said by this voice.
        MachineError: Weights are missing or damaged.
    """
    voice = find_voice(request.voice)
    check_language(article, voice)
    wording = request.wordings.get(voice.language) or request.wordings.get(voice.language.split("-")[0])
    if wording:
        request = replace(request, options=replace(request.options, disclosure=wording))
    article, request = _choose_cover(article, request, places)
    lost = find_lost(article.text, request.options.edits)
    watch("writing the script", 0, 1)
    with clock.stage("script"):
        script = make_script(article, request, voice, places)
    with clock.stage("load"):
        equipment = open_equipment(request, places)
        identity = identify_edition(article, script, equipment, request.options)
    return EditionPlan(article, script, equipment, request.options, identity, lost)


def _choose_cover(article: Article, request: NarrateRequest, places: Places) -> tuple[Article, NarrateRequest]:
    """Put the article's own picture on the cover, where the house wants it; where that can't be, a warning says why."""
    style = request.options.cover
    warnings = tuple(one for one in article.warnings if not one.startswith(_COVER_WARNING))
    article = replace(article, warnings=warnings)
    if not (style.from_article and article.image):
        return article, request
    try:
        picture = fetch_picture(article.image, places.cache / "pictures", limits=request.fetch)
        check_picture(picture)
    except (InputError, RemoteError) as error:
        return replace(article, warnings=(*warnings, f"{_COVER_WARNING}{article.image}: {error}")), request
    return article, replace(request, options=replace(request.options, cover=replace(style, picture=picture)))


def carry_out(
    plan: EditionPlan,
    folder: Path,
    *,
    replaces: str | None,
    clock: StageClock,
    watch: Watch,
    guid: str | None = None,
    approved: bool = False,
) -> EditionRecord:
    """Make a planned edition in an empty folder.

    Args:
        plan: What to make.
        folder: Where.
        replaces: Id of the version before this one.
        clock: Counts each stage's time.
        watch: Told of progress.
        guid: What the version before this one is called in feeds.
        approved: Whether a person has taken responsibility for these words already.

    Raises:
        SynthesisError: The voice failed.
        MachineError: Something could not be written.
    """
    return make_edition(
        plan.article,
        plan.script,
        equipment=plan.equipment,
        options=plan.options,
        replaces=replaces,
        folder=folder,
        clock=clock,
        watch=watch,
        guid=guid,
        approved=approved,
    )


def open_equipment(request: NarrateRequest, places: Places) -> Equipment:
    """Open what a run works with; the heavy parts load when they are first used."""
    return Equipment(
        open_voice(request.voice, places, threads=request.threads, precision=request.precision),
        open_listener(request.voice, places, request.recogniser),
        TakeFolder(places.cache),
        open_seal(request, places),
    )


def open_seal(request: NarrateRequest, places: Places) -> Seal:
    """Open what marks and signs; the newsroom's keys are made on first use.

    Raises:
        MachineError: Keys can't be read or written, or have expired.
    """
    identity = open_identity(request.signing, places.keys, publisher=request.publisher)
    return Seal(CredentialSigner(identity), open_marker(request.watermark))


def open_marker(options: WatermarkOptions) -> SpreadSpectrumMarker | None:
    """Open what marks; None where the house has switched the watermark off."""
    return SpreadSpectrumMarker(options.key) if options.on else None


def open_trust(house: House, places: Places) -> Trust:
    """Say whom the house believes, and which marks it can read.

    Raises:
        MachineError: A certificate can't be read.
    """
    marks = tuple(dict.fromkeys((house.watermark.key, WatermarkOptions().key)))
    own, listed = read_roots(house.signing, places.keys), read_trust_list(house.signing)
    return Trust(own, listed, marks, read_stamp_roots(house.signing))


def find_sound_files(path: Path) -> tuple[Path, ...]:
    """Give a file itself, or the recordings of an edition's folder.

    Raises:
        InputError: The folder is no edition.
    """
    if not path.is_dir():
        return (path,)
    return tuple(path / audio.file for audio in open_edition(path).audio)


def sign_again(folder: Path, target: Path, request: NarrateRequest, places: Places, *, approved: bool) -> EditionRecord:
    """Sign a finished edition's recordings anew: after an approval, or with another key.

    Args:
        folder: The edition; it is left as it is.
        target: An empty folder for the signed recordings and the manifest that names them.
        request: The house's ways.
        places: Where the keys lie.
        approved: Whether a person has heard it and takes responsibility for its words.

    Raises:
        InputError: The folder is no edition.
        MachineError: Signing failed.
        RemoteError: The time-stamp authority did not answer.
    """
    record = open_edition(folder)
    signer = open_seal(request, places).signer
    claim = replace(claim_of(record), approved=approved)
    for audio in record.audio:
        shutil.copyfile(folder / audio.file, target / audio.file)
    signed = replace(
        record,
        audio=sign_files(record.audio, claim, signer=signer, folder=target),
        provenance=describe_provenance(claim, signer),
    )
    (target / MANIFEST).write_text(write_manifest(signed), "utf-8")
    return signed


LIVE_HEADER = ("X-AI-Disclosure", "digitalSourceType=trainedAlgorithmicMedia")
"""Sent with sound that leaves while it is made, and so can't be signed."""


def mark_live(request: NarrateRequest, said: Iterable[tuple[NDArray[np.float32], int]]) -> Iterator[bytes]:
    """Join sentences to one recording that leaves while it is made: too early to be signed, but marked as a whole.

    Args:
        request: The house's ways; its source is the text said.
        said: Samples of each sentence, unmarked, and their rate in Hz, the same for all.

    Yields:
        Samples of 16 bits, little-endian.
    """
    marker = open_marker(request.watermark)
    identity = hashlib.sha256(f"{request.voice}\n{request.source}".encode()).hexdigest()[:32]
    mark: MarkStream | None = None
    for samples, rate_hz in said:
        if marker and mark is None:
            mark = marker.open_stream(sample_rate_hz=rate_hz, edition=identity)
        yield _to_bytes(mark.feed(samples) if mark else samples)
    if mark:
        yield _to_bytes(mark.finish())


def _to_bytes(samples: NDArray[np.float32]) -> bytes:
    return np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def read_article(request: NarrateRequest) -> Article:
    """Read a source and put the user's own title, date and byline in."""
    return read_capture(fetch_capture(request.source, limits=request.fetch, url=request.url), request)


def read_capture(capture: Capture, request: NarrateRequest) -> Article:
    """Read what was received, and put the user's own title, date and byline in."""
    article = extract_article(capture, options=request.extract)
    return replace(
        article,
        title=request.title or article.title,
        published=request.published or article.published,
        byline=request.byline or article.byline,
        publisher=article.publisher or request.publisher,
    )


def make_script(article: Article, request: NarrateRequest, voice: VoiceDescription, places: Places) -> Script:
    """Write what a voice will say."""
    edits = request.options.edits
    entries = join_lexicons([request.entries, lexicon_of(edits)])
    pronouncer = open_pronouncer(
        voice.language, request.lexicons, places, entries=entries, section=request.section, article=article.url
    )
    style = replace(request.style, variety=Variety(voice.language))
    script = write_script(article, pronouncer=pronouncer, style=style, disclosure=request.options.disclosure)

    def speak_alias(alias: str) -> tuple[Word, ...]:
        return speak_line(alias, pronouncer=pronouncer, style=style)

    return apply_edits(script, article.text, edits, speak_alias=speak_alias)


def open_pronouncer(
    variety: str,
    lexicons: Sequence[Path],
    places: Places,
    *,
    entries: Lexicon | None = None,
    section: str | None = None,
    article: str | None = None,
) -> Pronouncer:
    """Load tagger and dictionaries: over them the house's lexicon, the given files, and last these entries.

    Entries for a section or an article are heard in that section and in the article of that address only.
    """
    house = join_lexicons([read_house_lexicon(places), *map(read_lexicon, lexicons), entries or Lexicon()])
    applying = house.select(variety=variety, section=section, article=article)
    return build_pronouncer(variety=variety, tagger=_open_tagger(), house=applying)


@cache
def _open_tagger() -> Tagger:
    from vivavoce.engines.spacy_tagger import SpacyTagger

    return SpacyTagger()


def read_house_lexicon(places: Places) -> Lexicon:
    """Read the house's own lexicon; empty where the house has none yet."""
    return read_lexicon(places.lexicon) if places.lexicon.exists() else Lexicon()


def check_language(article: Article, voice: VoiceDescription) -> None:
    """Refuse an article in a language that the voice does not speak.

    Raises:
        InputError: Names the language found.
    """
    spoken = voice.language.split("-")[0]
    if article.language.split("-")[0] != spoken:
        raise InputError(
            f"the article is in {_name_language(article.language)}, but the voice {voice.name} speaks "
            f"{_name_language(spoken)}; give an article in that language"
        )


def _name_language(tag: str) -> str:
    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def say_text(request: NarrateRequest, places: Places, *, output: Path) -> None:
    """Let a voice say a text into one audio file, whose format follows from its name.

    Args:
        request: `source` is the text itself.
        places: Where models and cache lie.
        output: The file; replaced whole.

    Raises:
        UsageError: The name's ending is no format that we write.
        InputError: There is nothing to say.
    """
    audio_format = find_format(output.suffix.lstrip(".") or output.name)
    output.parent.mkdir(parents=True, exist_ok=True)
    article = Article(blocks=(Block(BlockKind.PARAGRAPH, unicodedata.normalize("NFC", request.source)),))
    silent = replace(request.options.disclosure, spoken=False)
    script = make_script(
        article,
        replace(
            request,
            options=EditionOptions(disclosure=silent),
            style=replace(request.style, intro="", outro=""),
        ),
        find_voice(request.voice),
        places,
    )
    voice = open_voice(request.voice, places, threads=request.threads, precision=request.precision)
    with TemporaryDirectory(dir=output.absolute().parent, prefix=".vivavoce-") as folder:
        clip = make_clip(
            ClipRequest(article, script, audio_format, request.options.disclosure),
            voice=voice,
            takes=TakeFolder(places.cache),
            seal=open_seal(request, places),
            folder=Path(folder),
        )
        if clip.signature:
            clip.signature.replace(output.with_suffix(clip.signature.suffix))
        clip.file.replace(output)


def say_live(request: NarrateRequest, places: Places) -> Iterator[bytes]:
    """Let a voice say a text, each sentence given as soon as it is said.

    Args:
        request: `source` is the text itself.
        places: Where models and cache lie.

    Yields:
        A WAV file's head, with lengths left open as players of streams know them, then its samples as `mark_live` has
        them.

    Raises:
        InputError: There is nothing to say.
    """
    sentences = split_text(request, places)
    if not sentences:
        raise InputError("there is no word in that to say")
    said = (_say_plainly(replace(request, source=sentence), places) for sentence in sentences)
    first = next(said)
    yield open_wav_stream(first[1])
    yield from mark_live(request, chain([first], said))


def _say_plainly(request: NarrateRequest, places: Places) -> tuple[NDArray[np.float32], int]:
    with TemporaryDirectory(prefix="vivavoce-") as folder:
        file = Path(folder, "said.wav")
        say_text(replace(request, watermark=replace(request.watermark, on=False)), places, output=file)
        return read_mono(file)


def split_text(request: NarrateRequest, places: Places) -> tuple[str, ...]:
    """Cut a text into what is said at a time, each as printed: sentences, of which the first is cut where it is long.

    A listener waits for the first alone, so it ends at the first mark that leaves enough to sound well, and only where
    its parts are read as they are in the whole.
    """
    script = _script_plainly(request.source, request, places)
    if not script.utterances:
        return ()
    first, *others = script.utterances
    opening: tuple[str, ...] = (first.display,)
    if place := _FIRST_BREAK.match(first.display):
        parts = (place[0].rstrip(), first.display[place.end() :])
        read = [_script_plainly(part, request, places).utterances for part in parts]
        said = "".join(utterance.phonemes for utterances in read for utterance in utterances)
        # A part that ends at a comma is said to its end, so marks may differ.
        if said.translate(_NO_MARKS) == first.phonemes.translate(_NO_MARKS):
            opening = parts
    return (*opening, *(utterance.display for utterance in others))


def _script_plainly(text: str, request: NarrateRequest, places: Places) -> Script:
    article = Article(blocks=(Block(BlockKind.PARAGRAPH, unicodedata.normalize("NFC", text)),))
    silent = replace(request.options, disclosure=replace(request.options.disclosure, spoken=False))
    return make_script(article, replace(request, options=silent), find_voice(request.voice), places)


def say_place(article: Article, place: TextQuote, request: NarrateRequest, places: Places, *, folder: Path) -> Path:
    """Say the one sentence in which a place stands, with the request's edits, into an MP3.

    Only the place's own block is read, so that an editor hears it at once.

    Raises:
        UsageError: The text has no such place, or the edits leave nothing of it to say.
    """
    found = find_quote(article.text, place)
    if found is None:
        raise UsageError(f"{place.exact[:80]!r} does not stand in the article")
    block, offset = _block_at(article, found[0])
    silent = replace(request.options, disclosure=replace(request.options.disclosure, spoken=False))
    alone = replace(article, blocks=(block,), title=None, byline=(), published=None)
    script = make_script(alone, replace(request, options=silent), find_voice(request.voice), places)
    named = next((s.utterance for s in script.spans if s.start <= found[0] - offset < s.end and s.utterance), None)
    said = tuple(utterance for utterance in script.utterances if utterance.id == named)
    if not said:
        raise UsageError(f"{place.exact[:80]!r} is left out, so there is nothing to hear")
    return _make_clip(alone, replace(script, utterances=said), request, places, folder=folder)


def _make_clip(article: Article, script: Script, request: NarrateRequest, places: Places, *, folder: Path) -> Path:
    clip = make_clip(
        ClipRequest(
            article,
            script,
            find_format("mp3"),
            request.options.disclosure,
            find_chosen_takes(script, article.text, request.options.edits),
        ),
        voice=open_voice(request.voice, places, threads=request.threads, precision=request.precision),
        takes=TakeFolder(places.cache),
        seal=open_seal(request, places),
        folder=folder,
    )
    return clip.file


def _block_at(article: Article, at: int) -> tuple[Block, int]:
    """Give the block in which an offset of the text lies, and where the block begins."""
    start = 0
    for block in article.blocks:
        end = start + len(block.text)
        if at < end:
            return block, start
        start = end + len("\n\n")
    raise UsageError("the place lies behind the article's end")


# ---------------------------------------------------------------- the edition's folder


def check_target(target: Path, article: Article | None) -> EditionRecord | None:
    """Find out what stands where an edition should go.

    Args:
        target: The place.
        article: What the edition must be of; None: any will do.

    Returns:
        The edition of the same article that will be replaced; None where there is nothing, or an empty folder.

    Raises:
        InputError: Something else stands there.
        MachineError: It can't be read.
    """
    if not target.exists():
        return None
    if not target.is_dir() or target.is_symlink():
        raise UsageError(f"{target} is not a folder; choose another place with -o")
    if not any(target.iterdir()):
        return None
    try:
        manifest = read_manifest((target / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{target} is a folder with other things in it; choose another place with -o") from None
    except (InputError, UnicodeDecodeError):
        raise UsageError(f"{target} is no readable edition; remove it or choose another place with -o") from None
    if article and not is_same_article(manifest.article, article):
        raise UsageError(f"{target} is an edition of another article; choose another place with -o")
    strangers = sorted(path.name for path in target.iterdir() if not is_edition_file(path.name))
    if strangers:
        raise UsageError(f"{target} also holds {strangers[0]}, which is not the edition's; move it elsewhere first")
    return manifest


def is_same_article(one: Article, other: Article) -> bool:
    """Tell whether two articles are versions of one: by address, else by title, else by the words they share."""
    if one.url and other.url:
        return one.url == other.url
    if one.title and one.title == other.title:
        return True
    first, second = _fives(one.text), _fives(other.text)
    return len(first & second) >= SAME_ARTICLE_OVERLAP * max(1, min(len(first), len(second)))


def _fives(text: str) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[at : at + 5]) for at in range(max(1, len(words) - 4))}


def is_whole(folder: Path, manifest: EditionRecord) -> bool:
    """Tell whether every audio file of an edition is there and unchanged, and its signature beside it."""
    return all(
        (folder / audio.file).is_file()
        and models.sha256_of(folder / audio.file) == audio.sha256
        and (audio.signature is None or (folder / audio.signature).is_file())
        for audio in manifest.audio
    )


def slugify(text: str, limit: int = 60) -> str:
    """Make a folder's name of a text: "Kyiv's $61 billion" → "kyivs-61-billion"."""
    plain = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", "")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:limit].rstrip("-")
    return slug or "edition-" + hashlib.sha256(text.encode()).hexdigest()[:8]
