"""Log-in, log-out, the first user, and the files that the pages are made of."""

from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Path, Request, Response
from fastapi.responses import RedirectResponse

from vivavoce.errors import UsageError
from vivavoce.newsroom import access
from vivavoce.server.asking import COOKIE, Room, address_of, find_desk
from vivavoce.server.pages.visit import LOG_IN, find_visit, render_page
from vivavoce.server.people import set_cookie

router = APIRouter(include_in_schema=False)
_TYPES = {"desk.css": "text/css", "desk.js": "text/javascript", "edition.js": "text/javascript"}
_Text = Annotated[str, Form(max_length=1024)]
_Secret = Annotated[str, Path(max_length=200)]


@router.get("/")
def lead_to_desk() -> Response:
    """Lead to the desk."""
    return RedirectResponse("/desk", 303)


@router.get("/desk/static/{name}")
def get_static(name: str) -> Response:
    """Give a style sheet or script of the desk."""
    if name not in _TYPES:
        raise HTTPException(404, "there is no such file")
    data = (files("vivavoce.server.pages") / "static" / name).read_bytes()
    return Response(data, media_type=_TYPES[name], headers={"Cache-Control": "private, max-age=60"})


@router.get(LOG_IN)
def show_log_in(next: str = "/desk") -> Response:  # noqa: A002  # the query's own name
    """Show the form."""
    return render_page("login.html", where=_own_path(next), error="", name="")


@router.post(LOG_IN)
def log_in(request: Request, room: Room, name: _Text, password: _Text, where: _Text = "/desk") -> Response:
    """Log in, and go on to where one wanted to be."""
    address = address_of(request)
    find_desk(request).failures.take(address)
    try:
        _, session, secret = access.log_in(room, name=name, password=password, address=address)
    except UsageError as error:
        return render_page("login.html", status=401, where=_own_path(where), error=str(error), name=name)
    response = RedirectResponse(_own_path(where), 303)
    set_cookie(response, room, session, secret)
    return response


@router.post("/logout")
def log_out(request: Request, csrf: _Text) -> Response:
    """Log out."""
    visit = find_visit(request)
    if not access.is_csrf(visit.session, csrf):
        raise HTTPException(403, "the form is too old; load the page again")
    access.log_out(visit.room, visit.session)
    response = RedirectResponse(LOG_IN, 303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/setup/{secret}")
def show_setup(secret: _Secret, room: Room) -> Response:
    """Show the form that makes the first user."""
    alive = access.is_setup_link(room, secret)
    return render_page("setup.html", status=200 if alive else 410, alive=alive, secret=secret, error="", name="")


@router.post("/setup/{secret}")
def set_up(secret: _Secret, request: Request, room: Room, name: _Text, password: _Text, again: _Text) -> Response:
    """Make the first user, and let them log in."""
    address = address_of(request)
    find_desk(request).failures.take(address)
    error = "" if password == again else "the two passwords differ"
    if not error:
        try:
            access.use_setup_link(room, secret=secret, name=name, password=password, address=address)
        except UsageError as refusal:
            error = str(refusal)
    if error:
        return render_page("setup.html", status=422, alive=True, secret=secret, error=error, name=name)
    return RedirectResponse(LOG_IN, 303)


def _own_path(where: str) -> str:
    """Keep a way inside this site; anything else becomes the desk."""
    return where if where.startswith("/desk") and "\\" not in where and "//" not in where else "/desk"
