from datetime import date
from pathlib import Path

import pytest

from vivavoce.errors import InputError
from vivavoce.extract import extract_here
from vivavoce.types import Article, BlockKind, Capture, Omission


def read(text: str, media_type: str = "text/plain") -> Article:
    return extract_here(Capture(body=text.encode(), address="story.txt", media_type=media_type))


def test_the_reference_article(shared_data: Path) -> None:
    article = read((shared_data / "reference" / "article.txt").read_text(encoding="utf-8"))
    assert article.published == date(2024, 5, 23)
    assert article.title is None
    assert len(article.blocks) == 10
    assert article.omitted == (Omission("This audio is created with AI assistance", "player-label"),)
    assert article.language == "en"


def test_every_header_key_and_a_label_on_the_next_line() -> None:
    article = read(
        "\ntitle: Bridge closed\ndate: 2025-01-31\nauthor: Ann Example and Bob Muster\nurl: https://paper.example/b\n"
        "publisher: The Paper\nVoiced by artificial intelligence\n\nThe bridge is closed.\n\nNobody knows why.\n"
    )
    assert article.title == "Bridge closed"
    assert article.published == date(2025, 1, 31)
    assert article.byline == ("Ann Example", "Bob Muster")
    assert article.url == "https://paper.example/b"
    assert article.publisher == "The Paper"
    assert article.text == "The bridge is closed.\n\nNobody knows why."
    assert article.omitted == (Omission("Voiced by artificial intelligence", "player-label"),)


def test_a_date_that_begins_a_sentence_is_no_header() -> None:
    article = read("Date 2024-05-23 was the day on which it began.")
    assert article.published is None
    assert article.text == "Date 2024-05-23 was the day on which it began."


def test_a_label_in_the_middle_of_a_text_is_left_out_but_not_a_sentence_that_holds_it() -> None:
    article = read("One thing happened.\n\nListen to this article\n\nListen to this article of faith, he said to them.")
    assert article.text == "One thing happened.\n\nListen to this article of faith, he said to them."


def test_header_values_given_twice_are_refused_only_if_they_differ() -> None:
    assert read("title: A\ntitle: A\n\nIt is so.").title == "A"
    with pytest.raises(InputError, match="title twice, 'A' and 'B'"):
        read("title: A\ntitle: B\n\nIt is so.")


@pytest.mark.parametrize("day", ["2024-02-30", "2024-13-01", "yesterday", "0000-00-00"])
def test_impossible_dates_are_refused(day: str) -> None:
    with pytest.raises(InputError, match="not a day written as YYYY-MM-DD"):
        read(f"date: {day}\n\nIt is so.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("title: Only a headline\n", "a title without a body"),
        ("title: Only a headline\n\nOnly a headline\n", "a title without a body"),
        ("12345 --- 67890\n\n*** $$$ ###", "no sentence"),
        ("https://paper.example/a/b/c", "no sentence"),
        (" \n\t\n ", "empty"),
        ("", "empty"),
        ("\ufeff\n", "empty"),
    ],
)
def test_what_holds_no_article_is_refused(text: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(text)


def test_an_article_of_nothing_but_a_list() -> None:
    article = read("- milk from the farm\n- bread\n- three eggs of hens")
    assert [block.kind for block in article.blocks] == [BlockKind.LIST_ITEM] * 3
    assert article.blocks[1].text == "bread"


def test_an_article_of_nothing_but_a_quote() -> None:
    assert read("“We shall see,” she said.").text == "“We shall see,” she said."


def test_a_headline_repeated_as_first_block_is_heard_once() -> None:
    article = read("title: Bridge closed\n\nBRIDGE CLOSED!\n\nThe bridge is closed.")
    assert article.text == "The bridge is closed."
    assert article.omitted == (Omission("BRIDGE CLOSED!", "headline-repeated"),)


def test_hidden_characters_are_dropped_and_listed() -> None:
    article = read("The\u200b bri\u00addge\u202e is\u0007 clo\u200bsed.")
    assert article.text == "The bridge is closed."
    assert {omission.text.split(" (")[0] for omission in article.omitted} == {
        "U+0007 a control or unassigned character",
        "U+00AD SOFT HYPHEN",
        "U+200B ZERO WIDTH SPACE",
        "U+202E RIGHT-TO-LEFT OVERRIDE",
    }
    assert {omission.reason for omission in article.omitted} == {"control-character"}


def test_a_long_sentence_and_a_long_token_are_kept_whole() -> None:
    sentence = " ".join(["word"] * 3000)
    token = "a" * 5000
    assert read(f"{sentence}\n\nThe token {token} ends.").text == f"{sentence}\n\nThe token {token} ends."


@pytest.mark.parametrize("order", [("title: Bridge", "section: Local"), ("section: Local", "title: Bridge")])
def test_a_line_under_an_unknown_key_of_the_header_is_no_text_and_is_named(order: tuple[str, str]) -> None:
    article = read("\n".join((*order, "date: 2024-05-23", "", "The bridge is closed.")))
    assert (article.title, article.published, article.text) == ("Bridge", date(2024, 5, 23), "The bridge is closed.")
    assert article.omitted == (Omission("section: Local", "header"),)
    assert article.warnings == ("unknown-header:section",)


@pytest.mark.parametrize(
    "text",
    [
        "Kyiv: The city was hit again.",
        "Question: Why?\n\nAnswer: Nobody knows.",
        "Kyiv: the city was hit again in the night from Monday to Tuesday.",
    ],
)
def test_text_with_a_colon_is_no_header(text: str) -> None:
    assert read(text).text == text
    assert read(f"title: War\n\n{text}").text == text
    assert read(f"title: War\n\n{text}").warnings == ()
