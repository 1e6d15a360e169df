"""The house lexicon over HTTP, the feed, linked data, the speech endpoint, jobs as they happen."""

import io
import json
import wave
from dataclasses import replace
from pathlib import Path

import feedparser
import numpy as np
import pytest
import soundfile as sf
from openai import OpenAI

from newsroom_at_work import PASSWORD, STORY, AtWork, open_at_work
from vivavoce.audio import Samples
from vivavoce.jobs.booth import MOST_WAITING, Booth
from vivavoce.pipeline import Phrase
from vivavoce.server.app import make_app, shield


def publish(at_work: AtWork, **fields: str) -> str:
    client = at_work.client()
    edition = at_work.narrate(client, **fields)
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    assert client.post(f"/api/v1/editions/{edition}/publish", json={}).status_code == 200
    return edition


def test_a_lexicon_entry_reaches_the_editions_that_have_its_word(at_work: AtWork) -> None:
    client = at_work.client()
    edition = publish(at_work)
    at_work.narrate(client, "Snow fell on Monday.")
    entry = {"written": "Kyiv", "phonemes": "kˈAv"}
    assert client.put("/api/v1/lexicon", json=entry).status_code == 201
    assert client.put("/api/v1/lexicon", json={"written": "Kyiv"}).status_code == 422
    touched = client.get("/api/v1/lexicon/impact", params={"written": "Kyiv"}).json()
    assert [(one["edition"], one["published"], one["places"]) for one in touched] == [(edition, True, 2)]
    assert len(client.post("/api/v1/lexicon/render", params={"written": "Kyiv"}).json()) == 1
    at_work.work()
    now_out = client.get(f"/api/v1/editions/{edition}").json()
    assert (now_out["head"], now_out["published_version"]) == (2, 2), "the words are the approved ones"
    said = client.get(f"/api/v1/editions/{edition}/versions/2/sentences").json()
    assert any("kˈAv" in sentence["phonemes"] for sentence in said)
    for kind in ("csv", "pls"):
        exported = client.get("/api/v1/lexicon/export", params={"format": kind})
        assert client.post("/api/v1/lexicon/import", content=exported.content).status_code == 200
    assert [one["written"] for one in client.get("/api/v1/lexicon").json()] == ["Kyiv"]
    assert client.post("/api/v1/lexicon/import", content=b"nonsense\n1").status_code == 422
    assert client.delete("/api/v1/lexicon", params={"written": "Kyiv"}).status_code == 204
    assert client.delete("/api/v1/lexicon", params={"written": "Kyiv"}).status_code == 404


def test_entries_that_no_text_matches_are_listed_as_problems(at_work: AtWork) -> None:
    """Issue 8: only the command line named those that can never match."""
    client = at_work.client()
    for written in ("Kyiv,", "(NATO)", "Lviv"):
        entry = {"written": written, "alias": "one two"}
        assert client.put("/api/v1/lexicon", json=entry).status_code == 201
    found = client.get("/api/v1/lexicon/problems").json()
    assert [problem["written"] for problem in found] == ["Kyiv,", "(NATO)"]
    at_work.add_person()
    browser = at_work.stranger()
    browser.post("/api/v1/session", json={"name": "anna", "password": PASSWORD})
    assert "Kyiv,: can never match" in browser.get("/desk/lexicon").text


def test_a_scope_that_is_none_is_refused_with_what_one_looks_like(at_work: AtWork) -> None:
    entry = {"written": "Kyiv", "alias": "keev", "scope": "article:notaurl"}
    refused = at_work.client().put("/api/v1/lexicon", json=entry)
    assert refused.status_code == 422
    assert "such as article:https://example.org/story" in refused.json()["detail"]


def test_a_feed_that_nobody_could_reach_names_the_server_s_setting(at_work: AtWork) -> None:
    """Issue 8: it named the setting of folders, base_url."""
    publish(at_work)
    refused = at_work.stranger().get("/feed.xml").json()["detail"]
    assert "'http://127.0.0.1:8080' is an address inside a private network; set [server] public_url" in refused
    assert "base_url" not in refused


