"""Finished editions for tests of what is written about them: an invented article, timed by the length of its words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path

import numpy as np
import soundfile as sf

from vivavoce.types import (
    Article,
    AudioFile,
    Block,
    BlockKind,
    Disclosure,
    EditionRecord,
    Finding,
    Hearing,
    Making,
    Omission,
    Placement,
    Report,
    Role,
    Script,
    Span,
    Utterance,
    VoiceInfo,
    Word,
    WordTiming,
)

RATE_HZ = 24_000
_LETTER_SAMPLES = 1_500
_LEAD_SAMPLES = 6_000

_TOKEN = re.compile(r"[$€]?\d[\d.,]*\d( (million|percent))?|(?:[A-Z]\.){2,}|\w+(?:[’'-]\w+)*|\$\d")
_SENTENCE = re.compile(r".+?[.?!][”\"]?(?=\s+[A-Z“(]|\s*$)|.+$", re.DOTALL)
_GLOSS = re.compile(r"\((?:[A-Z]{2,})\)")

_SPOKEN = {
    "$61 million": ("sixty one million dollars", "money"),
    "12,400": ("twelve thousand four hundred", "cardinal"),
    "2031": ("twenty thirty one", "year"),
    "14 percent": ("fourteen percent", "percent"),
    "U.N.": ("u n", "initialism"),
    "NHA": ("n h a", "initialism"),
}
_NAMES = {
    "Maribel": ("mˌɛɹəbˈɛl", "news", 0.97),
    "Okonjo": ("əkˈɑnʤO", "origin:ig", 0.78),
    "Tereza": ("təɹˈAzə", "news", 0.95),
    "Vondráková": ("vˈɔndɹəkˌOvə", "origin:cs", 0.82),
    "Halvorsen": ("hˈælvəɹsən", "general", 0.93),
    "Port": ("pˈɔɹt", "general", 0.99),
    "Sorrel": ("sˈɔɹəl", "rules", 0.52),
}

P, H, L, Q = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.QUOTE

NEWS = Article(
    title="Harbour city votes to rebuild its flood wall “higher & smarter”",
    byline=("Maribel Okonjo", "Tereza Vondráková"),
    published=date(2031, 5, 22),
    publisher="The Sorrel Courier",
    language="en",
    url="https://courier.example/2031/05/22/flood-wall?a=1&b=2",
    blocks=(
        Block(
            P,
            "The council of Port Sorrel voted on Tuesday to spend $61 million on a new flood wall, "
            "ending a dispute that has divided the harbour city since the storm of 2031. "
            "Mayor Tereza Halvorsen called the decision “long overdue.”",
        ),
        Block(
            P,
            "The wall will protect 12,400 homes, according to the National Harbour Agency (NHA), which "
            "has warned for years that the old one would not survive another winter. “We measured it. "
            "It moves,” said Maribel Okonjo, the agency’s chief engineer.",
        ),
        Block(H, "What the plan contains"),
        Block(P, "Three parts of the plan were agreed without debate:"),
        Block(L, "a stone barrier along the northern quay, two metres taller than today’s;"),
        Block(L, "pumps that start by themselves when the tide passes a set mark;"),
        Block(L, "a fund for the 14 percent of households that have no insurance."),
        Block(
            Q,
            "A wall is a promise to people who have not been born yet. I intend that we keep it.",
        ),
        Block(H, "Who pays"),
        Block(
            P,
            "Half of the money comes from the state, the rest from a levy on ships. Shipping lines had "
            "threatened to leave; none has done so. A U.N. report published last year named the port among "
            "the five most exposed on the coast 🌊 and asked for work to begin at once.",
        ),
        Block(P, "The NHA expects the first stones to be laid before the autumn tides."),
    ),
    omitted=(
        Omission("Listen to this article · 4 min", "player-label"),
        Omission("Read also: How the storm changed the coast", "read-also"),
        Omission("Photo: A. Keller / Courier", "caption"),
    ),
)

HOSTILE_TEXT = "</script><script>window.stolen=1</script><img src=x onerror=window.stolen=1>\"'&amp;<!-- ]]> -->"


def make_record(article: Article = NEWS, *, findings: bool = False) -> EditionRecord:
    """Give a finished edition of an article, with two findings where asked for."""
    utterances, spans = _write_script(article)
    placements = tuple(_place(utterances))
    length = placements[-1].end_samples + _LEAD_SAMPLES
    return EditionRecord(
        id="e5b1c0ffee5b1c0f",
        replaces=None,
        article=article,
        script=Script("en-US", tuple(utterances), tuple(spans)),
        placements=placements,
        sample_rate_hz=RATE_HZ,
        length_samples=length,
        report=_listen(placements, findings=findings),
        voice=VoiceInfo("am_michael", "kokoro-82m-int8", "onnxruntime 1.32.0 cpu"),
        disclosure=Disclosure(),
        audio=(AudioFile("audio.mp3", "mp3", length / RATE_HZ, -19.02, -1.34, "ab" * 32),),
        made=Making("0.1.0", 41.8, (("extract", 0.2), ("script", 1.3), ("synthesise", 36.4)), len(utterances), 0),
    )


def make_long_article(words: int) -> Article:
    """Give an article of so many words in paragraphs of fifty."""
    sentence = "The harbour wall will be built of stone and it will be higher than the old one. "
    paragraph = Block(P, (sentence * 3).strip())
    return replace(NEWS, blocks=(paragraph,) * (words // 48))


def write_tone(file: Path, record: EditionRecord) -> None:
    """Write a recording as long as the edition: a tone that swells three times a second."""
    time_s = np.arange(record.length_samples) / record.sample_rate_hz
    samples = 0.3 * np.sin(2 * np.pi * 220 * time_s) * np.sin(2 * np.pi * 1.5 * time_s) ** 2
    sf.write(file, samples.astype(np.float32), record.sample_rate_hz)


@dataclass(slots=True)
class _Said:
    role: Role
    text: str
    base: int | None
    block: int | None


def _write_script(article: Article) -> tuple[list[Utterance], list[Span]]:
    disclosure = Disclosure()
    said = [_Said(Role.DISCLOSURE, text, None, None) for text in (disclosure.sentence, disclosure.voice_sentence)]
    if article.title:
        said.append(_Said(Role.HEADLINE, article.title, None, None))
    if article.byline:
        said.append(_Said(Role.BYLINE, f"By {' and '.join(article.byline)}", None, None))
    if article.published:
        said.append(_Said(Role.DATE, f"Published {article.published:%B} {article.published.day}", None, None))
    base = 0
    for index, block in enumerate(article.blocks):
        for match in _SENTENCE.finditer(block.text):
            text = match.group().strip()
            said.append(_Said(Role.BODY, text, base + block.text.index(text, match.start()), index))
        base += len(block.text) + 2
    said.append(_Said(Role.DISCLOSURE, disclosure.sentence, None, None))
    spans: list[Span] = []
    utterances = []
    number = count(1)
    for entry in said:
        words = tuple(_words(entry.text, entry.base))
        if not words:
            continue
        utterance = Utterance(f"u{next(number)}", entry.role, entry.text, words, 400, entry.block)
        utterances.append(utterance)
        if entry.base is not None:
            _cover(spans, utterance, entry.base, article.text)
    if spans:
        spans[-1] = replace(spans[-1], end=len(article.text))
    else:
        spans.append(Span(0, len(article.text), None, "unpronounceable"))
    return utterances, spans


def _cover(spans: list[Span], utterance: Utterance, base: int, text: str) -> None:
    if spans:
        spans[-1] = replace(spans[-1], end=base)
    elif base:
        spans.append(Span(0, base, None, "space"))
    at = base
    unsaid = re.compile(rf"{_GLOSS.pattern}|[\U0001F000-\U0001FAFF]")
    for match in unsaid.finditer(text, base, base + len(utterance.display)):
        reason = "acronym-gloss" if match.group().startswith("(") else "unpronounceable"
        if match.start() > at:
            spans.append(Span(at, match.start(), utterance.id, None))
        spans.append(Span(match.start(), match.end(), None, reason))
        at = match.end()
    if at < base + len(utterance.display):
        spans.append(Span(at, base + len(utterance.display), utterance.id, None))


def _words(text: str, base: int | None) -> Iterator[Word]:
    glosses = [match.span() for match in _GLOSS.finditer(text)]
    for match in _TOKEN.finditer(text):
        if any(start <= match.start() < end for start, end in glosses):
            continue
        printed = match.group()
        spoken, rule = _SPOKEN.get(printed, (printed.lower().replace("’", "'"), "plain"))
        phonemes, source, confidence = _NAMES.get(printed, (spoken, "general", 0.99))
        start = None if base is None else base + match.start()
        end = None if base is None else base + match.end()
        mark = text[match.end() : match.end() + 1]
        yield Word(
            text=printed,
            spoken=spoken,
            phonemes=phonemes,
            start=start,
            end=end,
            rule=rule,
            source="letters" if rule == "initialism" else source,
            confidence=confidence,
            is_name=printed in _NAMES,
            mark=mark if mark in ",.?!;:—" else "",
        )


def _place(utterances: Iterable[Utterance]) -> Iterator[Placement]:
    at = _LEAD_SAMPLES
    for utterance in utterances:
        timings = []
        start = at
        for word in utterance.words:
            end = at + _LETTER_SAMPLES * max(2, len(word.spoken))
            timings.append(WordTiming(at, end))
            at = end
        yield Placement(utterance, start, at, tuple(timings))
        at += utterance.pause_after_ms * RATE_HZ // 1000


def _listen(placements: tuple[Placement, ...], *, findings: bool) -> Report:
    body = [placement for placement in placements if placement.utterance.role is Role.BODY]
    planted = {}
    if findings:
        planted = {
            body[0].utterance.id: _finding(
                body[0], "number_swapped", 10, "sixty one million dollars", "sixteen million dollars", 0.93
            ),
            body[1].utterance.id: _finding(body[1], "word_not_heard", 0, "mayor", "", 0.71),
        }
    return Report(tuple((p.utterance.id, _hearing(p.utterance, planted.get(p.utterance.id))) for p in placements))


def _hearing(utterance: Utterance, finding: Finding | None) -> Hearing:
    return Hearing(
        heard=utterance.spoken,
        words=sum(not word.is_name for word in utterance.words),
        words_not_heard=int(finding is not None),
        findings=() if finding is None else (finding,),
    )


def _finding(placement: Placement, kind: str, word: int, expected: str, heard: str, confidence: float) -> Finding:
    timing = placement.words[word]
    return Finding(
        utterance=placement.utterance.id,
        kind=kind,
        word=placement.utterance.words[word].text,
        confidence=confidence,
        start_s=(timing.start_samples - placement.start_samples) / RATE_HZ,
        end_s=(timing.end_samples - placement.start_samples) / RATE_HZ,
        expected=expected,
        heard=heard,
    )
