"""What this newsroom has decided: vivavoce.toml, read once into frozen values. Never imported by a stage."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from vivavoce.encode.audio import BOOK, FORMATS
from vivavoce.encode.cover import CoverStyle
from vivavoce.errors import UsageError
from vivavoce.extract import ExtractOptions, Tables
from vivavoce.ingest import FetchLimits
from vivavoce.master import LoudnessTarget
from vivavoce.pipeline import EditionOptions
from vivavoce.provenance.keys import SigningOptions
from vivavoce.provenance.watermark import WatermarkOptions
from vivavoce.publish.feed import CATEGORIES
from vivavoce.script import Pauses, ScriptStyle, WebAddresses
from vivavoce.settings import Places
from vivavoce.synthesise import Precision
from vivavoce.types import Disclosure, Recording

COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's code for sound that people and a trained machine made together."""
DEFAULT_HOUSE = "house"
TEMPLATE = "data/vivavoce.toml"
"""In the package: every setting with its default and a comment; `vivavoce init` writes it."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Who publishes."""

    name: str | None = None
    """Stands where an article names no publisher."""
    base_url: str | None = None
    """Where editions are published, without a slash at its end."""
    homepage: str | None = None
    email: str | None = None
    language: str | None = None
    """BCP 47, of feed and site; None: that of the newest edition."""


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """How directories list the podcast, and what the site says of itself."""

    title: str | None = None
    """None: the publication's name."""
    description: str = "Our articles, read aloud."
    author: str | None = None
    """None: the publication's name."""
    category: str = "News"
    subcategory: str = ""
    explicit: bool = False
    image: str | None = None
    guid: str | None = None


class Policy(StrEnum):
    """When an edition goes out."""

    APPROVE = "approve"
    """After somebody has approved its words."""
    CLEAN = "clean"
    """By itself, if the proof is clean."""


@dataclass(frozen=True, slots=True)
class NewsroomRules:
    """How this house works with its editions."""

    policy: Policy = Policy.APPROVE
    sections: Mapping[str, Policy] = field(default_factory=lambda: MappingProxyType({}))
    """Sections with a policy of their own."""
    keep_drafts_days: int = 0
    """Drafts that nobody has touched for so long are deleted; 0 keeps them."""
    keep_persons_days: int = 365
    """After that the audit log no longer says who, only what; 0 keeps it."""
    max_waiting: int = 1000
    """Jobs that may wait at once; more are answered with "try again later"."""
    correction: str = ""
    """Said at the end of an edition whose text was changed after the public had heard it; empty: nothing."""

    def policy_of(self, section: str | None) -> Policy:
        """Give a section's policy."""
        return self.sections.get(section or "", self.policy)


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where the newsroom's server listens and keeps what it knows. One for all houses on a server."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str | None = None
    """How the world reaches the server, without a slash at its end; None: by host and port."""
    folder: str | None = None
    """Database and blobs, unless they have places of their own; None: in the user's data folder."""
    database: str | None = None
    blobs: str | None = None
    workers: int = 1
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose forwarded headers are believed."""
    body_limit_bytes: int = 6_000_000
    requests_per_minute: int = 600
    """From one token, session or address."""
    session_hours: int = 12
    lease_s: float = 30.0
    """After so long without a sign of life, another worker takes a job over."""


@dataclass(frozen=True, slots=True)
class House:
    """What this newsroom has decided, section by section of its settings file."""

    publication: Publication = field(default_factory=Publication)
    voice: str = "am_michael"
    """The best of Kokoro's English voices by measured quality; see `vivavoce voices`."""
    precision: Precision = Precision.AUTO
    wordings: Mapping[str, Disclosure] = field(default_factory=lambda: MappingProxyType({}))
    """The disclosure in other languages, by the tag of what is spoken."""
    recogniser: Path | None = None
    """Folder of the Whisper that listens back; None: the small one that is installed."""
    edition: EditionOptions = field(default_factory=EditionOptions)
    style: ScriptStyle = field(default_factory=ScriptStyle)
    signing: SigningOptions = field(default_factory=SigningOptions)
    watermark: WatermarkOptions = field(default_factory=WatermarkOptions)
    extract: ExtractOptions = field(default_factory=ExtractOptions)
    fetch: FetchLimits = field(default_factory=FetchLimits)
    feed: FeedOptions = field(default_factory=FeedOptions)
    newsroom: NewsroomRules = field(default_factory=NewsroomRules)
    server: ServerOptions = field(default_factory=ServerOptions)


