from vivavoce.phonemes import without_stress
from vivavoce.script.spelling import NaiveReader, list_readings, load_spelling_model, sound_out

MODEL = load_spelling_model()


def test_what_is_said_of_an_unknown_word_is_among_its_readings() -> None:
    for word in ("whitmer", "grauer", "navalny", "lagos"):
        said = without_stress(sound_out(word, MODEL))
        assert said in {without_stress(reading) for reading in list_readings(word, MODEL)}


def test_readings_differ_and_none_is_empty() -> None:
    readings = NaiveReader().read("edinburgh")
    assert len(readings) == len(set(readings)) > 3
    assert all(readings)
    assert any(reading.endswith("ɜɹɡ") for reading in readings)


def test_a_word_without_letters_has_no_reading() -> None:
    assert NaiveReader().read("—") == ()
