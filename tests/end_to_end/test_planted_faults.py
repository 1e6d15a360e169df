"""Faults planted in the voice: each take is mended by another one or flagged, and the proof sheet shows which.

A fault is planted as the sound leaves the voice, once or every time, in one utterance. A few faults in a short story
run always; every kind in the reference article, where it is at hand, runs in `make soak`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import numpy as np
import pytest

from markup import parse_page
from vivavoce.house import House
from vivavoce.pipeline import Equipment, Listener, StageClock
from vivavoce.settings import read_places
from vivavoce.studio import EditionPlan, carry_out, plan_edition, prepare_request, read_article
from vivavoce.synthesise import CAREFUL, Rendering, Voice
from vivavoce.types import EditionRecord, Hearing, Take, Utterance

pytestmark = pytest.mark.real_voice

REFERENCE = Path(__file__).parents[3] / "shared/data/reference/article.txt"
STORY = """The bridge at Odesa will not close again.

Nobody waited.
"""

Samples = np.ndarray


# ---------------------------------------------------------------- what is spoilt


def cut_the_end(samples: Samples) -> Samples:
    return samples[: np.flatnonzero(np.abs(samples) > 0.02)[-1] - 3600]


def cut_the_start(samples: Samples) -> Samples:
    return samples[np.flatnonzero(np.abs(samples) > 0.05)[0] + 2400 :]


def fall_silent(samples: Samples) -> Samples:
    middle = len(samples) // 2
    return np.concatenate([samples[:middle], np.zeros(36_000, np.float32), samples[middle:]])


def click(samples: Samples) -> Samples:
    spoilt = samples.copy()
    spoilt[len(samples) // 2 : len(samples) // 2 + 2] += 0.7
    return spoilt


def burst(samples: Samples) -> Samples:
    spoilt, middle = samples.copy(), len(samples) // 2
    level = float(np.sqrt(np.mean(samples**2)))
    spoilt[middle : middle + 6000] += np.random.default_rng(1).normal(0, level, 6000).astype(np.float32)
    return spoilt


SOUNDS: Mapping[str, tuple[Callable[[Samples], Samples], frozenset[str]]] = {
    "end cut": (cut_the_end, frozenset({"truncated"})),
    "start cut": (cut_the_start, frozenset({"clipped_onset", "word_not_heard"})),
    "silence": (fall_silent, frozenset({"silence"})),
    "click": (click, frozenset({"click"})),
    "noise": (burst, frozenset({"noise"})),
}
"""How each fault of sound is made, and which findings it may be taken for."""


@dataclass(frozen=True)
class WordFault:
    """Phonemes that the voice says in the place of those of the script."""

    meant: str
    said: str
    """Nothing for a word that is left out."""
    found_as: frozenset[str]

    def spoil(self, phonemes: str) -> str:
        said = rf"{self.said}\1" if self.said else ""
        return re.sub(rf"(?<!\S){re.escape(self.meant)}(\s|(?=\W|$))", said, phonemes)


@dataclass
class FaultyVoice:
    """The real voice, which spoils one utterance the first `times` times that it says the place."""

    voice: Any
    """A `synthesise.Voice`."""
    target: str
    """The utterance's phonemes."""
    fault: str | WordFault
    times: int
    spoilt: int = 0
    digest: str = field(default_factory=lambda: uuid4().hex)
    """Its own each time, so that no take is re-used."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.voice, name)

    def render(self, phonemes: str, *, speed: float) -> Rendering:
        whole = render_once(self.voice, phonemes, speed)
        if self.spoilt >= self.times or not _is_part(phonemes, self.target):
            return whole
        if isinstance(self.fault, str):
            self.spoilt += 1
            return _refit(SOUNDS[self.fault][0](whole.samples), whole)
        faulty = self.fault.spoil(phonemes)
        if faulty == phonemes:
            return whole
        self.spoilt += 1
        return _refit(render_once(self.voice, faulty, speed).samples, whole)


def _is_part(phonemes: str, target: str) -> bool:
    """Whether these are some of an utterance's phonemes, as they are or as other recipes give them."""
    part, whole = (symbols.translate(CAREFUL).replace(",", "") for symbols in (phonemes, target))
    return part.strip(" .;:") in whole


def _refit(samples: Samples, meant: Rendering) -> Rendering:
    """Plan the symbols that were meant over what was said, so that no length gives the fault away."""
    ends = np.round(np.cumsum(meant.frames) / sum(meant.frames) * len(samples)).astype(int)
    return Rendering(samples, tuple(np.diff(ends, prepend=0).tolist()))


@cache
def render_once(voice: Any, phonemes: str, speed: float) -> Rendering:
    rendering: Rendering = voice.render(phonemes, speed=speed)
    return rendering


@dataclass
class RememberingListener:
    """The real ears, which hear the same samples once."""

    inner: Listener
    heard: dict[tuple[Utterance, bytes], Hearing] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return self.inner.digest

    def hear(self, utterance: Utterance, take: Take) -> Hearing:
        key = utterance, take.samples.tobytes()
        if key not in self.heard:
            self.heard[key] = self.inner.hear(utterance, take)
        return self.heard[key]


# ---------------------------------------------------------------- one run


