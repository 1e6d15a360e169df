"""The house's settings file: every setting known, defaults round-trip, and mistakes are named."""

import re
from pathlib import Path

import pytest

from vivavoce.errors import UsageError
from vivavoce.house import House, Policy, parse_house, read_house, read_houses, read_template
from vivavoce.settings import Places
from vivavoce.types import Recording


def parse(text: str) -> House:
    return parse_house(text, name="vivavoce.toml")


def test_a_house_without_a_file_and_the_template_have_the_defaults(tmp_path: Path) -> None:
    assert read_house(Places(tmp_path, tmp_path, tmp_path / "none.toml")) == House() == parse("")
    assert parse(read_template()) == House()


def test_the_template_names_every_setting() -> None:
    from vivavoce.house import _File

    keys = set(re.findall(r"^([a-z_]+) =", read_template(), re.MULTILINE))
    sections = set(re.findall(r"^\[([a-z_.]+)\]", read_template(), re.MULTILINE))
    wanted_keys, wanted_sections = set(), set()

    def walk(model: type, prefix: str) -> None:
        for name, field in model.model_fields.items():  # type: ignore[attr-defined]  # a pydantic model's own table
            if hasattr(field.annotation, "model_fields"):
                wanted_sections.add(prefix + name)
                walk(field.annotation, f"{prefix}{name}.")
            else:
                wanted_keys.add(name)

    walk(_File, "")
    assert (keys, sections) == (wanted_keys, wanted_sections)


def test_settings_reach_the_values_that_stages_take() -> None:
    house = parse(
        '[publication]\nname = "The Courier"\nbase_url = "https://audio.example.org/"\n[voice]\nname = "bf_emma"\n'
        '[disclosure]\nsentence = "Made by a machine."\nspoken = false\n[audio]\nformats = ["opus", "mp3", "opus"]\n'
        '[script.pauses]\nsentence_ms = 450\n[ingest]\nallowed_hosts = ["CMS.intern"]\n'
    )
    assert house.publication.base_url == "https://audio.example.org"
    assert (house.publication.name, house.voice) == ("The Courier", "bf_emma")
    assert house.edition.formats == ("opus", "mp3")
    assert house.edition.disclosure.sentence == "Made by a machine."
    assert not house.edition.disclosure.spoken
    assert house.style.pauses.sentence_ms == 450
    assert house.fetch.allowed_hosts == frozenset({"cms.intern"})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[voice", "no TOML"),
        ("[voice]\nnome = 'x'", "voice.nome: there is no such setting"),
        ("[voices]", "voices: there is no such setting"),
        ("[audio]\nformats = ['ogg']", "audio.formats.0: unknown audio format 'ogg'"),
        ("[audio]\nformats = []", "audio.formats"),
        ("[audio]\nloudness_lufs = 3", "audio.loudness_lufs"),
        ("[publication]\nbase_url = 'audio.example.org'", "publication.base_url: want an address that begins"),
        ("[publication]\nbase_url = 'https://u:p@example.org'", "publication.base_url: want an address without log-in"),
        ("[disclosure]\nsentence = ' '", "disclosure.sentence"),
        ("[script]\nweb_addresses = 'never'", "script.web_addresses"),
        ("[script.pauses]\nsentence_ms = -1", "script.pauses.sentence_ms"),
        ("[newsroom]\npolicy = 'always'", "newsroom.policy"),
        ("[newsroom]\nsections = { sport = 'never' }", "newsroom.sections.sport"),
        ("[server]\nport = 70000", "server.port"),
        ("[server]\npublic_url = 'audio.example.org'", "server.public_url: want an address that begins"),
    ],
)
def test_a_mistake_is_named_with_its_place(text: str, named: str) -> None:
    with pytest.raises(UsageError, match=re.escape(named)):
        parse(text)


def test_a_server_has_the_houses_that_lie_beside_its_settings(tmp_path: Path) -> None:
    (tmp_path / "vivavoce.toml").write_text('[newsroom]\npolicy = "clean"\nsections = { politics = "approve" }\n')
    (tmp_path / "houses").mkdir()
    (tmp_path / "houses" / "radio.toml").write_text('[publication]\nname = "Radio"\n')
    houses = read_houses(Places(tmp_path, tmp_path, tmp_path / "vivavoce.toml"))
    assert set(houses) == {"house", "radio"}
    rules = houses["house"].newsroom
    assert rules.policy_of("politics") is Policy.APPROVE
    assert rules.policy_of("sport") is rules.policy_of(None) is Policy.CLEAN
    assert houses["radio"].newsroom.policy_of(None) is Policy.APPROVE


def test_where_the_server_listens_and_keeps_things() -> None:
    server = parse('[server]\ndatabase = "postgresql://db/v"\ntrusted_proxies = ["127.0.0.1"]\n').server
    assert (server.host, server.port, server.folder) == ("127.0.0.1", 8080, None)
    assert (server.database, server.trusted_proxies) == ("postgresql://db/v", ("127.0.0.1",))


def test_recordings_of_people_make_a_composite_in_every_wording() -> None:
    house = parse(
        '[intro]\ntext = "You hear the Courier."\nfile = "/srv/jingle.wav"\n[disclosure]\nreminder_minutes = 5\n'
        'wordings = { en-GB = { sentence = "Made by AI.", voice_sentence = "No person reads." } }\n'
    )
    assert house.style.intro == "You hear the Courier."
    assert house.edition.intro == Recording(Path("/srv/jingle.wav"), by_people=True)
    british = house.wordings["en-GB"]
    assert (british.visible, british.reminder_minutes) == ("Made by AI. No person reads.", 5)
    for disclosure in (house.edition.disclosure, british):
        assert disclosure.digital_source_type.endswith("/compositeWithTrainedAlgorithmicMedia")
    machine = parse('[outro]\nfile = "/srv/jingle.wav"\nby_people = false\n')
    assert machine.edition.disclosure.digital_source_type.endswith("/trainedAlgorithmicMedia")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[publication]\nlanguage = 'english please'", "publication.language: want a language tag"),
        ("[feed]\ncategory = 'Newz'", "feed.category: directories know no category 'Newz'"),
        ("[feed]\nguid = 'mine'", "feed.guid"),
        ("[cover]\nink = 'white'", "cover.ink"),
        ("[disclosure]\nreminder_minutes = -1", "disclosure.reminder_minutes"),
    ],
)
def test_a_mistake_in_what_is_published_is_named(text: str, named: str) -> None:
    with pytest.raises(UsageError, match=re.escape(named)):
        parse(text)
