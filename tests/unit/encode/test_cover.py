"""A picture fills the cover whatever its shape, and what is none, or too small or too large, is refused by name."""

from pathlib import Path

import pytest
from PIL import Image

from vivavoce.encode.cover import CoverStyle, check_picture, draw_cover
from vivavoce.errors import InputError


@pytest.mark.parametrize(
    ("name", "size", "mode"),
    [("wide.jpg", (1600, 900), "L"), ("tall.png", (700, 2100), "RGBA"), ("small.webp", (600, 600), "RGB")],
)
def test_a_picture_fills_the_cover(tmp_path: Path, name: str, size: tuple[int, int], mode: str) -> None:
    Image.new(mode, size, "white").save(tmp_path / name)
    check_picture(tmp_path / name)
    cover = draw_cover("Rain", None, CoverStyle(picture=tmp_path / name))
    assert cover.size == (3000, 3000)
    assert cover.getpixel((1500, 200)) == (255, 255, 255)


@pytest.mark.parametrize(("size", "reason"), [((599, 3000), "want 600"), ((8000, 7600), "60 million")])
def test_pictures_of_other_sizes_are_refused(tmp_path: Path, size: tuple[int, int], reason: str) -> None:
    Image.new("1", size).save(tmp_path / "picture.png")
    with pytest.raises(InputError, match=reason):
        check_picture(tmp_path / "picture.png")


@pytest.mark.parametrize("kind", ["text", "cut", "gif", "missing"])
def test_what_is_no_whole_picture_is_refused(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "picture"
    Image.effect_noise((800, 800), 50).save(tmp_path / "whole.png")
    if kind == "text":
        file.write_text("<svg/>")
    elif kind == "cut":
        file.write_bytes((tmp_path / "whole.png").read_bytes()[:9000])
    elif kind == "gif":
        Image.new("P", (800, 800)).save(file, "GIF")
    with pytest.raises(InputError, match="can't be read"):
        check_picture(file)
