"""Sound files read and written in pieces, so that no recording is ever whole in memory. The one door to libsndfile."""

import shutil
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from vivavoce.errors import InputError, MachineError

_PIECE_SAMPLES = 1 << 19
_LITTLE_BYTES = 1 << 20
_OPEN = 0xFFFFFFFF
"""A length that is left open."""


@dataclass(frozen=True, slots=True)
class Coding:
    """How libsndfile writes a file, in its own names."""

    container: str
    subtype: str
    compression: float | None = None
    """Level for a constant rate; None where the format has none."""


WORKING_COPY = Coding("RF64", "FLOAT")
"""Lossless, of any length."""


def read_pieces(file: Path) -> Iterator[NDArray[np.float32]]:
    """Read a mono file piece by piece."""
    with sf.SoundFile(file) as source:
        yield from source.blocks(_PIECE_SAMPLES, dtype="float32")


def read_mono(file: Path) -> tuple[NDArray[np.float32], int]:
    """Read a whole recording of any format, channels mixed into one, with its sample rate in Hz.

    Raises:
        InputError: The file is missing, or no sound that can be read.
    """
    if not file.is_file():
        what = "it is a folder" if file.is_dir() else "there is no such file"
        raise InputError(f"the recording {file} can't be read: {what}; give the path of a WAV, MP3, FLAC or Opus file")
    try:
        samples, rate_hz = sf.read(file, dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise InputError(f"{file} holds no sound that can be read; give a WAV, MP3, FLAC or Opus file") from error
    if not len(samples):
        raise InputError(f"there is no sound in the recording {file}; give one with speech")
    return samples.mean(axis=1), int(rate_hz)


def read_cuts(file: Path, cuts: Iterable[tuple[int, int]]) -> Iterator[NDArray[np.float32]]:
    """Read stretches of a recording one after another, channels mixed into one.

    Args:
        file: Audio of any format.
        cuts: [start, end) in the file's samples, with starts in order; what lies outside the recording is not given.

    Raises:
        InputError: The file is missing, or no sound that can be read.
    """
    try:
        with sf.SoundFile(file) as source:
            held, begins = np.zeros(0, np.float32), 0
            for start, end in cuts:
                while begins + len(held) < end and len(block := _read_block(source)):
                    kept = held[max(0, start - begins) :]
                    begins += len(held) - len(kept)
                    held = np.concatenate([kept, block])
                yield held[max(0, start - begins) : max(0, end - begins)]
    except (OSError, RuntimeError) as error:
        raise InputError(f"the recording {file} can't be read ({error}); make the edition again") from error


def _read_block(source: sf.SoundFile) -> NDArray[np.float32]:
    return np.asarray(source.read(_PIECE_SAMPLES, dtype="float32", always_2d=True).mean(axis=1), np.float32)


def read_length(file: Path) -> tuple[int, int]:
    """Give a file's number of samples and its sample rate in Hz."""
    info = sf.info(file)
    return info.frames, info.samplerate


def write_pieces(
    file: Path, pieces: Iterable[NDArray[np.float32]], *, sample_rate_hz: int, coding: Coding = WORKING_COPY
) -> None:
    """Write a mono file piece by piece.

    Raises:
        MachineError: The disk is full, or the file can't be written for another reason.
    """
    constant_rate = {} if coding.compression is None else {"bitrate_mode": "CONSTANT"}
    try:
        with sf.SoundFile(
            file,
            "w",
            sample_rate_hz,
            1,
            subtype=coding.subtype,
            format=coding.container,
            compression_level=coding.compression,
            **constant_rate,
        ) as out:
            for piece in pieces:
                out.write(piece)
    except (sf.SoundFileError, OSError) as error:
        raise MachineError(_explain(file, error)) from error


def open_wav_stream(sample_rate_hz: int) -> bytes:
    """Write the head of a mono WAV file of 16 bits whose length nobody knows yet.

    Source: both lengths at their maximum is what programs write that send WAV into a pipe, and what players take.
    """
    bytes_per_s = 2 * sample_rate_hz
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, sample_rate_hz, bytes_per_s, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", _OPEN, b"WAVE") + form + struct.pack("<4sI", b"data", _OPEN)


def _explain(file: Path, error: Exception) -> str:
    if shutil.disk_usage(file.parent).free < _LITTLE_BYTES:
        return f"no space is left for {file.name} in {file.parent.parent}; free some and run the same command again"
    return f"{file} can't be written ({error}); mend that and run the same command again"
