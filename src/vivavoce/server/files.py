"""Files of editions over HTTP: byte ranges, HEAD, ETag; always from a file at hand, never through memory."""

from fastapi import Request, Response
from starlette.responses import FileResponse

from vivavoce.newsroom.room import Newsroom
from vivavoce.storage.records import VersionFile

_PAGE_POLICY = "frame-ancestors *"
"""Pages of an edition name in their own head what may run in them; a publisher's site may frame them."""


def answer_file(room: Newsroom, file: VersionFile, request: Request, *, cache: str) -> Response:
    """Answer with a file, or a part of it, or "you have it already".

    Args:
        room: The newsroom.
        file: Which one.
        request: What was asked.
        cache: How long others may keep it.
    """
    etag = f'"{file.blob}"'
    headers = {"ETag": etag, "Cache-Control": cache, "Access-Control-Allow-Origin": "*"}
    if file.media_type == "text/html":
        headers["Content-Security-Policy"] = _PAGE_POLICY
    if _has_it(request.headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=headers)
    path = room.blobs.fetch(file.blob)
    media_type = f"{file.media_type}; charset=utf-8" if file.media_type.startswith("text/") else file.media_type
    return FileResponse(path, media_type=media_type, headers=headers, stat_result=path.stat())


def _has_it(if_none_match: str | None, etag: str) -> bool:
    if if_none_match is None:
        return False
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in known or etag in known
