// <vivavoce-player>: one recording with its text, on any page. See docs/player.md for its attributes.

import style from "./style.css";
import { formatClock, lastBefore } from "./clock.js";
import { addStyle, setAttribute } from "./dom.js";
import { loadEdition, readEdition, Withdrawn } from "./edition.js";
import { announce, announcePlace } from "./lock-screen.js";
import { MarkedText } from "./marked-text.js";
import { Memory } from "./memory.js";
import { findArticle, PageText } from "./page-text.js";
import { Playback } from "./playback.js";
import { loadStories } from "./playlist.js";
import { Statistics } from "./statistics.js";
import { buildList, buildSentence, buildText, buildView, PANELS } from "./view.js";
import { chooseWords } from "./words.js";

/** A page has the text of an edition if it has this share of its words; with less, it is another story's page. */
const LEAST_SHARE = 0.3;
/** Resuming is worth it after this many seconds and until so many before the end. */
const RESUME_AFTER_S = 5;
const RESUME_BEFORE_END_S = 10;
const KEEP_EVERY_S = 5;
const SLIDER_STEPS = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 };
const SCROLL_KEYS = new Set(["PageUp", "PageDown", "ArrowUp", "ArrowDown", "Home", "End"]);
const STARTED = "vivavoce-started";

export class VivavocePlayer extends HTMLElement {
  static observedAttributes = ["edition"];

  #parts = null;
  #playback = null;
  #words = chooseWords("en");
  #edition = null;
  #statistics = null;
  #memory = null;
  #texts = { page: null, transcript: null, caption: null };
  #stories = null;
  #story = -1;
  #calm = matchMedia("(prefers-reduced-motion: reduce)");
  #following = true;
  #dragging = false;
  #begun = false;
  #dismissed = false;
  #away = false;
  #kept_s = 0;
  #sleep = null;
  #leave = new AbortController();
  #undo = [];
  #pageListeners = null;
  #listAddress = null;
  #removePadding = null;
  /** Whether the page brought a recording of its own, which is the first edition's. */
  #given = false;

  // ---------------------------------------------------------------- life

  connectedCallback() {
    this.#leave = new AbortController();
    this.#words = chooseWords(this.closest("[lang]")?.lang);
    this.#memory = new Memory({ enabled: this.getAttribute("memory") !== "off" });
    this.#build();
    this.#wire();
    this.#undo.push(() => this.#playback.release());
    this.#open();
  }

