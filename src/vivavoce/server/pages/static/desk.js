"use strict";
// The desk's common script: forms that speak to the API, a list that stays fresh, words that are heard.
const desk = {
  csrf: document.querySelector('meta[name="csrf"]')?.content,

  /** Ask the API; gives the response, or raises with what it says. */
  async ask(method, address, body, type = "application/json", signal = undefined) {
    const headers = { "X-CSRF-Token": this.csrf };
    if (body !== undefined) headers["Content-Type"] = type;
    const sent = body === undefined || type !== "application/json" ? body : JSON.stringify(body);
    const response = await fetch(address, { method, headers, body: sent, signal });
    if (response.ok) return response;
    if (response.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
    throw new Error((await response.json().catch(() => null))?.detail ?? `the server answered ${response.status}`);
  },

  complain(error, place = document.getElementById("alert")) {
    place.textContent = error.message;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  },

  say(text) {
    document.getElementById("status").textContent = text;
  },

  /** Play what the API says while it is saying it; what was heard before stops. Resolves when it begins to be heard. */
  async hear(address, body, place) {
    this.hush();
    const hearing = new Hearing();
    this.hearing = hearing;
    this.say("Being said…");
    const response = await this.ask("POST", address, body, undefined, hearing.stop.signal);
    const over = hearing.play(response.body.getReader());
    over.catch((error) => hearing.stop.signal.aborted || this.complain(error, place));
    await Promise.race([hearing.begun, over]);
    this.say("");
  },

  /** Stop what is heard; what is not said yet is not said any more. */
  hush() {
    this.hearing?.end();
    this.hearing = null;
  },

  /** Follow a job until it ends; raises if it fails. */
  follow(id, onChange = () => {}) {
    return new Promise((resolve, reject) => {
      const events = new EventSource(`/api/v1/jobs/${id}/events`);
      events.addEventListener("job", ({ data }) => {
        const job = JSON.parse(data);
        onChange(job);
        if (["queued", "working"].includes(job.state)) return;
        events.close();
        if (job.state === "failed") reject(new Error(job.error));
        else resolve(job);
      });
      events.onerror = () => events.readyState === EventSource.CLOSED && reject(new Error("the server is away"));
    });
  },
};

/**
 * Sound that is played while it comes: WAV of 16 bits, mono, its length left open. An <audio> element plays no such
 * stream in every browser; pieces that are queued in an audio context begin at once in all of them.
 */
class Hearing {
  static HEAD_BYTES = 44;
  static RATE_AT = 24;
  static LEAST_S = 0.1;
  static LEAD_S = 0.05;

  constructor() {
    // Made in the click that asks for it, or a browser may not let it be heard.
    Hearing.context ??= new AudioContext({ sampleRate: 24000 });
    Hearing.context.resume();
    this.stop = new AbortController();
    this.begun = new Promise((resolve) => (this.begin = resolve));
    this.came_s = 0;
    this.isWhole = false;
    this.queued = new Set();
    this.free_s = 0;
  }

  /** Play all that a reader gives, to the end of it. */
  async play(reader) {
    let waiting = new Uint8Array(0);
    for (;;) {
      const { done, value } = await this.read(reader);
      waiting = value ? join(waiting, value) : waiting;
      if (!this.rate && waiting.length >= Hearing.HEAD_BYTES) {
        this.rate = new DataView(waiting.buffer).getUint32(Hearing.RATE_AT, true);
        waiting = waiting.slice(Hearing.HEAD_BYTES);
      }
      const whole = waiting.length - (waiting.length % 2);
      if (this.rate && whole && (done || whole >= 2 * Hearing.LEAST_S * this.rate)) {
        this.queue(new Int16Array(waiting.slice(0, whole).buffer));
        waiting = waiting.slice(whole);
      }
      if (done) break;
    }
    this.isWhole = true;
  }

  async read(reader) {
    try {
      return await reader.read();
    } catch (error) {
      if (this.stop.signal.aborted) throw error;
      throw new Error("what was being said broke off; let it be said again");
    }
  }

  /** Let samples be heard after those that came before. */
  queue(samples) {
    const { context } = Hearing;
    if (this.stop.signal.aborted) return;
    const buffer = context.createBuffer(1, samples.length, this.rate);
    buffer.copyToChannel(Float32Array.from(samples, (sample) => sample / 32768), 0);
    const piece = context.createBufferSource();
    piece.buffer = buffer;
    piece.connect(context.destination);
    this.free_s = Math.max(this.free_s, context.currentTime + Hearing.LEAD_S);
    piece.start(this.free_s);
    if (!this.queued.size) this.watch(this.free_s);
    this.queued.add(piece);
    this.free_s += buffer.duration;
    this.came_s += buffer.duration;
  }

  /** Tell when the first of it is heard. */
  watch(start_s) {
    if (Hearing.context.currentTime >= start_s) this.begin();
    else setTimeout(() => this.watch(start_s), 20);
  }

  end() {
    this.stop.abort();
    for (const piece of this.queued) piece.stop();
  }
}

function join(one, other) {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** A form's fields as JSON; empty ones are left out. */
function readForm(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled) continue;
    const type = field.dataset.type;
    if (type === "list") (body[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    else if (type === "boolean") body[field.name] = field.checked;
    else if (!field.value) continue;
    else if (type === "number") body[field.name] = Number(field.value);
    else if (type === "moment") body[field.name] = new Date(field.value).toISOString();
    else body[field.name] = field.value;
  }
  return body;
}

async function sendForm(form) {
  const [method, address] = form.dataset.api.split(" ");
  const response = await desk.ask(method, address, method === "DELETE" ? undefined : readForm(form));
  const answer = response.status === 204 ? null : await response.json();
  if (form.dataset.show) {
    form.querySelector("[data-shown]").textContent = `Shown this once: ${answer[form.dataset.show]}`;
    return;
  }
  if ("job" in form.dataset) await desk.follow(answer.job?.id ?? answer.id);
  if (form.dataset.then) location.assign(form.dataset.then);
  else location.reload();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const work = form.dataset.api
    ? () => sendForm(form)
    : form.dataset.hearText
      ? () => desk.hear(form.dataset.hearText, readForm(form))
      : form.dataset.upload
        ? () => upload(form)
        : null;
  if (!work) return;
  event.preventDefault();
  if (form.dataset.sure && !confirm(form.dataset.sure)) return;
  run(form, work);
});

async function upload(form) {
  await desk.ask("POST", form.dataset.upload, form.elements.file.files[0], "application/octet-stream");
  location.reload();
}

async function run(form, work) {
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  try {
    await work();
  } catch (error) {
    if (error.name !== "AbortError") desk.complain(error);
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

for (const button of document.querySelectorAll("[data-hear]")) {
  button.addEventListener("click", () => {
    const entry = readForm(button.form);
    run(button.form, () => desk.hear(button.form.dataset.try, { text: entry.written ?? "", entry }));
  });
}

for (const field of document.querySelectorAll("[data-filter]")) {
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    for (const row of document.querySelectorAll(field.dataset.filter)) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
    }
  });
}

// ---------------------------------------------------------------- live

const live = document.querySelector("[data-live]");
if (live) {
  let last = null;
  new EventSource("/api/v1/events").addEventListener("now", async ({ data }) => {
    const first = last === null;
    if (data === last) return;
    last = data;
    if (first || live.contains(document.activeElement)) return;
    const response = await fetch(location.href);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    live.replaceChildren(...page.querySelector("[data-live]").childNodes);
  });
}

for (const box of document.querySelectorAll("[data-job].work")) {
  desk
    .follow(box.dataset.job, (job) => {
      box.querySelector("[data-stage]").textContent = job.stage || "waiting";
      const bar = box.querySelector("progress");
      bar.max = job.steps || 1;
      bar.value = job.steps_done;
    })
    .then(() => location.reload())
    .catch((error) => desk.complain(error));
}
