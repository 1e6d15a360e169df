"""Is it ours? Asked by anybody, of an edition that is out and of files that they send."""

from newsroom_at_work import AtWork


def test_an_edition_s_recording_is_whole_and_a_changed_one_is_not(at_work: AtWork) -> None:
    client, public = at_work.client(), at_work.stranger()
    edition = at_work.narrate(client)
    assert public.get("/verify", params={"edition": edition}).status_code == 404, "not out yet"
    client.post(f"/api/v1/editions/{edition}/approve", json={})
    client.post(f"/api/v1/editions/{edition}/publish", json={})
    link = public.get(f"/e/{edition}/player.json").json()["verify"]
    assert link == f"../../verify?edition={edition}"
    page = public.get(f"/e/{edition}/{link}")
    assert page.status_code == 200
    assert "Whole." in page.text
    assert "signed by this newsroom’s own key" in page.text
    found = public.get(f"/api/public/verify/{edition}").json()
    assert (found["ok"], found["verdict"], found["signed_by"]) == (True, "whole", "own")
    sound = public.get(f"/e/{edition}/audio").content
    changed = bytearray(sound)
    changed[len(changed) // 2] ^= 0xFF
    assert public.post("/api/public/verify", content=sound).json()["ok"] is True
    refused = public.post("/api/public/verify", content=bytes(changed)).json()
    assert (refused["ok"], refused["verdict"]) == (False, "changed")
    sent = public.post("/verify", files={"file": ("rain.mp3", bytes(changed), "audio/mpeg")})
    assert "Changed" in sent.text
    assert "rain.mp3" in sent.text


def test_what_is_no_sound_is_refused_in_words(at_work: AtWork) -> None:
    public = at_work.stranger()
    page = public.post("/verify", files={"file": ("<script>.mp3", b"no sound at all", "audio/mpeg")})
    assert page.status_code == 422
    assert "<script>" not in page.text
    assert public.post("/api/public/verify", content=b"").status_code == 422
    assert public.get("/verify").status_code == 200


def test_whoever_checks_too_often_is_slowed(at_work: AtWork) -> None:
    public = at_work.stranger()
    codes = {public.post("/api/public/verify", content=b"x").status_code for _ in range(12)}
    assert codes == {422, 429}