def test_the_feed_holds_what_is_out_and_keeps_its_guid(tmp_path: Path) -> None:
    with open_at_work(tmp_path, public_url="https://audio.example.org") as at_work:
        public, client = at_work.stranger(), at_work.client()
        assert public.get("/feed.xml").status_code == 404
        edition = publish(at_work, source_id="a")
        first = feedparser.parse(public.get("/feed.xml").content)
        assert not first.bozo
        item = first.entries[0]
        assert item.guid == f"urn:vivavoce:edition:{edition}"
        assert item.enclosures[0].href == f"https://audio.example.org/e/{edition}/audio.mp3"
        head = public.head(f"/e/{edition}/audio.mp3")
        assert item.enclosures[0].length == head.headers["content-length"]
        etag = public.get("/feed.xml").headers["etag"]
        assert public.get("/feed.xml", headers={"If-None-Match": etag}).status_code == 304
        at_work.narrate(client, STORY.format(place="Lviv"), source_id="a")
        client.post(f"/api/v1/editions/{edition}/approve", json={})
        client.post(f"/api/v1/editions/{edition}/publish", json={})
        second = feedparser.parse(public.get("/feed.xml").content)
        assert [(one.guid, one.title) for one in second.entries] == [(item.guid, "Rain falls on Lviv")]
        described = public.get(f"/e/{edition}/json-ld").json()
        assert described["audio"]["@type"] == "AudioObject"
        client.post(f"/api/v1/editions/{edition}/retract", json={})
        assert public.get("/feed.xml").status_code == 404


def test_the_openai_client_speaks_with_our_voice(at_work: AtWork) -> None:
    http = at_work.stranger()
    client = OpenAI(api_key=at_work.token(), base_url="http://127.0.0.1:8080/v1", http_client=http, max_retries=0)
    whole = client.audio.speech.create(model="tts-1", voice="alloy", input="Rain fell.", response_format="wav")
    with wave.open(io.BytesIO(whole.content)) as sound:
        assert sound.getframerate() == 24_000
    mp3 = client.audio.speech.create(model="tts-1", voice="tones", input="Rain fell on Monday. Snow fell.")
    assert mp3.response.headers["content-type"] == "audio/mpeg"
    for sound_file in (whole, mp3):
        found = http.post("/api/public/verify", content=sound_file.content).json()
        assert (found["ok"], found["signed_by"], found["disclosed"][0]) == (True, "own", "signature")
    with client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="alloy", input="Rain fell on Monday. Snow fell.", response_format="pcm"
    ) as streamed:
        pieces = list(streamed.iter_bytes())
    assert sum(map(len, pieces)) > 24_000
    assert sum(map(len, pieces)) % 2 == 0
    assert streamed.headers["x-ai-disclosure"] == "digitalSourceType=trainedAlgorithmicMedia"
    events = http.post(
        "/v1/audio/speech",
        json={"model": "x", "input": "Rain fell. Snow fell.", "voice": "alloy", "stream_format": "sse"},
        headers={"Authorization": f"Bearer {at_work.token()}"},
    )
    kinds = [json.loads(line[6:])["type"] for line in events.text.splitlines() if line.startswith("data: ")]
    assert kinds == ["speech.audio.delta", "speech.audio.delta", "speech.audio.done"]
    refused = http.post(
        "/v1/audio/speech",
        json={"model": "x", "input": "Rain fell.", "voice": "nobody"},
        headers={"Authorization": f"Bearer {at_work.token()}"},
    )
    assert refused.status_code == 422


