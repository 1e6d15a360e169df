"""Who looks at a page, and how a page is made: templates with all text escaped, nothing inside a page that runs."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from vivavoce.newsroom.actors import Actor
from vivavoce.newsroom.refusals import Unknown
from vivavoce.newsroom.room import Newsroom
from vivavoce.page import format_clock
from vivavoce.server.asking import find_desk, find_person
from vivavoce.storage.records import DeliveryState, Scope, Session

LOG_IN = "/login"


@dataclass(frozen=True, slots=True)
class Visit:
    """A person at the desk, looking at a page."""

    request: Request
    room: Newsroom
    actor: Actor
    session: Session

    def may(self, scope: str) -> bool:
        """Tell whether they have a right."""
        return Scope(scope) in self.actor.scopes or Scope.ADMIN in self.actor.scopes

    def render(self, template: str, **values: Any) -> HTMLResponse:
        """Fill a page's template."""
        with self.room.store.read() as unit:
            dead = len(unit.hooks.list_deliveries(self.actor.house, state=DeliveryState.DEAD))
        publication = self.room.house(self.actor.house).publication.name or self.actor.house
        return render_page(
            template, visit=self, who=self.actor.who.partition(":")[2], publication=publication, dead=dead, **values
        )


def find_visit(request: Request) -> Visit:
    """Give the visit of a page; whoever isn't logged in is led to where they may."""
    try:
        actor, session = find_person(request)
    except Unknown:
        where = f"{LOG_IN}?next={quote(request.url.path)}"
        raise HTTPException(303, "log in first", headers={"Location": where}) from None
    return Visit(request, find_desk(request).room, actor, session)


def find_reader(request: Request) -> Visit:
    """Give the visit of somebody who may look at everything."""
    visit = find_visit(request)
    visit.actor.require(Scope.READ)
    return visit


def find_administrator(request: Request) -> Visit:
    """Give the visit of an administrator."""
    visit = find_visit(request)
    visit.actor.require(Scope.ADMIN)
    return visit


Reading = Annotated[Visit, Depends(find_reader)]
Administering = Annotated[Visit, Depends(find_administrator)]


def render_page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Fill a template."""
    return HTMLResponse(_environment().get_template(template).render(**values), status)


def show_problem(request: Request, status: int, detail: str) -> HTMLResponse:
    """Show why there is no such page."""
    at_desk = request.url.path.startswith("/desk")
    phrase = HTTPStatus(status).phrase
    return render_page("problem.html", status=status, phrase=phrase, detail=detail, at_desk=at_desk)


def _moment(at: datetime | None) -> str:
    return f"{at:%-d %b %Y, %H:%M} UTC" if at else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("vivavoce.server.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=format_clock, moment=_moment)
    return environment
