"""guided-navigation.json: text and sound side by side, for reading systems built on Readium."""

from collections.abc import Iterator

from vivavoce.encode.json_text import Json, format_json
from vivavoce.encode.passages import group_placements
from vivavoce.linked_data import MEDIA_TYPES
from vivavoce.page import pick_audio
from vivavoce.types import EditionRecord, Placement

_ROLES: dict[str, list[Json]] = {
    "paragraph": ["paragraph"],
    "heading": ["heading"],
    "headline": ["heading"],
    "list_item": ["listItem"],
    "quote": ["blockquote"],
    "disclosure": ["notice"],
}


def write_guided_navigation(record: EditionRecord) -> str:
    """Write guided-navigation.json: a passage holds its sentences; each names its text and its stretch of sound.

    Source:
        Readium, "Guided Navigation": document, object and text schemas, and the list of roles.
    """
    audio = pick_audio(record)
    links: list[Json] = [
        {"rel": "alternate", "href": audio.file, "type": MEDIA_TYPES[audio.format]},
        {"rel": "alternate", "href": "transcript.html", "type": "text/html"},
    ]
    return format_json({"links": links, "guided": list(_passages(record, audio.file))})


def _passages(record: EditionRecord, audio: str) -> Iterator[Json]:
    for kind, placements in group_placements(record):
        passage: dict[str, Json] = {"role": _ROLES.get(kind, ["section"])}
        passage["children"] = [_sentence(placement, record, audio) for placement in placements]
        yield passage


def _sentence(placement: Placement, record: EditionRecord, audio: str) -> Json:
    start_s, end_s = (
        round(samples / record.sample_rate_hz, 3) for samples in (placement.start_samples, placement.end_samples)
    )
    utterance = placement.utterance
    return {
        "textref": f"transcript.html#{utterance.id}",
        "audioref": f"{audio}#t={start_s},{end_s}",
        "text": {"plain": utterance.display or utterance.spoken, "language": record.script.language},
    }