def read_houses(places: Places) -> Mapping[str, House]:
    """Read the settings of every house on a server, by name: "house" is vivavoce.toml's, others lie in houses/.

    Raises:
        UsageError: As `read_house`.
    """
    houses = {DEFAULT_HOUSE: read_house(places)}
    for file in sorted(places.config.with_name("houses").glob("*.toml")):
        houses[file.stem] = read_house(replace(places, config=file))
    return houses


def read_house(places: Places) -> House:
    """Read the house's settings; a house without a file has the defaults.

    Raises:
        UsageError: The file can't be read, is no TOML, or has an unknown or impossible setting; the message names it.
    """
    try:
        text = places.config.read_text("utf-8")
    except FileNotFoundError:
        return House()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings {places.config} can't be read ({error}); mend or move that file") from error
    return parse_house(text, name=str(places.config))


def parse_house(text: str, *, name: str) -> House:
    """Read settings from TOML.

    Args:
        text: The file's content.
        name: What to call it in messages.

    Raises:
        UsageError: As `read_house`.
    """
    try:
        return _to_house(_File.model_validate(tomllib.loads(text)))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is no TOML: {error}; compare it with what `vivavoce init` writes") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"{name}: {where}: {_explain(first['type'], first['msg'])}") from error


def read_template() -> str:
    """Give a settings file that holds every setting with its default."""
    return resources.files("vivavoce").joinpath(TEMPLATE).read_text("utf-8")


def _explain(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such setting; `vivavoce init` writes a file with all there are"
    return message.removeprefix("Value error, ")


# ---------------------------------------------------------------- the file


def _check_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"want an address that begins with https:// and names a host, got {text!r}")
    if parts.username or parts.query or parts.fragment:
        raise ValueError(f"want an address without log-in, question mark or number sign, got {text!r}")
    return text.rstrip("/")


def _check_language(tag: str) -> str:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"want a language tag such as en or en-GB, got {tag!r}") from None
    return tag


def _check_category(name: str) -> str:
    if name not in CATEGORIES:
        raise ValueError(f"directories know no category {name!r}; there are {', '.join(CATEGORIES)}")
    return name


