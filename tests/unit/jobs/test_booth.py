"""What the booth loads ahead is what it then speaks with."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from vivavoce.engines.kokoro import KokoroVoice
from vivavoce.house import House, read_house
from vivavoce.jobs import booth
from vivavoce.jobs.booth import Booth
from vivavoce.live import rehearse
from vivavoce.settings import read_places
from vivavoce.studio import open_voice, prepare_request
from vivavoce.synthesise import Rendering
from vivavoce.testing import ToneVoice


def test_warming_speaks_with_the_very_voice_that_then_speaks_and_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    said: list[str] = []
    render = ToneVoice.render

    def note(voice: ToneVoice, phonemes: str, *, speed: float) -> Rendering:
        said.append(phonemes)
        return render(voice, phonemes, speed=speed)

    monkeypatch.setattr(ToneVoice, "render", note)
    places = replace(read_places(), cache=tmp_path / "cache")
    request = replace(prepare_request("Rain fell.", read_house(places)), voice=ToneVoice.name)
    open_voice.cache_clear()
    for _ in range(2):
        rehearse(request, places)
    assert len(said) == 2, "what was loaded is loaded whatever was said before"
    assert not (tmp_path / "cache").exists()
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


def test_what_is_warm_is_not_warmed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page that an editor opens asks for it, and whoever listens next would wait for it."""
    asked: list[str] = []
    warmed = Booth()
    monkeypatch.setattr(
        warmed, "_open", lambda: SimpleNamespace(submit=lambda _work, request, _places: asked.append(request.voice))
    )
    request = prepare_request("Rain fell.", House())
    for voice in ("tones", "tones", "am_michael", "tones"):
        warmed.warm(replace(request, voice=voice), read_places())
    assert asked == ["tones", "am_michael"]
