"""What a client is told when something is refused or fails: RFC 9457 problem details."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from vivavoce.errors import InputError, MachineError, RemoteError, SynthesisError, UsageError, VivavoceError
from vivavoce.newsroom.refusals import Conflict, NotAllowed, NotThere, TooBusy, TooOften, Unknown

log = structlog.get_logger()

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


def install_problems(app: FastAPI) -> None:
    """Let every failure end in an answer."""
    app.add_exception_handler(VivavoceError, _answer_ours)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_fault)


def _answer_ours(_request: Request, error: Exception) -> JSONResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    headers = {}
    if isinstance(error, TooBusy):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, Unknown):
        headers["WWW-Authenticate"] = "Bearer"
    return answer_problem(status, _printable(str(error)), headers=headers)


def _answer_invalid(_request: Request, error: Exception) -> JSONResponse:
    """Name the first field that is wrong; what was sent is not sent back."""
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return answer_problem(422, _printable(f"{where}: {first['msg']}"))


def _answer_http(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return answer_problem(error.status_code, str(error.detail), headers=error.headers)


def _answer_fault(request: Request, error: Exception) -> JSONResponse:
    log.error("request.fault", path=request.url.path, exc_info=error)
    return answer_problem(500, "a fault of ours; the server's log has the report")


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
