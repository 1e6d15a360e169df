import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from vivavoce.extract.characters import clean_line, clean_text, name_dropped


def test_typesetting_shapes_become_letters() -> None:
    assert clean_line("o\ufb03ce \uff21\uff11 \U0001d5d4") == "office A1 A"


def test_joiners_stay_where_a_script_or_an_emoji_needs_them() -> None:
    farsi = "می\u200cخواهم"
    family = "\U0001f468\u200d\U0001f469"
    assert clean_line(farsi) == farsi
    assert clean_line(family) == family
    assert clean_line("a\u200db") == "ab"


def test_lines_that_mean_something_stay_lines() -> None:
    assert clean_text(" a  b \n\n c\u2028d ") == "a b\nc\nd"


def test_nothing_is_named_where_nothing_is_dropped() -> None:
    assert name_dropped("Grüße, мир – “quoted”\u00a0text\n") == ()


@given(st.text())
def test_clean_text_is_nfc_printable_and_stable(text: str) -> None:
    once = clean_line(text)
    assert once == unicodedata.normalize("NFC", once)
    assert not any(unicodedata.category(c) in {"Cc", "Co", "Cn", "Cs"} for c in once)
    assert clean_line(once) == once
