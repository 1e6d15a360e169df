// An edition in an <audio> element: where it is, in sentences and words, and how to move about in it.

import { lastBefore } from "./clock.js";

const SENTENCE_GRACE_MS = 1500;
const WORD_GRACE_MS = 400;
/** Positions of media elements are rounded: what starts within this is taken to have started. */
const ROUNDING_MS = 5;

/** Tells of "place" (another word or sentence), "time", "state" (playing or not), "end" and "trouble". */
export class Playback extends EventTarget {
  edition = null;
  place = { sentence: -1, word: -1 };
  #frame = 0;

  constructor(audio) {
    super();
    this.audio = audio;
    this.listeners = new AbortController();
    const listen = (name, handler) => audio.addEventListener(name, handler, { signal: this.listeners.signal });
    for (const name of ["timeupdate", "seeked", "loadedmetadata", "durationchange"]) listen(name, () => this.look());
    for (const name of ["play", "pause"]) listen(name, () => this.#onState());
    listen("ended", () => this.#tell("end"));
    listen("error", () => this.#tell("trouble"));
    audio.preservesPitch = true;
  }

  /** Stop listening to the element. */
  release() {
    this.listeners.abort();
    cancelAnimationFrame(this.#frame);
  }

  /** Take up another edition; the element's source is the caller's business. */
  use(edition) {
    this.edition = edition;
    this.place = { sentence: -1, word: -1 };
    this.look();
  }

  get playing() {
    return !this.audio.paused;
  }

  get now_s() {
    return this.audio.currentTime;
  }

  get length_s() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : (this.edition?.duration_s ?? 0);
  }

  start() {
    return this.audio.play().catch((error) => {
      if (error.name !== "AbortError") this.#tell("trouble");
    });
  }

  pause() {
    this.audio.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.start();
  }

  seek(seconds) {
    this.audio.currentTime = Math.min(Math.max(seconds, 0), this.length_s || Infinity);
    this.#tell("seek");
    this.look();
  }

  seekToWord(number) {
    this.seek(this.edition.wordStarts[number] / 1000);
  }

  seekToSentence(number) {
    this.seek(this.edition.sentences[number].start / 1000);
  }

  setRate(rate) {
    this.audio.playbackRate = this.audio.defaultPlaybackRate = rate;
  }

  stepSentence(by) {
    this.#step(this.edition?.sentenceStarts ?? [], by, SENTENCE_GRACE_MS);
  }

  stepWord(by) {
    this.#step(this.edition?.wordStarts ?? [], by, WORD_GRACE_MS);
  }

  /** Go to the start of a neighbour; back first goes to the start of this one, as in a music player. */
  #step(starts, by, grace_ms) {
    if (!starts.length) return this.seek(this.now_s + 10 * by);
    const now = this.#now_ms;
    const current = lastBefore(starts, now);
    const started = by < 0 && now - starts[current] > grace_ms;
    const target = started ? current : current + by;
    this.seek(starts[Math.min(Math.max(target, 0), starts.length - 1)] / 1000);
  }

  get #now_ms() {
    return this.now_s * 1000 + ROUNDING_MS;
  }

  /** Look where the recording is. A word stays until the next begins or its sentence ends. */
  look() {
    this.#tell("time");
    if (!this.edition) return;
    const now = this.#now_ms;
    const sentence = lastBefore(this.edition.sentenceStarts, now);
    const speaking = sentence >= 0 && now < this.edition.sentences[sentence].end;
    const word = speaking ? lastBefore(this.edition.wordStarts, now) : -1;
    if (word === this.place.word && sentence === this.place.sentence) return;
    this.place = { sentence, word };
    this.#tell("place");
  }

  #onState() {
    this.#tell("state");
    cancelAnimationFrame(this.#frame);
    if (this.playing) this.#frame = requestAnimationFrame(() => this.#onFrame());
  }

  #onFrame() {
    this.look();
    if (this.playing) this.#frame = requestAnimationFrame(() => this.#onFrame());
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }
}
