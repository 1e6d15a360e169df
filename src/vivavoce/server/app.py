"""The application: every resource under one shield, closed by default."""

from fastapi import FastAPI
from starlette.types import ASGIApp

from vivavoce import __version__
from vivavoce.jobs.booth import Booth
from vivavoce.newsroom.room import Newsroom
from vivavoce.server import (
    articles,
    editions,
    feeds,
    health,
    hooks,
    jobs,
    lexicon,
    pages,
    people,
    players,
    public,
    reference,
    speech,
    verify,
)
from vivavoce.server.asking import FAILURES_PER_MINUTE, Desk
from vivavoce.server.audience import Audience
from vivavoce.server.metrics import Metrics
from vivavoce.server.problems import install_problems
from vivavoce.server.rates import Known, Rate
from vivavoce.server.shield import Shield

_DESCRIPTION = (
    "Articles in, audio editions out. Send a token as `Authorization: Bearer vv_…`; what is under `/e/` is public. "
    "Errors are problem details (RFC 9457)."
)


def make_app(room: Newsroom, booth: Booth, bench: Booth) -> FastAPI:
    """Make the application for a newsroom.

    Args:
        room: Whose store sends its jobs to workers.
        booth: Where single sentences are said.
        bench: Where sound that came from strangers is opened.
    """
    app = FastAPI(
        title="vivavoce",
        version=__version__,
        description=_DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = Desk(
        room,
        booth,
        bench,
        asks=Rate(room.options.requests_per_minute),
        failures=Rate(FAILURES_PER_MINUTE),
        checks=Rate(verify.CHECKS_PER_MINUTE),
        inspected=Known(),
    )
    app.state.metrics = Metrics(room)
    install_problems(app, show=pages.visit.show_problem)
    for router in (
        articles.router,
        editions.router,
        jobs.router,
        people.doors,
        people.router,
        lexicon.router,
        hooks.router,
        hooks.doors,
        speech.router,
        health.router,
        pages.doors.router,
        pages.listing.router,
        pages.story.router,
        pages.office.router,
        reference.router,
        verify.router,
        players.router,
        feeds.router,
        public.router,
    ):
        app.include_router(router)
    return app


def shield(app: FastAPI) -> ASGIApp:
    """Put the application behind its shield; this is what a server runs."""
    room: Newsroom = app.state.desk.room
    larger = dict.fromkeys((verify.PAGE, verify.SOUND), verify.LARGEST_SOUND_BYTES)
    return Shield(
        Audience(app), body_limit_bytes=room.options.body_limit_bytes, larger=larger, metrics=app.state.metrics
    )
