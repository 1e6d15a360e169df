// The publisher's own text, read along in place: its words are found and lit up, and not one node of it is changed.

import { addStyle, make } from "./dom.js";
import { lastBefore } from "./clock.js";
import { matchWords, tokenise } from "./matching.js";

const SKIPPED =
  "script, style, noscript, template, nav, aside, form, button, select, textarea, svg, audio, video, iframe, object, " +
  "figure, figcaption, vivavoce-player, [hidden], [aria-hidden='true'], [inert]";
const INLINE = /^(inline|contents|ruby)/;
/** A stretch of matched words ends where more words than this lie between two of them. */
const LONGEST_GAP = 6;
/** A sentence of which a smaller share is found is not on the page. */
const LEAST_FOUND = 0.5;
/** Marks that belong to a word they touch: $61, 14 %, (NHA). */
const BEFORE = /[\p{Sc}#@+§±-]+$/u;
const AFTER = /^[\p{Sc}%‰°]+/u;
const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}"'”’]+/u;
const OPENING = /[\p{Ps}\p{Pi}"'“‘¿¡]+$/u;
const RESETTLE_MS = 400;
const NAMES = { sentence: "vivavoce-sentence", word: "vivavoce-word", pointed: "vivavoce-pointed" };
const STYLE = `
::highlight(${NAMES.sentence}) { background-color: var(--vivavoce-sentence, #f1ede2); color: var(--vivavoce-sentence-ink, #1d1c1a); }
::highlight(${NAMES.word}) { background-color: var(--vivavoce-word, #ffd466); color: var(--vivavoce-word-ink, #1d1c1a); }
::highlight(${NAMES.pointed}) { text-decoration: underline 2px; }`;

/** Find the article that a player stands in or beside. */
export function findArticle(player) {
  const near = player.closest("article, [itemprop~='articleBody'], main, [role='main']");
  return near ?? document.querySelector("[itemprop~='articleBody'], article, main, [role='main']");
}

/** Text of a page that says what an edition says. */
export class PageText {
  #place = { sentence: -1, word: -1 };
  #undo = [];
  #settling = 0;

  /**
   * @param {Element} container where to look
   * @param {import("./edition.js").Edition} edition
   * @param {ShadowRoot} shade where boxes are drawn if the browser knows no highlights
   */
  constructor(container, edition, shade) {
    this.root = container;
    this.edition = edition;
    this.paint = globalThis.CSS?.highlights ? new Highlights(container.ownerDocument) : new Boxes(shade);
    this.#undo.push(() => this.paint.release());
    this.#match();
    const observer = new MutationObserver(() => this.#resettle());
    observer.observe(container, { childList: true, subtree: true, characterData: true });
    this.#undo.push(() => observer.disconnect());
    const redraw = () => this.paint.redraw?.();
    for (const name of ["resize", "scroll"]) {
      addEventListener(name, redraw, { passive: true, capture: true });
      this.#undo.push(() => removeEventListener(name, redraw, { capture: true }));
    }
  }

  release() {
    clearTimeout(this.#settling);
    for (const undo of this.#undo) undo();
  }

  /** Share of the edition's words that the page has, 0 to 1. */
  get share() {
    return this.edition.wordStarts.length ? this.byWord.size / this.edition.wordStarts.length : 0;
  }

  show(place) {
    this.#place = place;
    this.paint.show("sentence", this.#sentenceRanges(place.sentence));
    this.paint.show("word", this.#wordRanges(place.word));
  }

  rectOf({ sentence, word }) {
    const [range] = this.byWord.has(word) ? this.#wordRanges(word) : this.#sentenceRanges(sentence);
    return range ? range.getBoundingClientRect() : null;
  }

  /** What a click is on: {word} or null. Links, controls and selections keep their own meaning. */
  find(event) {
    if (event.target.closest?.(`a, button, input, select, textarea, label, summary, [contenteditable], ${SKIPPED}`)) {
      return null;
    }
    const at = positionAt(event.clientX, event.clientY);
    const word = at && this.#wordAt(at.node, at.offset, event);
    return word === null || word === undefined ? null : { word };
  }

  /** Underline the word that a mouse points to; null takes the line away. */
  point(event) {
    const found = event && this.find(event);
    this.paint.show("pointed", found ? this.#wordRanges(found.word) : []);
  }

  #match() {
    this.runs = readRuns(this.root);
    this.text = this.runs.text;
    this.tokens = tokenise(this.text);
    this.starts = this.tokens.map(({ start }) => start);
    const ours = ourTokens(this.edition);
    const matched = matchWords(
      ours.map(({ key }) => key),
      this.tokens.map(({ key }) => key),
    );
    /** Numbers of the page's words by that of the edition's, and the other way round. */
    this.byWord = new Map();
    this.byToken = new Map();
    this.bySentence = new Map();
    const doubtful = findDoubtful(ours, matched);
    ours.forEach(({ word, sentence }, number) => {
      const token = matched[number];
      if (token < 0 || doubtful.has(sentence)) return;
      push(this.bySentence, sentence, token);
      if (word === null) return;
      push(this.byWord, word, token);
      this.byToken.set(token, word);
    });
  }

  #resettle() {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#match();
      this.show(this.#place);
    }, RESETTLE_MS);
  }

  #wordRanges(number) {
    return stretches(this.byWord.get(number) ?? []).map(([first, last]) => {
      const { start, end } = this.#span(first, last);
      return this.#range(
        start - (BEFORE.exec(this.text.slice(Math.max(0, start - 3), start))?.[0].length ?? 0),
        end + (AFTER.exec(this.text.slice(end, end + 3))?.[0].length ?? 0),
      );
    });
  }

  #sentenceRanges(number) {
    return stretches(this.bySentence.get(number) ?? []).map(([first, last]) => {
      const { start, end } = this.#span(first, last);
      return this.#range(
        start - (OPENING.exec(this.text.slice(Math.max(0, start - 3), start))?.[0].length ?? 0),
        end + (CLOSING.exec(this.text.slice(end, end + 4))?.[0].length ?? 0),
      );
    });
  }

  #span(first, last) {
    return { start: this.tokens[first].start, end: this.tokens[last].end };
  }

  #range(start, end) {
    const range = new Range();
    range.setStart(...this.runs.nodeAt(start));
    range.setEnd(...this.runs.nodeAt(end - 1, 1));
    return range;
  }

  #wordAt(node, offset, { clientX, clientY }) {
    const at = this.runs.offsetOf(node, offset);
    if (at === null) return null;
    const before = lastBefore(this.starts, at);
    for (const token of [before, before + 1]) {
      const word = this.byToken.get(token);
      if (word !== undefined && this.#wordRanges(word).some((range) => isInside(range, clientX, clientY))) return word;
    }
    return null;
  }
}

