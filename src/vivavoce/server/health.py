"""Is it alive, can it work, and in figures."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from vivavoce import __version__
from vivavoce.server.asking import SECURITY, Reader, Room
from vivavoce.server.metrics import Metrics
from vivavoce.server.problems import COMMON
from vivavoce.server.wire import Wire

router = APIRouter(tags=["health"])


class Health(Wire):
    """How the server is."""

    status: str
    version: str


@router.get("/health/live")
def is_alive() -> Health:
    """Answer at all."""
    return Health(status="alive", version=__version__)


@router.get("/health/ready", responses={503: {"model": Health, "description": "Not yet, or no longer"}})
def is_ready(room: Room) -> Response:
    """Tell whether the store answers."""
    with room.store.read() as unit:
        unit.people.count_users()
    return JSONResponse(Health(status="ready", version=__version__).model_dump())


@router.get("/metrics", responses=COMMON, dependencies=SECURITY, response_class=Response)
def get_metrics(request: Request, _actor: Reader) -> Response:
    """Give all figures as Prometheus reads them."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.write(), media_type=CONTENT_TYPE_LATEST)
