"""Where a job meets its machine: settings and models become the pipeline's equipment, folders become editions."""

import csv
import hashlib
import re
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from babel import Locale, UnknownLocaleError

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
    identify_edition,
    make_clip,
    make_edition,
    sign_files,
)
from vivavoce.provenance.inspect import Trust
from vivavoce.provenance.keys import SigningOptions, open_identity, read_roots, read_stamp_roots, read_trust_list
from vivavoce.provenance.sign import CredentialSigner
from vivavoce.provenance.watermark import SpreadSpectrumMarker, WatermarkOptions
from vivavoce.script import ScriptStyle, Variety, speak_line, write_script
from vivavoce.script.edits import apply_edits, find_lost, lexicon_of
from vivavoce.script.pronounce import Pronouncer, build_pronouncer
from vivavoce.script.tagging import Tagger
from vivavoce.settings import Places
from vivavoce.storage.editions import stage_edition
from vivavoce.storage.takes import TakeFolder
from vivavoce.synthesise import Precision, Voice
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
    Utterance,
    Word,
)
from vivavoce.verify import Ears, hear_take

TEST_VOICE = ToneVoice.name
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
    front, front_weights, noise, decoder, weights = models.DERIVED_FILES
    for file in (front, front_weights, noise, packed) if packed else sources:
        models.open_weights(places.models, file)
    return KokoroVoice(
        name,
        files=KokoroFiles(
            " ".join(models.digest_of(places.models, file) for file in sources),
            *(
                places.models / file
                for file in (models.MODEL_FILE, front, front_weights, noise, decoder, packed or weights)
            ),
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
    from vivavoce.script.spelling import NaiveReader

    if recogniser:
        return Ears(WhisperRecogniser(recogniser), HamaRecogniser(), NaiveReader())
    table = [weight.file for weight in models.read_weight_table()]
    for file in (file for file in table if file.startswith(models.RECOGNISER_FOLDER)):
        models.open_weights(places.models, file)
    return Ears(WhisperRecogniser(places.models / models.RECOGNISER_FOLDER), HamaRecogniser(), NaiveReader())


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