def test_what_is_streamed_carries_one_mark_from_beginning_to_end(
    at_work: AtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tones alone have no room for a mark, so the sentences' sound is noise that has the breadth of speech."""
    said: list[Phrase] = []

    def go_on(booth: Booth, work: object, *arguments: object) -> tuple[Samples, float]:
        del booth, work
        said.append(next(argument for argument in arguments if isinstance(argument, Phrase)))
        return np.random.default_rng(len(said)).normal(0, 0.1, 24_000 * 8).astype(np.float32), 0.0

    monkeypatch.setattr(Booth, "go_on", go_on)
    body = {"input": "Rain fell. Snow fell. It stopped.", "response_format": "pcm"}
    answer = at_work.client().post("/v1/audio/speech", json=body)
    assert [phrase.opens for phrase in said] == [True, True, True]
    pauses = sum(phrase.pause_after_ms * 24 for phrase in said)
    assert len(answer.content) == 2 * (24_000 * 8 * 3 + pauses)
    sf.write(tmp_path / "live.wav", np.frombuffer(answer.content, "<i2"), 24_000)
    found = at_work.stranger().post("/api/public/verify", content=(tmp_path / "live.wav").read_bytes()).json()
    assert found["verdict"] == "unsigned", "what is still being made can't be signed"
    assert found["watermark"] is not None
    assert len(found["watermark"]["edition"]) > 3


def test_a_change_is_heard_before_it_is_made(at_work: AtWork) -> None:
    client = at_work.client()
    edition = at_work.narrate(client)
    change = {"action": "say-here", "where": "Kyiv", "alias": "cave"}
    heard = client.post(f"/api/v1/editions/{edition}/preview", json=change)
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav"), heard.text
    assert heard.headers["x-ai-disclosure"] == "digitalSourceType=trainedAlgorithmicMedia"
    assert heard.headers["cache-control"] == "no-store"
    assert heard.content[:4] == b"RIFF"
    assert len(heard.content) > 48_000
    nowhere = client.post(f"/api/v1/editions/{edition}/preview", json={**change, "where": "Lviv"})
    assert nowhere.status_code == 422
    assert client.get(f"/api/v1/editions/{edition}").json()["edits"] == []


def test_more_previews_than_may_wait_are_refused_before_they_begin(at_work: AtWork) -> None:
    client = at_work.client()
    edition = at_work.narrate(client)
    booth = at_work.app.state.desk.booth
    for _ in range(MOST_WAITING):
        assert booth._seats.acquire(blocking=False)  # as if so many listened
    try:
        change = {"action": "say-here", "where": "Kyiv", "alias": "cave"}
        refused = client.post(f"/api/v1/editions/{edition}/preview", json=change)
    finally:
        booth._seats.release(MOST_WAITING)
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
    assert int(refused.headers["retry-after"]) > 0


def test_a_job_s_events_end_with_it(at_work: AtWork) -> None:
    client = at_work.client()
    sent = client.post("/api/v1/articles", json={"text": "Rain fell on Monday."}).json()
    at_work.work()
    stream = client.get(f"/api/v1/jobs/{sent['job']['id']}/events")
    states = [json.loads(line[6:])["state"] for line in stream.text.splitlines() if line.startswith("data: ")]
    assert states == ["done"]


def test_as_much_as_may_wait_waits_and_no_more(tmp_path: Path) -> None:
    with open_at_work(tmp_path) as at_work:
        house = at_work.room.houses["house"]
        rules = replace(house.newsroom, max_waiting=2)
        room = replace(at_work.room, houses={**at_work.room.houses, "house": replace(house, newsroom=rules)})
        app = make_app(room, at_work.app.state.desk.booth, at_work.app.state.desk.bench)
        client = replace(at_work, room=room, app=app).client()
        codes = [
            client.post("/api/v1/articles", json={"text": "Rain fell.", "source_id": str(number)}).status_code
            for number in range(3)
        ]
        assert codes == [202, 202, 503]
        busy = client.post("/api/v1/articles", json={"text": "Snow fell."})
        assert int(busy.headers["retry-after"]) > 0
        assert shield(app) is not None


def test_figures_tell_of_jobs_and_requests(at_work: AtWork) -> None:
    client = at_work.client()
    client.get("/api/v1/articles")
    figures = client.get("/metrics").text
    assert 'vivavoce_jobs{state="queued"} 0.0' in figures
    assert 'vivavoce_http_requests_total{method="GET",route="/api/v1/articles",status="200"} 1.0' in figures
