"""What an intruder tries, and how it is refused."""

import asyncio
import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from newsroom_at_work import PASSWORD, AtWork, open_at_work
from vivavoce.server.asking import COOKIE, CSRF_HEADER
from vivavoce.server.shield import Shield
from vivavoce.storage.records import Scope

SCRIPT = "<script>window.stolen=1</script>"
PUBLIC = (
    "/health/",
    "/e/",
    "/oembed",
    "/api/v1/setup",
    "/api/v1/session",
    "/hooks/",
    "/feed",
    "/api/openapi.json",
    "/player.js",
    "/latest/",
    "/api/public/",
    "/verify",
)
PATHS = {
    "article_id": "0" * 20,
    "edition_id": "0" * 20,
    "job_id": "0" * 20,
    "user_id": "0" * 20,
    "token_id": "0" * 20,
    "hook_id": "0" * 20,
    "inlet_id": "0" * 20,
    "delivery_id": "0" * 20,
    "number": "1",
    "name": "audio.mp3",
    "house": "house",
}
TRAVERSALS = (
    "%2e%2e",
    "%2e%2e/%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e%2fnewsroom.sqlite3",
    "....//....//etc/passwd",
    "..\\..\\windows",
    "%00",
    "edition.json%00.mp3",
    "%2fetc%2fpasswd",
    "audio.mp3/%2e%2e/%2e%2e/newsroom.sqlite3",
)


def routes(at_work: AtWork) -> list[tuple[str, str]]:
    description: dict[str, Any] = at_work.app.openapi()
    return [
        (method.upper(), path.format(**PATHS))
        for path, methods in description["paths"].items()
        for method in methods
        if not path.startswith(PUBLIC)
    ]


def test_every_closed_route_wants_somebody_known(at_work: AtWork) -> None:
    strangers = (at_work.stranger(), at_work.stranger({"Authorization": "Bearer vv_" + "0" * 20 + "_x"}))
    closed = routes(at_work)
    assert len(closed) > 25
    for method, path in closed:
        for stranger in strangers:
            answer = stranger.request(method, path, json={})
            assert answer.status_code in {401, 429}, (method, path, answer.status_code)
            at_work.app.state.desk.failures._left.clear()


def test_a_wrong_scope_is_refused(at_work: AtWork) -> None:
    edition = at_work.narrate(at_work.client())
    story, change = {"text": "Rain fell."}, {"action": "leave-out", "where": "Nobody was hurt."}
    tried: list[tuple[Scope, str, str, dict[str, Any]]] = [
        (Scope.READ, "POST", "/api/v1/articles", story),
        (Scope.READ, "POST", f"/api/v1/editions/{edition}/edits", change),
        (Scope.SUBMIT, "GET", "/api/v1/articles", {}),
        (Scope.SUBMIT, "POST", f"/api/v1/editions/{edition}/publish", {}),
        (Scope.EDIT, "POST", f"/api/v1/editions/{edition}/approve", {}),
        (Scope.EDIT, "POST", f"/api/v1/editions/{edition}/take-down", {}),
        (Scope.EDIT, "POST", "/api/v1/articles", story),
        (Scope.PUBLISH, "POST", f"/api/v1/editions/{edition}/edits", change),
        (Scope.PUBLISH, "GET", "/api/v1/tokens", {}),
        (Scope.PUBLISH, "GET", "/api/v1/audit", {}),
        (Scope.EDIT, "POST", "/api/v1/users", {"name": "eve", "password": PASSWORD, "scopes": ["admin"]}),
        (Scope.EDIT, "POST", "/api/v1/tokens", {"name": "eve", "scopes": ["admin"]}),
    ]
    for scope, method, path, body in tried:
        answer = at_work.client(scope).request(method, path, json=body)
        assert answer.status_code == 403, (scope, path, answer.text)


def test_another_house_s_token_sees_nothing(at_work: AtWork) -> None:
    ours, theirs = at_work.client(), at_work.client(house="other")
    edition = at_work.narrate(ours)
    article = ours.get("/api/v1/articles").json()[0]["id"]
    job = ours.get("/api/v1/jobs").json()[0]["id"]
    assert theirs.get("/api/v1/articles").json() == []
    assert theirs.get("/api/v1/jobs").json() == []
    for path in (
        f"articles/{article}",
        f"articles/{article}/revisions",
        f"editions/{edition}",
        f"editions/{edition}/versions",
        f"editions/{edition}/versions/1/sentences",
        f"editions/{edition}/versions/1/files",
        f"editions/{edition}/versions/1/files/audio.mp3",
        f"jobs/{job}",
        f"jobs/{job}/events",
    ):
        assert theirs.get(f"/api/v1/{path}").status_code == 404, path
    for action in ("approve", "publish", "retract", "take-down", "render"):
        assert theirs.post(f"/api/v1/editions/{edition}/{action}", json={}).status_code == 404, action
    assert ours.get(f"/api/v1/editions/{edition}").json()["state"] == "draft"