function push(map, key, value) {
  if (map.has(key)) map.get(key).push(value);
  else map.set(key, [value]);
}

/** The edition's words as the page's are cut: one printed word ("$61 million") may be two. */
function ourTokens(edition) {
  const tokens = [];
  edition.sentences.forEach(({ pieces }, sentence) => {
    for (const { text, word } of pieces) for (const { key } of tokenise(text)) tokens.push({ key, word, sentence });
  });
  return tokens;
}

/** Sentences of which too little was found: single words that another text happens to have. */
function findDoubtful(ours, matched) {
  const counts = new Map();
  ours.forEach(({ sentence }, number) => {
    const [all, found] = counts.get(sentence) ?? [0, 0];
    counts.set(sentence, [all + 1, found + (matched[number] >= 0)]);
  });
  const doubtful = Array.from(counts).filter(([, [all, found]]) => found < all * LEAST_FOUND);
  return new Set(doubtful.map(([sentence]) => sentence));
}

/** Cut rising numbers into stretches without large gaps: [[first, last], …]. */
function stretches(numbers) {
  const found = [];
  for (const number of numbers) {
    const open = found.at(-1);
    if (open && number - open[1] <= LONGEST_GAP) open[1] = number;
    else found.push([number, number]);
  }
  return found;
}

