from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from editions import HOSTILE_TEXT, NEWS, make_record
from vivavoce.encode.read_along import ReadAlong, Run, lay_out_page
from vivavoce.types import Article, Block, BlockKind, Disclosure, EditionRecord, Role, Script

_CHARACTERS = st.one_of(st.sampled_from("aB .?!,(“”’$19🌊\n"), st.characters(exclude_categories=["Cs", "Cc", "Cn"]))
_TEXT = st.text(_CHARACTERS, min_size=1, max_size=120).map(str.strip).filter(bool)
_BLOCKS = st.lists(st.builds(Block, st.sampled_from(BlockKind), _TEXT), min_size=1, max_size=5)


def _runs(page: ReadAlong) -> list[Run]:
    parts = [page.disclosure, page.headline, page.byline, page.date]
    parts += [passage for section in page.sections for passage in section.passages]
    return [run for part in parts for sentence in part for run in sentence.runs]


def _printed(page: ReadAlong) -> list[str]:
    return [
        "".join(run.text for sentence in passage for run in sentence.runs)
        for section in page.sections
        if section.kind != "house"
        for passage in section.passages
    ]


def _text_of(part: object) -> str:
    return "".join(run.text for sentence in part for run in sentence.runs)  # type: ignore[attr-defined]


@given(_BLOCKS)
def test_every_character_of_every_block_is_printed_once(blocks: list[Block]) -> None:
    page = lay_out_page(make_record(Article(tuple(blocks))))
    assert _printed(page) == [block.text for block in blocks]


@given(_BLOCKS)
def test_every_word_has_one_place(blocks: list[Block]) -> None:
    record = make_record(Article(tuple(blocks), title="A title", byline=("Ann Other",)))
    assume(any(placement.utterance.role is Role.BODY for placement in record.placements))
    numbers = sorted(run.word for run in _runs(lay_out_page(record)) if run.word is not None)
    assert numbers == list(range(sum(len(placement.words) for placement in record.placements)))


def test_a_run_shows_the_word_that_its_number_names() -> None:
    record = make_record()
    words = [word for placement in record.placements for word in placement.utterance.words]
    for run in _runs(lay_out_page(record)):
        assert run.word is None or words[run.word].text == run.text


def test_what_is_not_read_is_shown_with_its_reason() -> None:
    omitted = [(run.text, run.omitted) for run in _runs(lay_out_page(make_record())) if run.omitted]
    assert omitted == [("(NHA)", "acronym-gloss"), ("🌊", "unpronounceable")]


def test_lists_and_quotes_stand_together() -> None:
    kinds = [(section.kind, len(section.passages)) for section in lay_out_page(make_record()).sections]
    assert kinds == [
        ("paragraph", 1),
        ("paragraph", 1),
        ("heading", 1),
        ("paragraph", 1),
        ("list_item", 3),
        ("quote", 1),
        ("heading", 1),
        ("paragraph", 1),
        ("paragraph", 1),
        ("house", 1),
    ]


def test_the_space_around_a_sentence_is_not_lit_up_with_it() -> None:
    page = lay_out_page(make_record())
    for section in page.sections:
        for passage in section.passages:
            for sentence in passage:
                text = "".join(run.text for run in sentence.runs)
                assert sentence.utterance is None or text == text.strip()


def test_the_head_says_what_is_said() -> None:
    page = lay_out_page(make_record())
    assert _text_of(page.headline) == NEWS.title
    assert _text_of(page.byline) == "By Maribel Okonjo and Tereza Vondráková"
    assert _text_of(page.disclosure) == Disclosure().visible


def _without(record: EditionRecord, *roles: Role) -> EditionRecord:
    kept = tuple(placement for placement in record.placements if placement.utterance.role not in roles)
    utterances = tuple(placement.utterance for placement in kept)
    return replace(record, placements=kept, script=Script("en-US", utterances, record.script.spans))


def test_what_is_not_said_is_printed_all_the_same() -> None:
    page = lay_out_page(_without(make_record(), Role.DISCLOSURE, Role.HEADLINE, Role.BYLINE, Role.DATE))
    assert _text_of(page.disclosure) == Disclosure().visible
    assert _text_of(page.headline) == NEWS.title
    assert _text_of(page.byline) == "Maribel Okonjo and Tereza Vondráková"
    assert _text_of(page.date) == "22 May 2031"


def test_words_of_the_house_stand_where_they_are_said() -> None:
    record = make_record()
    reminder = replace(record.placements[9], utterance=replace(record.placements[9].utterance, role=Role.HOUSE))
    spans = tuple(
        replace(span, utterance=None, omitted="table") if span.utterance == "u10" else span
        for span in record.script.spans
    )
    placements = (*record.placements[:9], reminder, *record.placements[10:])
    script = replace(record.script, spans=spans)
    page = lay_out_page(replace(record, placements=placements, script=script))
    assert [section.kind for section in page.sections[:4]] == ["paragraph", "paragraph", "house", "heading"]
    assert _printed(page) == [block.text for block in NEWS.blocks]


def test_a_block_that_repeats_the_headline_is_printed_once() -> None:
    record = make_record(Article((Block(BlockKind.HEADING, "A title"), *NEWS.blocks), title="A title"))
    first, *others = record.script.spans
    spans = (replace(first, utterance=None, omitted="repeated-headline"), *others)
    page = lay_out_page(replace(record, script=replace(record.script, spans=spans)))
    assert _text_of(page.headline) == "A title"
    assert _printed(page) == [block.text for block in NEWS.blocks]


def test_a_line_of_the_head_is_printed_without_its_full_stop() -> None:
    record = make_record(replace(NEWS, byline=("Ann Other.",)))
    assert _text_of(lay_out_page(record).byline) == "By Ann Other"


def test_hostile_text_is_kept_as_it_is() -> None:
    article = Article((Block(BlockKind.PARAGRAPH, HOSTILE_TEXT),))
    assert _printed(lay_out_page(make_record(article))) == [HOSTILE_TEXT]
