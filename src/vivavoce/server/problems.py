"""What a client is told when something is refused or fails: RFC 9457 problem details."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from vivavoce.errors import InputError, MachineError, RemoteError, SynthesisError, UsageError, VivavoceError
from vivavoce.newsroom.refusals import Conflict, NotAllowed, NotThere, TooBusy, TooOften, Unknown

log = structlog.get_logger()

_PROGRAMS = ("/api/", "/v1/")
"""What only programs ask for, whatever they say that they accept."""

_STATUS: dict[type[VivavoceError], int] = {
    NotThere: 404,
    Conflict: 409,
    NotAllowed: 403,
    Unknown: 401,
    TooOften: 429,
    TooBusy: 503,
    InputError: 422,
    UsageError: 422,
    RemoteError: 502,
    MachineError: 503,
    SynthesisError: 500,
}


class Problem(BaseModel):
    """Why a request was not carried out."""

    title: str
    status: int
    detail: str


def _documented(*codes: int) -> dict[int | str, dict[str, Any]]:
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {code: {"description": HTTPStatus(code).phrase, "content": content} for code in codes}


COMMON = _documented(400, 401, 403, 404, 409, 413, 422, 429, 502, 503)
"""What any request may be answered with, for the OpenAPI description."""
PUBLIC = _documented(404, 410, 416, 422)


def answer_problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Give the answer that says what is wrong."""
    problem = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(
        problem.model_dump(), status, headers=dict(headers or {}), media_type="application/problem+json"
    )


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What is answered, whoever asks."""

    status: int
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


ShowProblem = Callable[[Request, int, str], Response]
"""Shows a status and its reason as a page, in place of what was asked for."""


def install_problems(app: FastAPI, *, show: ShowProblem) -> None:
    """Let every failure end in an answer: a page for a person's browser, problem details for programs.

    Args:
        app: The application.
        show: Makes the page.
    """
    for kind, explain in (
        (VivavoceError, _explain_ours),
        (RequestValidationError, _explain_invalid),
        (HTTPException, _explain_http),
        (Exception, _explain_fault),
    ):
        app.add_exception_handler(kind, _answering(explain, show))


def _answering(
    explain: Callable[[Request, Any], _Refusal], show: ShowProblem
) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        refusal = explain(request, error)
        if not _is_for_reading(request):
            return answer_problem(refusal.status, refusal.detail, headers=refusal.headers)
        page = show(request, refusal.status, refusal.detail)
        page.headers.update(refusal.headers)
        return page

    return answer


def _is_for_reading(request: Request) -> bool:
    """Tell whether a browser wants to show the answer as a page."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(_PROGRAMS)


def _explain_ours(_request: Request, error: VivavoceError) -> _Refusal:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    headers = {}
    if isinstance(error, TooBusy):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Unknown):
        headers["WWW-Authenticate"] = "Bearer"
    return _Refusal(status, _printable(str(error)), headers)


def _explain_invalid(request: Request, error: RequestValidationError) -> _Refusal:
    """Name the first field that is wrong; what was sent is not sent back. A page's own address is no field."""
    first = error.errors()[0]
    if first["loc"][0] == "path" and _is_for_reading(request):
        return _Refusal(404, "there is nothing at this address")
    where = ".".join(str(part) for part in first["loc"])
    return _Refusal(422, _printable(f"{where}: {first['msg']}"))


def _explain_http(_request: Request, error: HTTPException) -> _Refusal:
    return _Refusal(error.status_code, str(error.detail), error.headers or {})


def _explain_fault(request: Request, error: Exception) -> _Refusal:
    log.error("request.fault", path=request.url.path, exc_info=error)
    return _Refusal(500, "a fault of ours; the server's log has the report")


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
