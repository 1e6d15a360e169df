"""What the booth loads ahead is what it then speaks with."""

import shutil
from dataclasses import replace

import pytest

from vivavoce.engines.kokoro import KokoroVoice
from vivavoce.house import read_house
from vivavoce.jobs import booth
from vivavoce.settings import read_places
from vivavoce.studio import open_voice, prepare_request
from vivavoce.testing import ToneVoice


def test_warming_loads_the_very_voice_that_then_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[ToneVoice] = []

    def note(voice: ToneVoice) -> None:
        loaded.append(voice)

    monkeypatch.setattr(ToneVoice, "load", note)
    places = read_places()
    request = replace(prepare_request("Rain fell.", read_house(places)), voice=ToneVoice.name)
    open_voice.cache_clear()
    booth.load(request, places)
    assert len(loaded) == 1
    opened = open_voice.cache_info().misses
    shutil.rmtree(booth.say(request, places, "wav").parent)
    assert open_voice.cache_info().misses == opened, "the voice is opened a second time"


def test_a_real_voice_has_its_weights_when_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    voice = KokoroVoice.__new__(KokoroVoice)
    monkeypatch.setattr(voice, "_open", lambda: opened.append("weights"), raising=False)
    voice.load()
    voice.load()
    assert opened == ["weights"]
