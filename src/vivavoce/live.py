"""Sound that is heard while the rest of it is being said: previews, `say -o -`, the speech endpoint.

What is said is planned as phrases, said one after the other, and leaves as one recording: too early to be signed, but
marked from its beginning to its end.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from vivavoce.audio import Samples
from vivavoce.errors import InputError, UsageError
from vivavoce.pipeline import Phrase, find_chosen_takes, plan_phrases, say_phrase
from vivavoce.script.edits import find_quote
from vivavoce.settings import Places
from vivavoce.sound_files import open_wav_stream
from vivavoce.storage.takes import TakeFolder
from vivavoce.studio import NarrateRequest, find_voice, make_script, open_marker, open_voice
from vivavoce.types import Article, Block, BlockKind, Script, TextQuote, Utterance

LIVE_HEADER = ("X-AI-Disclosure", "digitalSourceType=trainedAlgorithmicMedia")
"""Sent with sound that leaves while it is made, and so can't be signed."""
_REHEARSED = "Rehearsal."
_PAUSE_LEAD_S = 2.5
_BLOCKS_AFTER = 3
"""Of so many at least one is taken to be read."""
_FADE_S = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be said, phrase by phrase."""

    phrases: tuple[Phrase, ...]
    sample_rate_hz: int
    lead_s: float | None = None
    """Of the first phrase no more than its last seconds are heard; None: all of it."""


SayPhrase = Callable[[Phrase, float | None], tuple[Samples, float]]
"""From a phrase, and the gain that the one before it had, to its samples and its gain."""


# ---------------------------------------------------------------- planning


def plan_text(request: NarrateRequest, places: Places) -> Plan:
    """Plan a text, which is the request's `source`.

    Raises:
        InputError: There is nothing to say.
    """
    return _plan(_list_utterances(request, places), {}, request, places)


def plan_place(article: Article, place: TextQuote, request: NarrateRequest, places: Places) -> Plan:
    """Plan the one sentence in which a place stands, with the request's edits.

    Only the place's own block is read, so that an editor hears it at once.

    Raises:
        UsageError: The text has no such place, or the edits leave nothing of it to say.
    """
    script, text, at = _script_place(article, place, request, places, blocks=1)
    chosen = find_chosen_takes(script, text, request.options.edits)
    return _plan(script.utterances[at : at + 1], chosen, request, places)


def plan_pause(article: Article, place: TextQuote, request: NarrateRequest, places: Places) -> Plan:
    """Plan what shows a pause: the end of the sentence in which a place stands, the silence, and how it goes on.

    Raises:
        UsageError: The text has no such place, nothing of it is to be said, or nothing follows it.
    """
    script, text, at = _script_place(article, place, request, places, blocks=1 + _BLOCKS_AFTER)
    chosen = find_chosen_takes(script, text, request.options.edits)
    plan = _plan(script.utterances[at : at + 2], chosen, request, places)
    after = next((number for number, phrase in enumerate(plan.phrases) if number and phrase.opens), None)
    if after is None:
        raise UsageError(f"nothing follows {place.exact[:80]!r}, so there is no pause to hear")
    return replace(plan, phrases=plan.phrases[after - 1 : after + 1], lead_s=_PAUSE_LEAD_S)


def _script_place(
    article: Article, place: TextQuote, request: NarrateRequest, places: Places, *, blocks: int
) -> tuple[Script, str, int]:
    """Write the script of a place's block and of those after it.

    Returns:
        The script, the text that it is of, and the number of the utterance in which the place stands.
    """
    found = find_quote(article.text, place)
    if found is None:
        raise UsageError(f"{place.exact[:80]!r} does not stand in the article")
    first, offset = _block_at(article, found[0])
    part = replace(article, blocks=article.blocks[first : first + blocks], title=None, byline=(), published=None)
    script = _script_silently(part, request, places)
    named = next((s.utterance for s in script.spans if s.start <= found[0] - offset < s.end and s.utterance), None)
    at = next((number for number, utterance in enumerate(script.utterances) if utterance.id == named), None)
    if at is None:
        raise UsageError(f"{place.exact[:80]!r} is left out, so there is nothing to hear")
    return script, part.text, at


def split_text(request: NarrateRequest, places: Places) -> tuple[str, ...]:
    """Cut a text, the request's `source`, into its sentences as printed.

    Raises:
        InputError: There is nothing to say.
    """
    return tuple(utterance.display for utterance in _list_utterances(request, places))


def _list_utterances(request: NarrateRequest, places: Places) -> tuple[Utterance, ...]:
    """Write what a voice says of a text: that, and no word of the house."""
    article = Article(blocks=(Block(BlockKind.PARAGRAPH, unicodedata.normalize("NFC", request.source)),))
    style = replace(request.style, intro="", outro="")
    script = _script_silently(article, replace(request, style=style), places)
    if not script.utterances:
        raise InputError("there is no word in that to say; give a text with letters or digits")
    return script.utterances


def _script_silently(article: Article, request: NarrateRequest, places: Places) -> Script:
    silent = replace(request.options, disclosure=replace(request.options.disclosure, spoken=False))
    return make_script(article, replace(request, options=silent), find_voice(request.voice), places)


def _plan(utterances: tuple[Utterance, ...], chosen: dict[str, int], request: NarrateRequest, places: Places) -> Plan:
    voice = open_voice(request.voice, places, threads=request.threads, precision=request.precision)
    phrases = plan_phrases(utterances, voice=voice, takes=TakeFolder(places.cache), chosen=chosen)
    return Plan(phrases, voice.sample_rate_hz)


def _block_at(article: Article, at: int) -> tuple[int, int]:
    """Give the number of the block in which an offset of the text lies, and where the block begins."""
    start = 0
    for number, block in enumerate(article.blocks):
        end = start + len(block.text)
        if at < end:
            return number, start
        start = end + len("\n\n")
    raise UsageError("the place lies behind the article's end")


# ---------------------------------------------------------------- saying


def say_planned(
    request: NarrateRequest, places: Places, phrase: Phrase, gain_db: float | None
) -> tuple[Samples, float]:
    """Say a phrase; gives its samples, and its gain for the next one.

    Raises:
        SynthesisError: The voice failed.
        MachineError: Its weights are missing or damaged.
    """
    voice = open_voice(request.voice, places, threads=request.threads, precision=request.precision)
    return say_phrase(phrase, voice=voice, takes=TakeFolder(places.cache), gain_db=gain_db)


def rehearse(request: NarrateRequest, places: Places) -> None:
    """Load all that a listener would wait for, by saying a word to nobody."""
    voice = open_voice(request.voice, places, threads=request.threads, precision=request.precision)
    utterances = _list_utterances(replace(request, source=_REHEARSED), places)
    with TemporaryDirectory(prefix="vivavoce-") as folder:
        takes = TakeFolder(Path(folder))
        for phrase in plan_phrases(utterances, voice=voice, takes=takes, chosen={}):
            say_phrase(phrase, voice=voice, takes=takes)


def say_live(request: NarrateRequest, places: Places) -> Iterator[bytes]:
    """Let a voice say a text, each phrase given as soon as it is said.

    Args:
        request: `source` is the text itself.
        places: Where models and cache lie.

    Yields:
        A WAV file, as `as_wav` has it.

    Raises:
        InputError: There is nothing to say.
    """
    plan = plan_text(request, places)
    yield from as_wav(plan, request, lambda phrase, gain_db: say_planned(request, places, phrase, gain_db))


def as_wav(plan: Plan, request: NarrateRequest, say: SayPhrase) -> Iterator[bytes]:
    """Give what is planned as a WAV file whose lengths are left open, as players of streams know them.

    Yields:
        First its head together with the first phrase, so that what can't be said at all is known before anything is
        sent.
    """
    pieces = as_samples(plan, request, say)
    first = next(pieces)
    yield open_wav_stream(plan.sample_rate_hz) + first
    yield from pieces


def as_samples(plan: Plan, request: NarrateRequest, say: SayPhrase) -> Iterator[bytes]:
    """Give what is planned phrase by phrase, as one marked recording.

    Yields:
        Samples of 16 bits, little-endian; in the first piece at least a phrase's.
    """
    marker = open_marker(request.watermark)
    said = "\n".join([request.voice, *(phrase.phonemes for phrase in plan.phrases)])
    identity = hashlib.sha256(said.encode()).hexdigest()[:32]
    mark = marker.open_stream(sample_rate_hz=plan.sample_rate_hz, edition=identity) if marker else None
    for samples in _join(plan, say):
        yield _to_bytes(mark.feed(samples) if mark else samples)
    if mark:
        yield _to_bytes(mark.finish())


def _join(plan: Plan, say: SayPhrase) -> Iterable[Samples]:
    gain_db: float | None = None
    for number, phrase in enumerate(plan.phrases):
        samples, gain_db = say(phrase, gain_db)
        if number == 0 and plan.lead_s is not None:
            samples = _take_end(samples, round(plan.lead_s * plan.sample_rate_hz), plan.sample_rate_hz)
        pause = np.zeros(phrase.pause_after_ms * plan.sample_rate_hz // 1000, np.float32)
        yield np.concatenate([samples, pause])


def _take_end(samples: Samples, count: int, sample_rate_hz: int) -> Samples:
    if len(samples) <= count:
        return samples
    end = samples[-count:].copy()
    fade = round(_FADE_S * sample_rate_hz)
    end[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    return end


def _to_bytes(samples: Samples) -> bytes:
    return np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()
