from editions import NEWS, make_record
from markup import parse_page
from vivavoce.encode.transcript import write_transcript

RECORD = make_record()
TREE = parse_page(write_transcript(RECORD))


def test_all_that_is_said_stands_there_in_order() -> None:
    for placement in RECORD.placements:
        element = TREE.get_element_by_id(placement.utterance.id)
        assert element.text_content() == placement.utterance.display
    ids = TREE.xpath("//span/@id")
    assert ids == [placement.utterance.id for placement in RECORD.placements]


def test_every_word_leads_to_its_time() -> None:
    for placement in RECORD.placements:
        links = TREE.get_element_by_id(placement.utterance.id).findall("a")
        assert [link.text for link in links] == [word.text for word in placement.utterance.words]
        starts = [float(link.get("href").removeprefix("audio.mp3#t=")) for link in links]
        wanted = [timing.start_samples / RECORD.sample_rate_hz for timing in placement.words]
        assert all(abs(start - want) <= 0.01 for start, want in zip(starts, wanted, strict=True))


def test_keyboards_stop_once_a_sentence() -> None:
    for placement in RECORD.placements:
        links = TREE.get_element_by_id(placement.utterance.id).findall("a")
        assert [link.get("tabindex") for link in links] == [None] + ["-1"] * (len(links) - 1)


def test_the_spoken_form_is_given_where_it_differs() -> None:
    said = {link.text: link.get("title") for link in TREE.xpath("//span/a[@title]")}
    assert said["$61 million"] == "Said: sixty one million dollars"
    assert "council" not in said
    assert "today’s" not in said


def test_it_needs_no_script() -> None:
    assert not TREE.xpath("//script[@type!='application/ld+json']")
    assert NEWS.title in TREE.findtext(".//title")
