import assert from "node:assert/strict";
import test from "node:test";
import { matchWords, tokenise } from "../src/matching.js";

const words = (text) => tokenise(text).map(({ key }) => key);
const match = (ours, theirs) => Array.from(matchWords(words(ours), words(theirs)));

test("the same text matches word for word", () => {
  assert.deepEqual(match("one two three four five", "one two three four five"), [0, 1, 2, 3, 4]);
});

test("text between is passed over", () => {
  const page = "Share this. The wall will be built. Advertisement. It will be higher than the old one. Read more.";
  const found = match("The wall will be built. It will be higher than the old one.", page);
  const seen = found.map((number) => words(page)[number]);
  assert.deepEqual(seen, words("The wall will be built. It will be higher than the old one."));
});

test("what only one of them has stays without a match", () => {
  assert.deepEqual(match("alpha beta gamma delta", "alpha beta delta"), [0, 1, -1, 2]);
});

test("matches rise, whatever is repeated", () => {
  const found = match("a b a b a b c a b", "b a a b c b a b a b").filter((number) => number >= 0);
  assert.deepEqual(found, found.toSorted?.((x, y) => x - y) ?? [...found].sort((x, y) => x - y));
  assert.equal(new Set(found).size, found.length);
});

test("soft hyphens, case and composed letters are no difference", () => {
  assert.deepEqual(words("Do\u00ADnau\u200Bdampf CAFE\u0301"), ["donaudampf", "café"]);
});

test("nothing matches nothing", () => {
  assert.deepEqual(match("", "a b"), []);
  assert.deepEqual(match("a b", ""), [-1, -1]);
});

test("a hundred thousand words are matched in seconds", () => {
  const text = Array.from({ length: 100_000 }, (_, number) => `w${(number * 7919) % 20_011}`);
  const start = performance.now();
  const found = matchWords(text, ["advertisement", ...text]);
  assert.equal(found[99_999], 100_000);
  assert.ok(performance.now() - start < 30_000);
});
