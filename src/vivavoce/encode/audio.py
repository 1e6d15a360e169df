"""A mastered edition as audio files, each measured after it is decoded again."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from vivavoce.audio import LoudnessMeter, Samples, measure_true_peak
from vivavoce.encode.id3 import Tags, write_id3
from vivavoce.errors import UsageError
from vivavoce.sound_files import Coding, read_length, read_pieces, write_pieces
from vivavoce.types import AudioFile, Edition


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """How one delivered format is written."""

    name: str
    suffix: str
    sample_rate_hz: int
    coding: Coding
    makeup_db: float = 0.0
    """What the codec takes from the loudness, given back before it; measured by `tests/unit/encode/test_audio.py`."""


FORMATS = {
    "mp3": AudioFormat("mp3", ".mp3", 44_100, Coding("MP3", "MPEG_LAYER_III", 0.75), makeup_db=0.45),
    "opus": AudioFormat("opus", ".opus", 48_000, Coding("OGG", "OPUS")),
    "wav": AudioFormat("wav", ".wav", 24_000, Coding("WAV", "PCM_16")),
    "flac": AudioFormat("flac", ".flac", 24_000, Coding("FLAC", "PCM_16")),
}
"""MP3 at this level is 96 kbit/s: what podcast directories ask of mono speech."""


def find_format(name: str) -> AudioFormat:
    """Look a format up by its name.

    Raises:
        UsageError: There is no such format.
    """
    if name not in FORMATS:
        raise UsageError(f"unknown audio format {name!r}; there are {', '.join(FORMATS)}")
    return FORMATS[name]


def encode_audio(edition: Edition, *, audio_format: AudioFormat, tags: Tags, folder: Path) -> Path:
    """Write `audio.<suffix>` with its tags.

    Returns:
        The file, not yet signed.
    """
    target = folder / f"audio{audio_format.suffix}"
    bare = folder / f".audio{audio_format.suffix}"
    makeup = np.float32(10 ** (audio_format.makeup_db / 20))
    pieces = (piece * makeup for piece in _resampled(edition, audio_format.sample_rate_hz))
    write_pieces(bare, pieces, sample_rate_hz=audio_format.sample_rate_hz, coding=audio_format.coding)
    if audio_format.name == "mp3":
        _prepend(write_id3(tags), bare)
    bare.replace(target)
    return target


def measure_file(file: Path, *, format_name: str) -> AudioFile:
    """Decode a delivered file and measure what a listener gets."""
    frames, rate = read_length(file)
    meter = LoudnessMeter(rate)
    for piece in read_pieces(file):
        meter.add(piece)
    peak = measure_true_peak(read_pieces(file), sample_rate_hz=rate)
    with file.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
    return AudioFile(file.name, format_name, frames / rate, round(meter.loudness_lufs(), 2), round(peak, 2), digest)


def _resampled(edition: Edition, rate: int) -> Iterator[Samples]:
    if edition.sample_rate_hz == rate:
        yield from read_pieces(edition.file)
        return
    stream = soxr.ResampleStream(edition.sample_rate_hz, rate, 1, dtype="float32", quality="VHQ")
    for piece in read_pieces(edition.file):
        yield stream.resample_chunk(piece)
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)


def _prepend(tag: bytes, file: Path) -> None:
    audio = file.read_bytes()
    file.write_bytes(tag + audio)
