from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.errors import InputError
from vivavoce.extract import extract_here
from vivavoce.types import Article, Block, BlockKind, Capture, Omission


def read(text: str) -> Article:
    return extract_here(Capture(body=text.encode(), address="story.md", media_type="text/markdown"))


STORY = """---
title: "Bridge closed"
date: 2025-01-31
author: Ann Example
---

The **bridge** is [closed](https://paper.example), `said` the
mayor.[^1]

## Why?

- One reason
- Another

> Nobody knows.

![A bridge](b.jpg)

| Day | Cars |
|-----|------|
| Mon | 12   |

```
code()
```

[^1]: On Monday.
"""


def test_a_whole_story() -> None:
    article = read(STORY)
    assert article.title == "Bridge closed"
    assert article.published == date(2025, 1, 31)
    assert article.byline == ("Ann Example",)
    assert article.blocks == (
        Block(BlockKind.PARAGRAPH, "The bridge is closed, said the mayor."),
        Block(BlockKind.HEADING, "Why?"),
        Block(BlockKind.LIST_ITEM, "One reason"),
        Block(BlockKind.LIST_ITEM, "Another"),
        Block(BlockKind.QUOTE, "Nobody knows."),
        Block(BlockKind.TABLE, "Day; Cars\nMon; 12"),
    )
    assert set(article.omitted) == {
        Omission("A bridge", "image"),
        Omission("code()", "code"),
        Omission("On Monday.", "footnote"),
    }


def test_front_matter_holds_markdown_but_addresses_stay_as_they_are() -> None:
    article = read(
        "---\ntitle: '*Late* **drama** at `Reds`'\nauthor: _Ann_ Lee\nurl: https://a.example/*b*\n---\n\nGoal.\n"
    )
    assert (article.title, article.byline, article.url) == ("Late drama at Reds", ("Ann Lee",), "https://a.example/*b*")


def test_the_first_heading_is_the_title() -> None:
    article = read("# Bridge closed\n\nThe bridge is closed.\n\n# Part two\n\nIt is open.")
    assert article.title == "Bridge closed"
    assert [block.text for block in article.blocks] == ["The bridge is closed.", "Part two", "It is open."]


@pytest.mark.parametrize(
    "text",
    [
        "# Bridge closed\n\nThe bridge is **closed** today.\n",
        "---\ntitle: Bridge closed\n---\n\nThe bridge is **closed** today.\n",
    ],
)
def test_what_comes_through_a_pipe_shows_that_it_is_markdown(text: str) -> None:
    article = extract_here(Capture(body=text.encode(), address="-"))
    assert article.title == "Bridge closed"
    assert [block.text for block in article.blocks] == ["The bridge is closed today."]


@settings(deadline=None)
@given(st.text(alphabet="#>-*`[]()!|\n ab1.<&^:~_", max_size=400))
def test_any_markdown_gives_an_article_or_a_refusal(text: str) -> None:
    try:
        article = read(text)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert article.blocks