def test_a_revoked_or_stretched_token_is_nobody_s(at_work: AtWork) -> None:
    admin = at_work.client()
    made = admin.post("/api/v1/tokens", json={"name": "cms", "scopes": ["read"]}).json()
    program = at_work.stranger({"Authorization": f"Bearer {made['token']}"})
    assert program.get("/api/v1/articles").status_code == 200
    assert made["token"] not in json.dumps(admin.get("/api/v1/tokens").json())
    assert admin.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
    assert program.get("/api/v1/articles").status_code == 401
    expired = admin.post("/api/v1/tokens", json={"name": "x", "scopes": ["read"], "expires_at": "2001-01-01T00:00Z"})
    old = at_work.stranger({"Authorization": f"Bearer {expired.json()['token']}"})
    assert old.get("/api/v1/articles").status_code == 401


# ---------------------------------------------------------------- browsers


def test_a_browser_s_change_wants_the_csrf_token(at_work: AtWork) -> None:
    at_work.add_person()
    browser = at_work.stranger()
    session = browser.post("/api/v1/session", json={"name": "anna", "password": PASSWORD})
    cookie = session.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    story = {"text": "Rain fell on Monday."}
    assert browser.post("/api/v1/articles", json=story).status_code == 403
    assert browser.post("/api/v1/articles", json=story, headers={CSRF_HEADER: "guess"}).status_code == 403
    good = {CSRF_HEADER: session.json()["csrf"]}
    assert browser.post("/api/v1/articles", json=story, headers=good).status_code == 202
    assert browser.get("/api/v1/session").json()["name"] == "anna"
    assert browser.delete("/api/v1/session").status_code == 403
    assert browser.delete("/api/v1/session", headers=good).status_code == 204
    browser.cookies.set(COOKIE, session.cookies[COOKIE])
    assert browser.get("/api/v1/session").status_code == 401, "the session itself is over, not only its cookie"


def test_a_form_of_another_site_is_not_read_as_json(at_work: AtWork) -> None:
    body = json.dumps({"name": "anna", "password": PASSWORD})
    at_work.add_person()
    answer = at_work.stranger().post("/api/v1/session", content=body, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422


def test_guessing_a_password_locks_the_name_and_not_the_others(at_work: AtWork) -> None:
    at_work.add_person()
    at_work.add_person("ben")
    browser = at_work.stranger()
    codes = [
        browser.post("/api/v1/session", json={"name": "anna", "password": f"wrong {number}"}).status_code
        for number in range(6)
    ]
    assert codes == [401] * 5 + [429]
    locked = browser.post("/api/v1/session", json={"name": "anna", "password": PASSWORD})
    assert (locked.status_code, int(locked.headers["retry-after"]) > 600) == (429, True)
    assert browser.post("/api/v1/session", json={"name": "ben", "password": PASSWORD}).status_code == 200
    unknown = browser.post("/api/v1/session", json={"name": "eve", "password": PASSWORD})
    assert (unknown.status_code, unknown.json()["detail"]) == (401, "wrong name or password")


def test_the_setup_link_works_once(at_work: AtWork) -> None:
    from vivavoce.newsroom.access import make_setup_link

    old = make_setup_link(at_work.room, "house").rpartition("/")[2]
    secret = make_setup_link(at_work.room, "house").rpartition("/")[2]
    browser = at_work.stranger()
    user = {"name": "first", "password": PASSWORD}
    assert browser.post("/api/v1/setup", json={**user, "secret": old}).status_code == 401
    assert browser.post("/api/v1/setup", json={**user, "secret": secret, "password": "short"}).status_code == 422
    assert browser.post("/api/v1/setup", json={**user, "secret": secret}).status_code == 201
    assert browser.post("/api/v1/setup", json={"name": "b", "password": PASSWORD, "secret": secret}).status_code == 401


def test_a_disabled_person_is_out_at_once(at_work: AtWork) -> None:
    at_work.add_person()
    browser, admin = at_work.stranger(), at_work.client()
    browser.post("/api/v1/session", json={"name": "anna", "password": PASSWORD})
    user = admin.get("/api/v1/users").json()[0]["id"]
    assert admin.delete(f"/api/v1/users/{user}").status_code == 204
    assert browser.get("/api/v1/articles").status_code == 401
    assert browser.post("/api/v1/session", json={"name": "anna", "password": PASSWORD}).status_code == 401


# ---------------------------------------------------------------- what is sent


def test_no_path_leads_out_of_the_newsroom(at_work: AtWork) -> None:
    client = at_work.client()
    edition = at_work.narrate(client)
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    client.post(f"/api/v1/editions/{edition}/publish", json={})
    for evil in TRAVERSALS:
        for path in (
            f"/e/{edition}/{evil}",
            f"/e/{edition}/v1/{evil}",
            f"/e/{evil}/audio.mp3",
            f"/api/v1/editions/{edition}/versions/1/files/{evil}",
            f"/api/v1/editions/{evil}",
            f"/api/v1/articles/{evil}",
            f"/api/v1/jobs/{evil}",
        ):
            answer = client.get(path, follow_redirects=False)
            assert answer.status_code in {307, 404, 422}, (path, answer.status_code)
            assert b"SQLite format" not in answer.content
            assert b"root:" not in answer.content


def test_no_script_in_a_story_runs_on_any_page(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    payload = {
        "title": f"Rain {SCRIPT}",
        "byline": f'Eve "><img src=x onerror=alert(1)> {SCRIPT}',
        "text": f"Rain fell on Monday. {SCRIPT} Nobody was hurt.",
        "publisher": SCRIPT,
    }
    answer = client.post("/api/v1/articles", json={"payload": payload, "source_id": SCRIPT, "section": SCRIPT})
    assert answer.status_code == 202
    at_work.work()
    edition = answer.json()["article"]["edition"]["id"]
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    out = client.post(f"/api/v1/editions/{edition}/publish", json={"note": SCRIPT})
    assert out.status_code == 200, out.text
    for name in ("player.html", "transcript.html"):
        page = public.get(f"/e/{edition}/{name}")
        assert page.status_code == 200
        assert SCRIPT not in page.text, name
        assert "<img src=x" not in page.text, name
        assert "script-src" in page.text, "the page's own policy"
    for answer in (client.get("/api/v1/articles"), client.get(f"/api/v1/editions/{edition}")):
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
    client.post(f"/api/v1/editions/{edition}/retract", json={"note": SCRIPT})
    assert SCRIPT not in public.get(f"/e/{edition}/player.html").text


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:8080/metrics",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://user:secret@example.org/",
        "http://example.org:22/",
    ],
)
def test_an_address_inside_is_not_fetched(at_work: AtWork, url: str) -> None:
    client = at_work.client()
    answer = client.post("/api/v1/articles", json={"url": url})
    if answer.status_code == 422:
        return
    assert answer.status_code == 202
    at_work.work()
    job = client.get("/api/v1/jobs").json()[0]
    assert job["state"] in {"failed", "queued"}, job
    assert "rule: " in job["error"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "gopher://x/", "javascript:alert(1)"])
