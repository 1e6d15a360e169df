"""The take loop: a take that fails its hearing is said again in other ways, and all that were tried are told."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vivavoce.pipeline import EditionOptions, Equipment, Seal, StageClock, make_edition
from vivavoce.storage.takes import TakeFolder
from vivavoce.synthesise import Rendering
from vivavoce.testing import ToneListener, ToneVoice, make_utterance
from vivavoce.types import (
    Article,
    Block,
    BlockKind,
    Claim,
    Edit,
    EditAction,
    EditionRecord,
    Script,
    Span,
    TextQuote,
)

TEXT = "one two three four five six seven eight nine ten eleven twelve."


@dataclass(frozen=True)
class FalteringVoice(ToneVoice):
    """Leaves the tenth to fifteenth symbol silent, at these speeds."""

    falters_at: tuple[float, ...] = (1.0,)
    digest: str = "faltering"

    def render(self, phonemes: str, *, speed: float) -> Rendering:
        whole = super().render(phonemes, speed=speed)
        if speed not in self.falters_at and self.falters_at:
            return whole
        samples = whole.samples.copy()
        ends = np.cumsum(whole.frames)
        samples[ends[9] : ends[15]] = 0
        return Rendering(samples, whole.frames)


class Unsigned:
    """Signs nothing."""

    name = "nobody"
    certificate_sha256 = ""

    def sign(self, file: Path, *, format_name: str, claim: Claim) -> None:
        del file, format_name, claim


def make(voice: ToneVoice, folder: Path, *edits: Edit) -> EditionRecord:
    utterance = make_utterance(TEXT)
    script = Script("en-US", (utterance,), (Span(0, len(TEXT), "u1", None),))
    (folder / "edition").mkdir()
    return make_edition(
        Article((Block(BlockKind.PARAGRAPH, TEXT),)),
        script,
        equipment=Equipment(voice, ToneListener(), TakeFolder(folder / "cache"), Seal(Unsigned(), None)),
        options=EditionOptions(formats=("wav",), edits=edits),
        replaces=None,
        folder=folder / "edition",
        clock=StageClock(),
        watch=lambda *_: None,
    )


def test_a_take_that_passes_is_the_only_one(tmp_path: Path) -> None:
    assert make(ToneVoice(), tmp_path).report.trials == ()


def test_a_take_that_fails_is_said_again_otherwise(tmp_path: Path) -> None:
    report = make(FalteringVoice(), tmp_path).report
    assert report.clean
    assert [(trial.recipe, bool(trial.findings), trial.kept) for trial in report.trials] == [
        ("plain", True, False),
        ("slower", False, True),
    ]
    assert "Said again" in (tmp_path / "edition/proof.html").read_text("utf-8")


def test_what_fails_in_every_way_is_a_finding_with_all_takes(tmp_path: Path) -> None:
    record = make(FalteringVoice(falters_at=()), tmp_path)
    assert not record.report.clean
    recipes = [trial.recipe for trial in record.report.trials]
    assert recipes[0] == "plain"
    assert len(set(recipes)) == len(recipes) >= 5
    assert sum(trial.kept for trial in record.report.trials) == 1
    assert "careful sounds" not in recipes, "there is no sound to vary in this utterance"
    assert "Takes tried" in (tmp_path / "edition/proof.html").read_text("utf-8")


def test_the_take_that_an_editor_has_chosen_is_the_only_one(tmp_path: Path) -> None:
    names = []
    for number in (1, 2, 3):
        (tmp_path / str(number)).mkdir()
        record = make(ToneVoice(), tmp_path / str(number), Edit(EditAction.OTHER_TAKE, TextQuote(TEXT), take=number))
        (trial,) = record.report.trials
        assert trial.kept
        names.append(trial.recipe)
    assert names[0] == "slower"
    assert len(set(names)) == 3


def test_what_is_found_in_a_chosen_take_is_told(tmp_path: Path) -> None:
    choice = Edit(EditAction.OTHER_TAKE, TextQuote(TEXT), take=1)
    record = make(FalteringVoice(falters_at=()), tmp_path, choice)
    assert len(record.report.trials) == 1
    assert not record.report.clean
