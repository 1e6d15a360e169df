"""Every value that passes between stages: frozen, complete when built, no behaviour beyond what is derived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# ---------------------------------------------------------------- from the page


@dataclass(frozen=True, slots=True)
class Capture:
    """A source as received, before anything is understood of it."""

    body: bytes
    address: str
    """The URL or path that it came from, or "standard input"; for messages and for the manifest."""
    media_type: str | None = None
    """As the transport or the file's name declares it, lower case, without parameters."""
    charset: str | None = None
    """The label that the transport declared; None where it declared none."""
    url: str | None = None
    """Where the article lives on the web, when that is known."""
    fetched_at: datetime | None = None
    """Aware, UTC; None for local sources, whose reading time means nothing."""
    etag: str | None = None
    """What the server calls this version, to be asked again whether it still stands."""
    last_modified: str | None = None
    """The server's own date of this version, as it wrote it."""


class BlockKind(StrEnum):
    """What a block is to a reader, and so how it is paused for a listener."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-like piece of an article; its text has no line breaks but those that mean something."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Omission:
    """Something of the source that is not in the article's text, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Article:
    """What the source says, as blocks in reading order. All text is NFC and clean of control characters."""

    blocks: tuple[Block, ...]
    title: str | None = None
    byline: tuple[str, ...] = ()
    published: date | None = None
    publisher: str | None = None
    language: str = "en"
    """BCP 47 primary tag of the text itself, not of the page's attribute."""
    url: str | None = None
    image: str | None = None
    """Address of the picture that the page names as the article's."""
    omitted: tuple[Omission, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that Coverage runs over: the blocks joined by blank lines."""
        return "\n\n".join(block.text for block in self.blocks)


# ---------------------------------------------------------------- what will be said


class Role(StrEnum):
    """Why an utterance is said. Only BODY utterances have spans in the article's text."""

    DISCLOSURE = "disclosure"
    HEADLINE = "headline"
    BYLINE = "byline"
    DATE = "date"
    BODY = "body"
    HOUSE = "house"
    """Words of the house: intro, outro, reminder, "table omitted"."""


TEST_ENGINE = "tones"
"""What a voice for tests calls its engine: its editions are for no listener."""
TRUSTED = 0.6
"""A name from a source less sure than this stands out, and is never called checked: its right form isn't known."""


_MADE_UP = ("origin:", "rules")
"""Sources that say a word as the language does that it seems to come from, or as English spelling has it."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is printed at one place and how it is said: "$61 billion" is one word, said as four."""

    text: str
    """As printed; empty for words that no one wrote."""
    spoken: str
    """As said: lower case, no digits, no symbols, words separated by single spaces."""
    phonemes: str
    """The voice's symbols, one a character; a space between spoken words. Never empty."""
    start: int | None
    """Offset of `text` in the article's text; None where it has no place there."""
    end: int | None
    rule: str
    """The rule that turned written into spoken: "plain", "money", "initialism", …"""
    source: str
    """Where the phonemes come from: "house", "news", "general", "letters", "origin:uk", "rules", …"""
    confidence: float
    """0 to 1: how sure the source is; see `TRUSTED`."""
    is_name: bool = False
    mark: str = ""
    """Phrasing right after the word, in the voice's punctuation: "", ",", ".", "—", …"""

    @property
    def is_guessed_name(self) -> bool:
        """Whether it is a name that nobody has told us how to say: from a doubtful entry, or made up by rule."""
        return self.is_name and (self.confidence < TRUSTED or self.source.startswith(_MADE_UP))


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of speech, normally a sentence: what the reader sees and what the voice says."""

    id: str
    """"u1", "u2", … in the order of speaking."""
    role: Role
    display: str
    """Text as printed."""
    words: tuple[Word, ...]
    """Never empty."""
    pause_after_ms: int
    """Silence between this utterance's last sound and the next one's first."""
    block: int | None = None
    """Index of the article's block that this is said of; None for words of the house."""

    @property
    def spoken(self) -> str:
        """Text as said: words only."""
        return " ".join(word.spoken for word in self.words)

    @property
    def phonemes(self) -> str:
        """What the voice is given: words with their marks, separated by single spaces."""
        return " ".join(word.phonemes + word.mark for word in self.words)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch [start, end) of the article's text: spoken by an utterance, or omitted with a reason."""

    start: int
    end: int
    utterance: str | None
    omitted: str | None
    """Exactly one of `utterance` and `omitted` is None."""


@dataclass(frozen=True, slots=True)
class Script:
    """The whole of what will be said, in order, and where each character of the article went."""

    language: str
    """BCP 47 with region where it changes reading: "en-US", "en-GB"."""
    utterances: tuple[Utterance, ...]
    spans: tuple[Span, ...]
    """In order, without gap or overlap, from 0 to the length of the article's text."""


class EditAction(StrEnum):
    """What an editor changes."""

    SAY_HERE = "say-here"
    """Say this place otherwise."""
    SAY_EVERYWHERE = "say-everywhere"
    """Say these words otherwise wherever the article has them."""
    PAUSE = "pause"
    """Change the silence after the sentence in which this place ends."""
    LEAVE_OUT = "leave-out"
    """Do not read this place; it is listed as left out by the editor."""
    OTHER_TAKE = "other-take"
    """Say the sentence in which this place lies in another of the voice's ways; the words and sounds stay."""


@dataclass(frozen=True, slots=True)
class TextQuote:
    """A place in an article's text that is found again after the text has changed (W3C TextQuoteSelector)."""

    exact: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of an editor's. It stays with the article: every later version has it too."""

    action: EditAction
    place: TextQuote
    phonemes: str = ""
    """For the two that say otherwise, in the voice's symbols; empty where `alias` says it in letters."""
    alias: str = ""
    pause_ms: int | None = None
    """For PAUSE alone."""
    take: int | None = None
    """For OTHER_TAKE alone: which of the sentence's ways, from 1; after the last comes the plain one again."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The one value that every spoken, shown and signed disclosure is made from."""

    sentence: str = "This audio is created with AI assistance."
    """Said first, said again last, shown everywhere."""
    voice_sentence: str = "The voice is AI-generated."
    """Said after `sentence` at the start."""
    spoken: bool = True
    """False only by the house's explicit setting, which the manifest records."""
    reminder_minutes: int = 15
    """`sentence` is said again after so many minutes without it, between two paragraphs; 0: at start and end alone."""
    digital_source_type: str = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

    @property
    def visible(self) -> str:
        """What readers see."""
        return f"{self.sentence} {self.voice_sentence}"


# ---------------------------------------------------------------- what was said


@dataclass(frozen=True, eq=False)
class Take:
    """One rendering of one utterance, trimmed to its speech. Samples are mono, [-1, 1], read-only."""

    samples: NDArray[np.float32]
    """Shape (n,)."""
    symbol_spans: NDArray[np.int64]
    """Shape (symbols, 2): where each symbol of the utterance's phonemes lies, [start, end) in `samples`."""
    sample_rate_hz: int
    recipe: str
    """How it was rendered: "plain", or what a re-take changed."""

    @cached_property
    def duration_s(self) -> float:
        """Length of the samples."""
        return len(self.samples) / self.sample_rate_hz


@dataclass(frozen=True, slots=True)
class Speech:
    """A take that is kept: the digest of all that it depends on, and the file that holds it."""

    utterance: Utterance
    digest: str
    file: Path
    length_samples: int


@dataclass(frozen=True, slots=True)
class WordTiming:
    """Where one word of an utterance lies, [start, end), in samples."""

    start_samples: int
    end_samples: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """A kept take and the place of each of its words, counted from the take's first sample."""

    speech: Speech
    words: tuple[WordTiming, ...]
    """One for each of the utterance's words, in order, not overlapping."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an utterance and its words lie in the finished edition, in samples from its start."""

    utterance: Utterance
    start_samples: int
    end_samples: int
    words: tuple[WordTiming, ...]


@dataclass(frozen=True, slots=True)
class Recording:
    """Sound of the house's own, such as a jingle or a greeting, that is mixed in."""

    file: Path
    by_people: bool = True
    """Whether people made it: the edition is then a composite of theirs and the machine's."""


@dataclass(frozen=True, slots=True)
class PlacedRecording:
    """Where a recording of the house's own lies in an edition, [start, end) in samples."""

    name: str
    """Of its file, without folders."""
    sha256: str
    by_people: bool
    start_samples: int
    end_samples: int


@dataclass(frozen=True, slots=True)
class Edition:
    """The mastered recording, before encoding."""

    file: Path
    """Mono WAV, 32-bit float, at `sample_rate_hz`."""
    sample_rate_hz: int
    length_samples: int
    placements: tuple[Placement, ...]
    loudness_lufs: float
    true_peak_dbtp: float
    recordings: tuple[PlacedRecording, ...] = ()


# ---------------------------------------------------------------- what was heard


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that an editor should look at in one utterance."""

    utterance: str
    kind: str
    """"word_not_heard", …: each kind is explained in docs/proof.md."""
    word: str
    confidence: float
    """0 to 1: how sure the check is that something is wrong."""
    start_s: float
    """In the utterance's own take."""
    end_s: float
    expected: str = ""
    heard: str = ""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What listening to one take gave."""

    heard: str
    """The recogniser's words, normalised as `spoken` is."""
    words: int
    words_not_heard: int
    """Names aside."""
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One take of an utterance that took more than one."""

    utterance: str
    recipe: str
    """How it was rendered: "plain", or what a re-take changed."""
    findings: tuple[str, ...]
    """Kinds of what was found in it."""
    kept: bool
    """Whether the edition has this one."""


@dataclass(frozen=True, slots=True)
class Report:
    """The proof of a whole edition."""

    hearings: tuple[tuple[str, Hearing], ...]
    """(utterance id, hearing), in the order of speaking."""
    trials: tuple[Trial, ...] = ()
    """Of utterances whose first take failed its hearing: every take, in the order in which they were tried."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the order of speaking."""
        return tuple(finding for _, hearing in self.hearings for finding in hearing.findings)

    @property
    def clean(self) -> bool:
        """Whether the edition may go out without an editor's look."""
        return not self.findings

    @property
    def words(self) -> int:
        """Words that were listened for, names aside."""
        return sum(hearing.words for _, hearing in self.hearings)

    @property
    def words_not_heard(self) -> int:
        """Words that were said and not heard, names aside."""
        return sum(hearing.words_not_heard for _, hearing in self.hearings)


# ---------------------------------------------------------------- what is delivered


@dataclass(frozen=True, slots=True)
class AudioFile:
    """One delivered audio file, measured after decoding it again."""

    file: str
    """Name inside the edition's folder."""
    format: str
    duration_s: float
    loudness_lufs: float
    true_peak_dbtp: float
    sha256: str
    signature: str | None = None
    """Name of the file that holds the signature, where the format has no room for it inside."""


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """Which voice spoke, and what computed it."""

    name: str
    engine: str
    kernels: str


@dataclass(frozen=True, slots=True)
class Making:
    """What it took to make an edition."""

    vivavoce: str
    """Version."""
    seconds: float
    stage_cpu_s: tuple[tuple[str, float], ...]
    """(stage, user + system CPU seconds with child processes), in the order of the stages."""
    rendered_utterances: int
    reused_utterances: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What a signature says of an audio file beside its bytes."""

    edition: str
    """Id of what is said: 32 hexadecimal digits, of which the watermark carries the first eight."""
    article: Article
    script_sha256: str
    voice: VoiceInfo
    disclosure: Disclosure
    watermark: str | None
    """Which mark the sound carries; None where the house has switched it off."""
    approved: bool = False
    """Whether a person has heard it and taken responsibility for its words."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How an edition's files say where they come from."""

    signed_by: str
    """The signing certificate's name."""
    certificate_sha256: str
    script_sha256: str
    """Of the words said: what an approval is bound to."""
    watermark: str | None
    """Which mark the sound carries; it holds the first eight digits of the edition's id."""
    approved: bool = False


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """Everything known of a finished edition: what the manifest says and every page is made from."""

    id: str
    replaces: str | None
    """Id of the version before this one."""
    article: Article
    script: Script
    placements: tuple[Placement, ...]
    """One for each of the script's utterances, in order."""
    sample_rate_hz: int
    length_samples: int
    report: Report
    voice: VoiceInfo
    disclosure: Disclosure
    audio: tuple[AudioFile, ...]
    made: Making
    recordings: tuple[PlacedRecording, ...] = ()
    """The house's own sound, in the order of playing."""
    guid: str = ""
    """What feeds call this edition in all its versions; empty in records that were never published."""
    edits: tuple[Edit, ...] = ()
    """The editor's changes, in the order in which they were made; also those whose place the text has lost."""
    provenance: Provenance | None = None
    """None in records that were made without a signer."""
