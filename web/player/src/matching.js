// Which words of a page are which words of an edition: patience matching, which needs no page to be free of other text.

const TOKEN = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\u00AD\u200B-\u200D\u2060]*/gu;
const INVISIBLE = /[\u00AD\u200B-\u200D\u2060]/g;
const LONGEST_SEED = 4;

/** Cut text at its words: [{key, start, end}], the key without case, accents' encoding, and invisible characters. */
export function tokenise(text) {
  return Array.from(text.matchAll(TOKEN), (match) => ({
    key: match[0].replace(INVISIBLE, "").normalize("NFKC").toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * Match two lists of words.
 *
 * Runs of words that stand once in each list are anchors; the longest rising row of anchors is kept, grown in both
 * directions as far as the words agree, and the gaps between are matched in the same way with shorter runs.
 *
 * @param {string[]} ours
 * @param {string[]} theirs
 * @returns {Int32Array} for each of ours its number among theirs, rising; -1 where it has none
 */
export function matchWords(ours, theirs) {
  const matched = new Int32Array(ours.length).fill(-1);
  matchRange({ ours, theirs, matched }, 0, ours.length, 0, theirs.length, LONGEST_SEED);
  return matched;
}

function matchRange(task, from, to, low, high, seed) {
  const { ours, theirs, matched } = task;
  while (from < to && low < high && ours[from] === theirs[low] && seed < LONGEST_SEED) matched[from++] = low++;
  while (from < to && low < high && ours[to - 1] === theirs[high - 1] && seed < LONGEST_SEED) matched[--to] = --high;
  if (from >= to || low >= high || seed < 1) return;
  const anchors = longestRising(uniquePairs(task, from, to, low, high, seed));
  if (!anchors.length) return matchRange(task, from, to, low, high, seed - 1);
  let [a, b] = [from, low];
  for (const [x, y] of [...anchors, [to, high]]) {
    if (x < a || y < b) continue;
    matchRange(task, a, x, b, y, seed - 1);
    [a, b] = [x, y];
    while (a < to && b < high && ours[a] === theirs[b]) matched[a++] = b++;
  }
}

/** Pairs of places where a run of `seed` words stands once in either range, in the order of ours. */
function uniquePairs({ ours, theirs }, from, to, low, high, seed) {
  const here = placesOfRuns(ours, from, to, seed);
  const there = placesOfRuns(theirs, low, high, seed);
  const pairs = [];
  for (const [run, place] of here) {
    const other = there.get(run);
    if (place >= 0 && other >= 0) pairs.push([place, other]);
  }
  return pairs.sort(([a], [b]) => a - b);
}

function placesOfRuns(words, from, to, length) {
  const places = new Map();
  for (let at = from; at + length <= to; at++) {
    const run = words.slice(at, at + length).join(" ");
    places.set(run, places.has(run) ? -1 : at);
  }
  return places;
}

/** The longest row of pairs that rises on both sides (by patience sorting). */
function longestRising(pairs) {
  const tops = [];
  const before = new Array(pairs.length).fill(-1);
  pairs.forEach(([, y], number) => {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[tops[middle]][1] < y) low = middle + 1;
      else high = middle;
    }
    if (low) before[number] = tops[low - 1];
    tops[low] = number;
  });
  const row = [];
  for (let at = tops.at(-1) ?? -1; at >= 0; at = before[at]) row.unshift(pairs[at]);
  return row;
}