def test_an_address_of_another_kind_is_refused(at_work: AtWork, url: str) -> None:
    assert at_work.client().post("/api/v1/articles", json={"url": url}).status_code == 422


def test_a_body_that_is_too_large_is_refused(at_work: AtWork) -> None:
    client = at_work.client()
    limit = at_work.room.options.body_limit_bytes
    assert client.post("/api/v1/articles", content=b"x" * (limit + 1)).status_code == 413

    def drops() -> Any:
        for _ in range(limit // 100_000 + 2):
            yield b"x" * 100_000

    assert client.post("/api/v1/articles", content=drops()).status_code == 413, "also where no length is declared"


def test_a_body_that_does_not_come_is_not_waited_for(at_work: AtWork) -> None:
    desk = at_work.app.state
    told: list[Any] = []

    async def ask(drops: list[bytes]) -> None:
        impatient = Shield(at_work.app, body_limit_bytes=1000, metrics=desk.metrics, body_seconds=0.2)
        coming = iter(drops)

        async def receive() -> Any:
            drop = next(coming, None)
            if drop is None:
                await asyncio.sleep(3600)
            return {"type": "http.request", "body": drop, "more_body": True}

        async def send(message: Any) -> None:
            told.append(message)

        headers = [(b"authorization", f"Bearer {at_work.token()}".encode()), (b"content-type", b"application/json")]
        scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": "/api/v1/articles",
            "raw_path": b"/api/v1/articles",
        }
        scope |= {"query_string": b"", "headers": headers, "client": ("127.0.0.1", 1), "app": at_work.app}
        scope |= {"scheme": "http", "server": ("127.0.0.1", 80), "root_path": "", "http_version": "1.1"}
        await impatient(scope, receive, send)

    asyncio.run(asyncio.wait_for(ask([b"{", b'"']), 30))
    start = next(message for message in told if message["type"] == "http.response.start")
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]


def test_whoever_asks_too_often_is_slowed(tmp_path: Any) -> None:
    with open_at_work(tmp_path, requests_per_minute=20) as at_work:
        client = at_work.client()
        codes = [client.get("/api/v1/articles").status_code for _ in range(25)]
        assert (codes[:20], codes[-1]) == ([200] * 20, 429)
        assert at_work.client(Scope.READ).get("/api/v1/articles").status_code == 200, "each asker for itself"


def test_text_that_no_database_takes_is_refused(at_work: AtWork) -> None:
    client = at_work.client()
    for text in ("a\x00b", "\ud800"):
        body = json.dumps({"text": "Rain fell.", "source_id": text})
        answer = client.post("/api/v1/articles", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422, answer.text
    deep = client.post("/api/v1/articles", content='{"payload": ' + '{"a":' * 5000 + "1" + "}" * 5001)
    assert deep.status_code in {202, 400, 422}


def test_nothing_says_more_than_it_must(at_work: AtWork) -> None:
    stranger = at_work.stranger()
    assert "server" not in stranger.get("/health/live").headers
    assert "Traceback" not in stranger.post("/api/v1/session", content=b"{").text
    assert isinstance(stranger, TestClient)
