"""Whatever the OpenAPI description allows, and much that it does not, is answered without a fault of ours."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from newsroom_at_work import AtWork

_PATIENCE_S = 300
"""The first words said wait for a process to start, which takes long on a busy machine."""
_ENDLESS = r"/api/v1/events|/warm$|/audio/speech"
"""A stream without an end, and what starts a process of its own; both have tests of their own."""


def test_no_request_ends_in_a_fault(at_work: AtWork) -> None:
    at_work.narrate(at_work.client())
    headers = {"Authorization": f"Bearer {at_work.token()}"}
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", at_work.app).exclude(path_regex=_ENDLESS)
    tried = 0
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]  # an error in the description fails the test here

        @given(case=operation.as_strategy())
        @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        def ask(case: Any) -> None:
            case.validate_response(case.call(headers=headers, timeout=_PATIENCE_S), checks=[not_a_server_error])

        ask()
        tried += 1
    assert tried > 40


def test_the_description_names_every_resource(at_work: AtWork) -> None:
    paths = at_work.stranger().get("/api/openapi.json").json()["paths"]
    for resource in ("articles", "editions", "jobs", "lexicon", "hooks", "inlets", "tokens", "users", "audit"):
        assert f"/api/v1/{resource}" in paths
    assert "/v1/audio/speech" in paths
    assert "/e/{edition_id}/{name}" in paths
