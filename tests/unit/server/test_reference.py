"""The API's reference as a page."""

from newsroom_at_work import AtWork


def test_the_page_shows_every_operation_and_runs_nothing(at_work: AtWork) -> None:
    page = at_work.stranger().get("/api/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    for path, methods in at_work.app.openapi()["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page.text
    assert "for everybody" in page.text
    assert "required" in page.text
