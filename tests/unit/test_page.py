from editions import NEWS
from vivavoce.page import format_clock, link_url, name_edition
from vivavoce.types import Article, Block, BlockKind


def test_an_edition_is_named_by_its_title_or_its_first_words() -> None:
    assert name_edition(NEWS) == NEWS.title
    assert name_edition(Article((Block(BlockKind.PARAGRAPH, "One two three."),))) == "One two three."
    assert name_edition(Article((Block(BlockKind.PARAGRAPH, "1 2 3 4 5 6 7 8 9"),))) == "1 2 3 4 5 6 7 8…"


def test_first_words_that_end_a_sentence_lose_its_stop() -> None:
    words = Article((Block(BlockKind.PARAGRAPH, "They came. They saw. They all went home. Then nothing."),))
    assert name_edition(words) == "They came. They saw. They all went home…"


def test_clock() -> None:
    assert [format_clock(s) for s in (0, 59.99, 75.4, 3675)] == ["0:00", "0:59", "1:15", "1:01:15"]


def test_only_web_addresses_are_linked() -> None:
    assert link_url("https://a.example/?b") == "https://a.example/?b"
    assert link_url(None) is None
    assert link_url("javascript:alert(1)") is None
    assert link_url("https://[broken") is None
