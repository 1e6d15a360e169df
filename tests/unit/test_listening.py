import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from unit.verify.listeners import ears_that_hear
from vivavoce.cli.listen import format_hearing
from vivavoce.errors import InputError
from vivavoce.lexicon import Lexicon
from vivavoce.listening import Recording, hear_recording
from vivavoce.script.pronounce import Pronouncer, build_pronouncer
from vivavoce.script.tagging import Tag
from vivavoce.types import Finding, Hearing


class NoTagger:
    def tag(self, words: Sequence[str]) -> tuple[Tag, ...]:
        return tuple(Tag("NN") for _ in words)


@pytest.fixture(scope="module")
def pronouncer() -> Pronouncer:
    return build_pronouncer(variety="en-US", tagger=NoTagger(), house=Lexicon())


def record(folder: Path, seconds: float = 3.0) -> Path:
    at = np.arange(int(24_000 * seconds)) / 24_000
    sf.write(folder / "said.wav", 0.1 * np.sin(2 * np.pi * 200 * at) * np.sin(np.pi * at / seconds), 24_000)
    return folder / "said.wav"


def test_a_missing_recording_is_named(pronouncer: Pronouncer) -> None:
    with pytest.raises(InputError, match=r"nowhere\.wav can't be read: there is no such file"):
        hear_recording(Recording(Path("nowhere.wav"), "Text."), pronouncer=pronouncer, ears=ears_that_hear(""))


def test_a_folder_and_a_file_without_sound_are_named(tmp_path: Path, pronouncer: Pronouncer) -> None:
    (tmp_path / "words.mp3").write_text("no sound")
    for file, complaint in ((tmp_path, "it is a folder"), (tmp_path / "words.mp3", "holds no sound that can be read")):
        with pytest.raises(InputError, match=complaint):
            hear_recording(Recording(file, "Text."), pronouncer=pronouncer, ears=ears_that_hear(""))


def test_a_text_without_words_is_refused(tmp_path: Path, pronouncer: Pronouncer) -> None:
    with pytest.raises(InputError, match="no words in the text"):
        hear_recording(Recording(record(tmp_path), " … "), pronouncer=pronouncer, ears=ears_that_hear(""))


def test_text_as_written_and_as_spoken_is_counted_alike(tmp_path: Path, pronouncer: Pronouncer) -> None:
    file = record(tmp_path)
    ears = ears_that_hear("it cost sixty one dollars")
    written = hear_recording(Recording(file, "It cost $61."), pronouncer=pronouncer, ears=ears)
    spoken = hear_recording(Recording(file, "it cost sixty one dollars"), pronouncer=pronouncer, ears=ears)
    assert written.words_not_heard == spoken.words_not_heard == 0


def test_a_recording_of_another_length_than_planned_is_found(tmp_path: Path, pronouncer: Pronouncer) -> None:
    ears = ears_that_hear("yes")
    planned = Recording(record(tmp_path), "yes", "jˈɛs", (10, 20, 30, 30, 20, 10))
    longer = Recording(planned.audio, "yes", "jˈɛs", (10, 20, 50, 50, 20, 10))
    kinds = [[f.kind for f in hear_recording(r, pronouncer=pronouncer, ears=ears).findings] for r in (planned, longer)]
    assert "length" not in kinds[0]
    assert kinds[1][0] == "length"


def test_a_hearing_is_printed_as_one_object() -> None:
    hearing = Hearing("so it is", 3, 1, (Finding("u1", "word_not_heard", "not", 0.98765, 0.12345, 0.5),))
    assert json.loads(json.dumps(format_hearing(hearing))) == {
        "heard": "so it is",
        "ok": False,
        "findings": [{"kind": "word_not_heard", "word": "not", "confidence": 0.988, "start_s": 0.123, "end_s": 0.5}],
    }
