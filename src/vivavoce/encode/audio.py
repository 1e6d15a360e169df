"""A mastered edition as audio files, each measured after it is decoded again."""

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soxr

from vivavoce.audio import LoudnessMeter, Samples, measure_true_peak
from vivavoce.encode.id3 import write_id3
from vivavoce.encode.mp4 import check_m4a, decode_m4a, encode_m4a
from vivavoce.encode.riff import tag_wav
from vivavoce.encode.tags import Tags
from vivavoce.encode.vorbis import tag_flac, tag_opus
from vivavoce.errors import UsageError
from vivavoce.sound_files import WORKING_COPY, Coding, read_length, read_pieces, write_pieces
from vivavoce.types import AudioFile, Edition


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """How one delivered format is written."""

    name: str
    suffix: str
    sample_rate_hz: int
    coding: Coding | None
    """None: written by another process, see mp4.py."""
    tag: Callable[[Path, Tags], None] | None = None
    """Puts the tags into the written file; None where they are written with it."""
    makeup_db: float = 0.0
    """What the codec takes from the loudness, given back before it; `tests/unit/encode/test_audio.py` measures it."""


def _tag_mp3(file: Path, tags: Tags) -> None:
    with file.open("rb") as bare, file.with_name(file.name + "~").open("wb") as tagged:
        tagged.write(write_id3(tags))
        shutil.copyfileobj(bare, tagged)
    Path(tagged.name).replace(file)


FORMATS = {
    "mp3": AudioFormat("mp3", ".mp3", 44_100, Coding("MP3", "MPEG_LAYER_III", 0.75), _tag_mp3, makeup_db=0.45),
    "m4a": AudioFormat("m4a", ".m4a", 44_100, None),
    "opus": AudioFormat("opus", ".opus", 48_000, Coding("OGG", "OPUS"), tag_opus),
    "wav": AudioFormat("wav", ".wav", 24_000, Coding("WAV", "PCM_16"), tag_wav),
    "flac": AudioFormat("flac", ".flac", 24_000, Coding("FLAC", "PCM_16"), tag_flac),
}
"""MP3 at this level is 96 kbit/s: what podcast directories ask of mono speech; so is M4A."""
_IN_MP4 = frozenset({".m4a", ".mp4"})
BOOK = "epub"
"""Asked for like a format; it is made of the edition's text and one of these recordings, see book.py."""
BOOK_SOUND = ("mp3", "m4a", "opus")
"""What an EPUB reader has to play, the best first."""


def find_format(name: str) -> AudioFormat:
    """Look a format up by its name.

    Raises:
        UsageError: There is no such format.
        MachineError: It can't be written on this machine.
    """
    if name not in FORMATS:
        raise UsageError(f"unknown audio format {name!r}; there are {', '.join(FORMATS)}")
    if FORMATS[name].coding is None:
        check_m4a()
    return FORMATS[name]


def check_formats(names: Sequence[str]) -> None:
    """Check that an edition can be delivered in these formats, before anything is made.

    Raises:
        UsageError: One is unknown, none is sound, or an EPUB would have no sound that its readers play.
        MachineError: One can't be written on this machine.
    """
    for name in names:
        if name not in {*FORMATS, BOOK}:
            raise UsageError(f"unknown format {name!r}; there are {', '.join([*FORMATS, BOOK])}")
    for name in sound_formats(names):
        find_format(name)
    if BOOK in names and not set(names) & set(BOOK_SOUND):
        raise UsageError(f"an EPUB carries a recording that every reader plays; add one of {', '.join(BOOK_SOUND)}")


def sound_formats(names: Sequence[str]) -> tuple[str, ...]:
    """Give those of the formats asked for that are sound."""
    return tuple(name for name in names if name != BOOK)


def encode_audio(edition: Edition, *, audio_format: AudioFormat, tags: Tags, folder: Path) -> Path:
    """Write `audio.<suffix>` with its tags.

    Returns:
        The file, not yet signed.

    Raises:
        MachineError: The disk is full, or an encoder failed.
    """
    target = folder / f"audio{audio_format.suffix}"
    bare = folder / f".audio{audio_format.suffix}"
    makeup = np.float32(10 ** (audio_format.makeup_db / 20))
    rate = audio_format.sample_rate_hz
    pieces = (piece * makeup for piece in _resampled(edition, rate))
    if audio_format.coding is None:
        with _working_copy(bare) as sound:
            write_pieces(sound, pieces, sample_rate_hz=rate, coding=WORKING_COPY)
            encode_m4a(sound, bare, tags)
    else:
        write_pieces(bare, pieces, sample_rate_hz=rate, coding=audio_format.coding)
    if audio_format.tag:
        audio_format.tag(bare, tags)
    bare.replace(target)
    return target


def measure_file(file: Path, *, format_name: str) -> AudioFile:
    """Decode a delivered file and measure what a listener gets.

    Raises:
        MachineError: The file can't be decoded on this machine.
    """
    with decoded(file) as sound:
        frames, rate = read_length(sound)
        meter = LoudnessMeter(rate)
        for piece in read_pieces(sound):
            meter.add(piece)
        peak = measure_true_peak(read_pieces(sound), sample_rate_hz=rate)
    with file.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
    return AudioFile(file.name, format_name, frames / rate, round(meter.loudness_lufs(), 2), round(peak, 2), digest)


@contextmanager
def decoded(file: Path) -> Iterator[Path]:
    """Give a sound file as one that libsndfile reads: itself, or a copy elsewhere that is removed again.

    Raises:
        MachineError: It is M4A, and can't be decoded on this machine.
    """
    if file.suffix.lower() not in _IN_MP4:
        yield file
        return
    with TemporaryDirectory(prefix="vivavoce-sound-") as folder:
        sound = Path(folder) / "sound.wav"
        decode_m4a(file, sound)
        yield sound


@contextmanager
def _working_copy(file: Path) -> Iterator[Path]:
    copy = file.with_name(f".{file.name.lstrip('.')}.wav")
    try:
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _resampled(edition: Edition, rate: int) -> Iterator[Samples]:
    if edition.sample_rate_hz == rate:
        yield from read_pieces(edition.file)
        return
    stream = soxr.ResampleStream(edition.sample_rate_hz, rate, 1, dtype="float32", quality="VHQ")
    for piece in read_pieces(edition.file):
        yield stream.resample_chunk(piece)
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)
