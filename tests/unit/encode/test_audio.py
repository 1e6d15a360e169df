"""Every delivered format: level, length, alignment, tags; read back by programs that are not ours."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest
import soundfile as sf
from PIL import Image
from scipy.signal import correlate

from vivavoce.audio import resample
from vivavoce.encode.audio import FORMATS, check_formats, decoded, encode_audio, measure_file
from vivavoce.encode.cover import CoverStyle, draw_cover, drawable, pack_cover, shrink_cover
from vivavoce.encode.edition import make_tags
from vivavoce.encode.tags import Chapter, Tags
from vivavoce.errors import UsageError
from vivavoce.types import Article, Block, BlockKind, Disclosure, Edition

RATE_HZ = 24_000
SECONDS = 12
ARTICLE = Article(
    (Block(BlockKind.PARAGRAPH, "Rain fell."),),
    title="Дощ у Києві: “rain”",
    publisher="The Courier",
    published=date(2026, 3, 14),
    url="https://courier.example/a",
)
CHAPTERS = (Chapter("Rain", 0, 4_000), Chapter("Сонце & sun", 4_000, 12_000))
VISIBLE = Disclosure().visible


@pytest.fixture(scope="module")
def tags() -> Tags:
    cover = shrink_cover(draw_cover("Rain", "The Courier", CoverStyle()))
    return make_tags(ARTICLE, Disclosure(), chapters=CHAPTERS, cover=cover)


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """Give a recording of noise in the shape of syllables at -19 LUFS."""
    file = tmp_path_factory.mktemp("master") / "master.wav"
    generator = np.random.default_rng(7)
    noise = np.cumsum(generator.standard_normal(RATE_HZ * SECONDS)) * 0.02
    noise = np.diff(noise, prepend=0) * (np.sin(np.arange(len(noise)) / RATE_HZ * 2 * np.pi * 3) > -0.3)
    samples = (noise / np.abs(noise).max() * 0.5).astype(np.float32)
    sf.write(file, samples, RATE_HZ, subtype="FLOAT")
    loudness = measure_file(file, format_name="wav").loudness_lufs
    sf.write(file, samples * np.float32(10 ** ((-19 - loudness) / 20)), RATE_HZ, subtype="FLOAT")
    return Edition(file, RATE_HZ, RATE_HZ * SECONDS, (), -19.0, -3.0)


@pytest.fixture(scope="module")
def files(edition: Edition, tags: Tags, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    folder = tmp_path_factory.mktemp("delivered")
    yield {name: encode_audio(edition, audio_format=FORMATS[name], tags=tags, folder=folder) for name in FORMATS}
    assert {path.name for path in folder.iterdir()} == {f"audio.{name}" for name in FORMATS}, "something was left over"


@pytest.mark.parametrize("name", FORMATS)
def test_level_and_length_survive(files: dict[str, Path], name: str) -> None:
    measured = measure_file(files[name], format_name=name)
    assert measured.loudness_lufs == pytest.approx(-19.0, abs=0.5)
    assert measured.duration_s == pytest.approx(SECONDS, abs=0.002)


@pytest.mark.parametrize("name", FORMATS)
def test_no_encoder_moves_the_sound(files: dict[str, Path], edition: Edition, name: str) -> None:
    """Word timings count from the first sample: a codec's delay must be known to the file."""
    master, _ = sf.read(edition.file, dtype="float32")
    with decoded(files[name]) as sound:
        heard, rate = sf.read(sound, dtype="float32")
    heard = resample(heard, from_hz=rate, to_hz=RATE_HZ)[: len(master)]
    lag = int(np.argmax(correlate(heard, master[: len(heard)], method="fft"))) - len(heard) + 1
    assert abs(lag) <= 1


@pytest.mark.parametrize("name", FORMATS)
def test_tags_are_read_back(files: dict[str, Path], name: str) -> None:
    file: Any = mutagen.File(files[name])
    text = {key: str(value) for key, value in file.tags.items()}
    shown = "\n".join(text.values())
    for wanted in (ARTICLE.title, "The Courier (AI voice)", VISIBLE, "2026-03-14", "trainedAlgorithmicMedia"):
        assert wanted is not None
        assert wanted in shown, f"{wanted} is not in {sorted(text)}"
    assert file.info.length == pytest.approx(SECONDS, abs=0.05)


def test_chapters_and_cover_are_read_back(files: dict[str, Path], tags: Tags) -> None:
    for name in ("mp3", "wav"):
        read: Any = mutagen.File(files[name])
        chapters = [(c.sub_frames["TIT2"].text[0], c.start_time, c.end_time) for c in read.tags.getall("CHAP")]
        assert chapters == [(c.title, c.start_ms, c.end_ms) for c in CHAPTERS]
        assert read.tags.getall("CTOC")[0].child_element_ids == ["ch0", "ch1"]
        assert read.tags.getall("APIC")[0].data == tags.cover
    mp4: Any = mutagen.File(files["m4a"])
    assert [(round(c.start, 3), c.title) for c in mp4.chapters] == [(0.0, "Rain"), (4.0, "Сонце & sun")]
    assert bytes(mp4.tags["covr"][0]) == tags.cover
    for name in ("opus", "flac"):
        comments: Any = mutagen.File(files[name])
        assert comments.tags["CHAPTER002"] == ["00:00:04.000"]
        assert comments.tags["CHAPTER002NAME"] == ["Сонце & sun"]
    flac: Any = mutagen.File(files["flac"])
    assert flac.pictures[0].data == tags.cover
    opus: Any = mutagen.File(files["opus"])
    assert "METADATA_BLOCK_PICTURE" in opus.tags


def test_opus_tags_that_are_too_long_keep_what_matters(edition: Edition, tags: Tags, tmp_path: Path) -> None:
    many = tuple(Chapter(f"Chapter {number} " + "x" * 200, number, number + 1) for number in range(400))
    long = make_tags(ARTICLE, Disclosure(), chapters=many, cover=tags.cover)
    file = encode_audio(edition, audio_format=FORMATS["opus"], tags=long, folder=tmp_path)
    read: Any = mutagen.File(file)
    assert read.tags["COMMENT"] == [VISIBLE]
    assert "CHAPTER200" in read.tags
    assert sf.info(file).duration == pytest.approx(SECONDS, abs=0.001)


@pytest.mark.parametrize(
    ("formats", "reason"),
    [(["ogg"], "unknown format 'ogg'"), (["epub"], "an EPUB carries"), (["wav", "epub"], "an EPUB carries")],
)
def test_what_cannot_be_delivered_is_refused_before_anything_is_made(formats: list[str], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        check_formats(formats)


def test_a_cover_is_square_large_and_small() -> None:
    image = draw_cover(ARTICLE.title or "", "The Courier", CoverStyle(background="#102030"))
    assert Image.open(io.BytesIO(pack_cover(image))).size == (3000, 3000)
    assert len(shrink_cover(image)) <= 45_000
    assert image.getpixel((5, 5)) == (0x10, 0x20, 0x30)


@pytest.mark.parametrize(
    ("title", "drawn"),
    [
        ("Київ, Αθήνα, שלום", "Київ, Αθήνα, שלום"),
        ("北京 talks 🌊 begin", "BeiJing talks begin"),
        ("Ǆ \U000f1234\ufffe", "Ǆ"),
    ],
)
def test_what_the_font_lacks_becomes_no_box(title: str, drawn: str) -> None:
    assert drawable(title) == drawn