def _check_format(name: str) -> str:
    if name not in {*FORMATS, BOOK}:
        raise ValueError(f"unknown audio format {name!r}; there are {', '.join([*FORMATS, BOOK])}")
    return name


Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Address = Annotated[Line, AfterValidator(lambda text: _check_address(text) if text else text)]
Colour = Annotated[str, StringConstraints(pattern="^#[0-9a-fA-F]{6}$")]
Milliseconds = Annotated[int, Field(ge=0, le=10_000)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Publication(_Section):
    name: Line = ""
    base_url: Address = ""
    homepage: Address = ""
    email: Line = ""
    language: Annotated[Line, AfterValidator(lambda text: _check_language(text) if text else text)] = ""


class _Voice(_Section):
    name: Line = House().voice
    precision: Precision = House().precision


class _Wording(_Section):
    sentence: Sentence
    voice_sentence: Sentence


class _HouseWords(_Section):
    text: Line = ""
    file: Line = ""
    by_people: bool = True


class _Proof(_Section):
    recogniser: Line = ""


class _Disclosure(_Section):
    sentence: Sentence = Disclosure().sentence
    voice_sentence: Sentence = Disclosure().voice_sentence
    spoken: bool = True
    reminder_minutes: Annotated[int, Field(ge=0, le=600)] = Disclosure().reminder_minutes
    wordings: dict[Annotated[str, AfterValidator(_check_language)], _Wording] = {}


class _Audio(_Section):
    formats: Annotated[list[Annotated[str, AfterValidator(_check_format)]], Field(min_length=1)] = ["mp3"]
    loudness_lufs: Annotated[float, Field(ge=-30, le=-14)] = LoudnessTarget().loudness_lufs


class _Cover(_Section):
    background: Colour = CoverStyle().background
    ink: Colour = CoverStyle().ink
    picture: Line = ""
    from_article: bool = False


class _Feed(_Section):
    title: Line = ""
    description: Sentence = FeedOptions().description
    author: Line = ""
    category: Annotated[str, AfterValidator(_check_category)] = FeedOptions().category
    subcategory: Line = ""
    explicit: bool = False
    image: Address = ""
    guid: Annotated[Line, AfterValidator(lambda text: str(UUID(text)) if text else text)] = ""


class _Pauses(_Section):
    sentence_ms: Milliseconds = Pauses().sentence_ms
    paragraph_ms: Milliseconds = Pauses().paragraph_ms
    list_item_ms: Milliseconds = Pauses().list_item_ms
    before_heading_ms: Milliseconds = Pauses().before_heading_ms
    after_heading_ms: Milliseconds = Pauses().after_heading_ms
    around_quote_ms: Milliseconds = Pauses().around_quote_ms


class _Signing(_Section):
    keys: Line = ""
    chain: Line = ""
    key: Line = ""
    command: list[Sentence] = []
    ta_url: Address = ""
    trust_list: Line = ""
    ta_roots: Line = ""


class _Watermark(_Section):
    on: bool = True
    key: Line = ""


class _Script(_Section):
    say_emoji: bool = False
    web_addresses: Literal["say", "host", "omit"] = "say"
    frame_long_quotes: bool = False
    pauses: _Pauses = _Pauses()


class _Extract(_Section):
    tables: Literal["announce", "read", "omit"] = "announce"
    footnotes: bool = False


class _Ingest(_Section):
    allowed_hosts: list[Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1)]] = []
    user_agent: Sentence = FetchLimits().user_agent
    honour_robots: bool = False
    deadline_s: Annotated[float, Field(gt=0, le=600)] = FetchLimits().deadline_s


class _Newsroom(_Section):
    policy: Policy = Policy.APPROVE
    sections: dict[str, Policy] = {}
    keep_drafts_days: Annotated[int, Field(ge=0, le=36_500)] = NewsroomRules().keep_drafts_days
    keep_persons_days: Annotated[int, Field(ge=0, le=36_500)] = NewsroomRules().keep_persons_days
    max_waiting: Annotated[int, Field(ge=1, le=1_000_000)] = NewsroomRules().max_waiting
    correction: Line = NewsroomRules().correction


class _Server(_Section):
    host: Line = ServerOptions().host
    port: Annotated[int, Field(ge=1, le=65_535)] = ServerOptions().port
    public_url: Address = ""
    folder: Line = ""
    database: Line = ""
    blobs: Line = ""
    workers: Annotated[int, Field(ge=0, le=256)] = ServerOptions().workers
    trusted_proxies: list[Sentence] = []
    body_limit_bytes: Annotated[int, Field(ge=10_000)] = ServerOptions().body_limit_bytes
    requests_per_minute: Annotated[int, Field(ge=1)] = ServerOptions().requests_per_minute
    session_hours: Annotated[int, Field(ge=1, le=8_760)] = ServerOptions().session_hours
    lease_s: Annotated[float, Field(ge=1, le=3_600)] = ServerOptions().lease_s


class _File(_Section):
    publication: _Publication = _Publication()
    voice: _Voice = _Voice()
    proof: _Proof = _Proof()
    disclosure: _Disclosure = _Disclosure()
    intro: _HouseWords = _HouseWords()
    outro: _HouseWords = _HouseWords()
    audio: _Audio = _Audio()
    cover: _Cover = _Cover()
    feed: _Feed = _Feed()
    signing: _Signing = _Signing()
    watermark: _Watermark = _Watermark()
    script: _Script = _Script()
    extract: _Extract = _Extract()
    ingest: _Ingest = _Ingest()
    newsroom: _Newsroom = _Newsroom()
    server: _Server = _Server()


