"""What is wrong is told to programs as problem details, and to people as a page."""

import pytest

from newsroom_at_work import PASSWORD, AtWork
from vivavoce.storage.records import Scope

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/setup/wrong", 410, "This link leads nowhere any more"),
        ("/setup/" + "a" * 300, 404, "There is nothing at this address."),
        ("/nowhere", 404, "Not Found"),
        ("/e/0123456789abcdef0123", 404, "There is no such edition."),
        ("/e/no-such-edition", 404, "There is nothing at this address."),
        ("/oembed?url=https://elsewhere.example/e/1", 404, "no address of an edition of ours"),
        ("/feed.xml", 404, "Nothing is published yet."),
    ],
)
def test_a_browser_is_shown_a_page(at_work: AtWork, path: str, status: int, says: str) -> None:
    """Issue 8: /setup/wrong showed raw JSON in the browser."""
    answer = at_work.stranger(BROWSER).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert says in answer.text
    assert "string_pattern" not in answer.text


def test_a_person_at_the_desk_is_shown_the_way_back(at_work: AtWork) -> None:
    at_work.add_person("ben", Scope.READ)
    browser = at_work.stranger(BROWSER)
    browser.post("/login", data={"name": "ben", "password": PASSWORD})
    for path, status in (("/desk/people", 403), ("/desk/editions/0123456789abcdef0123", 404), ("/desk/x", 404)):
        answer = browser.get(path)
        assert answer.status_code == status, path
        assert 'href="/desk"' in answer.text, path


@pytest.mark.parametrize("accept", ["*/*", "application/json", "audio/*"])
def test_a_program_is_told_problem_details(at_work: AtWork, accept: str) -> None:
    answer = at_work.stranger({"Accept": accept}).get("/e/0123456789abcdef0123")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {"title": "Not Found", "status": 404, "detail": "there is no such edition"}


def test_the_api_answers_programs_whatever_they_accept(at_work: AtWork) -> None:
    answer = at_work.stranger(BROWSER).get("/api/v1/editions")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"] == "Bearer"
