"""Keys, claims and short sound files for tests of signatures."""

from datetime import date
from pathlib import Path

import numpy as np
import soundfile as sf

from vivavoce.encode.audio import FORMATS
from vivavoce.encode.edition import make_tags
from vivavoce.encode.mp4 import encode_m4a
from vivavoce.provenance.keys import Identity, SigningOptions, open_identity
from vivavoce.sound_files import WORKING_COPY
from vivavoce.types import Article, Block, BlockKind, Claim, Disclosure, VoiceInfo

ARTICLE = Article(
    blocks=(Block(BlockKind.PARAGRAPH, "The harbour opened again."), Block(BlockKind.PARAGRAPH, "Ships came.")),
    title="Harbour open",
    published=date(2026, 5, 4),
    publisher="The Daily Gull",
    url="https://gull.example/harbour",
)
CLAIM = Claim(
    edition="0123456789abcdef0123456789abcdef",
    article=ARTICLE,
    script_sha256="ab" * 32,
    voice=VoiceInfo("tones", "tones", "numpy"),
    disclosure=Disclosure(),
    watermark="org.vivavoce.mark.1",
)


def make_identity(folder: Path, *, ta_url: str | None = None) -> Identity:
    """Make keys of a test's own."""
    return open_identity(SigningOptions(ta_url=ta_url), folder, publisher="The Daily Gull")


def write_sound(file: Path, *, seconds: float = 1.0) -> Path:
    """Write quiet noise in the format that the file's name says."""
    audio_format = next(known for known in FORMATS.values() if known.suffix == file.suffix)
    samples = np.random.default_rng(5).standard_normal(round(seconds * audio_format.sample_rate_hz)) * 0.05
    coding = audio_format.coding or WORKING_COPY
    sound = file if audio_format.coding else file.with_suffix(".wav")
    sf.write(sound, samples, audio_format.sample_rate_hz, format=coding.container, subtype=coding.subtype)
    if not audio_format.coding:
        encode_m4a(sound, file, make_tags(ARTICLE, Disclosure()))
    return file
