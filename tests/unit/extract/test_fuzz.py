"""Whatever comes in, an article or one line goes out: every reader under bytes and under structures that almost fit."""

import io
import json
import os
import unicodedata
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivavoce.errors import InputError
from vivavoce.extract import extract_here
from vivavoce.extract.feed import read_feed
from vivavoce.types import Article, Capture

EXAMPLES = int(os.environ.get("VIVAVOCE_FUZZ_EXAMPLES", "60"))
FUZZ = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MEDIA_TYPES = [
    None,
    "text/html",
    "text/plain",
    "text/markdown",
    "message/rfc822",
    "application/json",
    "application/rss+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
]
TAGS = "p div h1 h2 li ul table tr td blockquote figure br a span b script style template details article"
WORDS = st.sampled_from(
    ["Bridge closed.", "She said so.", "Read also:", "©", "\u202e", "\0", "<", "&amp;", "한국어", "42", " "]
)
KEYS = "title html text content rendered post current posts byline author date url blocks kind items id"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5),
    max_leaves=20,
)


@st.composite
def markup(draw: st.DrawFn, depth: int = 4) -> str:
    if depth == 0 or draw(st.booleans()):
        return draw(WORDS) * draw(st.integers(1, 12))
    tag = draw(st.sampled_from(TAGS.split()))
    attributes = draw(
        st.sampled_from(["", " hidden", " class='related'", " style='display:none'", " href='#x'", " <", " id='"])
    )
    inner = "".join(draw(st.lists(markup(depth=depth - 1), max_size=4)))
    return f"<{tag}{attributes}>{inner}" + draw(st.sampled_from([f"</{tag}>", "", "</div>", "<!--"]))


def check(article: Article) -> None:
    assert article.blocks
    assert article.text == unicodedata.normalize("NFC", article.text)
    assert not any(unicodedata.category(c) in {"Cc", "Co", "Cs"} and c != "\n" for c in article.text)


def run(body: bytes, media_type: str | None) -> None:
    try:
        article = extract_here(Capture(body=body, address="fuzz", media_type=media_type))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        check(article)


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@FUZZ
@given(body=st.binary(max_size=600) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes(media_type: str | None, body: bytes) -> None:
    run(body, media_type)


@FUZZ
@given(text=markup())
def test_any_markup(text: str) -> None:
    run(f"<html><body>{text}</body></html>".encode("utf-8", "replace"), "text/html")


@FUZZ
@given(value=VALUES)
def test_any_payload(value: object) -> None:
    run(json.dumps(value).encode(), "application/json")


@FUZZ
@given(value=VALUES)
def test_any_json_feed(value: object) -> None:
    try:
        read_feed(Capture(body=json.dumps({"items": [value, {"id": "1", "authors": value}]}).encode(), address="f"))
    except InputError as error:
        assert "\n" not in str(error)


@FUZZ
@given(inner=st.text(alphabet="<>/abcditemlnk&;\"'= é", max_size=300))
def test_any_feed(inner: str) -> None:
    try:
        read_feed(Capture(body=f"<rss><channel>{inner}</channel></rss>".encode(), address="f"))
    except InputError as error:
        assert "\n" not in str(error)


@FUZZ
@given(document=st.binary(max_size=200) | markup().map(str.encode), cut=st.integers(0, 60))
def test_any_docx(document: bytes, cut: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", document)
    run(file.getvalue()[: -cut or None], None)


@FUZZ
@given(head=st.text(alphabet='=?utf8qBZ-_: \n;"<>@abc/', max_size=200), body=markup())
def test_any_mail(head: str, body: str) -> None:
    run(
        f"Message-ID: <1>\nFrom: {head}\nContent-Type: text/html\n\n{body}".encode("utf-8", "replace"), "message/rfc822"
    )
