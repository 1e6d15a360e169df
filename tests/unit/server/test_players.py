"""What players ask the newsroom for, and what they tell it."""

import csv
import io
import json

from newsroom_at_work import PASSWORD, AtWork
from vivavoce.storage.plays import REACHED


def published(at_work: AtWork) -> str:
    client = at_work.client()
    edition = at_work.narrate(client)
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    client.post(f"/api/v1/editions/{edition}/publish", json={})
    return edition


def test_player_data_is_open_to_every_page_once_it_is_out(at_work: AtWork) -> None:
    public = at_work.stranger()
    draft = at_work.narrate(at_work.client(), "A draft of a story.", source_id="draft")
    assert public.get(f"/e/{draft}/player.json").status_code == 404
    edition = published(at_work)
    answer = public.get(f"/e/{edition}/player.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    data = answer.json()
    assert (data["schema"], data["id"], data["title"]) == ("vivavoce/player/1", edition, "Rain falls on Kyiv")
    assert data["audio"][0]["src"] == "audio.mp3"
    assert public.get(f"/e/{edition}/{data['plays']}").status_code == 405
    assert public.get(f"/e/{edition}/{data['playlist']}").status_code == 200


def test_what_is_withdrawn_tells_players_so(at_work: AtWork) -> None:
    edition = published(at_work)
    at_work.client().post(f"/api/v1/editions/{edition}/retract", json={"note": "Untrue."})
    answer = at_work.stranger().get(f"/e/{edition}/player.json")
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (410, "*")
    assert at_work.stranger().get("/latest/house.json").json()["items"] == []


def test_the_embed_page_may_be_framed_and_runs_our_script_alone(at_work: AtWork) -> None:
    edition = published(at_work)
    page = at_work.stranger().get(f"/e/{edition}/embed")
    assert page.headers["content-security-policy"] == "frame-ancestors *"
    assert '<script src="../../player.js" defer></script>' in page.text
    script = at_work.stranger().get("/player.js")
    assert script.headers["content-type"].startswith("text/javascript")


def test_the_latest_stories_lead_to_their_players(at_work: AtWork) -> None:
    edition = published(at_work)
    (item,) = at_work.stranger().get("/latest/house.json").json()["items"]
    assert (item["id"], item["_vivavoce"]["edition"]) == (edition, f"../e/{edition}/player.json")
    assert at_work.stranger().get("/latest/nobody.json").status_code == 404


def test_plays_are_counted_by_day_and_how_far(at_work: AtWork) -> None:
    edition, public = published(at_work), at_work.stranger()
    for reached in (0, 0, 25):
        body = json.dumps({"edition": edition, "reached": reached})
        answer = public.post("/api/public/plays", content=body, headers={"Content-Type": "text/plain"})
        assert answer.status_code == 204
    with at_work.room.store.read() as unit:
        assert unit.plays.total(edition) == {**dict.fromkeys(REACHED, 0), 0: 2, 25: 1}


def test_counts_leave_as_a_table_that_no_spreadsheet_takes_for_formulas(at_work: AtWork) -> None:
    client = at_work.client()
    edition = at_work.narrate(client, "title: =HYPERLINK(1)\n\nRain fell on Monday. Nobody was hurt.")
    for step in ("approve", "publish"):
        client.post(f"/api/v1/editions/{edition}/{step}", json={})
    for reached in (0, 25, 50, 75, 100):
        client.post("/api/public/plays", content=json.dumps({"edition": edition, "reached": reached}))
    at_work.add_person()
    browser = at_work.stranger()
    assert browser.get("/desk/statistics.csv", follow_redirects=False).status_code in {303, 401}
    browser.post("/api/v1/session", json={"name": "anna", "password": PASSWORD})
    answer = browser.get("/desk/statistics.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="statistics.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [int(line["reached_percent"]) for line in lines] == [0, 25, 50, 75, 100]
    assert {(line["edition"], line["title"], line["count"]) for line in lines} == {(edition, "'=HYPERLINK(1)", "1")}


def test_what_is_no_play_is_not_counted(at_work: AtWork) -> None:
    edition, public = published(at_work), at_work.stranger()
    for body in ("", "[]", '{"edition": 1}', json.dumps({"edition": edition, "reached": 30}), "{" * 5000):
        assert public.post("/api/public/plays", content=body).status_code == 422
    unknown = json.dumps({"edition": "0" * 20, "reached": 0})
    assert public.post("/api/public/plays", content=unknown).status_code == 404
