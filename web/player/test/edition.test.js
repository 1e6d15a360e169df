import assert from "node:assert/strict";
import test from "node:test";
import { readCaptions, readEdition } from "../src/edition.js";

const BASE = "https://news.example/e/1/player.json";

test("captions become sentences with timed words", () => {
  const vtt =
    "WEBVTT\n\nNOTE\nmade by a machine --> not a cue\n\nu1\n00:00:00.250 --> 00:00:01.500\nFish &amp; <00:00:00.900>chips.\n\n" +
    "01:00:02.000 --> 01:00:03.000\n“Yes”\n";
  assert.deepEqual(readCaptions(vtt), [
    { id: "u1", start_ms: 250, end_ms: 1500, text: [[250, "Fish"], " & ", [900, "chips"], "."] },
    { id: "c3602000", start_ms: 3_602_000, end_ms: 3_603_000, text: ["“", [3_602_000, "Yes"], "”"] },
  ]);
});

test("addresses are made whole, and a script is none", () => {
  const edition = readEdition(
    { schema: "vivavoce/player/1", url: "javascript:alert(1)", verify: "../verify", audio: [{ src: "a.mp3" }] },
    BASE,
  );
  assert.equal(edition.url, null);
  assert.equal(edition.verify, "https://news.example/e/verify");
  assert.equal(edition.audio[0].src, "https://news.example/e/1/a.mp3");
});

test("what is neither player data nor a manifest is refused", () => {
  assert.throws(() => readEdition({ schema: "other/1" }, BASE), /want vivavoce\/player\/1 or vivavoce\/edition\/1/);
});
