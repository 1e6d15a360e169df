"""What happens to recordings on their way: codecs. For the watermark's tests and its figures."""

import io

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from vivavoce.audio import Samples, resample

RATE_HZ = 24_000
"""Of the recordings that are harmed."""


def code(samples: Samples, rate_hz: int, container: str, subtype: str, **options: object) -> Samples:
    """Bring a recording through a codec and back."""
    buffer = io.BytesIO()
    sound = resample(samples, from_hz=RATE_HZ, to_hz=rate_hz)
    sf.write(buffer, sound, rate_hz, format=container, subtype=subtype, **options)
    buffer.seek(0)
    decoded: NDArray[np.float32] = sf.read(buffer, dtype="float32")[0]
    return resample(decoded, from_hz=rate_hz, to_hz=RATE_HZ)


def code_mp3(samples: Samples) -> Samples:
    """MP3 at 64 kbit/s and 44.1 kHz, mono."""
    return code(samples, 44_100, "MP3", "MPEG_LAYER_III", bitrate_mode="CONSTANT", compression_level=8 / 9)


def code_opus(samples: Samples) -> Samples:
    """Opus at about 24 kbit/s, mono."""
    return code(samples, 48_000, "OGG", "OPUS", compression_level=0.928)