/** The text below an element, blocks apart, with the way back from an offset to a node. */
function readRuns(root) {
  const nodes = [];
  const starts = [];
  let text = "";
  const visit = (parent) => {
    for (const node of parent.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) {
        nodes.push(node);
        starts.push(text.length);
        text += node.data;
      } else if (node.nodeType === Node.ELEMENT_NODE && !node.matches(SKIPPED)) {
        const { display } = getComputedStyle(node);
        if (display === "none") continue;
        const apart = node.localName === "br" || !INLINE.test(display);
        if (apart) text += "\n";
        visit(node);
        if (apart) text += "\n";
      }
    }
  };
  visit(root);
  const numbers = new Map(nodes.map((node, number) => [node, number]));
  return {
    text,
    nodeAt(offset, extra = 0) {
      const number = lastBefore(starts, offset);
      return [nodes[number], Math.min(offset - starts[number] + extra, nodes[number].length)];
    },
    offsetOf(node, offset) {
      const number = numbers.get(node);
      return number === undefined ? null : starts[number] + offset;
    },
  };
}

function positionAt(x, y) {
  if (document.caretPositionFromPoint) {
    const at = document.caretPositionFromPoint(x, y);
    return at && { node: at.offsetNode, offset: at.offset };
  }
  const range = document.caretRangeFromPoint?.(x, y);
  return range && { node: range.startContainer, offset: range.startOffset };
}

function isInside(range, x, y) {
  return Array.from(range.getClientRects()).some(
    ({ left, right, top, bottom }) => x >= left - 1 && x <= right + 1 && y >= top - 2 && y <= bottom + 2,
  );
}

// ---------------------------------------------------------------- paint

/** Source: CSS Custom Highlight API Module Level 1, W3C. */
class Highlights {
  constructor(document) {
    this.removeStyle = addStyle(document, STYLE);
    this.highlights = {};
    ["sentence", "word", "pointed"].forEach((kind, priority) => {
      const highlight = new Highlight();
      highlight.priority = priority;
      CSS.highlights.set(NAMES[kind], highlight);
      this.highlights[kind] = highlight;
    });
  }

  show(kind, ranges) {
    this.highlights[kind].clear();
    for (const range of ranges) this.highlights[kind].add(range);
  }

  release() {
    for (const kind of Object.keys(this.highlights)) {
      if (CSS.highlights.get(NAMES[kind]) === this.highlights[kind]) CSS.highlights.delete(NAMES[kind]);
    }
    this.removeStyle();
  }
}

/** For browsers without highlights: boxes of ours over the text, through which it shows. */
class Boxes {
  constructor(shade) {
    this.layer = make("div", { class: "boxes", "aria-hidden": "true" });
    shade.append(this.layer);
    this.ranges = { sentence: [], word: [], pointed: [] };
  }

  show(kind, ranges) {
    this.ranges[kind] = ranges;
    this.redraw();
  }

  redraw() {
    const origin = this.layer.getBoundingClientRect();
    const boxes = Object.entries(this.ranges).flatMap(([kind, ranges]) =>
      ranges.flatMap((range) => Array.from(range.getClientRects(), (rect) => this.#box(kind, rect, origin))),
    );
    this.layer.replaceChildren(...boxes);
  }

  #box(kind, rect, origin) {
    const box = make("div", { class: kind });
    box.style.left = `${rect.left - origin.left}px`;
    box.style.top = `${rect.top - origin.top}px`;
    box.style.width = `${rect.width}px`;
    box.style.height = `${rect.height}px`;
    return box;
  }

  release() {
    this.layer.remove();
  }
}
