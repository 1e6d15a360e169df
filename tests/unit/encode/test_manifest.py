import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editions import HOSTILE_TEXT, NEWS, make_long_article, make_record
from vivavoce.encode.manifest import manifest_schema, read_manifest, write_manifest
from vivavoce.errors import InputError
from vivavoce.types import Article, Block, BlockKind, Disclosure, Role

RECORD = make_record(findings=True)
_PRINTABLE = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])
_TEXT = st.text(_PRINTABLE, max_size=80).filter(lambda text: text.strip() == text)
_BLOCKS = st.lists(st.builds(Block, st.sampled_from(BlockKind), _TEXT.filter(bool)), min_size=1, max_size=4)


def test_the_record_comes_back_whole() -> None:
    assert read_manifest(write_manifest(RECORD)) == RECORD


@given(_BLOCKS, _TEXT, st.lists(_TEXT, max_size=2))
def test_any_article_comes_back_whole(blocks: list[Block], title: str, byline: list[str]) -> None:
    record = make_record(Article(tuple(blocks), title=title or None, byline=tuple(byline)))
    assert read_manifest(write_manifest(record)) == record


def test_the_same_record_gives_the_same_text() -> None:
    assert write_manifest(make_record()) == write_manifest(make_record())


def test_the_manifest_keeps_its_schema() -> None:
    schema = json.loads((files("vivavoce") / "schemas" / "edition-1.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(write_manifest(RECORD)), schema)


def test_the_shipped_schema_is_the_one_the_reader_keeps() -> None:
    shipped = json.loads((files("vivavoce") / "schemas" / "edition-1.json").read_text())
    assert shipped == manifest_schema(), "write schemas/edition-1.json again with `python -m vivavoce.encode.schemas`"


def test_the_promised_keys() -> None:
    manifest = json.loads(write_manifest(RECORD))
    assert manifest["schema"] == "vivavoce/edition/1"
    assert manifest["article"]["published"] == "2031-05-22"
    assert manifest["article"]["text"] == NEWS.text
    assert manifest["disclosure"] == {
        "spoken": "This audio is created with AI assistance. The voice is AI-generated.",
        "visible": "This audio is created with AI assistance. The voice is AI-generated.",
        "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
        "sentence": "This audio is created with AI assistance.",
        "voice_sentence": "The voice is AI-generated.",
        "reminder_minutes": 15,
    }
    money = next(
        word for entry in manifest["script"]["utterances"] for word in entry["words"] if word["text"] == "$61 million"
    )
    assert money["spoken"] == "sixty one million dollars"
    assert NEWS.text[money["start"] : money["end"]] == "$61 million"
    assert money["start_s"] == pytest.approx(money["start_samples"] / manifest["sample_rate_hz"], abs=1e-4)
    assert manifest["proof"]["findings"][0]["utterance"] == "u6"
    assert manifest["made"]["stage_cpu_s"] == {"extract": 0.2, "script": 1.3, "synthesise": 36.4}


def test_a_switched_off_disclosure_is_recorded_and_stays_visible() -> None:
    record = replace(RECORD, disclosure=Disclosure(spoken=False))
    disclosure = json.loads(write_manifest(record))["disclosure"]
    assert disclosure["spoken"] is None
    assert "AI" in disclosure["visible"]
    assert not read_manifest(write_manifest(record)).disclosure.spoken


def test_a_word_takes_one_line() -> None:
    lines = write_manifest(RECORD).splitlines()
    assert sum('"spoken": "harbour"' in line and line.endswith(("},", "}")) for line in lines) == 3


def test_hostile_text_is_only_text() -> None:
    record = make_record(replace(NEWS, title=HOSTILE_TEXT, publisher=HOSTILE_TEXT))
    assert read_manifest(write_manifest(record)).article.title == HOSTILE_TEXT


def test_a_long_article_is_written_and_read() -> None:
    record = make_record(make_long_article(20_000))
    text = write_manifest(record)
    assert len(text) < 400 * 20_000
    assert read_manifest(text) == record


def test_an_infinite_figure_is_refused() -> None:
    audio = replace(RECORD.audio[0], loudness_lufs=float("-inf"))
    with pytest.raises(ValueError, match="JSON"):
        write_manifest(replace(RECORD, audio=(audio,)))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '"x"', "{}", "\x00", "[" * 100_000, '{"schema": NaN}'])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"edition\.json"):
        read_manifest(text)


def _set(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        *outer, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        place: Any = manifest
        for key in outer:
            place = place[key]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("schema", "vivavoce/edition/2", "schema"),
        ("id", 7, "id"),
        ("article", None, "article"),
        ("article.published", "2031-13-45", "published"),
        ("article.text", "Another text.", r"article\.text does not follow"),
        ("article.sha256", "00", r"article\.sha256 does not follow"),
        ("script.spans", [], "spans end at character 0"),
        ("script.spans.0.start", 1, "gap or overlap at character 0"),
        ("script.spans.0.utterance", "u99", "names no utterance"),
        ("script.spans.0.omitted", "both", "not either spoken or omitted"),
        ("script.utterances.1.id", "u1", "two utterances"),
        ("script.utterances.0.role", "singer", "role"),
        ("script.utterances.0.words", None, "words"),
        ("script.utterances.0.spoken", "something else", r"utterances\.0\.spoken does not follow"),
        ("script.utterances.0.start_s", 0.1, r"start_s does not follow"),
        ("script.utterances.0.start_samples", -1, "overlap, or one lies outside"),
        ("script.utterances.22.end_samples", 10**9, "overlap, or one lies outside"),
        ("script.utterances.0.words.0.end_samples", 10**6, "words of u1 overlap"),
        ("script.utterances.6.words.0.end", 10**6, "outside the article"),
        ("script.utterances.6.words.0.start", "0", "start"),
        ("sample_rate_hz", 0, "positive sample rate"),
        ("proof.clean", True, r"proof\.clean does not follow"),
        ("proof.findings.0.utterance", "u99", "not listened to"),
        ("audio.0.duration_s", True, "duration_s"),
    ],
)
def test_a_changed_manifest_is_refused_by_name(path: str, value: Any, message: str) -> None:
    manifest = json.loads(write_manifest(RECORD))
    _set(path, value)(manifest)
    with pytest.raises(InputError, match=message):
        read_manifest(json.dumps(manifest))


def test_keys_of_a_later_version_are_passed_over() -> None:
    manifest = json.loads(write_manifest(RECORD))
    manifest["approval"] = {"by": "an editor"}
    manifest["script"]["utterances"][0]["speaker"] = 2
    assert read_manifest(json.dumps(manifest)) == RECORD


def test_the_example_speaks_every_role() -> None:
    roles = {placement.utterance.role for placement in RECORD.placements}
    assert roles == set(Role) - {Role.HOUSE}
