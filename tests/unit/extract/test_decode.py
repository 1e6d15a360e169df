import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.errors import InputError
from vivavoce.extract.decode import decode_body

RUSSIAN = "Это предложение по-русски, и оно достаточно длинное, чтобы его кодировку можно было определить. " * 3
GERMAN = "Über die Brücke fährt künftig kein Bus mehr, erklärte der Bürgermeister am Montag. Die Straße sei gesperrt. "
KOREAN = "한국어 문장입니다. 이것은 뉴스 기사입니다. 다리가 닫혔다고 시장이 월요일에 말했다. "


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "utf-16"),
        (GERMAN, "cp1252"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-32"),
        (KOREAN, "cp949"),
    ],
)
def test_encodings_are_found_without_a_label(text: str, encoding: str) -> None:
    assert decode_body(text.encode(encoding), address="f").lstrip("\ufeff") == text


def test_a_label_means_its_superset() -> None:
    assert decode_body(b"\x93Yes\x94, he said.", address="f", label="ISO-8859-1") == "“Yes”, he said."
    assert decode_body("똠방각하 이야기".encode("cp949"), address="f", label="euc-kr") == "똠방각하 이야기"


def test_true_utf_8_outdoes_a_wrong_label() -> None:
    assert decode_body(GERMAN.encode(), address="f", label="iso-8859-1") == GERMAN


def test_two_encodings_in_one_text_are_refused() -> None:
    mixed = (GERMAN * 3).encode() + (GERMAN * 3).encode("cp1252")
    with pytest.raises(InputError, match="mixed with another encoding"):
        decode_body(mixed, address="f")
    with pytest.raises(InputError, match="mixed with another encoding"):
        decode_body((GERMAN * 20).encode() + b"gr\xfcn", address="f")


def test_stray_bytes_of_a_page_are_read_as_windows_1252() -> None:
    assert decode_body(GERMAN.encode() + b"\x93Ja\x94", address="f", repair=True) == GERMAN + "“Ja”"


@pytest.mark.parametrize(
    "junk",
    [
        bytes(random.Random(1).randbytes(4000)),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"%PDF-1.7\n%text follows",
        bytes(range(32)) * 20,
        b"\0" * 500,
        b"ab\0\0\0\0cd" * 50,
        b"\xff\xfe\x00\xd8" * 40,
    ],
)
def test_binary_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(InputError):
        decode_body(junk, address="f")


@given(st.binary(max_size=3000), st.sampled_from([None, "utf-8", "windows-1251", "nonsense", "utf-16", "hex", "idna"]))
def test_any_bytes_give_text_or_a_refusal(body: bytes, label: str | None) -> None:
    for repair in (False, True):
        try:
            text = decode_body(body, address="f", label=label, repair=repair)
        except InputError as error:
            assert "\n" not in str(error)
        else:
            assert isinstance(text, str)


def test_random_bytes_never_pass_as_text() -> None:
    for _ in range(20):
        with pytest.raises(InputError):
            decode_body(os.urandom(5000), address="f")