def _to_house(file: _File) -> House:
    publication, audio, script, ingest = file.publication, file.audio, file.script, file.ingest
    return House(
        publication=Publication(
            name=publication.name or None,
            base_url=publication.base_url or None,
            homepage=publication.homepage or None,
            email=publication.email or None,
            language=publication.language or None,
        ),
        feed=FeedOptions(
            **{
                **file.feed.model_dump(),
                **{name: getattr(file.feed, name) or None for name in ("title", "author", "image", "guid")},
            }
        ),
        voice=file.voice.name,
        precision=file.voice.precision,
        recogniser=Path(file.proof.recogniser).expanduser() if file.proof.recogniser else None,
        edition=EditionOptions(
            target=LoudnessTarget(loudness_lufs=audio.loudness_lufs),
            formats=tuple(dict.fromkeys(audio.formats)),
            cover=CoverStyle(
                file.cover.background, file.cover.ink, _to_path(file.cover.picture), file.cover.from_article
            ),
            disclosure=_to_disclosure(file),
            intro=_to_recording(file.intro),
            outro=_to_recording(file.outro),
        ),
        wordings=MappingProxyType(_to_wordings(file)),
        style=ScriptStyle(
            intro=file.intro.text,
            outro=file.outro.text,
            say_emoji=script.say_emoji,
            web_addresses=WebAddresses(script.web_addresses),
            frame_long_quotes=script.frame_long_quotes,
            pauses=Pauses(**script.pauses.model_dump()),
        ),
        signing=_to_signing(file.signing),
        extract=ExtractOptions(tables=Tables(file.extract.tables), footnotes=file.extract.footnotes),
        watermark=WatermarkOptions(on=file.watermark.on, key=file.watermark.key or WatermarkOptions().key),
        fetch=FetchLimits(
            allowed_hosts=frozenset(ingest.allowed_hosts),
            user_agent=ingest.user_agent,
            honour_robots=ingest.honour_robots,
            deadline_s=ingest.deadline_s,
        ),
        newsroom=_to_rules(file.newsroom),
        server=_to_server(file.server),
    )


def _to_signing(signing: _Signing) -> SigningOptions:
    paths = {name: _to_path(getattr(signing, name)) for name in ("keys", "chain", "key", "trust_list", "ta_roots")}
    return SigningOptions(command=tuple(signing.command), ta_url=signing.ta_url or None, **paths)


def _to_path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def _to_recording(words: _HouseWords) -> Recording | None:
    file = _to_path(words.file)
    return Recording(file, words.by_people) if file else None


def _to_disclosure(file: _File) -> Disclosure:
    """Give the disclosure, whose source type follows from what is in the sound."""
    given = file.disclosure
    mixed = any(words.file and words.by_people for words in (file.intro, file.outro))
    plain = Disclosure(given.sentence, given.voice_sentence, given.spoken, given.reminder_minutes)
    return replace(plain, digital_source_type=COMPOSITE) if mixed else plain


def _to_wordings(file: _File) -> dict[str, Disclosure]:
    disclosure = _to_disclosure(file)
    return {
        tag: replace(disclosure, sentence=wording.sentence, voice_sentence=wording.voice_sentence)
        for tag, wording in file.disclosure.wordings.items()
    }


def _to_rules(newsroom: _Newsroom) -> NewsroomRules:
    return NewsroomRules(**{**newsroom.model_dump(), "sections": MappingProxyType(dict(newsroom.sections))})


def _to_server(server: _Server) -> ServerOptions:
    given = server.model_dump()
    optional = {name: given[name] or None for name in ("public_url", "folder", "database", "blobs")}
    return ServerOptions(**{**given, **optional, "trusted_proxies": tuple(server.trusted_proxies)})
