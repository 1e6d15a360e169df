"""The article's own picture on the cover, where the house wants it; where it can't be had, the edition says so."""

import io
import json
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from end_to_end.conftest import Run

PAGE = """<html lang="en"><head><title>Harbour open</title><meta property="og:image" content="/{picture}"></head><body>
<article><h1>Harbour open</h1><p>The harbour opened again on Sunday after three months of work.</p></article>
</body></html>
"""
GREEN = (20, 160, 60)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "site"
    folder.mkdir()
    Image.new("RGB", (1600, 900), GREEN).save(folder / "harbour.png")
    (folder / "broken.png").write_bytes((folder / "harbour.png").read_bytes()[:3000])
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("picture", ["harbour.png", "broken.png"])
def test_the_articles_picture_or_openly_another(tmp_path: Path, run: Run, site: str, picture: str) -> None:
    house = tmp_path / "vivavoce.toml"
    house.write_text('[ingest]\nallowed_hosts = ["127.0.0.1"]\n[cover]\nfrom_article = true\n', "utf-8")
    page = tmp_path / "page.html"
    page.write_text(PAGE.format(picture=picture), "utf-8")
    edition = tmp_path / "story"
    env = {"VIVAVOCE_CONFIG": str(house)}
    made = run("narrate", page, "--url", f"{site}/harbour", "-o", edition, "--voice", "tones", env=env)
    assert made.returncode == 0, made.stderr
    cover = Image.open(io.BytesIO((edition / "cover.jpg").read_bytes()))
    assert cover.size == (3000, 3000)
    middle = cover.getpixel((1500, 300))
    assert isinstance(middle, tuple)
    is_green = max(abs(one - other) for one, other in zip(middle, GREEN, strict=True)) < 8
    article = json.loads((edition / "edition.json").read_text("utf-8"))["article"]
    assert article["image"] == f"{site}/{picture}"
    if picture == "harbour.png":
        assert (is_green, article["warnings"]) == (True, [])
    else:
        (warning,) = article["warnings"]
        assert (is_green, picture in warning) == (False, True)
        assert "picture is not on the cover" in made.stdout + made.stderr
