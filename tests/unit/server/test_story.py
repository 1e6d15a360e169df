"""A story's whole way: sent, rendered, approved, published, corrected, rolled back, withdrawn."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from newsroom_at_work import PASSWORD, STORY, AtWork, open_at_work
from vivavoce.house import NewsroomRules
from vivavoce.storage.records import now


def published(at_work: AtWork, client: TestClient, **fields: Any) -> str:
    edition = at_work.narrate(client, **fields)
    assert client.post(f"/api/v1/editions/{edition}/approve", json={}).status_code == 200
    assert client.post(f"/api/v1/editions/{edition}/publish", json={}).status_code == 200
    return edition


def test_a_story_is_heard_by_the_public_after_it_was_approved(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = at_work.narrate(client, source_id="post-1")
    assert public.get(f"/e/{edition}/audio.mp3").status_code == 404
    refused = client.post(f"/api/v1/editions/{edition}/publish", json={})
    assert (refused.status_code, refused.headers["content-type"]) == (409, "application/problem+json")
    assert "approve" in refused.json()["detail"]
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    out = client.post(f"/api/v1/editions/{edition}/publish", json={}).json()
    assert (out["state"], out["published_version"]) == ("published", 1)
    audio = public.get(f"/e/{edition}/audio")
    assert (audio.status_code, audio.headers["content-type"]) == (200, "audio/mpeg")
    for name in ("captions.vtt", "transcript.html", "player.html"):
        assert public.get(f"/e/{edition}/{name}").status_code == 200, name
    assert public.get(f"/e/{edition}", follow_redirects=True).status_code == 200
    assert public.get(f"/e/{edition}/embed").headers["content-security-policy"] == "frame-ancestors *"
    assert public.get(f"/e/{edition}/proof.html").status_code == 404


def test_ranges_head_and_etag(at_work: AtWork) -> None:
    edition, public = published(at_work, at_work.client()), at_work.stranger()
    address = f"/e/{edition}/audio.mp3"
    whole = public.get(address)
    head = public.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    assert head.headers["accept-ranges"] == "bytes"
    part = public.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    etag = whole.headers["etag"]
    assert public.get(address, headers={"If-None-Match": etag}).status_code == 304
    assert public.get(address, headers={"Range": "bytes=0-9", "If-Range": etag}).status_code == 206
    assert public.get(address, headers={"Range": "bytes=0-9", "If-Range": '"other"'}).status_code == 200
    assert public.get(address, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_the_same_post_again_changes_nothing_and_a_changed_one_is_a_new_version(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = published(at_work, client, source_id="post-1")
    again = client.post("/api/v1/articles", json={"text": STORY.format(place="Kyiv"), "source_id": "post-1"})
    assert (again.status_code, again.json()["outcome"], again.json()["job"]) == (200, "unchanged", None)
    assert at_work.narrate(client, STORY.format(place="Lviv"), source_id="post-1") == edition
    now_out = client.get(f"/api/v1/editions/{edition}").json()
    assert (now_out["head"], now_out["published_version"]) == (2, 1), "new words want a new approval"
    old = public.get(f"/e/{edition}/v1/audio.mp3")
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    client.post(f"/api/v1/editions/{edition}/publish", json={"note": "The name of the city was wrong."})
    retired = public.get(f"/e/{edition}/v1/audio.mp3", follow_redirects=False)
    assert (retired.status_code, retired.headers["location"]) == (308, f"/e/{edition}/v2/audio.mp3")
    assert public.get(f"/e/{edition}/v2/audio.mp3").content != old.content
    versions = client.get(f"/api/v1/editions/{edition}/versions").json()
    assert [version["title"] for version in versions] == ["Rain falls on Kyiv", "Rain falls on Lviv"]


def test_a_corrected_text_says_that_it_was_where_the_house_wants_it(tmp_path: Path) -> None:
    note = "This story was corrected."
    with open_at_work(tmp_path, rules=NewsroomRules(correction=note)) as at_work:
        client = at_work.client()
        edition = at_work.narrate(client, STORY.format(place="Kyiv"), source_id="a")
        assert at_work.narrate(client, STORY.format(place="Lviv"), source_id="a") == edition
        for step in ("approve", "publish"):
            client.post(f"/api/v1/editions/{edition}/{step}", json={}).raise_for_status()
        at_work.narrate(client, STORY.format(place="Odesa"), source_id="a")
        change = {"action": "pause", "where": "Nobody was hurt", "pause_ms": 900}
        client.post(f"/api/v1/editions/{edition}/edits", json=change).raise_for_status()
        at_work.work()
        said = [
            [one["display"] for one in client.get(f"/api/v1/editions/{edition}/versions/{number}/sentences").json()]
            for number in (1, 2, 3, 4)
        ]
        assert [note in sentences for sentences in said] == [False, False, True, True], "what is out is what counts"
        assert said[2][-2:] == [note, said[2][0]], "after the article, and before the disclosure's last sentence"


def test_an_editor_s_change_renders_only_its_sentence(at_work: AtWork) -> None:
    client = at_work.client()
    edition = at_work.narrate(client)
    before = client.get(f"/api/v1/editions/{edition}/versions/1/sentences").json()
    change = {"action": "say-everywhere", "where": "Kyiv", "alias": "cave", "seen_version": 1}
    asked = client.post(f"/api/v1/editions/{edition}/edits", json=change)
    assert (asked.status_code, asked.json()["job"]["kind"]) == (202, "render")
    at_work.work()
    after = client.get(f"/api/v1/editions/{edition}/versions/2/sentences").json()
    assert [sentence["spoken"] for sentence in before if "kyiv" in sentence["spoken"]]
    assert not [sentence["spoken"] for sentence in after if "kyiv" in sentence["spoken"]]
    manifest = client.get(f"/api/v1/editions/{edition}/versions/2/files/edition.json").json()
    touched = {sentence["spoken"] for sentence in before if "kyiv" in sentence["spoken"]}
    assert manifest["made"]["rendered_utterances"] == len(touched) == 2, "the headline and one sentence"
    assert manifest["made"]["reused_utterances"] == len(before) - 2
    assert client.delete(f"/api/v1/editions/{edition}/edits/1").status_code == 202
    at_work.work()
    back = client.get(f"/api/v1/editions/{edition}/versions/3/sentences").json()
    assert [sentence["spoken"] for sentence in back] == [sentence["spoken"] for sentence in before]


def test_another_take_says_the_same_words_and_takes_its_place_by_itself(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = published(at_work, client)
    first = public.get(f"/e/{edition}/audio.mp3").content
    for number in (1, 2):
        change = {"action": "other-take", "where": "Nobody was hurt.", "take": number}
        assert client.post(f"/api/v1/editions/{edition}/edits", json=change).status_code == 202
        at_work.work()
    found = client.get(f"/api/v1/editions/{edition}").json()
    assert found["published_version"] == 3
    assert [(edit["action"], edit["take"]) for edit in found["edits"]] == [("other-take", 2)]
    manifest = client.get(f"/api/v1/editions/{edition}/versions/3/files/edition.json").json()
    assert manifest["made"]["rendered_utterances"] == 1
    assert public.get(f"/e/{edition}/audio.mp3").content != first


def test_a_pause_keeps_the_approval_of_the_words(at_work: AtWork) -> None:
    client = at_work.client()
    edition = published(at_work, client)
    change = {"action": "pause", "where": "Nobody was hurt.", "pause_ms": 2000}
    client.post(f"/api/v1/editions/{edition}/edits", json=change)
    at_work.work()
    assert client.get(f"/api/v1/editions/{edition}").json()["published_version"] == 2


def test_rolling_back_brings_words_and_changes_back_and_outlives_the_same_post(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = published(at_work, client, source_id="a")
    first = public.get(f"/e/{edition}/audio.mp3").content
    client.post(f"/api/v1/editions/{edition}/edits", json={"action": "leave-out", "where": "Nobody was hurt."})
    at_work.work()
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    client.post(f"/api/v1/editions/{edition}/publish", json={})
    assert public.get(f"/e/{edition}/audio.mp3").content != first
    back = client.post(f"/api/v1/editions/{edition}/roll-back", json={"version": 1}).json()
    assert (back["published_version"], back["head"], back["edits"]) == (3, 3, [])
    assert public.get(f"/e/{edition}/audio.mp3").content == first
    at_work.narrate(client, source_id="a")
    assert client.get(f"/api/v1/editions/{edition}").json()["head"] == 3


def test_what_is_retracted_says_so_and_may_come_back(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = published(at_work, client)
    note = "It was <b>not</b> true."
    client.post(f"/api/v1/editions/{edition}/retract", json={"note": note})
    page = public.get(f"/e/{edition}/player.html")
    assert page.status_code == 410
    assert "It was &lt;b&gt;not&lt;/b&gt; true." in page.text
    audio = public.get(f"/e/{edition}/audio.mp3")
    assert (audio.status_code, note in audio.json()["detail"]) == (410, True)
    assert public.get(f"/e/{edition}/v1/audio.mp3").status_code == 410
    client.post(f"/api/v1/editions/{edition}/publish", json={})
    assert public.get(f"/e/{edition}/audio.mp3").status_code == 200


def test_what_is_taken_down_is_gone_for_good(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = published(at_work, client, source_id="gone")
    audio = next(
        file
        for file in client.get(f"/api/v1/editions/{edition}/versions/1/files").json()
        if file["name"] == "audio.mp3"
    )
    assert at_work.room.blobs.has(audio["sha256"])
    assert client.post(f"/api/v1/editions/{edition}/take-down", json={"note": "By court order."}).status_code == 200
    assert public.get(f"/e/{edition}/player.html").status_code == 410
    assert not at_work.room.blobs.has(audio["sha256"])
    article = client.get("/api/v1/articles").json()[0]
    assert article["title"] is None
    assert client.get(f"/api/v1/articles/{article['id']}/revisions").json() == []
    for action in ("publish", "approve", "retract", "render"):
        assert client.post(f"/api/v1/editions/{edition}/{action}", json={}).status_code == 409, action
    again = client.post("/api/v1/articles", json={"text": "It comes again.", "source_id": "gone"})
    assert again.status_code == 409


def test_an_embargo_holds_until_its_time(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = at_work.narrate(client)
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    soon = now() + timedelta(seconds=1.5)
    assert client.post(f"/api/v1/editions/{edition}/schedule", json={"at": soon.isoformat()}).status_code == 200
    at_work.work()
    assert public.get(f"/e/{edition}/audio.mp3").status_code == 404
    while now() < soon:
        pass
    at_work.work()
    assert public.get(f"/e/{edition}/audio.mp3").status_code == 200
    past = client.post(f"/api/v1/editions/{edition}/schedule", json={"at": "2001-01-01T00:00:00Z"})
    assert past.status_code == 409


def test_the_audit_log_says_who_did_what(at_work: AtWork) -> None:
    client = at_work.client()
    edition = published(at_work, client)
    lines = client.get("/api/v1/audit", params={"subject": edition}).json()
    assert [(line["action"], line["who"]) for line in lines] == [
        ("edition.publish", "token:admin"),
        ("edition.approve", "token:admin"),
    ]


def test_oembed_frames_the_player(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = published(at_work, client, text='title: A "quoted" <title>\n\nRain fell on Monday.')
    answer = public.get("/oembed", params={"url": f"http://127.0.0.1:8080/e/{edition}", "maxwidth": 300})
    assert (answer.json()["type"], answer.json()["width"]) == ("rich", 300)
    assert f'src="http://127.0.0.1:8080/e/{edition}/embed"' in answer.json()["html"]
    assert "<title>" not in answer.json()["html"]
    for wrong in ("https://evil.example/e/" + edition, "http://127.0.0.1:8080/x/" + edition):
        assert public.get("/oembed", params={"url": wrong}).status_code == 404


def test_after_a_retraction_one_says_which_version_goes_out(at_work: AtWork) -> None:
    """Issue 8: the newest went out unasked, whichever had been out before."""
    client = at_work.client()
    edition = published(at_work, client, source_id="a")
    at_work.narrate(client, STORY.format(place="Lviv"), source_id="a")
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    back = client.post(f"/api/v1/editions/{edition}/retract", json={"note": "Untrue."}).json()
    assert (back["published_version"], back["withdrawn_version"], back["head"]) == (None, 1, 2)
    soon = (now() + timedelta(hours=1)).isoformat()
    for action, body in (("publish", {}), ("schedule", {"at": soon})):
        refused = client.post(f"/api/v1/editions/{edition}/{action}", json=body)
        assert refused.status_code == 409
        assert "version 1 was out until the edition was retracted, and version 2 is the newest" in refused.text
    page = log_in(at_work).get(f"/desk/editions/{edition}").text
    assert "Version 1 is the one that was retracted; version 2 goes out in its place." in page
    assert "Untrue.</textarea>" not in page, "what was told of the retraction is no correction's note"
    old = log_in(at_work).get(f"/desk/editions/{edition}?version=1").text
    assert "Version 1 is the one that was retracted: it comes back as it was." in old
    again = client.post(f"/api/v1/editions/{edition}/publish", json={"version": 1}).json()
    assert (again["published_version"], again["withdrawn_version"], again["note"]) == (1, None, "")
    client.post(f"/api/v1/editions/{edition}/retract", json={})
    corrected = client.post(f"/api/v1/editions/{edition}/publish", json={"version": 2}).json()
    assert corrected["published_version"] == 2


def log_in(at_work: AtWork) -> TestClient:
    with at_work.room.store.read() as unit:
        known = unit.people.count_users() > 0
    if not known:
        at_work.add_person("anna")
    browser = at_work.stranger({"Accept": "text/html"})
    form = {"name": "anna", "password": PASSWORD}
    assert browser.post("/login", data=form, follow_redirects=False).status_code == 303
    return browser


def test_the_documented_changes_are_made(at_work: AtWork) -> None:
    """Issue 8: how an edit is asked for stood in the API's reference alone."""
    manual = Path(__file__).parents[3] / "docs" / "newsroom.md"
    bodies = re.findall(r"^    edit '(\{.*\})'$", manual.read_text(encoding="utf-8"), re.MULTILINE)
    client = at_work.client()
    edition = at_work.narrate(client)
    for body in bodies:
        answer = client.post(
            f"/api/v1/editions/{edition}/edits", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 202, answer.text
        at_work.work()
    said = client.get(f"/api/v1/editions/{edition}/versions/{len(bodies) + 1}/sentences").json()
    spoken = [sentence["spoken"] for sentence in said]
    assert "rain fell on keev on monday" in spoken
    assert not any("mayor" in sentence for sentence in spoken)
    assert [s["pause_after_ms"] for s in said if s["display"] == "Nobody was hurt."] == [1200]