  disconnectedCallback() {
    this.#keepPlace();
    this.#leave.abort();
    this.#setSleep("0");
    this.#usePage(null);
    for (const undo of this.#undo.splice(0)) undo();
  }

  attributeChangedCallback(_name, before, now) {
    if (this.#parts && this.isConnected && before !== now) this.#open();
  }

  /** The edition that is played; set it to player data or a manifest to play that. */
  get edition() {
    return this.#edition;
  }

  set edition(data) {
    this.#use(readEdition(data, document.baseURI));
  }

  /** The audio element. */
  get audio() {
    return this.#playback.audio;
  }

  play() {
    return this.#playback.start();
  }

  pause() {
    this.#playback.pause();
  }

  get #layout() {
    const layout = this.getAttribute("layout");
    return ["dock", "fill"].includes(layout) ? layout : "card";
  }

  #build() {
    const shade = this.shadowRoot ?? this.attachShadow({ mode: "open", delegatesFocus: false });
    this.#parts = buildView(this.#words);
    const audio = this.querySelector("audio") ?? document.createElement("audio");
    if (!audio.isConnected) audio.preload = "none";
    audio.controls = false;
    this.#given = Boolean(audio.getAttribute("src") || audio.querySelector("source"));
    this.#playback = new Playback(audio);
    shade.replaceChildren(this.#parts.root);
    if (!audio.isConnected) shade.append(audio);
    this.#undo.push(addStyle(shade, style));
    this.#parts.root.dataset.layout = this.#layout;
    if (this.hasAttribute("theme")) this.#parts.root.style.colorScheme = this.getAttribute("theme");
    this.#parts.speed.value = String(this.#memory.get("speed") ?? 1);
    if (this.#parts.speed.selectedIndex < 0) this.#parts.speed.value = "1";
    this.#playback.setRate(Number(this.#parts.speed.value));
    this.#parts.playNext.checked = this.#memory.get("playNext") ?? true;
    this.#showLabels();
  }

  // ---------------------------------------------------------------- editions

  async #open() {
    const address = this.getAttribute("edition");
    if (!address) return this.#showFacts();
    try {
      this.#use(await loadEdition(address));
    } catch (error) {
      if (error instanceof Withdrawn) this.#withdraw();
      else console.warn("vivavoce-player:", error.message);
      this.#showFacts();
    }
  }

  #use(edition) {
    this.#edition = edition;
    this.#statistics = new Statistics(edition, {
      enabled: this.getAttribute("statistics") !== "off",
      report: (reached) => this.#tell("reached", { reached }),
    });
    const { audio } = this.#playback;
    const source = pickAudio(edition, audio);
    if (source && !this.#given) audio.src = source;
    this.#given = false;
    this.#texts.transcript = this.#texts.caption = null;
    this.#playback.use(edition);
    this.#readPage();
    this.#showFacts();
    this.#showPlace();
    this.#resume();
    this.#tell("edition");
  }

  #withdraw() {
    this.#playback.pause();
    this.#parts.root.dataset.state = "withdrawn";
    this.#parts.trouble.textContent = this.#words.say("withdrawn");
    this.#parts.trouble.hidden = false;
  }

  get #key() {
    return this.#edition?.id ?? this.#playback.audio.currentSrc ?? this.#playback.audio.src;
  }

  #resume() {
    const named_s = this.#layout === "dock" ? this.#placeInAddress() : null;
    if (named_s !== null) return this.#goTo(named_s);
    const kept_s = this.#memory.placeOf(this.#key);
    const last_s = (this.#playback.length_s || Infinity) - RESUME_BEFORE_END_S;
    const worthIt = kept_s >= RESUME_AFTER_S && kept_s <= last_s;
    this.#parts.fromStart.hidden = !worthIt;
    if (!worthIt) return;
    this.#playback.seek(kept_s);
    this.#say("continues", { at: formatClock(kept_s) });
  }

  /** The sentence or time that the page's address names: #u7 or #t=12.5. */
  #placeInAddress() {
    const [, sentence, time] = /^#(?:(u\d+)|t=([\d.]+))$/.exec(location.hash) ?? [];
    if (time) return Number(time);
    const found = this.#edition?.sentences.find(({ id }) => id === sentence);
    return found ? found.start / 1000 : null;
  }

  #goTo(seconds) {
    this.#playback.seek(seconds);
    this.#following = true;
    this.#keepInView();
  }

  #keepPlace() {
    if (!this.#begun) return;
    const { now_s, audio } = this.#playback;
    this.#kept_s = now_s;
    this.#memory.keepPlace(this.#key, audio.ended ? 0 : now_s);
  }

  // ---------------------------------------------------------------- the page around

  #readPage() {
    this.#usePage(null);
    const wanted = this.getAttribute("read-along");
    if (wanted === "off" || !this.#edition) return;
    if (this.#layout === "dock" && document.querySelector("[data-w]")) {
      return this.#usePage(new MarkedText(document.querySelector("main") ?? document.body));
    }
    if (this.#layout === "fill" || !this.#edition.hasText) return;
    const article = wanted ? document.querySelector(wanted) : findArticle(this);
    if (!article) return;
    const text = new PageText(article, this.#edition, this.shadowRoot);
    if (text.share < LEAST_SHARE) text.release();
    else this.#usePage(text);
  }

  #usePage(text) {
    this.#texts.page?.release?.();
    this.#texts.page = text;
    this.#pageListeners?.abort();
    if (!text) return;
    this.#pageListeners = new AbortController();
    const { signal } = this.#pageListeners;
    const root = text.root;
    root.addEventListener("click", (event) => this.#onPageClick(event), { signal });
    if (text.point && matchMedia("(hover: hover)").matches) {
      root.addEventListener("pointermove", (event) => text.point(this.#isTappable ? event : null), { signal });
      root.addEventListener("pointerleave", () => text.point(null), { signal });
    }
    if (text instanceof MarkedText) document.body.classList.add("live");
  }

  /** A tap on the text plays from there; on a page that isn't ours, once the listener has begun to listen. */
  get #isTappable() {
    const tap = this.getAttribute("tap") ?? (this.#layout === "dock" ? "always" : "begun");
    return tap === "always" || (tap === "begun" && this.#begun);
  }

  #onPageClick(event) {
    if (event.defaultPrevented || !this.#isTappable || !getSelection().isCollapsed) return;
    if (event.composedPath().includes(this)) return;
    this.#playFrom(this.#texts.page.find(event));
  }

  #playFrom(found) {
    if (!found) return;
    if (found.word === undefined) this.#playback.seekToSentence(found.sentence);
    else this.#playback.seekToWord(found.word);
    this.#following = true;
    this.#playback.start();
  }

  #keepInView() {
    const rect = this.#texts.page?.rectOf(this.#playback.place);
    if (!rect || this.getAttribute("follow") === "off") return;
    if (rect.top > innerHeight * 0.12 && rect.bottom < innerHeight * 0.6) return;
    const top = scrollY + rect.top - innerHeight * 0.3;
    scrollTo({ top, behavior: this.#calm.matches ? "instant" : "smooth" });
  }

  #setFollowing(value) {
    this.#following = value;
    const rect = value ? null : this.#texts.page?.rectOf(this.#playback.place);
    this.#parts.follow.hidden = value || !this.#playback.playing || !rect || this.getAttribute("follow") === "off";
  }

  // ---------------------------------------------------------------- wiring

  #wire() {
    const { signal } = this.#leave;
    const on = (target, names, handler, options = {}) => {
      for (const name of names.split(" ")) target.addEventListener(name, handler, { signal, ...options });
    };
    const { play, back, next, slider, speed, follow, close, fromStart, sleep, playNext, captionsTool, root } = this.#parts;
    on(this.#playback, "place", () => this.#showPlace());
    on(this.#playback, "time", () => this.#onTime());
    on(this.#playback, "state", () => this.#onState());
    on(this.#playback, "seek", () => this.#onSeek());
    on(this.#playback, "end", () => this.#onEnd());
    on(this.#playback, "trouble", () => this.#complain());
    on(play, "click", () => this.#playback.toggle());
    on(back, "click", () => this.#step(-1));
    on(next, "click", () => this.#step(1));
    on(speed, "change", () => this.#setSpeed(Number(speed.value)));
    on(slider, "input", () => this.#drag(Number(slider.value)));
    on(slider, "change", () => this.#drop(Number(slider.value)));
    on(slider, "keydown", (event) => this.#onSliderKey(event));
    on(follow, "click", () => this.#returnToPlace());
    on(close, "click", () => this.#dismiss());
    on(fromStart, "click", () => this.#startOver());
    on(sleep, "change", () => this.#setSleep(sleep.value));
    on(playNext, "change", () => this.#memory.set("playNext", playNext.checked));
    on(captionsTool, "click", () => this.#setCaptions(this.#parts.caption.hidden));
    for (const name of PANELS) on(this.#parts[`${name}Tool`], "click", () => this.#togglePanel(name));
    on(this.#parts.transcript, "click", (event) => this.#onTranscriptClick(event));
    on(this.#layout === "dock" ? document : root, "keydown", (event) => this.#onKey(event));
    on(root, "keydown", (event) => event.key === "Escape" && this.#closePanels());
    on(window, "wheel touchmove", (event) => event.composedPath()[0].closest?.(".panel") || this.#setFollowing(false), { passive: true });
    on(window, "keydown", (event) => {
      if (SCROLL_KEYS.has(event.key) && !event.composedPath().includes(root)) this.#setFollowing(false);
    });
    on(window, "hashchange", () => this.#layout === "dock" && this.#placeInAddress() !== null && this.#goTo(this.#placeInAddress()));
    on(window, "pagehide", () => this.#keepPlace());
    on(document, STARTED, (event) => event.target !== this && this.#playback.pause());
    this.#watchPlace(root);
  }

  #step(by) {
    this.#playback.stepSentence(by);
    this.#keepInView();
  }

  #onKey(event) {
    const origin = event.composedPath()[0];
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (origin.closest?.("input, select, textarea, a, [contenteditable], .panel")) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === " " && !origin.closest?.("button, summary")) this.#playback.toggle();
    else if (by && event.shiftKey && getSelection().isCollapsed) this.#playback.stepWord(by);
    else if (by && !event.shiftKey) this.#step(by);
    else return;
    event.preventDefault();
  }

  #onSliderKey(event) {
    const { now_s, length_s } = this.#playback;
    const to = { Home: 0, End: length_s }[event.key] ?? now_s + SLIDER_STEPS[event.key];
    if (event.key === " ") this.#playback.toggle();
    else if (Number.isFinite(to)) this.#playback.seek(to);
    else return;
    event.preventDefault();
  }

  #drag(seconds) {
    this.#dragging = true;
    this.#showTime(seconds);
  }

  #drop(seconds) {
    this.#dragging = false;
    this.#playback.seek(seconds);
  }

  #setSpeed(rate) {
    this.#playback.setRate(rate);
    this.#memory.set("speed", rate);
  }

  #returnToPlace() {
    this.#setFollowing(true);
    this.#keepInView();
    this.#parts.play.focus({ preventScroll: true });
  }

  #startOver() {
    this.#playback.seek(0);
    this.#memory.keepPlace(this.#key, 0);
    this.#parts.play.focus({ preventScroll: true });
  }

  // ---------------------------------------------------------------- what the recording does

  #onState() {
    const { playing } = this.#playback;
    const { root, play } = this.#parts;
    const label = this.#words.say(playing ? "pause" : "play");
    if (root.dataset.state !== "withdrawn") root.dataset.state = playing ? "playing" : "paused";
    play.setAttribute("aria-label", label);
    play.title = label;
    if (playing) this.#onStart();
    else this.#keepPlace();
    this.#setFollowing(this.#following);
    this.#showStuck();
  }

  #onStart() {
    const rect = this.#texts.page?.rectOf(this.#playback.place);
    if (this.#layout !== "dock" && rect) this.#following &&= rect.bottom > 0 && rect.top < innerHeight;
    this.#begun = true;
    this.#dismissed = false;
    this.#parts.trouble.hidden = true;
    this.#parts.fromStart.hidden = true;
    this.#say(null);
    this.dispatchEvent(new CustomEvent(STARTED, { bubbles: true, composed: true }));
    announce(this.#playback, {
      title: this.#edition?.title ?? document.title,
      artist: this.#words.say("voice"),
      album: this.#edition?.publisher ?? "",
    });
    announcePlace(this.#playback);
  }

  #onSeek() {
    this.#statistics?.leap();
    this.#setFollowing(true);
    announcePlace(this.#playback);
  }

  #onTime() {
    if (!this.#dragging) {
      this.#parts.slider.max = this.#playback.length_s || 1;
      this.#parts.slider.value = this.#playback.now_s;
      this.#showTime(this.#playback.now_s);
    }
    this.#statistics?.look(this.#playback);
    if (this.#playback.playing && Math.abs(this.#playback.now_s - this.#kept_s) > KEEP_EVERY_S) this.#keepPlace();
  }

  async #onEnd() {
    this.#keepPlace();
    this.#tell("ended");
    if (this.#sleep === "end") return this.#setSleep("0");
    if (!this.#parts.playNext.checked || !this.#playlist) return;
    await this.#loadStories();
    const following = this.#stories[this.#currentStory() + 1];
    if (following) this.#playStory(this.#currentStory() + 1);
  }

  #complain() {
    if (this.#parts.root.dataset.state === "withdrawn") return;
    this.#parts.trouble.textContent = this.#words.say("trouble");
    this.#parts.trouble.hidden = false;
  }

  #setSleep(value) {
    clearTimeout(this.#sleep);
    this.#sleep = value === "end" ? "end" : null;
    const minutes = Number(value);
    if (minutes > 0) {
      this.#sleep = setTimeout(() => {
        this.#playback.pause();
        this.#setSleep("0");
      }, minutes * 60_000);
      this.#say("asleep", { time: this.#words.minutes(minutes) });
    } else this.#say(null);
    this.#parts.sleep.value = value;
  }

  // ---------------------------------------------------------------- what is shown

  #showLabels() {
    const { mark, check } = this.#parts;
    const verify = this.#edition?.verify ?? null;
    const voice = this.#words.say("mark");
    setAttribute(mark, "href", verify);
    setAttribute(mark, "role", verify ? null : "img");
    mark.setAttribute("aria-label", verify ? `${voice}. ${this.#words.say("check")}` : voice);
    mark.title = mark.getAttribute("aria-label");
    setAttribute(check, "href", verify);
    check.hidden = !verify;
  }

  #showFacts() {
    const { root, title, about, note, length, disclosure, download, fullTranscript, article } = this.#parts;
    const edition = this.#edition;
    const name = edition?.title ?? this.#words.say("listen");
    title.textContent = name;
    setAttribute(title, "lang", edition?.title ? edition.language : null);
    root.setAttribute("aria-label", `${this.#words.say("player")}: ${name}`);
    const length_s = this.#playback.length_s;
    const about_parts = [this.#words.say("listen"), length_s ? this.#words.minutes(Math.max(1, Math.round(length_s / 60))) : null];
    about.textContent = about_parts.filter(Boolean).join(" · ");
    note.textContent = edition?.note ?? "";
    note.hidden = !edition?.note;
    length.textContent = length_s ? formatClock(length_s) : "";
    disclosure.textContent = edition?.disclosure ?? this.#words.say("mark");
    setAttribute(disclosure, "lang", edition?.disclosure ? edition.language : null);
    const { audio } = this.#playback;
    showLink(download, audio.currentSrc || audio.src || audio.querySelector("source")?.src);
    showLink(fullTranscript, edition?.transcript);
    showLink(article, this.#layout === "card" ? null : edition?.url);
    this.#showLabels();
    this.#showTools();
    this.#closePanels();
  }

  #showTools() {
    const marked = this.#texts.page instanceof MarkedText;
    const hasText = Boolean(this.#edition?.hasText) && !marked;
    this.#parts.transcriptTool.hidden = !hasText;
    this.#parts.captionsTool.hidden = !hasText;
    this.#parts.chaptersTool.hidden = !this.#edition?.chapters.length;
    this.#parts.latestTool.hidden = !this.#playlist;
    this.#parts.playNextField.hidden = !this.#playlist;
    if (!hasText) this.#parts.caption.hidden = true;
    else if (this.#memory.get("captions")) this.#setCaptions(true);
  }

  #showTime(seconds) {
    const { slider, clock, length } = this.#parts;
    const length_s = this.#playback.length_s;
    slider.style.setProperty("--at", length_s ? `${(100 * seconds) / length_s}%` : "0%");
    const text = formatClock(seconds);
    if (clock.textContent === text && length.textContent === formatClock(length_s)) return;
    clock.textContent = text;
    length.textContent = length_s ? formatClock(length_s) : "";
    const values = { at: text, length: formatClock(length_s) };
    slider.setAttribute("aria-valuetext", length_s ? this.#words.say("positionOf", values) : text);
  }

  #showPlace() {
    const { place, playing } = this.#playback;
    if (!this.#parts.caption.hidden) this.#showCaption(place);
    for (const text of Object.values(this.#texts)) text?.show(place);
    if (!this.#parts.transcript.hidden) this.#scrollTranscript();
    if (!this.#parts.chapters.hidden) this.#showChapters();
    if (this.#following && playing) this.#keepInView();
  }

  #showCaption({ sentence }) {
    const { caption } = this.#parts;
    if (this.#texts.caption?.sentence === sentence) return;
    const said = this.#edition.sentences[sentence];
    setAttribute(caption, "lang", this.#edition.language);
    caption.replaceChildren(...(said ? [buildSentence(said, sentence)] : []));
    this.#texts.caption = Object.assign(new MarkedText(caption), { sentence });
  }

  #setCaptions(shown) {
    const { caption, captionsTool } = this.#parts;
    caption.hidden = !shown;
    captionsTool.setAttribute("aria-pressed", String(shown));
    this.#memory.set("captions", shown);
    this.#texts.caption = null;
    if (shown && this.#edition) {
      this.#showCaption(this.#playback.place);
      this.#texts.caption.show(this.#playback.place);
    }
  }

  /** Announce something; null clears. */
  #say(name, values) {
    this.#parts.status.textContent = name ? this.#words.say(name, values) : "";
  }

  #tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(`vivavoce-${name}`, { bubbles: true, composed: true, detail }));
  }

  // ---------------------------------------------------------------- panels

  #togglePanel(name) {
    const open = this.#parts[name].hidden;
    this.#closePanels();
    if (!open) return;
    this.#parts[name].hidden = false;
    this.#parts[`${name}Tool`].setAttribute("aria-expanded", "true");
    this.#parts.root.dataset.panel = name;
    if (name === "transcript") this.#showTranscript();
    if (name === "chapters") this.#showChapters();
    if (name === "latest") this.#showStories();
  }

  #closePanels() {
    const open = PANELS.find((name) => !this.#parts[name].hidden);
    if (!open) return;
    const { activeElement } = this.shadowRoot;
    if (activeElement && this.#parts[open].contains(activeElement)) this.#parts[`${open}Tool`].focus();
    this.#parts[open].hidden = true;
    this.#parts[`${open}Tool`].setAttribute("aria-expanded", "false");
    delete this.#parts.root.dataset.panel;
  }

  #showTranscript() {
    if (this.#texts.transcript) return;
    const text = buildText(this.#edition);
    this.#parts.transcript.replaceChildren(text);
    this.#texts.transcript = new MarkedText(text);
    this.#texts.transcript.show(this.#playback.place);
    this.#scrollTranscript();
  }

  #scrollTranscript() {
    const panel = this.#parts.transcript;
    const rect = this.#texts.transcript?.rectOf(this.#playback.place);
    const frame = panel.getBoundingClientRect();
    if (!rect || (rect.top >= frame.top && rect.bottom <= frame.top + frame.height * 0.7)) return;
    const top = panel.scrollTop + rect.top - frame.top - frame.height * 0.2;
    panel.scrollTo({ top, behavior: this.#calm.matches ? "instant" : "smooth" });
  }

  #onTranscriptClick(event) {
    if (getSelection().isCollapsed) this.#playFrom(this.#texts.transcript?.find(event));
  }

  #showChapters() {
    const { chapters } = this.#edition;
    const current = lastBefore(chapters.map(({ start }) => start), this.#playback.now_s * 1000 + 5);
    const panel = this.#parts.chapters;
    if (panel.dataset.current === String(current) && panel.firstChild) return;
    panel.dataset.current = current;
    const focused = this.shadowRoot.activeElement?.closest("li");
    const number = focused ? Array.from(focused.parentElement.children).indexOf(focused) : -1;
    const entries = chapters.map(({ title, start }, index) => ({ title, time: start / 1000, current: index === current }));
    const onPick = (index) => {
      this.#playback.seek(chapters[index].start / 1000);
      this.#playback.start();
    };
    panel.replaceChildren(buildList(entries, { onPick }));
    panel.querySelectorAll("button")[number]?.focus();
  }

  get #playlist() {
    return this.getAttribute("playlist") ?? this.#edition?.playlist ?? this.#listAddress;
  }

  async #loadStories() {
    const address = new URL(this.#playlist, document.baseURI).href;
    if (this.#stories && this.#listAddress === address) return;
    this.#listAddress = address;
    try {
      this.#stories = await loadStories(address);
    } catch (error) {
      console.warn("vivavoce-player:", error.message);
      this.#stories = [];
    }
  }

  #currentStory() {
    return this.#story >= 0 ? this.#story : this.#stories.findIndex(({ key }) => key === this.#edition?.id);
  }

  async #showStories() {
    const panel = this.#parts.latest;
    if (!this.#stories) panel.replaceChildren(this.#words.say("loading"));
    await this.#loadStories();
    if (!this.#stories.length) return panel.replaceChildren(this.#words.say("nothing"));
    const day = new Intl.DateTimeFormat(this.#words.language, { dateStyle: "medium" });
    const entries = this.#stories.map(({ title, published, duration_s }, number) => ({
      title,
      time: duration_s,
      detail: published ? day.format(new Date(published)) : null,
      current: number === this.#currentStory(),
    }));
    panel.replaceChildren(buildList(entries, { onPick: (number) => this.#playStory(number) }));
  }

  async #playStory(number) {
    this.#keepPlace();
    try {
      const edition = await this.#stories[number].load();
      this.#story = number;
      this.#use(edition);
      await this.#playback.start();
    } catch (error) {
      console.warn("vivavoce-player:", error.message);
      this.#complain();
    }
  }

  // ---------------------------------------------------------------- the small player

  /** While what plays is out of sight, a small player sticks to the bottom of the window. */
  #watchPlace(root) {
    if (this.#layout !== "card" || this.getAttribute("sticky") === "off") return;
    const observer = new IntersectionObserver(([entry]) => {
      this.#away = !entry.isIntersecting;
      this.#showStuck();
    });
    observer.observe(this);
    this.#undo.push(() => observer.disconnect(), () => this.#setStuck(root, false));
  }

  #showStuck() {
    const stuck = this.#away && this.#begun && !this.#dismissed;
    if (stuck !== this.#parts.root.hasAttribute("data-stuck")) this.#setStuck(this.#parts.root, stuck);
  }

  #setStuck(root, stuck) {
    this.#removePadding?.();
    this.#removePadding = null;
    // Its place on the page stays as large as it was, so that nothing jumps.
    this.style.minHeight = stuck ? `${this.offsetHeight}px` : "";
    // A container for queries would hold what is fixed inside itself.
    this.style.containerType = stuck ? "normal" : "";
    root.toggleAttribute("data-stuck", stuck);
    if (!stuck) return;
    this.#closePanels();
    // What is reached by keyboard must not hide behind it (WCAG 2.4.11).
    this.#removePadding = addStyle(document, `:root { scroll-padding-block-end: ${root.offsetHeight + 16}px; }`);
  }

  #dismiss() {
    this.#dismissed = true;
    this.#playback.pause();
    this.#showStuck();
    this.#parts.play.focus({ preventScroll: true });
  }
}

function showLink(link, address) {
  setAttribute(link, "href", address || null);
  link.hidden = !address;
}

/** The first file that this browser says it can play. */
function pickAudio(edition, audio) {
  const playable = edition.audio.find(({ type }) => !type || audio.canPlayType(type));
  return (playable ?? edition.audio[0])?.src ?? null;
}
