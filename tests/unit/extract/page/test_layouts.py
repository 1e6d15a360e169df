# ruff: noqa: E501  # markup reads best on lines of its own length
"""Layouts of newsrooms' content systems, in the languages of `languages.toml`: all of the text, nothing else."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from vivavoce.types import Article

Read = Callable[..., Article]


@dataclass(frozen=True)
class Story:
    """One language's paragraphs and the lines that stand among them."""

    title: str
    prose: list[str]
    related: str
    link: str
    junk: list[str]

    @property
    def away(self) -> str:
        return f"<a href='/other'>{self.link}</a>"


STORIES = {
    language: Story(**fields)
    for language, fields in tomllib.loads(Path(__file__).with_name("languages.toml").read_text("utf-8")).items()
}


def page(story: Story, body: str, *, head: str = "") -> str:
    return (
        f"<!doctype html><html><head><meta charset='utf-8'><title>{story.title} | Lenn News</title>{head}</head>"
        f"<body><header class='top'><nav><a href='/'>Lenn</a><a href='/a'>A</a></nav></header>{body}"
        "<footer><p>Lenn News, 1 Bridge Street</p></footer></body></html>"
    )


def paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def wordpress(s: Story) -> str:
    comments = "".join(
        f"<li class='comment'><div class='comment-body'><p>{s.prose[1]} {n}</p></div></li>" for n in "123"
    )
    return page(
        s,
        f"<article class='post type-post hentry category-news'><header class='entry-header'><h1 class='entry-title'>{s.title}</h1>"
        "<div class='entry-meta'>2024-05-23</div></header><div class='entry-content'>"
        f"<div class='wp-caption'><img src='a.jpg'><p class='wp-caption-text'>{s.link}</p></div><p>{s.prose[0]}</p>"
        f"<p><strong>{s.related}</strong> {s.away}</p>{paragraphs(s.prose[1:])}{paragraphs(s.junk)}"
        f"<div class='sharedaddy'>Facebook X</div><div id='jp-relatedposts'><p>{s.link}</p></div></div></article>"
        f"<div id='comments'><ol class='comment-list'>{comments}</ol></div>",
    )


def breaks(s: Story) -> str:
    lines = [s.prose[0], f"{s.related} {s.away}", *s.prose[1:], *s.junk]
    return page(
        s,
        f"<div class='view'><h2 class='headline'>{s.title}</h2><div id='articleBody'>{'<br><br>'.join(lines)}</div></div>",
    )


def single_breaks(s: Story) -> str:
    return page(s, f"<h1>{s.title}</h1><div id='newsText' itemprop='articleBody'>{'<br />'.join(s.prose)}</div>")


def divisions(s: Story) -> str:
    lines = [s.prose[0], f"<b>{s.related}</b> {s.away}", *s.prose[1:], *s.junk]
    boxes = "".join(f"<div class='txt'>{line}</div>" for line in lines)
    return page(s, f"<main><h1>{s.title}</h1><div class='material'>{boxes}</div></main>")


def boxes(s: Story) -> str:
    """Each paragraph in boxes of its own, as in g1, the BBC and Arc's feature packs."""
    kept = "".join(
        f"<section class='block'><div class='block-in'><p class='c-par'>{line}</p></div></section>" for line in s.prose
    )
    aside = f"<section class='block'><div class='block-in'><div class='rel'><p>{s.related}</p><ul><li>{s.away}</li></ul></div></div></section>"
    return page(s, f"<article><h1>{s.title}</h1><div class='body'>{kept}{aside}{paragraphs(s.junk)}</div></article>")


def tables(s: Story) -> str:
    return page(
        s,
        "<table width='100%'><tr><td width='150' valign='top'><a href='/1'>A</a><br><a href='/2'>B</a></td><td>"
        f"<font size='5'><b>{s.title}</b></font><table align='left'><tr><td><img src='a.jpg'></td></tr></table>"
        f"<p>{'</p><p>'.join(s.prose)}</p></td><td><a href='/3'>{s.link}</a></td></tr></table>",
    )


