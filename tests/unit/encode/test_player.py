import json
from dataclasses import replace
from typing import Any

import pytest

from editions import HOSTILE_TEXT, NEWS, make_record
from vivavoce.encode.player import PlayerLinks, read_player_script, write_embed, write_player, write_player_data
from vivavoce.types import EditionRecord


@pytest.fixture(scope="module")
def record() -> EditionRecord:
    return make_record()


def _data(record: EditionRecord, links: PlayerLinks | None = None, **options: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(write_player_data(record, links or PlayerLinks(), **options))
    return data


def test_sentences_are_printed_text_with_timed_words(record: EditionRecord) -> None:
    for sentence, placement in zip(_data(record)["sentences"], record.placements, strict=True):
        text = "".join(piece if isinstance(piece, str) else piece[1] for piece in sentence["text"])
        starts = [piece[0] for piece in sentence["text"] if not isinstance(piece, str)]
        assert text == placement.utterance.display
        assert starts == sorted(starts)
        assert sentence["start_ms"] == starts[0] == round(placement.start_samples / 24)


def test_chapters_are_the_headings_after_the_title(record: EditionRecord) -> None:
    chapters = _data(record)["chapters"]
    assert [chapter["title"] for chapter in chapters] == [NEWS.title, "What the plan contains", "Who pays"]
    assert chapters[0]["start_ms"] == 0


def test_an_article_without_headings_has_no_chapters() -> None:
    assert _data(make_record(replace(NEWS, blocks=NEWS.blocks[:2])))["chapters"] == []


def test_links_and_names_are_the_hosts(record: EditionRecord) -> None:
    links = PlayerLinks(files="/e/1/", verify="/verify", playlist="/feed.xml", plays="/plays")
    data = _data(record, links, edition_id="ed7", note="Corrected: the sum.")
    assert data["audio"] == [{"src": "/e/1/audio.mp3", "type": "audio/mpeg"}]
    assert data["transcript"] == "/e/1/transcript.html"
    assert (data["verify"], data["playlist"], data["plays"]) == ("/verify", "/feed.xml", "/plays")
    assert (data["id"], data["note"]) == ("ed7", "Corrected: the sum.")
    assert _data(record)["id"] == record.id


def test_text_cant_end_the_element_that_holds_it() -> None:
    hostile = make_record(replace(NEWS, title=HOSTILE_TEXT, publisher=HOSTILE_TEXT))
    embed = write_embed(hostile, PlayerLinks(), script_url="/player.js", note=HOSTILE_TEXT)
    assert embed.count("</script>") == 2
    assert write_player(hostile).count("</script>") == write_player(make_record()).count("</script>")


def test_the_embed_page_asks_its_own_host_alone(record: EditionRecord) -> None:
    page = write_embed(record, PlayerLinks(files="files/"), script_url="/player.js")
    assert "script-src 'self'; connect-src 'self'" in page.replace("&#39;", "'")
    assert '<audio controls preload="none" src="files/audio.mp3">' in page


def test_the_script_is_one_that_no_page_can_be_ended_by() -> None:
    assert "</script" not in read_player_script()
