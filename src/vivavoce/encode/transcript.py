"""transcript.html: everything that is said, in the order of speaking, each word a link to its place in the audio."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from vivavoce.encode.passages import group_placements
from vivavoce.encode.printed import cut_display
from vivavoce.linked_data import write_json_ld
from vivavoce.page import name_edition, pick_audio, render_page
from vivavoce.types import EditionRecord, Placement


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    start_s: float | None = None
    """None for what stands between words."""
    first: bool = False
    """The word that keyboards reach: one for each sentence."""
    said: str | None = None
    """The spoken form, where it isn't the printed one in lower case."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    id: str
    start_s: float
    pieces: tuple[_Piece, ...]


@dataclass(frozen=True, slots=True)
class _Passage:
    kind: str
    sentences: tuple[_Sentence, ...]


def write_transcript(record: EditionRecord, *, base_url: str = "") -> str:
    """Write transcript.html: readable without script, ids those of the cues in captions.vtt.

    Args:
        record: The edition.
        base_url: Where its folder is published, with a slash at its end, if that is known.
    """
    article = record.article
    return render_page(
        "transcript.html",
        style=("house.css", "transcript.css"),
        name=name_edition(article),
        language=record.script.language,
        publisher=article.publisher,
        byline=" and ".join(article.byline),
        published=article.published,
        disclosure=record.disclosure.visible,
        audio=pick_audio(record).file,
        passages=list(_passages(record)),
        linked_data=Markup(write_json_ld(record, base_url=base_url)),  # noqa: S704  # made safe there
        voice=record.voice.name,
        version=record.made.vivavoce,
    )


def _passages(record: EditionRecord) -> Iterator[_Passage]:
    for kind, group in group_placements(record):
        yield _Passage(kind, tuple(_sentence(placement, record.sample_rate_hz) for placement in group))


def _sentence(placement: Placement, sample_rate_hz: int) -> _Sentence:
    return _Sentence(
        id=placement.utterance.id,
        start_s=_seconds(placement.start_samples, sample_rate_hz),
        pieces=tuple(_pieces(placement, sample_rate_hz)),
    )


def _pieces(placement: Placement, sample_rate_hz: int) -> Iterator[_Piece]:
    first = True
    for piece in cut_display(placement.utterance):
        if piece.word is None:
            yield _Piece(piece.text)
            continue
        word = placement.utterance.words[piece.word]
        start_s = _seconds(placement.words[piece.word].start_samples, sample_rate_hz)
        same = word.spoken == piece.text.lower().replace("’", "'")
        yield _Piece(piece.text, start_s, first, None if same else word.spoken)
        first = False


def _seconds(samples: int, sample_rate_hz: int) -> float:
    return round(samples / sample_rate_hz, 2)