def amp(s: Story) -> str:
    return page(
        s,
        f"<div class='amp-wp-article'><h1>{s.title}</h1><figure><amp-img src='a.jpg'></amp-img><figcaption>{s.link}</figcaption></figure>"
        f"<div class='amp-wp-article-content'>{paragraphs(s.prose[:2])}<amp-ad type='x'><p>{s.junk[3]}</p></amp-ad>"
        f"<p>{s.prose[2]}</p></div></div><amp-consent><p>Cookies</p></amp-consent>",
    )


def blogger(s: Story) -> str:
    return page(
        s,
        f"<div class='post hentry'><h3 class='post-title entry-title'>{s.title}</h3><div class='post-body entry-content'>"
        f"<div class='separator'><img src='a.jpg'></div>{'<br /><br />'.join(s.prose)}<div style='clear: both;'></div></div>"
        f"<div class='post-footer'><span class='post-labels'>A, B</span></div></div>",
    )


def picture_boxes(s: Story) -> str:
    """Captions that only their place beside a picture gives away."""
    picture = f"<div class='x7'><div><img src='a.jpg'></div><div class='x8'>{s.link}.</div></div>"
    return page(
        s,
        f"<main><h1>{s.title}</h1><div class='c1'>{picture}{paragraphs(s.prose[:2])}{picture}<p>{s.prose[2]}</p></div></main>",
    )


def neighbours(s: Story) -> str:
    """Other stories with headings and first lines in the same main part, called nothing in particular."""
    others = "".join(
        f"<div class='i'><h3><a href='/{n}'>{s.link}</a></h3><p>{s.prose[n][:40]}</p></div>" for n in range(3)
    )
    return page(
        s,
        f"<main><h1>{s.title}</h1><div class='c1'>{paragraphs(s.prose)}</div><div class='c2'><h2>{s.link}</h2>{others}</div></main>",
    )


def ghost(s: Story) -> str:
    return page(
        s,
        f"<article class='gh-article post'><header class='gh-article-header'><h1>{s.title}</h1></header><section class='gh-content'>"
        f"<p>{s.prose[0]}</p><figure class='kg-card kg-bookmark-card'><a class='kg-bookmark-container' href='/o'><div>{s.link}</div></a></figure>"
        f"{paragraphs(s.prose[1:])}</section></article>",
    )


LAYOUTS = [wordpress, breaks, single_breaks, divisions, boxes, tables, amp, blogger, picture_boxes, neighbours, ghost]


