"""AAC in an MP4 file, in and out, by PyAV in a process of its own.

PyAV's wheels carry GPL encoders (x264, x265) beside the AAC one that we use, so no process that runs vivavoce loads
them: this module is imported by nobody and run as `python -m vivavoce.encode.aac`. See docs/decisions/0015-m4a.md.
"""

import io
import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import soundfile as sf
from av.stream import Disposition

_BIT_RATE = 96_000
_PIECE_SAMPLES = 1 << 16
_MS = Fraction(1, 1000)


def encode(source: str, target: str, tags: dict[str, Any], cover: bytes) -> None:
    """Write an M4A file whose head comes first, so that players start before they have the whole.

    Args:
        source: Mono sound that libsndfile reads, at the rate of the file to be.
        target: The M4A file.
        tags: "metadata" (MP4's own names, as ffmpeg calls them) and "chapters" ([title, start_ms, end_ms]).
        cover: JPEG; may be empty.
    """
    with sf.SoundFile(source) as sound, av.open(target, "w", format="mp4", options={"movflags": "+faststart"}) as file:
        stream = file.add_stream("aac", rate=sound.samplerate, layout="mono")
        stream.bit_rate = _BIT_RATE
        file.metadata.update(tags["metadata"])
        file.set_chapters(
            [
                {"id": number, "start": start, "end": end, "time_base": _MS, "metadata": {"title": title}}
                for number, (title, start, end) in enumerate(tags["chapters"])
            ]
        )
        if cover:
            _add_cover(file, cover)
        for frame in _frames(sound):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def _frames(sound: sf.SoundFile) -> Iterator[av.AudioFrame]:
    at = 0
    for piece in sound.blocks(_PIECE_SAMPLES, dtype="float32"):
        frame = av.AudioFrame.from_ndarray(piece[None, :], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = sound.samplerate, at, Fraction(1, sound.samplerate)
        at += len(piece)
        yield frame


def _add_cover(file: av.container.OutputContainer, cover: bytes) -> None:
    with av.open(io.BytesIO(cover), "r", format="jpeg_pipe") as picture:
        stream = file.add_stream_from_template(picture.streams.video[0])
        stream.disposition = Disposition.attached_pic
        for packet in picture.demux(video=0):
            if packet.size:
                packet.stream, packet.pts, packet.dts = stream, 0, 0
                file.mux(packet)


def decode(source: str, target: str) -> None:
    """Write what a player gets from the first sound of a file as mono 32-bit WAV, as long as the file says it is."""
    with av.open(source, "r") as file:
        stream = file.streams.audio[0]
        left = round(stream.duration * (stream.time_base or 0) * stream.rate) if stream.duration else None
        with sf.SoundFile(target, "w", stream.rate, 1, subtype="FLOAT", format="RF64") as sound:
            resampler = av.AudioResampler("flt", "mono", stream.rate)
            for frame in file.decode(stream):
                for piece in resampler.resample(frame):
                    samples = piece.to_ndarray().reshape(-1)[:left]
                    left = None if left is None else left - len(samples)
                    sound.write(samples)


if __name__ == "__main__":
    if sys.argv[1] == "encode":
        request = json.loads(sys.stdin.buffer.readline())
        encode(sys.argv[2], sys.argv[3], request, sys.stdin.buffer.read())
    else:
        decode(sys.argv[2], sys.argv[3])
