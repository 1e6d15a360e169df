"""Webhooks in, as each content system signs them; webhooks out, signed, tried again, and given up in sight."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from newsroom_at_work import STORY, AtWork
from receiving import Receiver, receiving
from vivavoce.storage.records import JobState


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def hurry(at_work: AtWork) -> None:
    """Let what waits for its next try be due now."""
    from dataclasses import replace

    with at_work.room.store.write() as unit:
        for job in unit.jobs.search("house", state=JobState.QUEUED):
            unit.jobs.change_waiting(replace(job, not_before=job.created_at))


def test_an_edition_s_life_is_told_signed(at_work: AtWork, receiver: Receiver) -> None:
    client = at_work.client()
    hook = client.post("/api/v1/hooks", json={"url": receiver.url}).json()
    edition = at_work.narrate(client)
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    client.post(f"/api/v1/editions/{edition}/publish", json={})
    at_work.work()
    client.post(f"/api/v1/editions/{edition}/retract", json={"note": "Wrong."})
    at_work.work()
    told = [json.loads(body) for _, body in receiver.got]
    assert [event["type"] for event in told] == ["edition.ready", "edition.published", "edition.retracted"]
    assert told[1]["data"]["edition"] == edition
    headers, body = receiver.got[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert client.get("/api/v1/hooks").json()[0]["secret"] is None


def test_what_does_not_arrive_is_tried_again_and_then_shown_as_dead(at_work: AtWork, receiver: Receiver) -> None:
    client = at_work.client()
    client.post("/api/v1/hooks", json={"url": receiver.url, "events": ["edition.ready"]})
    receiver.answers = [500, 503]
    at_work.narrate(client)
    delivery = client.get("/api/v1/deliveries").json()[0]
    assert (delivery["state"], delivery["attempts"], delivery["status"]) == ("waiting", 1, 500)
    for _ in range(2):
        hurry(at_work)
        at_work.work()
    delivery = client.get("/api/v1/deliveries").json()[0]
    assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1, "a receiver can tell a second try"
    receiver.answers = [410]
    at_work.narrate(client, STORY.format(place="Lviv"))
    dead = client.get("/api/v1/deliveries", params={"state": "dead"}).json()
    assert [(one["status"], one["attempts"]) for one in dead] == [(410, 1)]
    assert client.post(f"/api/v1/deliveries/{dead[0]['id']}/again").status_code == 202
    at_work.work()
    assert client.get("/api/v1/deliveries", params={"state": "dead"}).json() == []


@pytest.mark.parametrize(
    "url", ["http://10.1.2.3/x", "http://169.254.169.254/x", "http://[::1]:9000/", "http://a@b.c/"]
)
def test_nobody_inside_is_told(at_work: AtWork, url: str) -> None:
    answer = at_work.client().post("/api/v1/hooks", json={"url": url})
    assert answer.status_code == 422, answer.text
    assert "rule: " in answer.json()["detail"]


def test_a_redirect_to_the_inside_is_not_followed(at_work: AtWork, receiver: Receiver) -> None:
    client = at_work.client()
    client.post("/api/v1/hooks", json={"url": receiver.url, "events": ["edition.ready"]})
    receiver.answers = [302]
    at_work.narrate(client)
    assert client.get("/api/v1/deliveries").json()[0]["status"] == 302
    assert len(receiver.got) == 1


# ---------------------------------------------------------------- in


def open_inlet(client: TestClient, kind: str) -> tuple[str, str]:
    made = client.post("/api/v1/inlets", json={"kind": kind, "section": "city"}).json()
    return f"/hooks/{made['id']}", made["secret"]


def ghost_post(status: str = "published", html: str = "<p>Rain fell on Monday. Nobody was hurt.</p>") -> bytes:
    post = {"id": "65f0", "title": "Rain", "html": html, "status": status, "primary_author": {"name": "Eve"}}
    return json.dumps({"post": {"current": post, "previous": {}}}).encode()


def sign_as_ghost(secret: str, body: bytes, *, at_s: float | None = None) -> dict[str, str]:
    moment = str(int((time.time() if at_s is None else at_s) * 1000))
    digest = hmac.new(secret.encode(), body + moment.encode(), hashlib.sha256).hexdigest()
    return {"X-Ghost-Signature": f"sha256={digest}, t={moment}"}


def test_ghost_sends_a_post_twice_and_withdraws_it(at_work: AtWork) -> None:
    client, ghost = at_work.client(), at_work.stranger()
    door, secret = open_inlet(client, "ghost")
    body = ghost_post()
    first = ghost.post(door, content=body, headers=sign_as_ghost(secret, body))
    assert (first.status_code, first.json()["outcome"]) == (202, "created")
    at_work.work()
    again = ghost.post(door, content=body, headers=sign_as_ghost(secret, body)).json()
    assert again == {"outcome": "unchanged", "edition": first.json()["edition"]}
    edition = first.json()["edition"]
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    client.post(f"/api/v1/editions/{edition}/publish", json={})
    draft = ghost_post("draft")
    assert ghost.post(door, content=draft, headers=sign_as_ghost(secret, draft)).json()["outcome"] == "ignored"
    assert client.get(f"/api/v1/editions/{edition}").json()["state"] == "retracted"
    article = client.get("/api/v1/articles").json()[0]
    assert (article["source_id"], article["section"], article["title"]) == ("65f0", "city", "Rain")


def test_wordpress_and_plain_senders_are_known_by_their_signatures(at_work: AtWork) -> None:
    client, sender = at_work.client(), at_work.stranger()
    door, secret = open_inlet(client, "wordpress")
    body = json.dumps(
        {"post_id": 7, "post": {"ID": 7, "post_title": "Rain", "post_content": "Rain fell.", "post_status": "publish"}}
    ).encode()
    hub = {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
    assert sender.post(door, content=body, headers=hub).json()["outcome"] == "created"
    bearer = {"Authorization": f"Bearer {secret}"}
    assert sender.post(door, content=body, headers=bearer).json()["outcome"] == "unchanged"
    door, secret = open_inlet(client, "plain")
    body = json.dumps({"id": "a", "title": "Snow", "text": "Snow fell."}).encode()
    key, moment = base64.b64decode(secret.removeprefix("whsec_")), str(int(time.time()))
    digest = base64.b64encode(hmac.new(key, f"m1.{moment}.".encode() + body, hashlib.sha256).digest()).decode()
    standard = {"webhook-id": "m1", "webhook-timestamp": moment, "webhook-signature": f"v1,{digest}"}
    assert sender.post(door, content=body, headers=standard).json()["outcome"] == "created"


def test_a_forged_or_old_message_is_refused(at_work: AtWork) -> None:
    client, forger = at_work.client(), at_work.stranger()
    door, secret = open_inlet(client, "ghost")
    body = ghost_post()
    for headers in (
        {},
        {"X-Ghost-Signature": "sha256=zz, t=1"},
        sign_as_ghost("guess", body),
        sign_as_ghost(secret, body + b" "),
        sign_as_ghost(secret, body, at_s=time.time() - 3600),
        {"Authorization": f"Bearer {secret}"},
    ):
        assert forger.post(door, content=body, headers=headers).status_code == 401, headers
    for nonsense in (b"[]", b"7", b"{", b'{"post": {"current": {"status": "published"}}}'):
        answer = forger.post(door, content=nonsense, headers=sign_as_ghost(secret, nonsense))
        assert answer.status_code == 422, nonsense
    assert client.get("/api/v1/articles").json() == []
