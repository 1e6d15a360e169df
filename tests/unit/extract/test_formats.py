"""Payloads of content systems, DOCX, mail; each becomes the same kind of article."""

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest

from vivavoce.errors import InputError, UsageError
from vivavoce.extract import ExtractOptions, Tables, extract_here
from vivavoce.extract.formats import Format, recognise_format
from vivavoce.extract.wire import read_article, write_article
from vivavoce.types import Article, Block, BlockKind, Capture, Omission

ONE = "The bridge over the river Lenn was closed on Monday morning, the city said."
TWO = "Nobody was hurt, but three bus lines have to go round by the old town for weeks."


def read_json(payload: Any, **options: Any) -> Article:
    capture = Capture(body=json.dumps(payload).encode(), address="payload", media_type="application/json")
    return extract_here(capture, options=ExtractOptions(**options))


def texts(article: Article) -> list[str]:
    return [block.text for block in article.blocks]


GHOST_HTML = (
    f"<p>{ONE}</p><figure class='kg-card kg-image-card'><img src=b.jpg><figcaption>A bridge</figcaption></figure>"
    "<div class='kg-card kg-signup-card'><h2>Join us</h2><p>Mail every day</p></div>"
    "<figure class='kg-card kg-bookmark-card'><a href=/x><div class=kg-bookmark-title>Other story</div></a></figure>"
    f"<p>{TWO}</p>"
)
GHOST = {
    "title": "Bridge closed",
    "html": GHOST_HTML,
    "published_at": "2025-01-31T08:00:00.000+00:00",
    "url": "https://paper.example/bridge/",
    "primary_author": {"name": "Ann Example"},
}


@pytest.mark.parametrize("payload", [{"post": {"current": GHOST}}, {"posts": [GHOST]}, GHOST])
def test_ghost(payload: Any) -> None:
    article = read_json(payload)
    assert texts(article) == [ONE, TWO]
    assert article.title == "Bridge closed"
    assert article.byline == ("Ann Example",)
    assert article.published == date(2025, 1, 31)
    assert article.url == "https://paper.example/bridge/"
    assert {omission.reason for omission in article.omitted} >= {"newsletter", "caption"}


def test_wordpress_rest() -> None:
    article = read_json(
        {
            "id": 7,
            "date": "2025-01-31T09:00:00",
            "link": "https://paper.example/b",
            "title": {"rendered": "Bridge &#8220;closed&#8221;"},
            "content": {
                "rendered": f"<p>{ONE}<sup><a href='#fn1'>1</a></sup></p>"
                "<figure class='wp-block-pullquote'><blockquote><p>three bus lines have to go round</p></blockquote>"
                "</figure>"
                f"<p>{TWO}</p><ol class='wp-block-footnotes'><li id=fn1>Says the city.</li></ol>",
                "protected": False,
            },
            "_embedded": {"author": [{"name": "Ann Example"}]},
        }
    )
    assert article.title == "Bridge “closed”"
    assert texts(article) == [ONE, TWO]
    assert article.byline == ("Ann Example",)


def test_wordpress_hook_with_shortcodes_and_bare_paragraphs() -> None:
    article = read_json(
        {
            "post_id": 7,
            "post": {
                "post_title": "Bridge closed",
                "post_content": f"{ONE}\n\n[caption id='x' width='3']<img src=b.jpg> A bridge[/caption]\n\n"
                f"[gallery ids='1,2']\n\n[box color='red']{TWO}[/box]\n\n“It [the bridge] is old [sic],” she said.",
                "post_date": "2025-01-31 09:00:00",
            },
            "post_permalink": "https://paper.example/b",
        }
    )
    assert texts(article) == [ONE, TWO, "“It [the bridge] is old [sic],” she said."]
    assert article.url == "https://paper.example/b"


@pytest.mark.parametrize(
    "body",
    [
        {"text": f"{ONE}\n\n{TWO}"},
        {"html": f"<p>{ONE}</p><p>{TWO}</p>"},
        {"body": f"<p>{ONE}</p><p>{TWO}</p>"},
        {"paragraphs": [ONE, TWO]},
        {"blocks": [{"kind": "paragraph", "text": ONE}, {"kind": "quote", "text": TWO}]},
    ],
)
def test_the_plain_form(body: dict[str, Any]) -> None:
    article = read_json({"title": "Bridge", "byline": "By Ann Example and Bob Muster", "date": "2025-01-31", **body})
    assert texts(article) == [ONE, TWO]
    assert article.byline == ("Ann Example", "Bob Muster")
    assert article.published == date(2025, 1, 31)


