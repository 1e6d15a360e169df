"""The speech endpoint as OpenAI's clients know it, so that they can use the newsroom's voice.

Source: OpenAI's API reference, POST /v1/audio/speech.
"""

import base64
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from vivavoce.jobs.booth import Booth, say
from vivavoce.live import LIVE_HEADER, as_samples, plan_text, split_text
from vivavoce.newsroom.room import Newsroom
from vivavoce.server.asking import SECURITY, Asker, Room, find_desk
from vivavoce.server.heard import say_in
from vivavoce.server.problems import COMMON
from vivavoce.settings import Places
from vivavoce.storage.records import Scope
from vivavoce.studio import NarrateRequest, find_voice, prepare_request

router = APIRouter(prefix="/v1/audio", tags=["speech"], responses=COMMON, dependencies=SECURITY)
_THEIRS = frozenset(
    {"alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse"}
)
"""Voices of theirs; whoever names one gets the house's own."""
_TYPES = {
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "aac": "audio/mp4",
    "pcm": "audio/pcm",
}
_OURS = {"aac": "m4a", "pcm": "wav"}


class SpeechIn(BaseModel):
    """What to say; fields of theirs that we have no use for are taken and passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    input: Annotated[str, Field(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")]
    model: Annotated[str, Field(max_length=100)] = "vivavoce"
    voice: Annotated[str, Field(max_length=100)] = "alloy"
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    stream_format: Literal["audio", "sse"] = "audio"


@router.post(
    "/speech",
    response_class=Response,
    responses={200: {"content": {"audio/mpeg": {}, "text/event-stream": {}}, "description": "Sound"}},
)
def make_speech(body: SpeechIn, request: Request, room: Room, actor: Asker) -> Response:
    """Say a text. With `stream_format: sse`, or format `pcm`, it is sent piece by piece, as it is said."""
    actor.require(Scope.SUBMIT)
    asked = _prepare(room, actor.house, body)
    places, booth = room.places_of(actor.house), find_desk(request).booth
    suffix = _OURS.get(body.response_format, body.response_format)
    headers = dict([LIVE_HEADER])
    if body.stream_format == "audio" and body.response_format != "pcm":
        sound = _say(booth, asked, places, suffix)
        return Response(sound, media_type=_TYPES[body.response_format], headers=headers)
    if body.response_format == "pcm":
        pieces = as_samples(booth.run(plan_text, asked, places), asked, say_in(booth, asked, places))
    else:
        pieces = _say_each(booth, asked, places, suffix, booth.run(split_text, asked, places))
    pieces = chain([next(pieces)], pieces)
    if body.stream_format == "sse":
        return StreamingResponse(_as_events(pieces, body), media_type="text/event-stream", headers=headers)
    return StreamingResponse(pieces, media_type="audio/pcm", headers=headers)


def _prepare(room: Newsroom, house: str, body: SpeechIn) -> NarrateRequest:
    voice = room.house(house).voice if body.voice in _THEIRS else find_voice(body.voice).name
    with room.store.read() as unit:
        entries = unit.lexicon.read(house).select(variety=find_voice(voice).language)
    return replace(prepare_request(body.input, room.house(house)), voice=voice, entries=entries)


def _say_each(
    booth: Booth, asked: NarrateRequest, places: Places, suffix: str, sentences: tuple[str, ...]
) -> Iterator[bytes]:
    """Give each sentence as a file of its own, marked and signed."""
    for sentence in sentences:
        yield _say(booth, replace(asked, source=sentence), places, suffix)


def _say(booth: Booth, asked: NarrateRequest, places: Places, suffix: str) -> bytes:
    file = booth.run(say, asked, places, suffix)
    try:
        return file.read_bytes()
    finally:
        shutil.rmtree(file.parent, ignore_errors=True)


def _as_events(pieces: Iterator[bytes], body: SpeechIn) -> Iterator[bytes]:
    for piece in pieces:
        yield _event({"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode()})
    used = len(body.input.split())
    usage = {"input_tokens": used, "output_tokens": 0, "total_tokens": used}
    yield _event({"type": "speech.audio.done", "usage": usage})


def _event(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()
