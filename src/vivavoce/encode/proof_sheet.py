"""proof.html for an editor and proof.json for machines: the same proof, the first to look at and to print."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from vivavoce.encode.json_text import format_json
from vivavoce.encode.peaks import Peaks
from vivavoce.encode.proof import Place, Proof, build_proof
from vivavoce.page import pick_audio, render_page
from vivavoce.types import EditionRecord

_BAR_WIDTH = 3
_HEIGHT = 64
_BARS = 220


@dataclass(frozen=True, slots=True)
class Waveform:
    """A sentence's sound as a drawing of bars, in units of a drawing `width` by `height`."""

    width: int
    height: int
    path: str
    mark_x: float
    mark_width: float


@dataclass(frozen=True, slots=True)
class Limit:
    """How well one kind of fault is found, in percent of those planted."""

    fault: str
    planted: str
    share: str
    low: str
    """Of the 95 % confidence interval."""
    high: str


@cache
def read_limits() -> tuple[Limit, ...]:
    """Read what `make eval-listen` measured last."""
    table = resources.files("vivavoce").joinpath("data/proof-limits.tsv").read_text("utf-8").splitlines()
    return tuple(Limit(**row) for row in csv.DictReader(table, delimiter="\t"))


def write_proof_json(record: EditionRecord, *, changed: Collection[str] | None = None) -> str:
    """Write proof.json; `changed` as in `build_proof`."""
    return format_json(_adapter().dump_python(build_proof(record, changed=changed), mode="json"))


def write_proof_sheet(
    record: EditionRecord, *, peaks: Peaks | None = None, changed: Collection[str] | None = None
) -> str:
    """Write proof.html.

    Args:
        record: The edition, with the report of the last listening.
        peaks: Levels of the delivered audio; with them each finding shows its sentence's waveform.
        changed: As in `build_proof`.
    """
    proof = build_proof(record, changed=changed)
    return render_page(
        "proof.html",
        style=("house.css", "proof.css"),
        script="proof.js",
        proof=proof,
        waveforms=[peaks and draw_waveform(peaks, found.sentence_place, found.place) for found in proof.findings],
        verdict=_verdict(proof),
        limits=read_limits(),
        language="en",
        article=record.article,
        files=record.audio,
        audio=pick_audio(record).file,
        disclosure=record.disclosure,
        made=record.made,
    )


def proof_schema() -> dict[str, Any]:
    """Give the JSON Schema of proof.json; the package ships it as schemas/proof-1.json."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:vivavoce:schema:proof-1",
        **_adapter().json_schema(),
    }


def draw_waveform(peaks: Peaks, sentence: Place, place: Place) -> Waveform:
    """Draw a sentence, at most 220 bars wide, with its place marked."""
    values = peaks.between(sentence.start_s, sentence.end_s)
    bars = min(_BARS, len(values))
    levels = np.maximum.reduceat(values, np.arange(bars) * len(values) // bars).tolist() if bars else [0.0]
    loudest = max(levels) or 1.0
    middle = _HEIGHT / 2
    halves = [max(1.0, level / loudest * (middle - 2)) for level in levels]
    width = len(levels) * _BAR_WIDTH
    per_second = width / max(sentence.end_s - sentence.start_s, 1e-3)
    return Waveform(
        width=width,
        height=_HEIGHT,
        path="".join(f"M{n * _BAR_WIDTH + 1} {middle - h:.1f}V{middle + h:.1f}" for n, h in enumerate(halves)),
        mark_x=round((place.start_s - sentence.start_s) * per_second, 1),
        mark_width=round(max(_BAR_WIDTH, (place.end_s - place.start_s) * per_second), 1),
    )


def _verdict(proof: Proof) -> str:
    changed = [file.file for file in proof.files if file.changed]
    unheard = proof.figures.utterances - proof.figures.utterances_listened_to
    if proof.findings:
        one = len(proof.findings) == 1
        return f"{len(proof.findings)} {'finding wants' if one else 'findings want'} an editor’s ear"
    if changed:
        return f"{changed[0]} is no longer the file that was made"
    if unheard:
        return f"{unheard} of {proof.figures.utterances} utterances were not listened to"
    return "This edition may go out"


@cache
def _adapter() -> TypeAdapter[Proof]:
    return TypeAdapter(Proof)