@dataclass(frozen=True)
class Studio:
    """A story that is ready to be said."""

    plan: EditionPlan
    listener: RememberingListener

    def find(self, said: str) -> Utterance:
        return next(utterance for utterance in self.plan.script.utterances if said in utterance.spoken)

    def make(self, target: Utterance, fault: str | WordFault, times: int, folder: Path) -> EditionRecord:
        folder.mkdir()
        equipment: Equipment = self.plan.equipment
        voice = FaultyVoice(equipment.voice, target.phonemes, fault, times)
        faulty = replace(equipment, voice=cast("Voice", voice), listener=self.listener)
        spoilt = replace(self.plan, equipment=faulty)
        record = carry_out(spoilt, folder, replaces=None, clock=StageClock(), watch=lambda *_: None)
        assert voice.spoilt >= 1
        return record


def open_studio(story: Path, cache_folder: Path) -> Studio:
    request = prepare_request(str(story), House())
    places = replace(read_places(), cache=cache_folder)
    plan = plan_edition(read_article(request), request, places, StageClock(), lambda *_: None)
    return Studio(plan, RememberingListener(plan.equipment.listener))


def check_mended(studio: Studio, said: str, fault: str | WordFault, folder: Path) -> None:
    """A voice that errs once: the first take is refused, another is kept, and the sheet lists both."""
    target = studio.find(said)
    record = studio.make(target, fault, 1, folder / "mended")
    assert record.report.clean, record.report.findings
    tried = [trial for trial in record.report.trials if trial.utterance == target.id]
    assert found_as(fault) & set(tried[0].findings), tried
    assert tried[-1].kept
    assert not tried[-1].findings
    sheet = parse_page((folder / "mended/proof.html").read_text("utf-8"))
    assert "This edition may go out" in sheet.get_element_by_id("verdict").text_content()
    said_again = sheet.xpath("//section[@aria-labelledby='retakes']//tbody/tr")
    assert target.display in [row.xpath("string(th/text())") for row in said_again]


def check_flagged(studio: Studio, said: str, fault: str | WordFault, folder: Path) -> None:
    """A voice that errs every time: the edition isn't clean, and the sheet shows the sentence and what was tried."""
    target = studio.find(said)
    record = studio.make(target, fault, 1000, folder / "flagged")
    assert not record.report.clean
    findings = record.report.findings
    assert {finding.utterance for finding in findings} == {target.id}
    assert found_as(fault) & {finding.kind for finding in findings}, findings
    sheet = parse_page((folder / "flagged/proof.html").read_text("utf-8"))
    assert "an editor’s ear" in sheet.get_element_by_id("verdict").text_content()
    shown = sheet.xpath("//ol[@class='findings']/li")
    assert len(shown) == len(findings)
    for entry in shown:
        assert "".join(entry.xpath(".//blockquote//text()")) == target.display
        assert entry.xpath(".//svg[@role='img']")
        assert entry.xpath(".//a[@aria-label='Play the place']")
        assert "plain" in entry.text_content()


def found_as(fault: str | WordFault) -> frozenset[str]:
    return SOUNDS[fault][1] if isinstance(fault, str) else fault.found_as


# ---------------------------------------------------------------- a short story


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("story")
    (folder / "story.txt").write_text(STORY)
    return open_studio(folder / "story.txt", folder / "cache")


def spoil_word(studio: Studio, word: str, said: str, *found_as: str) -> WordFault:
    """Give a fault of one word; `said` has {} for the word's own phonemes."""
    own = next(w.phonemes for u in studio.plan.script.utterances for w in u.words if word in {w.text, w.spoken})
    return WordFault(own, said.format(own, own), frozenset(found_as))


def test_a_dropped_not_is_mended_by_another_take(story: Studio, tmp_path: Path) -> None:
    check_mended(story, "will not close", spoil_word(story, "not", "", "word_not_heard"), tmp_path)


def test_a_cut_end_is_mended_by_another_take(story: Studio, tmp_path: Path) -> None:
    check_mended(story, "will not close", "end cut", tmp_path)


def test_a_click_is_flagged_when_no_take_mends_it(story: Studio, tmp_path: Path) -> None:
    check_flagged(story, "nobody waited", "click", tmp_path)


# ---------------------------------------------------------------- the reference article, every kind


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    if not REFERENCE.exists():
        pytest.skip(f"the reference article lies beside the repository, in {REFERENCE}")
    return open_studio(REFERENCE, tmp_path_factory.mktemp("reference") / "cache")


PROPOSED = "reportedly not yet been formally proposed"
WORD_FAULTS: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "content word dropped": (PROPOSED, "formally", "", ("word_not_heard",)),
    "not dropped": (PROPOSED, "not", "", ("word_not_heard",)),
    "word doubled": (PROPOSED, "formally", "{} {}", ("word_doubled",)),
    "word swapped": (PROPOSED, "formally", "pˈɑɹʃəli", ("word_garbled",)),
    "word garbled": (PROPOSED, "formally", "ʃˈAzdəɡu", ("word_garbled",)),
    "name misread": ("conference on may", "Austin", "ˌWstˈIn", ("name_misread", "word_garbled")),
}


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", [*WORD_FAULTS, *SOUNDS])
def test_every_fault_in_the_reference_article_is_mended_or_flagged(
    kind: str, reference: Studio, tmp_path: Path
) -> None:
    fault: str | WordFault = kind
    sentence = PROPOSED
    if kind in WORD_FAULTS:
        sentence, word, said, kinds = WORD_FAULTS[kind]
        fault = spoil_word(reference, word, said, *kinds)
    check_mended(reference, sentence, fault, tmp_path)
    check_flagged(reference, sentence, fault, tmp_path)
