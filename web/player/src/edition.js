// What a player knows of an edition, from whatever describes it: player data, a manifest, captions, an item of a feed.

const PLAYER_SCHEMA = "vivavoce/player/1";
const MANIFEST_SCHEMA = "vivavoce/edition/1";
const TYPES = { mp3: "audio/mpeg", m4a: "audio/mp4", opus: "audio/ogg", wav: "audio/wav", flac: "audio/flac" };

/**
 * @typedef {object} Sentence
 * @property {string} id
 * @property {number} start in milliseconds from the start of the recording
 * @property {number} end
 * @property {string} kind a block's kind; for what no block says, why it is said ("disclosure", "headline", …)
 * @property {number|null} block sentences of one paragraph have one number
 * @property {{text: string, word: number|null}[]} pieces the printed text, cut at its words; words are numbered
 *   through the whole edition
 */

/** Raised where an edition has been taken down. */
export class Withdrawn extends Error {}

/** One edition, ready to be played. Addresses are absolute; what is unknown is null or empty. */
export class Edition {
  constructor(data, base) {
    const link = (address) => webAddress(address, base);
    this.id = data.id ?? null;
    this.title = data.title ?? null;
    this.byline = data.byline ?? [];
    this.publisher = data.publisher ?? null;
    this.language = data.language ?? "en";
    this.url = link(data.url);
    this.note = data.note || null;
    this.disclosure = data.disclosure ?? null;
    this.duration_s = data.duration_s ?? null;
    this.audio = (data.audio ?? []).map(({ src, type }) => ({ src: link(src), type })).filter(({ src }) => src);
    this.transcript = link(data.transcript);
    this.verify = link(data.verify);
    this.playlist = link(data.playlist);
    this.plays = link(data.plays);
    this.chapters = (data.chapters ?? []).map(({ title, start_ms }) => ({ title, start: start_ms }));
    /** @type {Sentence[]} */
    this.sentences = [];
    this.wordStarts = [];
    for (const entry of data.sentences ?? []) this.#add(entry);
    this.sentenceStarts = this.sentences.map(({ start }) => start);
  }

  /** Whether the sentences carry their text; a page that has it already leaves it out. */
  get hasText() {
    return this.sentences.some(({ pieces }) => pieces.length);
  }

  #add({ id, start_ms, end_ms, kind = "paragraph", block = null, text = [], word_starts = null }) {
    const pieces = [];
    for (const piece of text) {
      if (typeof piece === "string") pieces.push({ text: piece, word: null });
      else pieces.push({ text: piece[1], word: this.wordStarts.push(piece[0]) - 1 });
    }
    if (word_starts) this.wordStarts.push(...word_starts);
    this.sentences.push({ id, start: start_ms, end: end_ms, kind, block, pieces });
  }
}

/** An absolute http, https or file address; null for anything else, a script above all. */
function webAddress(address, base) {
  if (!address) return null;
  try {
    const url = new URL(address, base);
    return ["http:", "https:", "file:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Fetch without cookies. */
export async function fetchOpenly(address) {
  const response = await fetch(address, { credentials: "omit" });
  if (response.status === 410) throw new Withdrawn(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

/** Load an edition from the address of its player data or manifest, or from an element "#id" that holds it. */
export async function loadEdition(address) {
  if (address.startsWith("#")) {
    return readEdition(JSON.parse(document.querySelector(address).textContent), document.baseURI);
  }
  const url = new URL(address, document.baseURI).href;
  const response = await fetchOpenly(url);
  return readEdition(await response.json(), response.url || url);
}

/** Read player data or a manifest whose relative addresses count from `base`. */
export function readEdition(data, base) {
  if (data?.schema === PLAYER_SCHEMA) return new Edition(data, base);
  if (data?.schema === MANIFEST_SCHEMA) return new Edition(fromManifest(data), base);
  throw new Error(`${base}: want ${PLAYER_SCHEMA} or ${MANIFEST_SCHEMA}, got ${data?.schema}`);
}

function fromManifest({ id, article, script, disclosure, audio, duration_s }) {
  const first = new Map();
  for (const { block, start_s } of script.utterances) if (!first.has(block)) first.set(block, start_s * 1000);
  const headings = article.blocks.flatMap(({ kind, text }, block) =>
    kind === "heading" && first.has(block) ? [{ title: text, start_ms: first.get(block) }] : [],
  );
  return {
    id,
    title: article.title,
    byline: article.byline,
    publisher: article.publisher,
    language: article.language,
    url: article.url,
    disclosure: disclosure.visible,
    duration_s,
    audio: audio.map(({ file, format }) => ({ src: file, type: TYPES[format] })),
    transcript: "transcript.html",
    chapters: headings.length ? [{ title: article.title ?? "0:00", start_ms: 0 }, ...headings] : [],
    sentences: script.utterances.map((utterance) => ({
      id: utterance.id,
      start_ms: utterance.start_s * 1000,
      end_ms: utterance.end_s * 1000,
      kind: article.blocks[utterance.block]?.kind ?? utterance.role,
      block: utterance.block,
      text: cutAtWords(utterance),
    })),
  };
}

/** Cut printed text at the words that are found in it one after the other. */
function cutAtWords({ display, spoken, words }) {
  const text = display || spoken;
  const pieces = [];
  let reached = 0;
  for (const word of words) {
    const at = word.text ? text.indexOf(word.text, reached) : -1;
    if (at < 0) continue;
    if (at > reached) pieces.push(text.slice(reached, at));
    pieces.push([word.start_s * 1000, word.text]);
    reached = at + word.text.length;
  }
  if (reached < text.length) pieces.push(text.slice(reached));
  return pieces;
}

// ---------------------------------------------------------------- captions

const TIME = /(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})/;

/** Read WebVTT captions, word times inside, as sentences. */
export function readCaptions(vtt) {
  return vtt
    .split(/\r?\n\r?\n+/)
    .map((part) => part.split(/\r?\n/))
    .flatMap((lines) => {
      const at = lines.findIndex((line) => line.includes("-->"));
      return at < 0 || lines[0].startsWith("NOTE") ? [] : [readCue(lines, at)];
    });
}

function readCue(lines, at) {
  const [start_ms, end_ms] = lines[at].split("-->").map(toMs);
  let word_ms = start_ms;
  const text = [];
  for (const part of lines.slice(at + 1).filter(Boolean).join("\n").split(/<([^>]*)>/).entries()) {
    const [number, content] = part;
    if (number % 2) word_ms = TIME.test(content) ? toMs(content) : word_ms;
    else text.push(...cutStretch(unescapeCue(content), word_ms));
  }
  return { id: lines[at - 1] || `c${start_ms}`, start_ms, end_ms, text };
}

/** A stretch after one time stamp is one word, whatever stands around it apart. */
function cutStretch(text, start_ms) {
  const [, before, word, after] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su.exec(text);
  return [before, word && [start_ms, word], after].filter(Boolean);
}

function toMs(stamp) {
  const [, hours = 0, minutes, seconds, ms] = TIME.exec(stamp) ?? [0, 0, 0, 0, 0];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms);
}

function unescapeCue(text) {
  return text.replace(/&(lt|gt|nbsp|lrm|rlm|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name] ?? " ");
}