def test_what_extract_prints_is_read_back() -> None:
    article = read_json({"title": "Bridge", "paragraphs": [ONE, TWO], "date": "2025-01-31"})
    assert read_article(write_article(article)) == article
    assert read_json(json.loads(write_article(article))).blocks == article.blocks


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({}, "without a body"),
        ([], "0 posts"),
        ([GHOST, GHOST], "2 posts"),
        ({"title": {"rendered": "x"}, "content": {"rendered": "", "protected": True}}, "locked"),
        ({"post": {"current": {"title": "Only a title", "primary_author": None}}}, "title without a body"),
        ([1], "without a post"),
        (7, "without a post"),
    ],
)
def test_payloads_without_an_article_are_refused(payload: Any, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read_json(payload)


# ---------------------------------------------------------------- DOCX

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def build_docx(body: str, **parts: str) -> Capture:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return Capture(body=file.getvalue(), address="story.docx")


def test_docx() -> None:
    capture = build_docx(
        paragraph("Bridge closed", "Title")
        + paragraph(ONE)
        + paragraph("Why now?", "Heading1")
        + "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Cracks were found</w:t></w:r></w:p>"
        + f"<w:p><w:del><w:r><w:delText>Gone.</w:delText></w:r></w:del><w:ins><w:r><w:t>{TWO}</w:t></w:r></w:ins></w:p>"
        + "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Hidden words.</w:t></w:r></w:p>"
        + paragraph("A bridge", "Caption")
        + f"<w:tbl><w:tr><w:tc>{paragraph('Line')}</w:tc><w:tc>{paragraph('4')}</w:tc></w:tr></w:tbl>",
        footnotes=f"<w:footnotes {W}><w:footnote>{paragraph('Says the city.')}</w:footnote></w:footnotes>",
    )
    article = extract_here(capture)
    assert article.title == "Bridge closed"
    assert article.blocks == (
        Block(BlockKind.PARAGRAPH, ONE),
        Block(BlockKind.HEADING, "Why now?"),
        Block(BlockKind.LIST_ITEM, "Cracks were found"),
        Block(BlockKind.PARAGRAPH, TWO),
        Block(BlockKind.TABLE, "Line; 4"),
    )
    assert set(article.omitted) == {Omission("A bridge", "caption"), Omission("Says the city.", "footnote")}
    read_aloud = extract_here(capture, options=ExtractOptions(footnotes=True, tables=Tables.OMIT))
    assert texts(read_aloud)[-1] == "Says the city."
    assert Omission("Line; 4", "table") in read_aloud.omitted
    rows = extract_here(capture, options=ExtractOptions(tables=Tables.READ))
    assert rows.blocks[-1] == Block(BlockKind.LIST_ITEM, "Line; 4")


def test_docx_that_attack() -> None:
    with pytest.raises(InputError, match="rule: body-bytes"):
        extract_here(build_docx("<w:p/>" * 6_000_000))
    entity = '<!DOCTYPE x [<!ENTITY a "boom">]>'
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr(
            "word/document.xml", f"{entity}<w:document {W}><w:body>{paragraph('&a;')}</w:body></w:document>"
        )
    with pytest.raises(InputError, match="rule: entities"):
        extract_here(Capture(body=bomb.getvalue(), address="x.docx"))
    with pytest.raises(InputError, match="no DOCX"):
        extract_here(Capture(body=b"PK\x03\x04 and then nothing", address="x.docx"))


# ---------------------------------------------------------------- mail

MAIL = f"""From: The Paper <news@paper.example>
Subject: =?utf-8?q?Br=C3=BCcke_closed?=
Date: Fri, 31 Jan 2025 08:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

{ONE}
--b
Content-Type: text/html; charset=iso-8859-1

<html><body><p><a href=x>View in browser</a></p><table><tr><td><p>{ONE}</p><p>{TWO}</p></td></tr></table>
<p>You are receiving this because you asked for it. <a href=y>Unsubscribe</a></p></body></html>
--b--
"""


def test_mail() -> None:
    capture = Capture(body=MAIL.encode(), address="letter.eml")
    assert recognise_format(capture) is Format.MAIL
    article = extract_here(capture)
    assert article.title == "Brücke closed"
    assert article.publisher == "The Paper"
    assert article.published == date(2025, 1, 31)
    assert texts(article) == [ONE, TWO]


def test_mail_in_plain_text_loses_its_signature() -> None:
    head = "Message-ID: <1@x>\nFrom: a@x.example\nSubject: Bridge closed\nContent-Type: text/plain; charset=utf-8\n\n"
    article = extract_here(Capture(body=f"{head}{ONE}\n\n{TWO}\n-- \nThe Paper\n".encode(), address="letter.eml"))
    assert texts(article) == [ONE, TWO]


# ---------------------------------------------------------------- choices


@pytest.mark.parametrize(
    ("blocks", "kept"),
    [
        ((), ["one two three", "four five six", "seven eight nine"]),
        (("1", "3"), ["one two three", "seven eight nine"]),
        (("2-3",), ["four five six", "seven eight nine"]),
        (("-2",), ["one two three", "seven eight nine"]),
        (("-quote",), ["one two three", "four five six"]),
        (("quote",), ["seven eight nine"]),
        (("1-3", "-1"), ["four five six", "seven eight nine"]),
        (("2-99",), ["four five six", "seven eight nine"]),
    ],
)
def test_an_editor_chooses_blocks(blocks: tuple[str, ...], kept: list[str]) -> None:
    post = {
        "blocks": [{"text": "one two three"}, {"text": "four five six"}, {"kind": "quote", "text": "seven eight nine"}]
    }
    article = read_json(post, blocks=blocks)
    assert texts(article) == kept
    assert len(article.omitted) == 3 - len(kept)


@pytest.mark.parametrize("entry", ["0", "2-1", "song", "1,2", "--1", ""])
def test_a_choice_that_names_no_block_is_wrong_usage(entry: str) -> None:
    with pytest.raises(UsageError, match="--blocks"):
        read_json({"text": ONE}, blocks=(entry,))


def test_addresses_go_where_the_house_wants_it() -> None:
    text = f"{ONE} More at https://paper.example/b (or www.paper.example/c)."
    assert texts(read_json({"text": text}))[0] == text
    article = read_json({"text": text}, addresses=False)
    assert texts(article) == [f"{ONE} More at."] or "http" not in article.text
    assert {omission.reason for omission in article.omitted} == {"address"}
