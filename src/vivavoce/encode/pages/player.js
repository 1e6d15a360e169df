"use strict";
(() => {
  const timing = JSON.parse(document.getElementById("timing").textContent);
  const words = { starts: timing.word_starts, elements: index("w") };
  const sentences = { starts: timing.sentence_starts, ends: timing.sentence_ends, elements: index("u") };
  const find = (selector) => document.querySelector(selector);
  const audio = find("audio");
  const [play, slider, clock, speed] = [".play", "input", ".clock", "select"].map(find);
  const [follow, trouble] = [".follow", ".trouble"].map(find);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const shown = { word: -1, sentence: -1 };
  let following = true;
  let dragging = false;

  /** All elements of an attribute by its number; one number may have several. */
  function index(name) {
    const found = [];
    for (const element of document.querySelectorAll(`[data-${name}]`)) {
      (found[element.dataset[name]] ||= []).push(element);
    }
    return found;
  }

  /** Number of the last entry that starts at or before a time; -1 before the first. */
  function lastBefore(starts, time) {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function mark(kind, list, number) {
    if (shown[kind] === number) return false;
    for (const element of list.elements[shown[kind]] ?? []) element.classList.remove("now");
    for (const element of list.elements[number] ?? []) element.classList.add("now");
    shown[kind] = number;
    return true;
  }

  function length() {
    return Number.isFinite(audio.duration) ? audio.duration : timing.duration_s;
  }

  function format(seconds) {
    const whole = Math.floor(seconds);
    const [hour, minute, second] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const end = String(second).padStart(2, "0");
    return hour ? `${hour}:${String(minute).padStart(2, "0")}:${end}` : `${minute}:${end}`;
  }

  function showTime(seconds) {
    const text = format(seconds);
    slider.style.setProperty("--at", `${(100 * seconds) / length()}%`);
    if (clock.textContent === text) return;
    clock.textContent = text;
    slider.setAttribute("aria-valuetext", `${text} of ${format(length())}`);
  }

  /** Show where the recording is. A word stays marked until the next begins or its sentence ends. */
  function show() {
    const now = audio.currentTime * 1000 + 5;
    const sentence = lastBefore(sentences.starts, now);
    const speaking = sentence >= 0 && now < sentences.ends[sentence];
    mark("sentence", sentences, sentence);
    const moved = mark("word", words, speaking ? lastBefore(words.starts, now) : -1);
    if (moved && following && !audio.paused) keepInView();
    if (dragging) return;
    slider.value = audio.currentTime;
    showTime(audio.currentTime);
  }

  function keepInView() {
    const element = (words.elements[shown.word] ?? sentences.elements[shown.sentence] ?? [])[0];
    if (!element) return;
    const place = element.getBoundingClientRect();
    if (place.top > innerHeight * 0.12 && place.bottom < innerHeight * 0.6) return;
    const top = scrollY + place.top - innerHeight * 0.3;
    scrollTo({ top, behavior: calm.matches ? "instant" : "smooth" });
  }

  function setFollowing(value) {
    following = value;
    follow.hidden = value || audio.paused;
  }

  function frame() {
    show();
    if (!audio.paused) requestAnimationFrame(frame);
  }

  function start() {
    audio.play().catch((error) => {
      if (error.name !== "AbortError") complain();
    });
  }

  function toggle() {
    if (audio.paused) start();
    else audio.pause();
  }

  function seek(seconds) {
    audio.currentTime = Math.min(Math.max(seconds, 0), length());
    setFollowing(true);
    show();
  }

  /** Step to the start of a neighbour; back first goes to the start of this one, as in a music player. */
  function step(starts, by, grace) {
    const now = audio.currentTime * 1000 + 5;
    const current = lastBefore(starts, now);
    const started = by < 0 && now - starts[current] > grace;
    const target = Math.min(Math.max(started ? current : current + by, 0), starts.length - 1);
    seek(starts[target] / 1000);
    keepInView();
  }

  const stepSentence = (by) => step(sentences.starts, by, 1500);
  const stepWord = (by) => step(words.starts, by, 400);

  function complain() {
    trouble.textContent = `The recording could not be played. Is ${audio.getAttribute("src")} in the same folder as this page?`;
    trouble.hidden = false;
  }

  /** Go to the sentence or time that the address names: #u7 or #t=12.5. */
  function openPlace() {
    const [, sentence, time] = /^#(?:u(\d+)|t=([\d.]+))$/.exec(location.hash) ?? [];
    const number = timing.ids.indexOf(`u${sentence}`);
    if (time) seek(Number(time));
    else if (number >= 0) seek(sentences.starts[number] / 1000);
    else return;
    keepInView();
  }

  function onPointer(event) {
    if (!getSelection().isCollapsed) return;
    const word = event.target.closest("[data-w]");
    const sentence = event.target.closest("[data-u]");
    if (word) seek(words.starts[word.dataset.w] / 1000);
    else if (sentence) seek(sentences.starts[sentence.dataset.u] / 1000);
    else return;
    start();
  }

  function onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, a")) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === " " && !event.target.closest("button")) toggle();
    else if (by && event.shiftKey && getSelection().isCollapsed) stepWord(by);
    else if (by && !event.shiftKey) stepSentence(by);
    else return;
    event.preventDefault();
  }

  function onSliderKey(event) {
    const by = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -30, PageUp: 30 }[event.key];
    const to = { Home: 0, End: length() }[event.key] ?? audio.currentTime + by;
    if (event.key === " ") toggle();
    else if (Number.isFinite(to)) seek(to);
    else return;
    event.preventDefault();
  }

  function onState() {
    const playing = !audio.paused;
    document.body.classList.toggle("playing", playing);
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    setFollowing(following);
    if (playing) frame();
  }

  function announce() {
    if (!("mediaSession" in navigator)) return;
    const handlers = {
      play: start,
      pause: () => audio.pause(),
      seekbackward: () => seek(audio.currentTime - 10),
      seekforward: () => seek(audio.currentTime + 10),
      seekto: (details) => seek(details.seekTime),
      previoustrack: () => stepSentence(-1),
      nexttrack: () => stepSentence(1),
    };
    const album = find(".kicker")?.textContent ?? "";
    navigator.mediaSession.metadata = new MediaMetadata({ title: document.title, artist: "AI voice", album });
    for (const [action, handler] of Object.entries(handlers)) {
      try {
        navigator.mediaSession.setActionHandler(action, handler);
      } catch {
        // A browser that doesn't know an action goes without it.
      }
    }
  }

  audio.controls = false;
  audio.preservesPitch = true;
  for (const element of [find(".track"), find(".keys")]) element.hidden = false;
  document.body.classList.add("live");

  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, onState);
  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) audio.addEventListener(name, show);
  audio.addEventListener("durationchange", () => {
    slider.max = length();
    find(".length").textContent = format(length());
  });
  audio.addEventListener("error", complain);
  play.addEventListener("click", toggle);
  find(".back").addEventListener("click", () => stepSentence(-1));
  find(".next").addEventListener("click", () => stepSentence(1));
  speed.addEventListener("change", () => (audio.playbackRate = audio.defaultPlaybackRate = Number(speed.value)));
  slider.addEventListener("input", () => {
    dragging = true;
    showTime(Number(slider.value));
  });
  slider.addEventListener("change", () => {
    dragging = false;
    seek(Number(slider.value));
  });
  slider.addEventListener("keydown", onSliderKey);
  find("main").addEventListener("click", onPointer);
  document.addEventListener("keydown", onKey);
  follow.addEventListener("click", () => {
    setFollowing(true);
    keepInView();
    play.focus({ preventScroll: true });
  });
  for (const name of ["wheel", "touchmove"]) addEventListener(name, () => setFollowing(false), { passive: true });
  addEventListener("keydown", (event) => {
    if (["PageUp", "PageDown", "ArrowUp", "ArrowDown"].includes(event.key) && event.target !== slider) setFollowing(false);
  });
  addEventListener("hashchange", openPlace);

  announce();
  show();
  if (audio.error) complain();
  openPlace();
})();