@pytest.mark.parametrize("language", STORIES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_of_the_text_and_nothing_else(read: Read, layout: Callable[[Story], str], language: str) -> None:
    story = STORIES[language]
    article = read(layout(story))
    assert [block.text for block in article.blocks] == story.prose
    assert article.title == story.title


@pytest.mark.parametrize("language", STORIES)
def test_the_language_is_told_from_the_text(read: Read, language: str) -> None:
    assert read(wordpress(STORIES[language])).language == language


MORE = [
    "Shop owners on both banks fear for their trade and ask the city for help until the bridge can be opened again.",
    "The repair may cost four million crowns, said the head of the road office, who hopes for money from the state.",
    "A ferry will run every twenty minutes from Thursday on, and those who live on the islands may ride it for nothing.",
]


# ---------------------------------------------------------------- real articles that look like something else

EN = replace(STORIES["en"], prose=[*STORIES["en"].prose, *MORE])
TEASERS = "".join(
    f"<article class='teaser'><h3><a href='/{n}'>Another story of the day, number {n}</a></h3></article>"
    for n in range(12)
)
TRAPS = {
    "short": f"<h1>{EN.title}</h1><div class='b'>{paragraphs(EN.prose[:2])}</div>{TEASERS}",
    "video at the top": f"<h1>{EN.title}</h1><div class='player'><video src='a.mp4'></video></div><div class='b'>{paragraphs(EN.prose * 2)}</div>",
    "gallery inside": (
        f"<h1>{EN.title}</h1><div class='b'>{paragraphs(EN.prose[:5])}<div class='gallery'>"
        + "".join(f"<figure><img src='{n}.jpg'><figcaption>Picture {n}</figcaption></figure>" for n in range(9))
        + f"</div><p>{EN.prose[5]}</p></div>"
    ),
    "many links": f"<h1>{EN.title}</h1><div class='b'>"
    + "".join(f"<p>{line.replace('the', '<a href=/x>the</a>')}</p>" for line in EN.prose * 2)
    + f"</div>{TEASERS}",
    "a live blog beside it": f"<h1>{EN.title}</h1><div class='b'>{paragraphs(EN.prose)}</div>"
    "<ul>" + "".join(f"<li class='live-blog-teaser'><a href='/{n}'>Live</a></li>" for n in range(6)) + "</ul>",
    "counts that look like errors": f"<h1>{EN.title}</h1><div><span>404</span> <span>500</span></div><div class='b'>{paragraphs(EN.prose)}</div>",
    "premium in the menu": f"<div class='m'><p>Premium</p></div><h1>{EN.title}</h1><div class='b'>{paragraphs(EN.prose)}</div>",
}
ADDRESSES = [
    "https://paper.example/view.php?idx=123456",
    "https://paper.example/city/bridge",
    "https://paper.example/video/bridge-closed-again",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", TRAPS)
def test_real_articles_are_never_refused(read: Read, name: str, address: str) -> None:
    if name == "short" and "video" in address:
        pytest.skip("so few words under such an address are a video's description")
    article = read(page(EN, TRAPS[name]), url=address)
    assert {block.text for block in article.blocks} <= set(EN.prose)
    assert article.blocks[0].text == EN.prose[0]


def test_an_interview_keeps_questions_and_answers(read: Read) -> None:
    turns = [
        "Lenn News: When will the bridge open?",
        "Ms Muster: Nobody knows; the engineers have only just begun to look at the second pier.",
        "And the buses?",
        "They go round by the old town, for weeks at least, and I am sorry for everyone who waits.",
    ]
    bold = "".join(f"<p><b>{q}</b></p><p>{a}</p>" for q, a in zip(turns[::2], turns[1::2], strict=True))
    article = read(page(EN, f"<article><h1>{EN.title}</h1><div class='b'><p>{EN.prose[0]}</p>{bold}</div></article>"))
    assert [block.text for block in article.blocks] == [EN.prose[0], *turns]


def test_a_ranking_keeps_its_headings(read: Read) -> None:
    ranks = "".join(
        f"<div class='r'><h2>{n}. The Lenn bridge</h2><img src='{n}.jpg'></div><p>{EN.prose[n]}</p>" for n in range(3)
    )
    article = read(page(EN, f"<article><h1>Ten bridges</h1><div class='b'>{ranks}</div></article>"))
    assert [block.text for block in article.blocks][::2] == [f"{n}. The Lenn bridge" for n in range(3)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"<h1>Lenn</h1><div class='l'>{TEASERS}</div>", "index page"),
        (
            "<h1>News</h1>"
            + "".join(f"<div><div><a href='/{n}'>{EN.title} {n}</a></div><span>12:0{n}</span></div>" for n in range(9)),
            "index page",
        ),
        (
            f"<h1>{EN.title}</h1><div class='b'><p>{EN.prose[0]}</p></div><div class='w'><p>Subscribe to continue reading</p></div>",
            "paywall stub",
        ),
    ],
)
def test_what_is_no_article_is_refused(read: Read, body: str, kind: str) -> None:
    from vivavoce.errors import InputError

    with pytest.raises(InputError, match=f"{kind}|no article found"):
        read(page(EN, body), url="https://paper.example/city")
