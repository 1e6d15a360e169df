"use strict";
// The edition's page: play any sentence, see its waveform, step through findings, say a word otherwise.
(() => {
  const list = document.getElementById("rows");
  if (!list) return;
  const { edition, version } = list.dataset;
  const find = (id) => document.getElementById(id);
  const audio = find("audio");
  const rows = Array.from(list.querySelectorAll(".row"));
  const api = `/api/v1/editions/${edition}`;
  const PEAKS_PER_S = 50;
  let current = null;
  let until = null;
  let peaks = null;

  // ---------------------------------------------------------------- playing

  const start = (row) => Number(row.dataset.start);
  const end = (row) => Number(row.dataset.end);
  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

  function choose(row, { focus = false } = {}) {
    current?.classList.remove("current");
    current = row;
    row.classList.add("current");
    if (!focus) return;
    row.querySelector("[data-do='play']").focus({ preventScroll: true });
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    row.scrollIntoView({ block: "center", behavior: calm ? "instant" : "smooth" });
  }

  function play(row) {
    choose(row);
    until = row;
    audio.currentTime = start(row);
    audio.play().catch((error) => error.name === "AbortError" || desk.complain(error));
  }

  function look() {
    const now = audio.currentTime;
    find("clock").textContent = `${clock(now)} of ${clock(audio.duration || 0)}`;
    if (until && now >= end(until)) {
      audio.pause();
      until = null;
    }
    const row = rows.findLast((one) => start(one) <= now + 0.01);
    for (const one of list.querySelectorAll(".playing")) if (one !== row) one.classList.remove("playing");
    if (row && !audio.paused) row.classList.add("playing");
    if (row) draw(row);
    if (!audio.paused) requestAnimationFrame(look);
  }

  audio.addEventListener("play", () => {
    find("play").textContent = "Pause";
    look();
  });
  audio.addEventListener("pause", () => {
    find("play").textContent = "Play";
    look();
  });
  audio.addEventListener("loadedmetadata", look);
  find("play").addEventListener("click", () => {
    until = null;
    if (audio.paused) audio.play();
    else audio.pause();
  });

  // ---------------------------------------------------------------- waveforms

  function draw(row) {
    const canvas = row.querySelector("canvas");
    if (!peaks || !canvas) return;
    const scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const style = getComputedStyle(canvas);
    const length = end(row) - start(row);
    const played = (audio.currentTime - start(row)) / length;
    for (let x = 0; x < width; x += 2) {
      const from = Math.floor((start(row) + (x / width) * length) * PEAKS_PER_S);
      const to = Math.max(from + 1, Math.floor((start(row) + ((x + 2) / width) * length) * PEAKS_PER_S));
      let peak = 0;
      for (let i = from; i < to; i++) peak = Math.max(peak, peaks[i] ?? 0);
      const tall = Math.max(1, (peak / 255) * height);
      pen.fillStyle = x / width < played ? style.outlineColor : style.color;
      pen.fillRect(x, (height - tall) / 2, 1.4, tall);
    }
  }

  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target);
  });
  fetch(`/desk/editions/${edition}/versions/${version}/peaks`)
    .then((response) => (response.ok ? response.text() : ""))
    .then((text) => {
      peaks = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      for (const row of rows) seen.observe(row);
    });
  addEventListener("resize", () => rows.forEach(draw));

  // ---------------------------------------------------------------- findings

  const open = () => rows.filter((row) => row.classList.contains("open"));

  function count() {
    find("left").textContent = open().length;
    find("next").disabled = !open().length;
  }

  function nextFinding() {
    const left = open();
    const at = rows.indexOf(current);
    const row = left.find((one) => rows.indexOf(one) > at) ?? left[0];
    if (row) choose(row, { focus: true });
  }

  async function accept(row) {
    if (!row?.classList.contains("open")) return;
    try {
      await desk.ask("POST", `/desk/editions/${edition}/accept`, { version: Number(version), utterance: row.id });
    } catch (error) {
      return desk.complain(error);
    }
    row.classList.remove("open");
    row.querySelector("[data-do='accept']")?.remove();
    for (const finding of row.querySelectorAll(".finding")) finding.append(" ", Object.assign(document.createElement("b"), { className: "ok", textContent: "accepted" }));
    row.querySelector("[data-do='play']").focus();
    desk.say(`Accepted; ${open().length} left`);
    count();
  }

  // ---------------------------------------------------------------- fixing

  const dialog = find("fix");
  const said = () => Array.from(current.querySelectorAll(".spoken .w"));
  let take = 0;

  function fix(row, word = null) {
    if (!row?.querySelector("[data-do='fix']")) return;
    choose(row);
    const flagged = said().findIndex((one) => one.classList.contains("flag"));
    find("fix-word").replaceChildren(
      ...said().map((one, number) => new Option(one.dataset.printed || one.textContent, number, false, false)),
    );
    for (const option of find("fix-word").options) option.disabled = !said()[option.value].dataset.printed;
    find("fix-word").value = String(word ?? Math.max(0, flagged));
    find("fix-pause").value = row.dataset.pause;
    find("fix-alert").hidden = true;
    take = Number(row.dataset.take);
    find("fix-take").textContent = "";
    find("fix-take-apply").disabled = true;
    showWord();
    dialog.showModal();
    find("fix-alias").focus();
  }

  function showWord() {
    const word = said()[find("fix-word").value];
    const { phonemes, source, confidence } = word.dataset;
    find("fix-source").textContent = `Said “${word.textContent}” as ${phonemes}, from ${source}, ${confidence} % sure`;
    find("fix-alias").value = "";
    find("fix-phonemes").value = "";
    find("fix-phonemes").placeholder = phonemes;
  }

  /** What the dialog asks for; raises if it asks for nothing. */
  function readChange() {
    const printed = said()[find("fix-word").value].dataset.printed;
    const [alias, phonemes] = [find("fix-alias").value.trim(), find("fix-phonemes").value.trim()];
    if (!alias === !phonemes) throw new Error("Say it in letters or in phonemes: fill in one of the two.");
    const where = dialog.querySelector("[name='fix-where']:checked").value;
    return { printed, alias, phonemes, where };
  }

  const seenVersion = { seen_version: Number(version) };
  const edit = (fields) => ({ ...fields, ...seenVersion });

  function toEdit({ printed, alias, phonemes, where }) {
    const action = where === "say-everywhere" ? where : "say-here";
    return edit({ action, where: printed, within: action === "say-here" ? current.id : null, alias, phonemes });
  }

  async function apply(bodies, lexicon = null) {
    if (lexicon) await desk.ask("PUT", "/api/v1/lexicon", lexicon);
    let job = null;
    for (const body of bodies) job = (await (await desk.ask("POST", `${api}/edits`, body)).json()).job;
    if (!job) job = await (await desk.ask("POST", `${api}/render`)).json();
    desk.say("Being said again…");
    await desk.follow(job.id);
    location.assign(`/desk/editions/${edition}#${current.id}`);
    location.reload();
  }

  function inDialog(work) {
    return async () => {
      const buttons = dialog.querySelectorAll("button");
      for (const button of buttons) button.disabled = true;
      try {
        await work();
      } catch (error) {
        if (error.name !== "AbortError") desk.complain(error, find("fix-alert"));
      }
      for (const button of buttons) button.disabled = false;
      find("fix-take-apply").disabled = !find("fix-take").textContent;
    };
  }

  function applyWord() {
    const change = readChange();
    if (change.where !== "lexicon") return apply([toEdit(change)]);
    const { printed: written, alias, phonemes } = change;
    return apply([], { written, alias, phonemes, case_sensitive: false, language: "en" });
  }

  const hear = (change) => desk.hear(`${api}/preview`, change, find("fix-alert"));
  const onClick = { "fix-hear": () => hear(toEdit(readChange())), "fix-apply": applyWord };
  dialog.addEventListener("close", () => desk.hush());
  const otherTake = () => edit({ action: "other-take", where: current.id, take });
  onClick["fix-take-hear"] = async () => {
    take += 1;
    await hear(otherTake());
    find("fix-take").textContent = `Take ${take + 1}`;
  };
  onClick["fix-take-apply"] = () => apply([otherTake()]);
  const pause = () => edit({ action: "pause", where: current.id, pause_ms: Number(find("fix-pause").value) });
  onClick["fix-pause-hear"] = () => hear(pause());
  onClick["fix-pause-apply"] = () => apply([pause()]);
  onClick["fix-omit"] = () => apply([edit({ action: "leave-out", where: current.id })]);
  onClick["fix-omit-block"] = () => {
    const block = rows.filter((row) => row.dataset.block === current.dataset.block && "editable" in row.dataset);
    return apply(block.map((row) => edit({ action: "leave-out", where: row.id })));
  };
  for (const [id, work] of Object.entries(onClick)) find(id).addEventListener("click", inDialog(work));
  find("fix-word").addEventListener("change", showWord);

  // ---------------------------------------------------------------- hands

  list.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row) return;
    const what = event.target.closest("[data-do]")?.dataset.do;
    const word = event.target.closest(".w");
    if (what === "play") play(row);
    else if (what === "accept") accept(row);
    else if (what === "fix") fix(row);
    else if (word && getSelection().isCollapsed) fix(row, word.dataset.i);
    else choose(row);
  });
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest(".row");
    if (row) choose(row);
  });
  find("next").addEventListener("click", nextFinding);

  const keys = find("keys");
  keys.checked = localStorage.getItem("desk-keys") !== "off";
  keys.addEventListener("change", () => localStorage.setItem("desk-keys", keys.checked ? "on" : "off"));
  const step = (by) => {
    const at = rows.indexOf(current) + by;
    choose(rows[Math.min(Math.max(at, 0), rows.length - 1)], { focus: true });
  };
  const onKey = {
    j: () => step(1),
    k: () => step(-1),
    n: nextFinding,
    p: () => (audio.paused ? play(current ?? rows[0]) : audio.pause()),
    a: () => accept(current),
    f: () => fix(current),
  };
  document.addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const work = onKey[event.key.toLowerCase()];
    if (!work) return;
    event.preventDefault();
    work();
  });

  // Whoever may change something hears the first change as soon as the next one.
  if (list.dataset.editable === "yes") desk.ask("POST", `${api}/warm`).catch(() => {});
  count();
  const named = rows.find((row) => `#${row.id}` === location.hash);
  if (named) choose(named, { focus: true });
})();
